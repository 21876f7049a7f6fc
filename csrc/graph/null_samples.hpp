// Chains of random rewirings of a graph, and what is counted of them on the way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "graph/digraph.hpp"
#include "graph/null_model.hpp"
#include "graph/null_statistics.hpp"

namespace pybench::graph {

struct NullSamples {
  NullStatistics observed{};               // of the graph itself
  std::vector<NullStatistics> statistics;  // chain by chain, and within a chain checkpoint by checkpoint
  std::vector<std::int64_t> accepted;      // tries, of each chain
};

// Chains first_chain .. first_chain + chains - 1; chain s is stream s of the key. Checkpoints are numbers of tries, not
// decreasing. Deterministic: the same bits for any number of threads and any SIMD path. O(chains (tries + checkpoints
// times the census)); memory: the model, some 18 bytes a link, and for each thread a chain and what a census needs, some
// 25. Throws InvalidInput for a graph with fewer than three nodes, or more than max_statistics_nodes.
NullSamples null_samples(const Digraph& graph, Preserve preserve, std::span<const std::uint64_t> checkpoints,
                         std::int64_t first_chain, std::int64_t chains, std::uint64_t key, int threads,
                         CancelToken& cancel);

}  // namespace pybench::graph
