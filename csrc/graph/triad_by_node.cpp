#include "graph/triad_by_node.hpp"

#include <algorithm>

#include "core/parallel_for.hpp"
#include "graph/triad_search.hpp"
#include "graph/triad_steps.hpp"

namespace pybench::graph {

namespace {

constexpr std::int64_t nodes_per_chunk = 1 << 12;

// By the three labels, as in the closed_class() they are arguments of: the class, or none.
constexpr std::uint8_t no_class = closed_class_count;

struct ClassTable {
  std::uint8_t of[4][16];  // label of (u, v), then label of (v, w) << 2 | label of (u, w)
};

constexpr ClassTable make_class_table() {
  ClassTable table{};
  for (Label uv = 0; uv < 4; ++uv) {
    for (Label vw = 0; vw < 4; ++vw) {
      for (Label uw = 0; uw < 4; ++uw) {
        const bool closed = uv != 0 && vw != 0 && uw != 0;
        table.of[uv][vw << 2 | uw] = closed ? static_cast<std::uint8_t>(closed_class(uv, uw, vw)) : no_class;
      }
    }
  }
  return table;
}

constexpr ClassTable class_table = make_class_table();

struct NodeDegrees {
  std::uint32_t out;
  std::uint32_t in;
  std::uint32_t mutual;
};

// The wedges with the node at one end: its dyad with a neighbour, which is the centre, and each other dyad there.
void add_wedges_at_end(Label seen_from_centre, const NodeDegrees& centre, WedgeCounts& wedges) noexcept {
  const auto add = [&](Label other, std::uint32_t degree) {
    const std::uint32_t others = degree - (other == seen_from_centre ? 1U : 0U);
    wedges[static_cast<std::size_t>(wedge_kind(seen_from_centre, other))] += others;
  };
  add(1, centre.out);
  add(2, centre.in);
  add(3, centre.mutual);
}

template <typename Position>
Scratch<NodeDegrees> all_degrees(const TriadOrientation<Position>& graph, ThreadTeam& team, CancelToken& cancel) {
  Scratch<NodeDegrees> degrees(static_cast<std::size_t>(graph.ranked_count));
  parallel_for(team, graph.ranked_count, nodes_per_chunk, cancel, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto node = static_cast<std::size_t>(begin); node < static_cast<std::size_t>(end); ++node) {
      const DyadDegrees all = degrees_of(graph, node);
      degrees[node] = {static_cast<std::uint32_t>(all.out), static_cast<std::uint32_t>(all.in),
                       static_cast<std::uint32_t>(all.mutual)};
    }
  });
  return degrees;
}

template <typename Position>
WedgeCounts wedges_of_node(const TriadOrientation<Position>& graph, const Scratch<NodeDegrees>& degrees,
                           std::size_t node) noexcept {
  WedgeCounts wedges{};
  const NodeDegrees& own = degrees[node];
  add_centred_wedges({own.out, own.in, own.mutual}, wedges);
  for (const std::uint32_t* entry = graph.row_entries.data() + graph.row_begin[node]; (*entry & 3) != 0; ++entry) {
    add_wedges_at_end(reversed(*entry & 3), degrees[*entry >> 2], wedges);
  }
  for (Position i = graph.in_begin[node]; i < graph.in_end[node]; ++i) {
    add_wedges_at_end(graph.in_entries[i] & 3, degrees[graph.in_entries[i] >> 2], wedges);
  }
  return wedges;
}

}  // namespace

NodeTally make_node_tally(std::size_t node_count, CancelToken& cancel, int thread) {
  return {filled_array<NodeTally::Row>(node_count, {}, cancel, thread), {}};
}

template <typename Position>
void tally_closed_by_node(SimdPath path, const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                          std::size_t middle, const std::uint32_t* marks, NodeTally& tally) noexcept {
  FoundTriads found;
  NodeTally::Row* const closed = tally.closed.data();
  NodeTally::Row of_middle{};
  for (std::size_t i = 0; i < lower.count; ++i) {
    prefetch_row(row_entries, lower, i);
    const std::uint8_t* const classes = class_table.of[lower.entries[i] & 3];
    NodeTally::Row of_lower{};
    const std::uint32_t* next = row_entries + lower.positions[i] + 1;
    while ((*next & 3) != 0) {
      next = find_closed(path, next, marks, found);
      for (std::size_t k = 0; k < found.count; ++k) {
        const std::uint8_t index = classes[found.label_pairs[k] & 15];
        ++of_lower[index];
        ++closed[found.entries[k] >> 2][index];
      }
    }
    NodeTally::Row& row = closed[lower.entries[i] >> 2];
    for (std::size_t index = 0; index < closed_class_count; ++index) {
      row[index] += of_lower[index];
      of_middle[index] += of_lower[index];
    }
  }
  for (std::size_t index = 0; index < closed_class_count; ++index) {
    closed[middle][index] += of_middle[index];
    tally.totals[index] += of_middle[index];
  }
}

template <typename Position>
std::vector<std::int64_t> complete_by_node(const TriadOrientation<Position>& graph, std::span<const NodeTally> tallies,
                                           std::uint64_t one_way, std::uint64_t mutual, ThreadTeam& team,
                                           CancelToken& cancel) {
  const Scratch<NodeDegrees> degrees = all_degrees(graph, team, cancel);
  const std::size_t node_count = graph.rank.size();
  const auto others = static_cast<WideCount>(node_count - 1);
  std::vector<std::int64_t> counts;
  counts.reserve(node_count * triad_class_count);
  each_in_order(node_count, cancel, [&](std::size_t id) { counts.resize((id + 1) * triad_class_count); });
  parallel_for(team, static_cast<std::int64_t>(node_count), nodes_per_chunk, cancel,
               [&](std::int64_t begin, std::int64_t end, int) {
                 for (auto id = static_cast<std::size_t>(begin); id < static_cast<std::size_t>(end); ++id) {
                   const std::size_t node = graph.rank[id];
                   ClosedCounts closed{};
                   WedgeCounts wedges{};
                   NodeDegrees own{};
                   if (node < degrees.size()) {
                     own = degrees[node];
                     wedges = wedges_of_node(graph, degrees, node);
                     for (const NodeTally& tally : tallies) {
                       for (std::size_t i = 0; i < closed.size(); ++i) closed[i] += tally.closed[node][i];
                     }
                   }
                   // A dyad of the node lies in a triad with each other node, any other dyad in one with the node.
                   const WideCount own_one_way = static_cast<WideCount>(own.out) + own.in;
                   const auto census = complete_census(others * (others - 1) / 2, closed, wedges,
                                                       own_one_way * (others - 1) + (one_way - own_one_way),
                                                       own.mutual * (others - 1) + (mutual - own.mutual));
                   std::transform(census.begin(), census.end(), counts.data() + id * triad_class_count,
                                  [](WideCount count) { return static_cast<std::int64_t>(count); });
                 }
               });
  return counts;
}

#define PYBENCH_INSTANTIATE(Position)                                                                              \
  template void tally_closed_by_node(SimdPath, const std::uint32_t*, const LowerNeighbours<Position>&, std::size_t, \
                                     const std::uint32_t*, NodeTally&) noexcept;                                   \
  template std::vector<std::int64_t> complete_by_node(const TriadOrientation<Position>&, std::span<const NodeTally>, \
                                                      std::uint64_t, std::uint64_t, ThreadTeam&, CancelToken&)
PYBENCH_INSTANTIATE(std::uint32_t);
PYBENCH_INSTANTIATE(std::uint64_t);
#undef PYBENCH_INSTANTIATE

}  // namespace pybench::graph
