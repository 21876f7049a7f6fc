#include "auction/pace_generated.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "auction/exponential.hpp"
#include "auction/pace_lanes.hpp"
#include "auction/philox_lanes.hpp"
#include "auction/planned_sums.hpp"
#include "auction/traces.hpp"
#include "core/parallel_for.hpp"
#include "core/scratch.hpp"
#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

constexpr std::size_t blocks_between_polls = 64;

// What is the same for all lanes, then what is not.
struct GeneratedBlock {
  std::size_t steps;
  const float* value_unit;
  const float* price_unit;
  const float* target_before;  // shared targets: the sum of those before each step of the block, and of all
  float target_total;
  const RoundKeys* keys;
  const StepWords<steps_a_block / 2>* at;
  const LaneWords<unit_lanes>* live;
  const LaneWords<unit_lanes>* sample;
  const double* factor;  // 1 + sample_multiplier
};

#define PYBENCH_LOOPS "auction/pace_generated.inl"
#include "auction/lane_paths.inl"

using RunGenerated = void (*)(const GeneratedBlock&, Unit<float>&, std::size_t);

template <bool... choices>
RunGenerated choose(SimdPath simd, Rule rule, bool sampled) {
  constexpr std::size_t chosen = sizeof...(choices);
  if constexpr (chosen == 3) {
#if PYBENCH_X86
    if (simd == SimdPath::avx512) return &avx512::run_generated<choices...>;
    if (simd == SimdPath::avx2) return &avx2::run_generated<choices...>;
#endif
    static_cast<void>(simd);
    return &portable::run_generated<choices...>;
  } else {
    const bool yes = chosen == 0   ? rule.regulariser == Regulariser::entropy
                     : chosen == 1 ? rule.auction == AuctionKind::first_price
                                   : sampled;
    return yes ? choose<choices..., true>(simd, rule, sampled) : choose<choices..., false>(simd, rule, sampled);
  }
}

// The unit of each step.
Scratch<float> units_of_steps(std::span<const float> scale) {
  Scratch<float> units(scale.size());
  std::transform(scale.begin(), scale.end(), units.data(), unit_of);
  return units;
}

// The campaigns of a unit.
struct UnitStreams {
  UnitStreams(const RoundKeys& keys, std::size_t first, std::size_t count, std::span<const double> sample_multiplier) {
    for (std::size_t lane = 0; lane < unit_lanes; ++lane) {
      const std::size_t campaign = first + std::min(lane, count - 1);
      live.set(lane, keys, static_cast<std::uint32_t>(2 * campaign));
      sample.set(lane, keys, static_cast<std::uint32_t>(2 * campaign + 1));
      factor[lane] = sample_multiplier.empty() ? 1.0 : 1.0 + sample_multiplier[campaign];
    }
  }
  LaneWords<unit_lanes> live, sample;
  double factor[unit_lanes];
};

}  // namespace

void pace_generated(const Market& market, const Targets& targets, const Settings& settings, Rule rule, int threads,
                    const Outcome& outcome, CancelToken& cancel) {
  market.check();
  check_entries("target_spend", targets.shared, -1);
  const std::size_t campaigns = settings.budget.size(), steps = market.value_scale.size();
  const auto units = static_cast<std::int64_t>((campaigns + unit_lanes - 1) / unit_lanes);
  const auto run = choose(active_simd_path(), rule, targets.shared.empty());
  const RoundKeys keys(market.key);
  const PlannedSums<float> planned(targets.shared);
  const Scratch<float> value_unit = units_of_steps(market.value_scale), price_unit = units_of_steps(market.price_scale);
  share_out(threads, units, 1, cancel, [&](std::int64_t begin_unit, std::int64_t end_unit, CancelToken& stop) {
    for (auto index = static_cast<std::size_t>(begin_unit); index < static_cast<std::size_t>(end_unit); ++index) {
      const std::size_t first = index * unit_lanes, lanes = std::min(unit_lanes, campaigns - first);
      const UnitStreams streams(keys, first, lanes, targets.sample_multiplier);
      Unit<float> unit(settings, first, lanes, rule);
      for (std::size_t begin = 0; begin < steps; begin += steps_a_block) {
        if (begin % (steps_a_block * blocks_between_polls) == 0) stop.check();
        const std::size_t here = std::min<std::size_t>(steps_a_block, steps - begin);
        StepWords<steps_a_block / 2> at;
        for (std::size_t pair = 0; pair < steps_a_block / 2; ++pair) {
          at.set(pair, keys, static_cast<std::uint32_t>(begin / 2 + pair));
        }
        run({here, &value_unit[begin], &price_unit[begin], planned.before(begin), planned.total(begin, here),
             &keys, &at, &streams.live, &streams.sample, streams.factor},
            unit, lanes);
      }
      unit.write(settings, first, lanes, rule, outcome);
    }
  });
}

}  // namespace pybench::auction
