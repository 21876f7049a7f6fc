// Repeated links of a small graph, dropped before the preparation of a triad census: where the same few pairs come again
// and again, one bit for each pair is cheaper than sorting the repeats along.
#pragma once

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

// Whether a bit for every ordered pair of nodes fits a second-level cache and is cleared in less time than the links are
// read.
bool pair_table_is_small(const Links& links) noexcept;

struct DistinctLinks {
  Scratch<Node> source;
  Scratch<Node> target;
  Links links;  // views of the two
};

// The links without repeats and loops, in the order of their first appearance. O(links + nodes^2 / 64) time; memory: a
// bit a pair of nodes, and 8 bytes a link.
DistinctLinks distinct_links(const Links& links, CancelToken& cancel);

}  // namespace pybench::graph
