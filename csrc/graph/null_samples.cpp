#include "graph/null_samples.hpp"

#include <memory>
#include <string>

#include "core/errors.hpp"
#include "core/parallel_for.hpp"
#include "graph/null_chain.hpp"

namespace pybench::graph {

NullSamples null_samples(const Digraph& graph, Preserve preserve, std::span<const std::uint64_t> checkpoints,
                         std::int64_t first_chain, std::int64_t chains, std::uint64_t key, int threads,
                         CancelToken& cancel) {
  if (graph.node_count() < 3 || graph.node_count() > max_statistics_nodes) {
    throw InvalidInput("graph has " + std::to_string(graph.node_count()) + " nodes: null samples take 3 to " +
                       std::to_string(max_statistics_nodes) + ", whose triples 63 bits can count");
  }
  const NullModel model = make_null_model(graph, preserve, cancel);
  NullSamples samples;
  samples.statistics.resize(static_cast<std::size_t>(chains) * checkpoints.size());
  samples.accepted.resize(static_cast<std::size_t>(chains));
  samples.observed = null_statistics(model.links(), cancel);

  std::vector<std::unique_ptr<NullChain>> chain_of(static_cast<std::size_t>(resolve_threads(threads)));
  parallel_for(threads, chains, 1, cancel, [&](std::int64_t index, std::int64_t, int thread) {
    std::unique_ptr<NullChain>& chain = chain_of[static_cast<std::size_t>(thread)];
    if (!chain) chain = std::make_unique<NullChain>(model);
    CancelToken follower = CancelToken::following(cancel);
    CancelToken& token = thread == 0 ? cancel : follower;  // the entering thread alone may ask the caller
    chain->restart(key, static_cast<std::uint64_t>(first_chain + index));
    const std::size_t place = static_cast<std::size_t>(index) * checkpoints.size();
    for (std::size_t k = 0; k < checkpoints.size(); ++k) {
      chain->advance_to(checkpoints[k], token);
      samples.statistics[place + k] = null_statistics(chain->links(), token);
    }
    samples.accepted[static_cast<std::size_t>(index)] = static_cast<std::int64_t>(chain->accepted());
  });
  return samples;
}

}  // namespace pybench::graph
