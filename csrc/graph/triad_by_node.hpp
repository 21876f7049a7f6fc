// The triad census of every node: how many triads of each class contain it.
//
// As for the whole graph only the closed triads are listed, here with a row of seven counters a node; the rest follows
// from the degrees of the node, the degrees of its neighbours and the numbers of dyads. O(closed triads) additions more
// than the census without nodes. Memory: 64 bytes a node with links and thread, 12 a node with links, the answer's
// 128 a node.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "core/thread_team.hpp"
#include "core/scratch.hpp"
#include "graph/triad_classes.hpp"
#include "graph/triad_orientation.hpp"
#include "graph/triad_wedges.hpp"

namespace pybench::graph {

// One thread's closed triads by node (rank) and class, and over all nodes.
struct NodeTally {
  // Seven counters padded to a cache line.
  using Row = std::array<std::uint64_t, 8>;

  Scratch<Row> closed;
  ClosedCounts totals{};
};

NodeTally make_node_tally(std::size_t node_count, CancelToken& cancel, int thread);

// As tally_closed() of triad_wedges.hpp, for the marked node `middle`.
template <typename Position>
void tally_closed_by_node(SimdPath path, const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                          std::size_t middle, const std::uint32_t* marks, NodeTally& tally) noexcept;

// The 16 counts of each node, by node id. The tallies are of all threads; one_way and mutual are the numbers of
// dyads of the graph.
template <typename Position>
std::vector<std::int64_t> complete_by_node(const TriadOrientation<Position>& graph, std::span<const NodeTally> tallies,
                                           std::uint64_t one_way, std::uint64_t mutual, ThreadTeam& team,
                                           CancelToken& cancel);

}  // namespace pybench::graph
