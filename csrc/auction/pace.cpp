#include "auction/pace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "auction/pace_one.hpp"
#include "auction/planned_sums.hpp"
#include "auction/winnable_steps.hpp"
#include "core/parallel_for.hpp"
#include "core/scratch.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t block_steps = steps_a_block;
constexpr std::size_t strip_steps = 4 * block_steps;  // fetched and checked together
static_assert(strip_steps <= Strip<float>::max_steps);
// As many campaigns side by side cost about as much as these one after the other.
constexpr std::size_t worth_a_unit = 6;
constexpr std::size_t blocks_between_polls = 256;

// The multipliers of a block, from a row a step to a row a campaign.
template <typename Real>
void keep_paths(const Real* block, std::size_t width, std::size_t steps, std::size_t lanes, Real* paths,
                std::size_t stride) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    for (std::size_t t = 0; t < steps; ++t) paths[lane * stride + t] = block[t * width + lane];
  }
}

bool one_by_one(std::size_t count, Rule rule) noexcept {
  return rule.projection == Projection::eager || count < worth_a_unit;
}

// one(index, token) for each of so many.
template <typename One>
void each(std::size_t count, int threads, CancelToken& cancel, One&& one) {
  share_out(threads, static_cast<std::int64_t>(count), 1, cancel,
            [&](std::int64_t begin, std::int64_t end, CancelToken& stop) {
              for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) one(i, stop);
            });
}

template <typename Real>
std::span<const Real> row_of(const Real* array, std::size_t row, std::size_t steps) {
  return {array + row * steps, steps};
}

template <typename Real>
std::span<Real> path_of(std::span<Real> paths, std::size_t row, std::size_t steps) {
  return paths.empty() ? paths : paths.subspan(row * steps, steps);
}

}  // namespace

template <typename Real>
void pace_rows(const TraceRows<Real>& rows, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
               std::span<Real> paths, CancelToken& cancel) {
  if (one_by_one(rows.campaigns, rule)) {
    each(units_of(rows.campaigns), threads, cancel, [&](std::size_t unit, CancelToken& stop) {
      for (std::size_t begin = 0; begin < rows.steps; begin += strip_steps) {
        stop.check();
        rows.check(unit, begin, std::min(begin + strip_steps, rows.steps));
      }
    });
    each(rows.campaigns, threads, cancel, [&](std::size_t row, CancelToken& stop) {
      pace_one(row_of(rows.value, row, rows.steps), row_of(rows.price, row, rows.steps),
               row_of(rows.target, row, rows.steps), settings, row, rule, outcome, path_of(paths, row, rows.steps), stop);
    });
    return;
  }
  const auto run = run_block_of<Real, Real, Layout::tiled>(active_simd_path(), rule, !paths.empty());
  each(units_of(rows.campaigns), threads, cancel, [&](std::size_t index, CancelToken& stop) {
    const std::size_t first = index * unit_lanes, lanes = rows.lanes(index);
    Unit<Real> unit(settings, first, lanes, rule);
    Strip<Real> strip;
    Scratch<Real> tile(block_steps * row_entries), path(paths.empty() ? 0 : block_steps * unit_lanes);
    std::fill_n(tile.data(), tile.size(), Real{0});
    for (std::size_t begin = 0; begin < rows.steps; begin += block_steps) {
      if (begin % (block_steps * blocks_between_polls) == 0) stop.check();
      if (begin % strip_steps == 0) strip.fetch(rows, index, begin, std::min(begin + strip_steps, rows.steps));
      const std::size_t steps = std::min(block_steps, rows.steps - begin);
      strip.lay_out(begin % strip_steps, begin % strip_steps + steps, tile.data());
      run({steps, tile.data(), tile.data() + unit_lanes, tile.data() + 2 * unit_lanes}, unit, path.data());
      if (!paths.empty()) keep_paths(path.data(), unit_lanes, steps, lanes, &paths[first * rows.steps + begin], rows.steps);
    }
    unit.write(settings, first, lanes, rule, outcome);
  });
}

template <typename Entry>
void pace_tiles(const Tiles<Entry>& tiles, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
                CancelToken& cancel) {
  using Real = std::conditional_t<std::is_same_v<Entry, double>, double, float>;
  const auto run = run_block_of<Real, Entry, Layout::tiled>(active_simd_path(), rule, false);
  each(units_of(tiles.campaigns()), threads, cancel, [&](std::size_t index, CancelToken& stop) {
    const std::size_t first = index * unit_lanes, lanes = std::min(unit_lanes, tiles.campaigns() - first);
    Unit<Real> unit(settings, first, lanes, rule);
    for (std::size_t begin = 0; begin < tiles.steps(); begin += block_steps) {
      if (begin % (block_steps * blocks_between_polls) == 0) stop.check();
      const Entry* rows = tiles.rows(index, begin);
      run({std::min(block_steps, tiles.steps() - begin), rows, rows + unit_lanes, rows + 2 * unit_lanes}, unit, nullptr);
    }
    unit.write(settings, first, lanes, rule, outcome);
  });
}

template <typename Real>
void pace_settings(const TraceRows<Real>& trace, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
                   std::span<Real> paths, CancelToken& cancel) {
  const std::size_t count = settings.budget.size(), steps = trace.steps;
  for (std::size_t begin = 0; begin < steps; begin += strip_steps) {
    cancel.check();
    trace.check(0, begin, std::min(begin + strip_steps, steps));
  }
  if (one_by_one(count, rule)) {
    each(count, threads, cancel, [&](std::size_t setting, CancelToken& stop) {
      pace_one(row_of(trace.value, 0, steps), row_of(trace.price, 0, steps), row_of(trace.target, 0, steps), settings,
               setting, rule, outcome, path_of(paths, setting, steps), stop);
    });
    return;
  }
  const auto run = run_block_of<Real, Real, Layout::shared>(active_simd_path(), rule, !paths.empty());
  const auto pace_unit = [&](std::size_t index, CancelToken& stop, auto&& run_steps) {
    const std::size_t first = index * setting_lanes, lanes = std::min(setting_lanes, count - first);
    Unit<Real, setting_lanes> unit(settings, first, lanes, rule);
    for (std::size_t begin = 0; begin < steps; begin += block_steps) {
      if (begin % (block_steps * blocks_between_polls) == 0) stop.check();
      run_steps(unit, begin);
    }
    unit.write(settings, first, lanes, rule, outcome);
  };
  if (paths.empty()) {
    const WinnableTrace<Real> winnable({trace.value, steps}, {trace.price, steps}, {trace.target, steps});
    each(units_of(count, setting_lanes), threads, cancel, [&](std::size_t index, CancelToken& stop) {
      pace_unit(index, stop, [&](Unit<Real, setting_lanes>& unit, std::size_t begin) {
        const WinnableSteps<Real>& block = winnable.block(begin);
        run({block.count, block.value, block.price, nullptr, block.target_before, block.target_total}, unit, nullptr);
      });
    });
    return;
  }
  const PlannedSums<Real> planned({trace.target, steps});
  each(units_of(count, setting_lanes), threads, cancel, [&](std::size_t index, CancelToken& stop) {
    const std::size_t first = index * setting_lanes, lanes = std::min(setting_lanes, count - first);
    Scratch<Real> path(block_steps * setting_lanes);
    pace_unit(index, stop, [&](Unit<Real, setting_lanes>& unit, std::size_t begin) {
      const std::size_t here = std::min(block_steps, steps - begin);
      run({here, trace.value + begin, trace.price + begin, nullptr, planned.before(begin), planned.total(begin, here)}, unit,
          path.data());
      keep_paths(path.data(), setting_lanes, here, lanes, &paths[first * steps + begin], steps);
    });
  });
}

template void pace_rows<float>(const TraceRows<float>&, const Settings&, Rule, int, const Outcome&, std::span<float>,
                               CancelToken&);
template void pace_rows<double>(const TraceRows<double>&, const Settings&, Rule, int, const Outcome&, std::span<double>,
                                CancelToken&);
template void pace_tiles<float>(const Tiles<float>&, const Settings&, Rule, int, const Outcome&, CancelToken&);
template void pace_tiles<double>(const Tiles<double>&, const Settings&, Rule, int, const Outcome&, CancelToken&);
template void pace_tiles<Code>(const Tiles<Code>&, const Settings&, Rule, int, const Outcome&, CancelToken&);
template void pace_settings<float>(const TraceRows<float>&, const Settings&, Rule, int, const Outcome&, std::span<float>,
                                   CancelToken&);
template void pace_settings<double>(const TraceRows<double>&, const Settings&, Rule, int, const Outcome&, std::span<double>,
                                    CancelToken&);

}  // namespace pybench::auction
