#include "graph/triad_pass.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/parallel_for.hpp"
#include "core/simd.hpp"
#include "graph/triad_by_node.hpp"
#include "graph/triad_classes.hpp"
#include "graph/triad_orientation.hpp"
#include "graph/triad_steps.hpp"
#include "graph/triad_wedges.hpp"

namespace pybench::graph {

namespace {

// Rows looked at between two looks at the cancel token: a row may hold thousands of entries.
constexpr std::size_t rows_per_check = std::size_t{1} << 13;

// What one thread gathers. On lines of its own, so that two threads never write to the same one.
struct alignas(64) Gathered {
  Scratch<std::uint32_t> marks;
  ClosedTally closed;
  std::optional<NodeTally> by_node;
  WedgeCounts wedges{};
  std::uint64_t one_way_ends = 0;  // dyads, each counted at both ends
  std::uint64_t mutual_ends = 0;
  std::size_t rows_unchecked = 0;
};

// Ranges of nodes with about the same number of list entries, many a thread.
template <typename Position>
std::vector<std::size_t> chunk_bounds(const TriadOrientation<Position>& graph, int threads) {
  constexpr std::size_t smallest_chunk = 1 << 14;
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  const Position* const begin = graph.in_begin.data();
  const std::size_t chunk = std::clamp<std::size_t>(begin[node_count] / (64 * static_cast<std::size_t>(threads)),
                                                    smallest_chunk, 8 * smallest_chunk);
  std::vector<std::size_t> bounds = {0};
  while (bounds.back() < node_count) {
    // A node without entries is work as well.
    const std::size_t first = bounds.back();
    const std::size_t furthest = std::min(node_count, first + chunk);
    bounds.push_back(
        static_cast<std::size_t>(std::lower_bound(begin + first + 1, begin + furthest, begin[first] + chunk) - begin));
  }
  return bounds;
}

template <typename Position>
void visit_node(const TriadOrientation<Position>& graph, SimdPath path, std::size_t node, CancelToken& cancel,
                int thread, Gathered& gathered) {
  const std::uint32_t* const row = graph.row_entries.data() + graph.row_begin[node];
  const auto list_end = static_cast<std::size_t>(graph.in_end[node]);
  auto list = static_cast<std::size_t>(graph.in_begin[node]);
  std::uint32_t* const marks = gathered.marks.data();
  LabelSums sums;
  add_list(graph, node, sums);
  const bool closes = list < list_end && (*row & 3) != 0;  // triads whose middle node it is
  if (closes) {
    add_row(row, sums, [=](std::uint32_t entry) { set_mark(entry, marks); });
  } else {
    add_row(row, sums, [](std::uint32_t) {});
  }
  const DyadDegrees degrees = sums.degrees();
  add_centred_wedges(degrees, gathered.wedges);
  gathered.one_way_ends += degrees.out + degrees.in;
  gathered.mutual_ends += degrees.mutual;
  if (!closes) return;
  while (list < list_end) {
    const std::size_t count = std::min(list_end - list, rows_per_check);
    const LowerNeighbours<Position> lower{graph.in_entries.data() + list, graph.in_positions.data() + list, count};
    if (gathered.by_node) {
      tally_closed_by_node(path, graph.row_entries.data(), lower, node, marks, *gathered.by_node);
    } else {
      tally_closed(path, graph.row_entries.data(), lower, marks, gathered.closed);
    }
    list += count;
    gathered.rows_unchecked += count;
    if (gathered.rows_unchecked >= rows_per_check) {
      gathered.rows_unchecked = 0;
      stop_if_asked(cancel, thread);
    }
  }
  clear_marks(row, marks);
}

template <typename Position>
std::vector<Gathered> visit_nodes(const TriadOrientation<Position>& graph, bool by_node, ThreadTeam& team,
                                  CancelToken& cancel) {
  const SimdPath path = active_simd_path();
  const auto node_count = static_cast<std::size_t>(graph.ranked_count);
  const std::vector<std::size_t> bounds = chunk_bounds(graph, team.size());
  std::vector<Gathered> gathered(static_cast<std::size_t>(team.size()));
  parallel_for(team, static_cast<std::int64_t>(bounds.size()) - 1, 1, cancel,
               [&](std::int64_t index, std::int64_t, int thread) {
                 Gathered& mine = gathered[static_cast<std::size_t>(thread)];
                 if (mine.marks.size() == 0) {
                   mine.marks = filled_array<std::uint32_t>(mark_word_count(node_count), 0, cancel, thread);
                   if (by_node) mine.by_node = make_node_tally(node_count, cancel, thread);
                 }
                 const auto chunk = static_cast<std::size_t>(index);
                 for (std::size_t node = bounds[chunk]; node < bounds[chunk + 1]; ++node) {
                   visit_node(graph, path, node, cancel, thread, mine);
                 }
               });
  return gathered;
}

}  // namespace

template <typename Position>
TriadCensus triad_pass(const Links& links, bool by_node, ThreadTeam& team, CancelToken& cancel) {
  const TriadOrientation<Position> graph = orient_by_degree<Position>(links, team, cancel);
  std::vector<Gathered> gathered = visit_nodes(graph, by_node, team, cancel);

  ClosedCounts closed{};
  WedgeCounts wedges{};
  std::uint64_t one_way = 0;
  std::uint64_t mutual = 0;
  std::vector<NodeTally> tallies;
  for (Gathered& part : gathered) {
    const ClosedCounts part_closed = part.by_node ? part.by_node->totals : part.closed.totals();
    for (std::size_t index = 0; index < closed.size(); ++index) closed[index] += part_closed[index];
    for (std::size_t kind = 0; kind < wedges.size(); ++kind) wedges[kind] += part.wedges[kind];
    one_way += part.one_way_ends;
    mutual += part.mutual_ends;
    if (part.by_node) tallies.push_back(std::move(*part.by_node));
  }
  one_way /= 2;
  mutual /= 2;

  const auto n = static_cast<WideCount>(links.node_count);
  TriadCensus result;
  result.counts = complete_census(n * (n - 1) * (n - 2) / 6, closed, wedges, one_way * (n - 2), mutual * (n - 2));
  if (by_node) result.by_node = complete_by_node<Position>(graph, tallies, one_way, mutual, team, cancel);
  return result;
}

template TriadCensus triad_pass<std::uint32_t>(const Links&, bool, ThreadTeam&, CancelToken&);
template TriadCensus triad_pass<std::uint64_t>(const Links&, bool, ThreadTeam&, CancelToken&);

}  // namespace pybench::graph
