// What is compared between a graph and its random rewirings, as 64-bit integers in this order: the 16 triad classes,
// then
//   mutual_dyads          pairs of nodes linked both ways
//   strong_of_2           strong components of two nodes
//   strong_of_3           of three
//   strong_of_3_or_more   of at least three
//   strong_giant          nodes of the largest one
//   cyclic_nodes          nodes in strong components of at least two
//   cyclic_links          links inside strong components: those that lie on a cycle
//   weak_components       weak components, single nodes among them
//   weak_giant            nodes of the largest one
#pragma once

#include <array>
#include <cstdint>

#include "core/cancel.hpp"
#include "graph/triad_census.hpp"
#include "graph/types.hpp"

namespace pybench::graph {

inline constexpr std::size_t null_statistic_count = triad_class_count + 9;

using NullStatistics = std::array<std::int64_t, null_statistic_count>;

// More nodes have more triples than 63 bits hold.
inline constexpr std::int64_t max_statistics_nodes = 3'810'779;

// The links are distinct and no loops; there are at least three nodes and at most max_statistics_nodes.
NullStatistics null_statistics(const Links& links, CancelToken& cancel);

}  // namespace pybench::graph
