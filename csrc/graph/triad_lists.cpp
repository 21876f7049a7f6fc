#include "graph/triad_lists.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/parallel_for.hpp"
#include "graph/triad_steps.hpp"

namespace pybench::graph {

namespace {

// Lists with room for all links of their node, of which those to lower nodes will be there: nothing has to be counted.
template <typename Position>
void place_roomy_lists(const DegreeRanks& ranks, TriadOrientation<Position>& graph) {
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  Position next = 0;
  std::size_t node = 0;
  for (std::size_t degree = 0; degree < ranks.rank_end.size(); ++degree) {
    for (; node < ranks.rank_end[degree]; ++node) {
      graph.in_begin[node] = graph.in_end[node] = next;
      next += static_cast<Position>(degree);
    }
  }
  std::fill(graph.in_begin.data() + node, graph.in_begin.data() + node_count + 1, next);
  std::fill(graph.in_end.data() + node, graph.in_end.data() + node_count, next);
}

// Counting sort of one block by the higher node, its lists from `place` on. The counters are the thread's own: those of
// neighbouring blocks would share cache lines.
template <typename Position>
void sort_block(const LinksByBlock& by_block, std::size_t block, std::size_t first, std::size_t last, Position place,
                Position* next, TriadOrientation<Position>& graph) {
  std::uint32_t* const entries = graph.in_entries.data();
  const std::size_t width = last - first;
  std::fill_n(next, width, Position{0});
  by_block.for_each_segment(block, [=](std::span<const RankedLink> segment) {
    for (const RankedLink& link : segment) ++next[link.high - first];
  });
  for (std::size_t node = 0; node < width; ++node) {
    graph.in_begin[first + node] = place;
    place += std::exchange(next[node], place);
  }
  by_block.for_each_segment(block, [=](std::span<const RankedLink> segment) {
    for (const RankedLink& link : segment) entries[next[link.high - first]++] = link.low_and_label;
  });
  std::copy_n(next, width, graph.in_end.data() + first);
}

// The same for a block of one node, as those of the highest hubs are: there is nothing to sort.
template <typename Position>
void copy_block(const LinksByBlock& by_block, std::size_t block, std::size_t node, Position place,
                TriadOrientation<Position>& graph) {
  std::uint32_t* next = graph.in_entries.data() + place;
  graph.in_begin[node] = place;
  by_block.for_each_segment(block, [&](std::span<const RankedLink> segment) {
    for (const RankedLink& link : segment) *next++ = link.low_and_label;
  });
  graph.in_end[node] = static_cast<Position>(next - graph.in_entries.data());
}

}  // namespace

template <typename Position>
void fill_in_lists_at_once(const Links& links, const DegreeRanks& ranks, CancelToken& cancel,
                           TriadOrientation<Position>& graph) {
  place_roomy_lists(ranks, graph);
  const auto room = static_cast<std::size_t>(graph.in_begin[static_cast<std::size_t>(graph.ranked_count)]);
  graph.in_entries = Scratch<std::uint32_t>(room + 1);
  in_strides(links.source.size(), cancel, [&](std::size_t begin, std::size_t stop) {
    const Node* const rank = graph.rank.data();
    const Node* const sources = links.source.data();
    const Node* const targets = links.target.data();
    Position* const end = graph.in_end.data();
    std::uint32_t* const entries = graph.in_entries.data();
    for (std::size_t i = begin; i < stop; ++i) {
      const Node source = rank[sources[i]];
      const Node target = rank[targets[i]];
      const RankedLink link = ranked_link(source, target);
      // A loop is written as well, but not kept, to the list of node 0, which has no lower node: the rank of its own
      // may be out of range.
      const Node kept = source != target;
      Position& place = end[link.high & (0U - kept)];
      entries[place] = link.low_and_label;
      place += kept;
    }
  });
}

template <typename Position>
void fill_in_lists(const LinksByBlock& by_block, const HubBlocks& blocks, ThreadTeam& team, CancelToken& cancel,
                   TriadOrientation<Position>& graph) {
  std::vector<Position> bases(blocks.count());
  Position total = 0;
  std::size_t widest = 0;
  for (std::size_t block = blocks.count(); block-- > 0;) {  // from the lowest ranks up
    bases[block] = total;
    total += static_cast<Position>(by_block.size(block));
    widest = std::max(widest, static_cast<std::size_t>(blocks.end(block) - blocks.begin(block)));
  }
  graph.in_begin[static_cast<std::size_t>(graph.ranked_count)] = total;
  graph.in_entries = Scratch<std::uint32_t>(total);
  std::vector<Scratch<Position>> counters = arrays_for_workers<Position>(team.size(), widest);
  parallel_for(team, static_cast<std::int64_t>(blocks.count()), 1, cancel,
               [&](std::int64_t index, std::int64_t, int thread) {
                 const auto block = static_cast<std::size_t>(index);
                 const auto first = static_cast<std::size_t>(blocks.begin(block));
                 const auto last = static_cast<std::size_t>(blocks.end(block));
                 if (last - first == 1) return copy_block(by_block, block, first, bases[block], graph);
                 sort_block(by_block, block, first, last, bases[block],
                            counters[static_cast<std::size_t>(thread)].data(), graph);
               });
}

#define PYBENCH_INSTANTIATE(Position)                                                                            \
  template void fill_in_lists_at_once(const Links&, const DegreeRanks&, CancelToken&, TriadOrientation<Position>&); \
  template void fill_in_lists(const LinksByBlock&, const HubBlocks&, ThreadTeam&, CancelToken&,                     \
                              TriadOrientation<Position>&)
PYBENCH_INSTANTIATE(std::uint32_t);
PYBENCH_INSTANTIATE(std::uint64_t);
#undef PYBENCH_INSTANTIATE

}  // namespace pybench::graph
