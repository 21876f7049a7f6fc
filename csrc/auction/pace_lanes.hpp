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

// Settings on one trace that are paced together. They need fewer registers each than campaigns with traces of their own, so
// that more of them hide each other's waits.
inline constexpr std::size_t setting_lanes = 128;

// A step of a tile: the values of a unit's campaigns, then their prices, then their targets. One stream for memory to fetch.
inline constexpr std::size_t row_entries = 3 * unit_lanes;

// A number of 0 to 65535 units, for traces of 16 bits.
using Code = std::uint16_t;

enum class Layout { tiled, shared };

constexpr std::size_t lanes_of(Layout layout) noexcept { return layout == Layout::shared ? setting_lanes : unit_lanes; }

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
template <typename Real, std::size_t width = unit_lanes>
struct Unit {
  using Wins = std::conditional_t<sizeof(Real) == 4, std::int32_t, std::int64_t>;

  Unit(const Settings& settings, std::size_t first, std::size_t count, Rule rule);

  void write(const Settings& settings, std::size_t first, std::size_t count, Rule rule, const Outcome& outcome) const;

  alignas(64) double budget[width];
  double start[width], step_size[width];
  double gap[width] = {}, spend[width] = {}, utility[width] = {};
  std::int64_t wins[width] = {};
  Real base[width], step_size_real[width], highest[width];
  Real block_paid[width] = {}, block_target[width] = {}, block_utility[width] = {};
  Wins block_wins[width] = {};
  bool tight[width] = {};  // by group of registers: little of a budget is left
};

// Runs a block of a unit on a path. `path`, [steps][lanes of the unit], gets the multipliers unless it is null.
template <typename Real, typename Entry, Layout layout>
using RunBlock = void (*)(const Block<Entry>&, Unit<Real, lanes_of(layout)>&, Real* path);

template <typename Real, typename Entry, Layout layout>
RunBlock<Real, Entry, layout> run_block_of(SimdPath simd, Rule rule, bool paths);

}  // namespace pybench::auction
