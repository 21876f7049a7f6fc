// The last step of the preparation of a triad census: the entries of one dyad merged, and rows and positions written.
#pragma once

#include "core/cancel.hpp"
#include "core/thread_team.hpp"
#include "graph/triad_orientation.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// After fill_in_lists_at_once().
template <typename Position>
void fill_rows_at_once(const Links& links, CancelToken& cancel, TriadOrientation<Position>& graph);

// After fill_in_lists(). Every worker merges, then writes, the lists of a range of higher nodes.
template <typename Position>
void fill_rows(ThreadTeam& team, int workers, CancelToken& cancel, TriadOrientation<Position>& graph);

}  // namespace pybench::graph
