#include "graph/triad_census.hpp"

#include <algorithm>
#include <limits>

#include "core/parallel_for.hpp"
#include "graph/triad_pass.hpp"
#include "graph/triad_repeats.hpp"

namespace pybench::graph {

namespace {

// With fewer links a thread costs more than it brings.
constexpr std::int64_t links_per_thread = std::int64_t{1} << 16;

TriadCensus census_of(const Links& links, bool by_node, int threads, CancelToken& cancel) {
  const std::int64_t worth = std::max<std::int64_t>(1, links.size() / links_per_thread);
  ThreadTeam team(static_cast<int>(std::min<std::int64_t>(resolve_threads(threads), worth)));
  constexpr std::int64_t narrow_limit = std::numeric_limits<std::uint32_t>::max() - 64;
  return links.size() + links.node_count < narrow_limit ? triad_pass<std::uint32_t>(links, by_node, team, cancel)
                                                        : triad_pass<std::uint64_t>(links, by_node, team, cancel);
}

}  // namespace

TriadCensus triad_census(const Links& links, bool by_node, int threads, CancelToken& cancel) {
  if (links.node_count < 3) {
    TriadCensus none;
    if (by_node) none.by_node.resize(static_cast<std::size_t>(links.node_count) * triad_class_count);
    return none;
  }
  if (pair_table_is_small(links)) return census_of(distinct_links(links, cancel).links, by_node, threads, cancel);
  return census_of(links, by_node, threads, cancel);
}

}  // namespace pybench::graph
