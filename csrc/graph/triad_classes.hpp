// What the 16 triad classes are made of, and the closed forms that turn the seven closed classes, the degrees and the
// numbers of dyads into all 16 counts.
//
// A dyad's label is two bits, seen from the first of its two nodes: 1 = link to the second, 2 = link from the second,
// 3 = both (mutual), 0 = none.
#pragma once

#include <array>
#include <cstdint>

#include "graph/triad_census.hpp"

namespace pybench::graph {

using Label = std::uint32_t;

// M-A-N order.
enum TriadClass : int {
  class_003, class_012, class_102, class_021D, class_021U, class_021C, class_111D, class_111U,
  class_030T, class_030C, class_201, class_120D, class_120U, class_120C, class_210, class_300
};

inline constexpr int closed_class_count = 7;
inline constexpr std::array<TriadClass, closed_class_count> closed_classes = {
    class_030T, class_030C, class_120D, class_120U, class_120C, class_210, class_300};

// Two dyads that share a centre. The class of the triad when the third dyad is empty.
inline constexpr int wedge_kind_count = 6;
inline constexpr std::array<TriadClass, wedge_kind_count> open_classes = {class_021D, class_021U, class_021C,
                                                                          class_111D, class_111U, class_201};

constexpr Label reversed(Label label) noexcept { return ((label & 1) << 1) | (label >> 1); }

// The kind (an index of open_classes) of two dyads with the labels seen from their common centre, neither empty.
constexpr int wedge_kind(Label first, Label second) noexcept {
  if (first == 3 && second == 3) return 5;
  if (first == 3 || second == 3) return (first == 3 ? second : first) == 1 ? 4 : 3;
  if (first != second) return 2;
  return first == 1 ? 0 : 1;
}

// The closed class (an index of closed_classes) of nodes u, v, w from the labels of (u, v), (u, w) and (v, w).
constexpr int closed_class(Label uv, Label uw, Label vw) noexcept {
  const int mutual = (uv == 3) + (uw == 3) + (vw == 3);
  if (mutual == 3) return 6;
  if (mutual == 2) return 5;
  if (mutual == 1) {
    // The centre of the two one-way dyads decides.
    const int kind = uv == 3 ? wedge_kind(reversed(uw), reversed(vw))
                     : uw == 3 ? wedge_kind(reversed(uv), vw)
                               : wedge_kind(uv, uw);
    return 2 + kind;
  }
  const bool cycle = wedge_kind(uv, uw) == 2 && wedge_kind(reversed(uv), vw) == 2;
  return cycle ? 1 : 0;
}

using WedgeCounts = std::array<WideCount, wedge_kind_count>;
using ClosedCounts = std::array<std::uint64_t, closed_class_count>;

// How many wedges of each kind one triad of each closed class holds.
constexpr std::array<std::array<int, wedge_kind_count>, closed_class_count> closed_wedges() {
  std::array<std::array<int, wedge_kind_count>, closed_class_count> table{};
  for (Label uv = 1; uv < 4; ++uv) {
    for (Label uw = 1; uw < 4; ++uw) {
      for (Label vw = 1; vw < 4; ++vw) {
        std::array<int, wedge_kind_count> held{};
        ++held[static_cast<std::size_t>(wedge_kind(uv, uw))];
        ++held[static_cast<std::size_t>(wedge_kind(reversed(uv), vw))];
        ++held[static_cast<std::size_t>(wedge_kind(reversed(uw), reversed(vw)))];
        table[static_cast<std::size_t>(closed_class(uv, uw, vw))] = held;
      }
    }
  }
  return table;
}

// A node's numbers of dyads by kind.
struct DyadDegrees {
  std::uint64_t out = 0;  // one way, away from the node
  std::uint64_t in = 0;   // one way, to the node
  std::uint64_t mutual = 0;
};

// The wedges that have the node at their centre, added to wedges. Degrees are below 2^31, so that 64 bits hold a product.
inline void add_centred_wedges(const DyadDegrees& degrees, WedgeCounts& wedges) noexcept {
  const auto pairs = [](std::uint64_t count) { return count * (count - 1) / 2; };  // of 0: 0 as well
  wedges[0] += pairs(degrees.out);
  wedges[1] += pairs(degrees.in);
  wedges[2] += degrees.out * degrees.in;
  wedges[3] += degrees.in * degrees.mutual;
  wedges[4] += degrees.out * degrees.mutual;
  wedges[5] += pairs(degrees.mutual);
}

// Completes a census. Of the triads in question (all, or those that contain one node): how many there are, how many
// are closed by class, how many wedges of each kind they hold, open or closed, and how many one-way and mutual dyads,
// a dyad counted once for every triad it lies in.
std::array<WideCount, triad_class_count> complete_census(WideCount triads, const ClosedCounts& closed,
                                                         const WedgeCounts& wedges, WideCount one_way_dyads,
                                                         WideCount mutual_dyads) noexcept;

}  // namespace pybench::graph
