#include "graph/null_statistics.hpp"

#include <algorithm>
#include <cstddef>

#include "graph/components.hpp"

namespace pybench::graph {
namespace {

// Mutual dyads in a triad of each class, in the order of the census: the first digit of its name.
constexpr std::array<int, triad_class_count> mutual_dyads_of_class = {0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 1, 2, 3};

std::int64_t mutual_dyads(const TriadCensus& census, std::int64_t node_count) {
  WideCount ends = 0;
  for (std::size_t index = 0; index < census.counts.size(); ++index) {
    ends += census.counts[index] * static_cast<WideCount>(mutual_dyads_of_class[index]);
  }
  return static_cast<std::int64_t>(ends / static_cast<WideCount>(node_count - 2));  // each is in so many triples
}

}  // namespace

NullStatistics null_statistics(const Links& links, CancelToken& cancel) {
  const TriadCensus census = triad_census(links, false, 1, cancel);
  const Components strong = strong_components(links, cancel);
  const Components weak = weak_components(links, cancel);

  NullStatistics all{};
  std::transform(census.counts.begin(), census.counts.end(), all.begin(),
                 [](WideCount count) { return static_cast<std::int64_t>(count); });
  const auto larger = [&](std::int64_t size) {  // sizes come largest first
    const auto end = std::partition_point(strong.sizes.begin(), strong.sizes.end(),
                                          [size](std::int64_t other) { return other > size; });
    return end - strong.sizes.begin();
  };
  std::int64_t cyclic_links = 0;
  const std::int32_t* const label = strong.labels.data();
  for (std::size_t i = 0; i < links.source.size(); ++i) {
    cyclic_links += label[links.source[i]] == label[links.target[i]];
  }
  std::int64_t cyclic_nodes = 0;
  for (std::ptrdiff_t component = 0; component < larger(1); ++component) {
    cyclic_nodes += strong.sizes[static_cast<std::size_t>(component)];
  }
  std::int64_t* next = all.data() + triad_class_count;
  *next++ = mutual_dyads(census, links.node_count);
  *next++ = larger(1) - larger(2);
  *next++ = larger(2) - larger(3);
  *next++ = larger(2);
  *next++ = strong.sizes.front();
  *next++ = cyclic_nodes;
  *next++ = cyclic_links;
  *next++ = static_cast<std::int64_t>(weak.sizes.size());
  *next++ = weak.sizes.front();
  return all;
}

}  // namespace pybench::graph
