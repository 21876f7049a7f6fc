// The oriented graph that the triad census walks: nodes ranked by degree, every dyad once, from its lower node to its
// higher one. For each node both the row of its higher neighbours and the list of its lower ones, each of which knows
// where in its own row the node stands.
//
// O(nodes + links) time. Memory: 4 bytes a link each for rows, lists and positions, which stay (8 for the lists of fewer
// than 2^19 links, which have room left over); from there on 8 a link for the links by block, freed on the way; 8 a node
// and 40 a node with links (12 of them for each worker).
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

// Dyads of a node, summed: the two bits of their labels, seen from the node, each on its own.
struct LabelSums {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t dyads = 0;

  // Where both bits are set the dyad is mutual.
  [[nodiscard]] DyadDegrees degrees() const noexcept {
    const std::uint64_t mutual = first + second - dyads;
    return {first - mutual, second - mutual, mutual};
  }
};

// Adds the dyads with the higher neighbours, and calls body(entry) for each.
template <typename Body>
void add_row(const std::uint32_t* row, LabelSums& sums, Body&& body) noexcept {
  LabelSums added = sums;
  for (; (*row & 3) != 0; ++row) {
    added.first += *row & 1;
    added.second += *row >> 1 & 1;
    ++added.dyads;
    body(*row);
  }
  sums = added;
}

// Adds the dyads with the lower neighbours, whose labels are seen from there.
template <typename Position>
void add_list(const TriadOrientation<Position>& graph, std::size_t node, LabelSums& sums) noexcept {
  const std::uint32_t* const begin = graph.in_entries.data() + graph.in_begin[node];
  const std::uint32_t* const end = graph.in_entries.data() + graph.in_end[node];
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  for (const std::uint32_t* entry = begin; entry < end; ++entry) {
    first += *entry >> 1 & 1;
    second += *entry & 1;
  }
  sums.first += first;
  sums.second += second;
  sums.dyads += static_cast<std::uint64_t>(end - begin);
}

// The dyads of a node (rank) by kind.
template <typename Position>
DyadDegrees degrees_of(const TriadOrientation<Position>& graph, std::size_t node) noexcept {
  LabelSums sums;
  add_row(graph.row_entries.data() + graph.row_begin[node], sums, [](std::uint32_t) {});
  add_list(graph, node, sums);
  return sums.degrees();
}

}  // namespace pybench::graph
