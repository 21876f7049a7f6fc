#include "auction/pace_one.hpp"

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "auction/exponential.hpp"
#include "auction/traces.hpp"
#include "auction/winnable_steps.hpp"
#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

constexpr std::size_t steps_between_polls = std::size_t{1} << 20;

// What a block starts from.
template <typename Real>
struct Start {
  Real base, step_size, highest;
};

template <typename Real>
struct BlockSums {
  Real paid{0}, target{0}, utility{0};
  std::int64_t wins = 0;
};

// All there is of a campaign between blocks.
struct Sums {
  double gap = 0.0, spend = 0.0, utility = 0.0, eager;
  std::int64_t wins = 0;
};

template <typename Real>
Start<Real> start_of_block(const Settings& settings, std::size_t at, Rule rule, double gap) {
  const double step_size = settings.step_size[at];
  return {base_of<Real>(start_of(settings, at, rule), step_size, gap), static_cast<Real>(step_size),
          highest_of<Real>(rule, settings.max_multiplier[at])};
}

// Step by step, with a look at the budget at each.
template <typename Real, bool entropy, bool first_price, bool eager, bool paths>
BlockSums<Real> careful_block(const Real* value, const Real* price, const Real* target, std::size_t steps,
                              const Settings& settings, std::size_t at, Rule rule, Sums& sums, Real* path) {
  const double budget = settings.budget[at], step_size = settings.step_size[at], most = settings.max_multiplier[at];
  const Start<Real> from = start_of_block<Real>(settings, at, rule, sums.gap);
  BlockSums<Real> block;
  for (std::size_t t = 0; t < steps; ++t) {
    const Real v = value[t], d = price[t];
    Real k;
    if constexpr (eager) {
      k = static_cast<Real>(1.0 + sums.eager);
    } else if constexpr (entropy) {
      k = Real{1} + std::min(exponential(from.base + from.step_size * (block.paid - block.target)), from.highest);
    } else {
      k = std::min(std::max(from.base + from.step_size * (block.paid - block.target), Real{1}), from.highest);
    }
    const Real paid = first_price ? v / k : d;
    const bool won = v >= k * d && sums.spend + static_cast<double>(block.paid + paid) <= budget;
    const Real cost = won ? paid : Real{0};
    block.wins += won;
    block.paid += cost;
    block.target += target[t];
    block.utility += won ? v - paid : Real{0};
    if constexpr (eager) {
      const double change = step_size * (static_cast<double>(cost) - static_cast<double>(target[t]));
      const double moved = entropy ? sums.eager * exponential(change) : sums.eager + change;
      sums.eager = std::min(std::max(moved, 0.0), most);
    }
    if constexpr (paths) path[t] = k - Real{1};
  }
  return block;
}

#if PYBENCH_X86
// Two or more numbers in a register that every x86-64 has, of which the first two are looked at.
struct Floats {
  using Pair = __m128;
  static Pair all(float x) noexcept { return _mm_set1_ps(x); }
  static Pair of(float first, float second) noexcept { return _mm_setr_ps(first, second, first, second); }
  static Pair plus(Pair a, Pair b) noexcept { return _mm_add_ps(a, b); }
  static Pair minus(Pair a, Pair b) noexcept { return _mm_sub_ps(a, b); }
  static Pair times(Pair a, Pair b) noexcept { return _mm_mul_ps(a, b); }
  static Pair larger(Pair a, Pair b) noexcept { return _mm_max_ps(a, b); }
  static Pair smaller(Pair a, Pair b) noexcept { return _mm_min_ps(a, b); }
  static Pair at_least(Pair a, Pair b) noexcept { return _mm_cmpge_ps(a, b); }
  static Pair both(Pair a, Pair b) noexcept { return _mm_and_ps(a, b); }
  static Pair choose(Pair when, Pair a, Pair b) noexcept { return _mm_or_ps(_mm_and_ps(when, a), _mm_andnot_ps(when, b)); }
  static Pair first_of(Pair a) noexcept { return _mm_shuffle_ps(a, a, 0x00); }
  static Pair second_of(Pair a) noexcept { return _mm_shuffle_ps(a, a, 0x55); }
  static float first(Pair a) noexcept { return _mm_cvtss_f32(a); }
  static __m128i count(__m128i total, Pair flags) noexcept { return _mm_sub_epi32(total, _mm_castps_si128(flags)); }
};

struct Doubles {
  using Pair = __m128d;
  static Pair all(double x) noexcept { return _mm_set1_pd(x); }
  static Pair of(double first, double second) noexcept { return _mm_setr_pd(first, second); }
  static Pair plus(Pair a, Pair b) noexcept { return _mm_add_pd(a, b); }
  static Pair minus(Pair a, Pair b) noexcept { return _mm_sub_pd(a, b); }
  static Pair times(Pair a, Pair b) noexcept { return _mm_mul_pd(a, b); }
  static Pair larger(Pair a, Pair b) noexcept { return _mm_max_pd(a, b); }
  static Pair smaller(Pair a, Pair b) noexcept { return _mm_min_pd(a, b); }
  static Pair at_least(Pair a, Pair b) noexcept { return _mm_cmpge_pd(a, b); }
  static Pair both(Pair a, Pair b) noexcept { return _mm_and_pd(a, b); }
  static Pair choose(Pair when, Pair a, Pair b) noexcept { return _mm_or_pd(_mm_and_pd(when, a), _mm_andnot_pd(when, b)); }
  static Pair first_of(Pair a) noexcept { return _mm_unpacklo_pd(a, a); }
  static Pair second_of(Pair a) noexcept { return _mm_unpackhi_pd(a, a); }
  static double first(Pair a) noexcept { return _mm_cvtsd_f64(a); }
  static __m128i count(__m128i total, Pair flags) noexcept { return _mm_sub_epi32(total, _mm_castpd_si128(flags)); }
};

// Two steps at a time, with no look at the budget. A step waits for whether the one before was won; here the second is
// decided for both cases beside the first, and the case that came true is taken. Euclidean, second price.
template <typename Real>
BlockSums<Real> quick_block(const WinnableSteps<Real>& block, const Start<Real>& from) {
  using P = std::conditional_t<sizeof(Real) == 4, Floats, Doubles>;
  using Pair = typename P::Pair;
  const Pair one = P::all(1), base = P::all(from.base), step_size = P::all(from.step_size), highest = P::all(from.highest);
  const auto multiplier = [&](Pair paid, Real planned) {
    const Pair k = P::plus(base, P::times(step_size, P::minus(paid, P::all(planned))));
    return P::smaller(P::larger(k, one), highest);
  };
  const auto [steps, value, price, target_before, target_total] = block;
  Pair paid = P::all(0), utility = P::all(0);
  __m128i wins = _mm_setzero_si128();
  std::size_t t = 0;
  for (; t + 2 <= steps; t += 2) {
    const Pair v = P::all(value[t]), d = P::all(price[t]), next_v = P::all(value[t + 1]), next_d = P::all(price[t + 1]);
    const Pair won = P::at_least(v, P::times(multiplier(paid, target_before[t]), d));
    // Of the second step: had the first been lost, had it been won.
    const Pair before = P::plus(paid, P::of(0, price[t]));
    const Pair wins_next = P::at_least(next_v, P::times(multiplier(before, target_before[t + 1]), next_d));
    const Pair after = P::plus(before, P::both(wins_next, next_d));
    paid = P::choose(won, P::second_of(after), P::first_of(after));
    const Pair won_next = P::choose(won, P::second_of(wins_next), P::first_of(wins_next));
    utility = P::plus(utility, P::both(won, P::minus(v, d)));
    utility = P::plus(utility, P::both(won_next, P::minus(next_v, next_d)));
    wins = P::count(P::count(wins, won), won_next);
  }
  if (t < steps) {
    const Pair v = P::all(value[t]), d = P::all(price[t]);
    const Pair won = P::at_least(v, P::times(multiplier(paid, target_before[t]), d));
    paid = P::plus(paid, P::both(won, d));
    utility = P::plus(utility, P::both(won, P::minus(v, d)));
    wins = P::count(wins, won);
  }
  return {P::first(paid), target_total, P::first(utility), _mm_cvtsi128_si32(wins)};
}
#endif

template <typename Real, bool entropy, bool first_price, bool eager, bool paths>
void pace_block(const Real* value, const Real* price, const Real* target, std::size_t steps, const Settings& settings,
                std::size_t at, Rule rule, [[maybe_unused]] TakeWinnable<Real> take, Sums& sums, Real* path) {
  BlockSums<Real> block;
  bool done = false;
#if PYBENCH_X86
  if constexpr (!entropy && !first_price && !eager && !paths) {
    Real values[steps_a_block], prices[steps_a_block], target_before[steps_a_block];
    block = quick_block<Real>(take(value, price, target, steps, values, prices, target_before),
                              start_of_block<Real>(settings, at, rule, sums.gap));
    done = sums.spend + static_cast<double>(block.paid) <= settings.budget[at];
  }
#endif
  if (!done) {
    block = careful_block<Real, entropy, first_price, eager, paths>(value, price, target, steps, settings, at, rule, sums, path);
  }
  sums.spend += static_cast<double>(block.paid);
  sums.gap += static_cast<double>(block.paid) - static_cast<double>(block.target);
  sums.utility += static_cast<double>(block.utility);
  sums.wins += block.wins;
}
template <typename Real, bool... choices>
auto choose(Rule rule, bool paths) {
  constexpr std::size_t chosen = sizeof...(choices);
  if constexpr (chosen == 4) {
    return &pace_block<Real, choices...>;
  } else {
    const bool yes = chosen == 0   ? rule.regulariser == Regulariser::entropy
                     : chosen == 1 ? rule.auction == AuctionKind::first_price
                     : chosen == 2 ? rule.projection == Projection::eager
                                   : paths;
    return yes ? choose<Real, choices..., true>(rule, paths) : choose<Real, choices..., false>(rule, paths);
  }
}

}  // namespace

template <typename Real>
void pace_one(std::span<const Real> value, std::span<const Real> price, std::span<const Real> target_spend,
              const Settings& settings, std::size_t at, Rule rule, const Outcome& outcome, std::span<Real> path,
              CancelToken& cancel) {
  const auto run = choose<Real>(rule, !path.empty());
  const TakeWinnable<Real> take = take_winnable_of<Real>(active_simd_path());
  Sums sums;
  sums.eager = settings.initial_multiplier[at];
  for (std::size_t begin = 0; begin < value.size(); begin += steps_a_block) {
    if (begin % steps_between_polls == 0) cancel.check();
    const std::size_t steps = std::min<std::size_t>(steps_a_block, value.size() - begin);
    run(&value[begin], &price[begin], &target_spend[begin], steps, settings, at, rule, take, sums,
        path.empty() ? nullptr : &path[begin]);
  }
  outcome.wins[at] = sums.wins;
  outcome.spend[at] = sums.spend;
  outcome.utility[at] = sums.utility;
  outcome.multiplier[at] = rule.projection == Projection::eager ? sums.eager : final_multiplier(settings, at, rule, sums.gap);
}

template void pace_one<float>(std::span<const float>, std::span<const float>, std::span<const float>, const Settings&,
                              std::size_t, Rule, const Outcome&, std::span<float>, CancelToken&);
template void pace_one<double>(std::span<const double>, std::span<const double>, std::span<const double>, const Settings&,
                               std::size_t, Rule, const Outcome&, std::span<double>, CancelToken&);

}  // namespace pybench::auction
