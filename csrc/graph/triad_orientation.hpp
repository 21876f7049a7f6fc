// The oriented graph that the triad census walks: nodes ranked by degree, every dyad once, from its lower node to its
// higher one. For each node both the row of its higher neighbours and the list of its lower ones, each of which knows
// where in its own row the node stands.
//
// O(nodes + links) time. Memory: 8 bytes a link for the links by block, freed on the way; 4 each for rows, lists and
// positions, which stay; 8 a node and 40 a node with links (12 of them for each worker).
#pragma once

#include <cstdint>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "core/thread_team.hpp"
#include "graph/triad_classes.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Position: an index of a dyad. 32 bits serve below 2^32 links and nodes together, and halve the memory traffic.
template <typename Position>
struct TriadOrientation {
  Scratch<Node> rank;  // by node id; all below is by rank

  // Nodes with a link. At least 1, which then is a node without any; the ranks of all others are not below it.
  std::int64_t ranked_count = 1;

  // Row of v: rank << 2 | label from row_begin[v] on, ascending by rank, up to an entry with label 0.
  Scratch<Position> row_begin;
  Scratch<std::uint32_t> row_entries;

  // Lower neighbours u of v: rank << 2 | label seen from u, in no defined order, at [in_begin[v],
  // in_end[v]); in_positions holds where v stands in row_entries, inside the row of u.
  Scratch<Position> in_begin;  // one more than there are nodes
  Scratch<Position> in_end;
  Scratch<std::uint32_t> in_entries;
  Scratch<Position> in_positions;
};

// So many entries behind the last may be read (and thrown away) in row_entries and in_positions.
inline constexpr std::size_t orientation_padding = 16;

template <typename Position>
TriadOrientation<Position> orient_by_degree(const Links& links, ThreadTeam& team, CancelToken& cancel);

// The dyads of a node (rank) by kind.
template <typename Position>
DyadDegrees degrees_of(const TriadOrientation<Position>& graph, std::size_t node) noexcept {
  // First and second bits of the labels, seen from the node; where both are set the dyad is mutual.
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  const std::uint32_t* const row = graph.row_entries.data() + graph.row_begin[node];
  std::size_t above = 0;
  for (; (row[above] & 3) != 0; ++above) {
    first += row[above] & 1;
    second += row[above] >> 1 & 1;
  }
  const auto begin = static_cast<std::size_t>(graph.in_begin[node]);
  const auto end = static_cast<std::size_t>(graph.in_end[node]);
  for (std::size_t i = begin; i < end; ++i) {
    first += graph.in_entries[i] >> 1 & 1;
    second += graph.in_entries[i] & 1;
  }
  const std::uint64_t mutual = first + second - (above + end - begin);
  return {first - mutual, second - mutual, mutual};
}

}  // namespace pybench::graph
