// One pass over all closed triads of a graph, and the census that follows from it.
#pragma once

#include "core/cancel.hpp"
#include "core/thread_team.hpp"
#include "graph/triad_census.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// The census of a graph of at least 3 nodes. Position must be able to count its links and nodes together.
template <typename Position>
TriadCensus triad_pass(const Links& links, bool by_node, ThreadTeam& team, CancelToken& cancel);

}  // namespace pybench::graph
