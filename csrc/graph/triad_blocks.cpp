#include "graph/triad_blocks.hpp"

#include "graph/triad_steps.hpp"

namespace pybench::graph {

namespace {

// The next segment of a worker's stretch; on a line of its own.
struct alignas(64) Unused {
  std::size_t segment;
};

}  // namespace

LinksByBlock links_by_block(const Links& links, const Scratch<Node>& rank, const HubBlocks& blocks, ThreadTeam& team,
                            int workers, CancelToken& cancel) {
  constexpr std::size_t segment_links = LinksByBlock::segment_links;
  // Every worker may leave one segment of every block almost empty.
  const std::size_t per_worker =
      links.source.size() / static_cast<std::size_t>(workers) / segment_links + 1 + blocks.count();
  const std::size_t segment_count = per_worker * static_cast<std::size_t>(workers);
  LinksByBlock by_block{Scratch<RankedLink>(segment_count * segment_links), Scratch<std::size_t>(segment_count),
                        arrays_for_workers<std::size_t>(workers, blocks.count())};
  std::vector<Unused> unused(static_cast<std::size_t>(workers));
  for_each_share(
      team, workers, links.size(), cancel,
      [&](std::size_t worker, int thread) {
        fill_array(by_block.ends[worker], std::size_t{0}, cancel, thread);
        unused[worker].segment = worker * per_worker;
      },
      [&](std::size_t worker, std::size_t begin, std::size_t end) {
        // Copies, which the compiler may keep in registers.
        const HubBlocks of = blocks;
        const Node* const ranks = rank.data();
        const Node* const sources = links.source.data();
        const Node* const targets = links.target.data();
        RankedLink* const storage = by_block.storage.data();
        std::size_t* const ends = by_block.ends[worker].data();
        for (std::size_t i = begin; i < end; ++i) {
          const Node source = ranks[sources[i]];
          const Node target = ranks[targets[i]];
          if (source == target) continue;
          const RankedLink link = ranked_link(source, target);
          const std::size_t block = of.block_of(link.high);
          std::size_t place = ends[block];
          if (place % segment_links == 0) {
            const std::size_t segment = unused[worker].segment++;
            by_block.previous_end[segment] = place;
            place = segment * segment_links;
          }
          storage[place] = link;
          ends[block] = place + 1;
        }
      });
  return by_block;
}

}  // namespace pybench::graph
