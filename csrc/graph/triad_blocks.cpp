#include "graph/triad_blocks.hpp"

#include <algorithm>

#include "graph/triad_steps.hpp"

namespace pybench::graph {

namespace {

// What one worker writes to. On a line of its own.
struct alignas(64) Stretch {
  RankedLink* storage;
  std::size_t* previous_end;
  std::size_t* ends;
  std::size_t next_segment;

  // Where the next link of a block goes whose latest segment is full.
  [[gnu::noinline]] std::size_t begin_segment(std::size_t end) noexcept {
    const std::size_t segment = next_segment++;
    previous_end[segment] = end;
    return segment * LinksByBlock::segment_links;
  }
};

void distribute(const Node* sources, const Node* targets, std::size_t count, const Node* rank, HubBlocks blocks,
                Stretch& stretch) noexcept {
  // Copies, which the compiler may keep in registers.
  RankedLink* const storage = stretch.storage;
  std::size_t* const ends = stretch.ends;
  for (std::size_t i = 0; i < count; ++i) {
    const Node source = rank[sources[i]];
    const Node target = rank[targets[i]];
    if (source == target) continue;
    const RankedLink link = ranked_link(source, target);
    const std::size_t block = blocks.block_of(link.high);
    std::size_t place = ends[block];
    if (place % LinksByBlock::segment_links == 0) place = stretch.begin_segment(place);
    storage[place] = link;
    ends[block] = place + 1;
  }
}

}  // namespace

LinksByBlock links_by_block(const Links& links, const Scratch<Node>& rank, const HubBlocks& blocks, ThreadTeam& team,
                            int workers, CancelToken& cancel) {
  // Every worker may leave one segment of every block almost empty.
  const std::size_t per_worker =
      links.source.size() / static_cast<std::size_t>(workers) / LinksByBlock::segment_links + 1 + blocks.count();
  const std::size_t segment_count = per_worker * static_cast<std::size_t>(workers);
  LinksByBlock by_block{Scratch<RankedLink>(segment_count * LinksByBlock::segment_links),
                        Scratch<std::size_t>(segment_count),
                        arrays_for_workers<std::size_t>(workers, blocks.count())};
  std::vector<Stretch> stretches;
  for (std::size_t worker = 0; worker < by_block.ends.size(); ++worker) {
    stretches.push_back({by_block.storage.data(), by_block.previous_end.data(), by_block.ends[worker].data(),
                         worker * per_worker});
    std::fill_n(stretches.back().ends, blocks.count(), std::size_t{0});
  }
  for_each_share(
      team, workers, links.size(), cancel, [](std::size_t, int) {},
      [&](std::size_t worker, std::size_t begin, std::size_t end) {
        distribute(links.source.data() + begin, links.target.data() + begin, end - begin, rank.data(), blocks,
                   stretches[worker]);
      });
  return by_block;
}

}  // namespace pybench::graph
