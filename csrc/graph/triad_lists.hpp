// The second step of the preparation of a triad census: each link in the list of its higher node.
#pragma once

#include "core/cancel.hpp"
#include "core/thread_team.hpp"
#include "graph/triad_blocks.hpp"
#include "graph/triad_orientation.hpp"
#include "graph/triad_ranks.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Both fill in_begin, in_end and in_entries with an entry a link, loops left out. The first goes through the links once,
// for lists that fit the cache; between its lists room is left over. The second sorts block by block.
template <typename Position>
void fill_in_lists_at_once(const Links& links, const DegreeRanks& ranks, CancelToken& cancel,
                           TriadOrientation<Position>& graph);

template <typename Position>
void fill_in_lists(const LinksByBlock& by_block, const HubBlocks& blocks, ThreadTeam& team, CancelToken& cancel,
                   TriadOrientation<Position>& graph);

}  // namespace pybench::graph
