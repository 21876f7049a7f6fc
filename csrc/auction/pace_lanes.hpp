// Many campaigns side by side, one a lane of wide registers: campaigns of traces laid out in tiles, or settings on one trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "auction/control.hpp"
#include "core/simd.hpp"

namespace pybench::auction {

// Campaigns that are paced together: a tile's width.
inline constexpr std::size_t unit_lanes = 64;

// A step of a tile: the values of a unit's campaigns, then their prices, then their targets. One stream for memory to fetch.
inline constexpr std::size_t row_entries = 3 * unit_lanes;

// A number of 0 to 65535 units, for traces of 16 bits.
using Code = std::uint16_t;

enum class Layout { tiled, shared };

// Steps of a trace, at most steps_a_block. Tiled: where the first step's values, prices and targets are in their rows. Shared:
// an entry a step, and the targets as sums before each step and in total.
template <typename Entry>
struct Block {
  std::size_t steps;
  const Entry* value;
  const Entry* price;
  const Entry* target = nullptr;         // tiled
  const Entry* target_before = nullptr;  // shared
  Entry target_total{0};                 // shared
};

// The state of the campaigns of a unit; unused lanes have settings that do no harm.
template <typename Real>
struct Unit {
  using Wins = std::conditional_t<sizeof(Real) == 4, std::int32_t, std::int64_t>;

  Unit(const Settings& settings, std::size_t first, std::size_t count, Rule rule);

  void begin_block() noexcept;  // what the next block starts from
  void end_block() noexcept;    // adds the block's sums
  [[nodiscard]] bool overspent(std::size_t first, std::size_t count) const noexcept;
  void write(const Settings& settings, std::size_t first, std::size_t count, Rule rule, const Outcome& outcome) const;

  alignas(64) double budget[unit_lanes];
  double start[unit_lanes], step_size[unit_lanes];
  double gap[unit_lanes] = {}, spend[unit_lanes] = {}, utility[unit_lanes] = {};
  std::int64_t wins[unit_lanes] = {};
  Real base[unit_lanes], step_size_real[unit_lanes], highest[unit_lanes];
  Real block_paid[unit_lanes] = {}, block_target[unit_lanes] = {}, block_utility[unit_lanes] = {};
  Wins block_wins[unit_lanes] = {};
  bool tight[unit_lanes] = {};  // by group of registers: little of a budget is left
};

// Runs a block of a unit on a path. `path`, [steps][unit_lanes], gets the multipliers unless it is null.
template <typename Real, typename Entry>
using RunBlock = void (*)(const Block<Entry>&, Unit<Real>&, Real* path);

template <typename Real, typename Entry>
RunBlock<Real, Entry> run_block_of(SimdPath simd, Layout layout, Rule rule, bool paths);

}  // namespace pybench::auction
