#include "graph/triad_ranks.hpp"

#include <algorithm>
#include <utility>

#include "core/parallel_for.hpp"
#include "graph/triad_steps.hpp"

namespace pybench::graph {

template <typename Position>
DegreeRanks rank_by_degree(const Links& links, ThreadTeam& team, int workers, CancelToken& cancel) {
  constexpr auto highest_told_apart = static_cast<Position>(DegreeRanks::highest_told_apart);
  const auto node_count = static_cast<std::size_t>(links.node_count);
  std::vector<Scratch<Position>> degrees = arrays_for_workers<Position>(workers, node_count);
  for_each_share(
      team, workers, links.size(), cancel,
      [&](std::size_t worker, int thread) { fill_array(degrees[worker], Position{0}, cancel, thread); },
      [&](std::size_t worker, std::size_t begin, std::size_t end) {
        Position* const degree = degrees[worker].data();
        for (std::size_t i = begin; i < end; ++i) {
          const Node source = links.source[i];
          const Node target = links.target[i];
          const Position counted = source != target;
          degree[source] += counted;
          degree[target] += counted;
        }
      });

  Scratch<Position>& degree = degrees.front();
  parallel_for(team, links.node_count, steps_per_check, cancel, [&](std::int64_t begin, std::int64_t end, int) {
    for (auto node = static_cast<std::size_t>(begin); node < static_cast<std::size_t>(end); ++node) {
      for (std::size_t worker = 1; worker < degrees.size(); ++worker) degree[node] += degrees[worker][node];
      degree[node] = std::min(degree[node], highest_told_apart);
    }
  });
  const Position highest = *std::max_element(degree.data(), degree.data() + node_count);
  std::vector<Node> next(static_cast<std::size_t>(highest) + 2, 0);  // the next rank of a degree
  Scratch<Node> rank(node_count);
  each_in_order(node_count, cancel, [&](std::size_t node) { ++next[degree[node] + 1]; });
  const Node unlinked = next[1];
  for (std::size_t index = 1; index < next.size(); ++index) next[index] += next[index - 1];
  for (Node& first : next) first -= unlinked;  // of degree 0: wraps round to the highest numbers
  each_in_order(node_count, cancel, [&](std::size_t node) { rank[node] = next[degree[node]]++; });
  next.pop_back();
  next[0] = 0;
  return {std::move(rank), links.node_count - unlinked, std::move(next)};
}

template DegreeRanks rank_by_degree<std::uint32_t>(const Links&, ThreadTeam&, int, CancelToken&);
template DegreeRanks rank_by_degree<std::uint64_t>(const Links&, ThreadTeam&, int, CancelToken&);

}  // namespace pybench::graph
