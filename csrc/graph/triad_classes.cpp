#include "graph/triad_classes.hpp"

namespace pybench::graph {

namespace {

constexpr auto wedges_in_closed = closed_wedges();

constexpr std::array<unsigned, triad_class_count> one_way_in_class = {0, 1, 0, 2, 2, 2, 1, 1, 3, 3, 0, 2, 2, 2, 1, 0};
constexpr std::array<unsigned, triad_class_count> mutual_in_class = {0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 1, 2, 3};

}  // namespace

std::array<WideCount, triad_class_count> complete_census(WideCount triads, const ClosedCounts& closed,
                                                         const WedgeCounts& wedges, WideCount one_way_dyads,
                                                         WideCount mutual_dyads) noexcept {
  std::array<WideCount, triad_class_count> counts{};
  for (std::size_t kind = 0; kind < wedge_kind_count; ++kind) {
    WideCount open = wedges[kind];
    for (std::size_t index = 0; index < closed_class_count; ++index) {
      open -= static_cast<WideCount>(wedges_in_closed[index][kind]) * closed[index];
    }
    counts[static_cast<std::size_t>(open_classes[kind])] = open;
  }
  for (std::size_t index = 0; index < closed_class_count; ++index) {
    counts[static_cast<std::size_t>(closed_classes[index])] = closed[index];
  }
  // A dyad that lies in no connected triad together with the third node makes a 012 or a 102.
  WideCount rest = triads;
  for (std::size_t index = 0; index < triad_class_count; ++index) {
    one_way_dyads -= one_way_in_class[index] * counts[index];
    mutual_dyads -= mutual_in_class[index] * counts[index];
    rest -= counts[index];
  }
  counts[class_012] = one_way_dyads;
  counts[class_102] = mutual_dyads;
  counts[class_003] = rest - one_way_dyads - mutual_dyads;
  return counts;
}

}  // namespace pybench::graph
