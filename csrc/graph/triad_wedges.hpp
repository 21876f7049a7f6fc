// The hot loop of the triad census: for a middle node v, every pair (u, w) with u below v below w, u adjacent to both.
// u's row behind v is read against a table of marks that holds v's own higher neighbours.
//
// One step is: load a neighbour w of u, look up the label of (v, w), add. No branch and no histogram: the label of
// (u, v) chooses a table of increments, the two other labels an entry of it, and seven counters of nine bits share a
// 64-bit word. A label 0 adds nothing.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/simd.hpp"
#include "graph/triad_classes.hpp"
#include "graph/triad_orientation.hpp"

namespace pybench::graph {

// Marks: two bits a node, sixteen nodes a word, moved up by two so that a rotation by twice the node's place in the
// word brings its label to bits 2 and 3, beside the label in bits 0 and 1 of a row entry.
inline constexpr std::size_t mark_word_count(std::size_t node_count) { return node_count / 16 + 1; }

inline void set_mark(std::uint32_t entry, std::uint32_t* marks) noexcept {
  marks[entry >> 6] |= std::rotl(entry & 3, static_cast<int>(entry >> 1 & 30) + 2);
}
void clear_marks(const std::uint32_t* row, std::uint32_t* marks) noexcept;

// Counts of closed triads by class, in lanes that are emptied before they overflow.
class ClosedTally {
 public:
  static constexpr int field_bits = 9;
  static constexpr int room = (1 << field_bits) - 1;  // increments a lane can take
  static constexpr std::size_t lane_count = 16;

  [[nodiscard]] ClosedCounts totals() const noexcept;

  // For the loops: the lanes, and how many increments any one of them may have taken.
  alignas(64) std::array<std::uint64_t, lane_count> lanes{};
  int taken = 0;

  void empty() noexcept;  // moves the lanes to the totals

 private:
  ClosedCounts totals_{};
};

inline constexpr std::size_t prefetch_distance = 8;

// The lists of one node: for each lower neighbour its label (in the low two bits of an entry) and the place of the node
// in that neighbour's row.
template <typename Position>
struct LowerNeighbours {
  const std::uint32_t* entries;
  const Position* positions;
  std::size_t count;
};

// The tail of the row of the lower neighbour a few places on will be read soon; how long it is is not known yet. The
// four lines are the median length on the graphs that do not fit the cache.
template <typename Position>
inline void prefetch_row(const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                         std::size_t i) noexcept {
  static_assert(prefetch_distance <= orientation_padding);
  const std::uint32_t* const row = row_entries + lower.positions[i + prefetch_distance];
  for (int line = 0; line < 4; ++line) __builtin_prefetch(row + 16 * line);
}

// The label of (v, w) << 2 | the label of (u, w), for the marked node v and an entry w of the row of u.
inline std::uint32_t label_pair(std::uint32_t entry, const std::uint32_t* marks) noexcept {
  return (std::rotr(marks[entry >> 6], static_cast<int>(entry >> 1 & 30)) & 12) | (entry & 3);
}

// Adds the closed triads that have the marked node as their middle one. Reads up to 16 entries behind a row.
template <typename Position>
void tally_closed(SimdPath path, const std::uint32_t* row_entries, const LowerNeighbours<Position>& lower,
                  const std::uint32_t* marks, ClosedTally& tally) noexcept;

}  // namespace pybench::graph
