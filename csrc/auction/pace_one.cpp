#include "auction/pace_one.hpp"

#include <algorithm>
#include <cstddef>

#include "auction/exponential.hpp"
#include "auction/traces.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t steps_between_polls = std::size_t{1} << 20;

struct Sums {
  double gap = 0.0, spend = 0.0, utility = 0.0, eager;
  std::int64_t wins = 0;
};

template <typename Real, bool entropy, bool first_price, bool eager, bool paths>
void pace_block(const Real* value, const Real* price, const Real* target, std::size_t steps, const Settings& settings,
                std::size_t at, Sums& sums, Real* path) {
  const double budget = settings.budget[at], step_size = settings.step_size[at], most = settings.max_multiplier[at];
  const double start = entropy ? settings.log_initial_multiplier[at] : 1.0 + settings.initial_multiplier[at];
  const Real base = static_cast<Real>(std::clamp(start + step_size * sums.gap, -largest_entry, largest_entry));
  const Real step = static_cast<Real>(step_size);
  const Real highest = static_cast<Real>(std::min(entropy ? most : 1.0 + most, largest_entry));
  Real paid_sum{0}, target_sum{0}, utility_sum{0};
  std::int64_t wins = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const Real v = value[t], d = price[t];
    Real k;
    if constexpr (eager) {
      k = static_cast<Real>(1.0 + sums.eager);
    } else if constexpr (entropy) {
      k = Real{1} + std::min(exponential(base + step * (paid_sum - target_sum)), highest);
    } else {
      k = std::min(std::max(base + step * (paid_sum - target_sum), Real{1}), highest);
    }
    const Real paid = first_price ? v / k : d;
    // Masks and no branch: whether it wins is not to be foreseen.
    const bool won = (v >= k * d) & (sums.spend + static_cast<double>(paid_sum + paid) <= budget);
    const Real cost = won ? paid : Real{0};
    wins += won;
    paid_sum += cost;
    target_sum += target[t];
    utility_sum += won ? v - paid : Real{0};
    if constexpr (eager) {
      const double change = step_size * (static_cast<double>(cost) - static_cast<double>(target[t]));
      const double moved = entropy ? sums.eager * exponential(change) : sums.eager + change;
      sums.eager = std::min(std::max(moved, 0.0), most);
    }
    if constexpr (paths) path[t] = k - Real{1};
  }
  sums.spend += static_cast<double>(paid_sum);
  sums.gap += static_cast<double>(paid_sum) - static_cast<double>(target_sum);
  sums.utility += static_cast<double>(utility_sum);
  sums.wins += wins;
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
  Sums sums;
  sums.eager = settings.initial_multiplier[at];
  for (std::size_t begin = 0; begin < value.size(); begin += steps_a_block) {
    if (begin % steps_between_polls == 0) cancel.check();
    const std::size_t steps = std::min<std::size_t>(steps_a_block, value.size() - begin);
    run(&value[begin], &price[begin], &target_spend[begin], steps, settings, at, sums,
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
