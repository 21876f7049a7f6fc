#include "auction/pace_lanes.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "auction/exponential.hpp"
#include "auction/traces.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {

template <typename Real, std::size_t width>
Unit<Real, width>::Unit(const Settings& settings, std::size_t first, std::size_t count, Rule rule) {
  for (std::size_t lane = 0; lane < width; ++lane) {
    const bool used = lane < count;
    const std::size_t at = first + (used ? lane : 0);
    budget[lane] = used ? settings.budget[at] : largest_entry;
    step_size[lane] = used ? settings.step_size[at] : 0.0;
    start[lane] = start_of(settings, at, rule);
    step_size_real[lane] = static_cast<Real>(step_size[lane]);
    highest[lane] = highest_of<Real>(rule, settings.max_multiplier[at]);
  }
}

template <typename Real, std::size_t width>
void Unit<Real, width>::write(const Settings& settings, std::size_t first, std::size_t count, Rule rule,
                              const Outcome& outcome) const {
  for (std::size_t lane = 0; lane < count; ++lane) {
    outcome.wins[first + lane] = wins[lane];
    outcome.spend[first + lane] = spend[lane];
    outcome.utility[first + lane] = utility[lane];
    outcome.multiplier[first + lane] = final_multiplier(settings, first + lane, rule, gap[lane]);
  }
}

namespace {

#define PYBENCH_LOOPS "auction/pace_lanes.inl"
#include "auction/lane_paths.inl"

template <typename Real, typename Entry, Layout layout, bool... choices>
RunBlock<Real, Entry, layout> choose(SimdPath simd, Rule rule, bool paths) {
  constexpr std::size_t chosen = sizeof...(choices);
  if constexpr (chosen == 3) {
#if PYBENCH_X86
    if (simd == SimdPath::avx512) return &avx512::run_block<Real, Entry, layout, choices...>;
    if (simd == SimdPath::avx2) return &avx2::run_block<Real, Entry, layout, choices...>;
#endif
    static_cast<void>(simd);
    return &portable::run_block<Real, Entry, layout, choices...>;
  } else {
    const bool yes = chosen == 0   ? rule.regulariser == Regulariser::entropy
                     : chosen == 1 ? rule.auction == AuctionKind::first_price
                                   : paths;
    return yes ? choose<Real, Entry, layout, choices..., true>(simd, rule, paths)
               : choose<Real, Entry, layout, choices..., false>(simd, rule, paths);
  }
}

}  // namespace

template <typename Real, typename Entry, Layout layout>
RunBlock<Real, Entry, layout> run_block_of(SimdPath simd, Rule rule, bool paths) {
  return choose<Real, Entry, layout>(simd, rule, paths);
}

template struct Unit<float>;
template struct Unit<double>;
template struct Unit<float, setting_lanes>;
template struct Unit<double, setting_lanes>;
template RunBlock<float, float, Layout::tiled> run_block_of<float, float, Layout::tiled>(SimdPath, Rule, bool);
template RunBlock<float, Code, Layout::tiled> run_block_of<float, Code, Layout::tiled>(SimdPath, Rule, bool);
template RunBlock<double, double, Layout::tiled> run_block_of<double, double, Layout::tiled>(SimdPath, Rule, bool);
template RunBlock<float, float, Layout::shared> run_block_of<float, float, Layout::shared>(SimdPath, Rule, bool);
template RunBlock<double, double, Layout::shared> run_block_of<double, double, Layout::shared>(SimdPath, Rule, bool);

}  // namespace pybench::auction
