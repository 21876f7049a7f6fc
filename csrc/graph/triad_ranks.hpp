// Nodes ranked by degree, for the preparation of a triad census.
#pragma once

#include <cstdint>
#include <vector>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "core/thread_team.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Rank 0 has the lowest degree (links in and out, duplicates counted, loops not) of the nodes that have a link; equal
// degrees in the order of ids.
struct DegreeRanks {
  Scratch<Node> rank;  // by node id; nodes without a link have ranks that are not below ranked_count
  std::int64_t ranked_count;
  std::vector<Node> rank_end;  // by degree: one more than the highest rank of a lower or equal degree; [0] is 0

  // Above this degrees are not told apart: at most links / 2^19 nodes have more.
  static constexpr std::int64_t highest_told_apart = std::int64_t{1} << 20;
};

template <typename Position>
DegreeRanks rank_by_degree(const Links& links, ThreadTeam& team, int workers, CancelToken& cancel);

}  // namespace pybench::graph
