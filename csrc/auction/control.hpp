// What the kernels that pace a budget share: the rule of the controller and its settings. The semantics are those of
// pybench/kernels/reference/auction.py, bit for bit, on every path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "auction/exponential.hpp"
#include "auction/traces.hpp"

namespace pybench::auction {

// Sums are kept in the type of the trace over so many steps, in double over blocks.
inline constexpr std::int64_t steps_a_block = 64;

enum class Regulariser { euclidean, entropy };
enum class AuctionKind { second_price, first_price };
enum class Projection { lazy, eager };

struct Rule {
  Regulariser regulariser = Regulariser::euclidean;
  AuctionKind auction = AuctionKind::second_price;
  Projection projection = Projection::lazy;
};

// One entry a campaign. Budgets are above 0; multipliers from 0 (entropy: above 0) to 2^120.
struct Settings {
  std::span<const double> budget;
  std::span<const double> step_size;
  std::span<const double> initial_multiplier;
  std::span<const double> log_initial_multiplier;  // read for entropy alone
  std::span<const double> max_multiplier;
};

// What is written, one entry a campaign.
struct Outcome {
  std::span<std::int64_t> wins;
  std::span<double> spend;
  std::span<double> utility;
  std::span<double> multiplier;
};

// Within a block a campaign's factor of the prices, 1 + multiplier, is of base + step size * (paid - planned): that itself,
// at least 1, or for entropy 1 plus its exponential; at most `highest` (entropy: the exponential is).

// Where the base starts from, before any gap.
inline double start_of(Rule rule, double initial_multiplier, double log_initial_multiplier) noexcept {
  return rule.regulariser == Regulariser::entropy ? log_initial_multiplier : 1.0 + initial_multiplier;
}

inline double start_of(const Settings& settings, std::size_t at, Rule rule) noexcept {
  const bool entropy = rule.regulariser == Regulariser::entropy;
  return start_of(rule, settings.initial_multiplier[at], entropy ? settings.log_initial_multiplier[at] : 0.0);
}

template <typename Real>
Real base_of(double start, double step_size, double gap) noexcept {
  return static_cast<Real>(std::clamp(start + step_size * gap, -largest_entry, largest_entry));
}

template <typename Real>
Real highest_of(Rule rule, double max_multiplier) noexcept {
  const bool entropy = rule.regulariser == Regulariser::entropy;
  return static_cast<Real>(std::min(entropy ? max_multiplier : 1.0 + max_multiplier, largest_entry));
}

// The multiplier of lazy dual descent after a gap: what was paid less what was planned.
inline double final_multiplier(Rule rule, double initial_multiplier, double step_size, double max_multiplier,
                               double gap) noexcept {
  const double change = step_size * gap;
  const bool entropy = rule.regulariser == Regulariser::entropy;
  const double moved = entropy ? initial_multiplier * exponential(change) : initial_multiplier + change;
  return std::min(std::max(moved, 0.0), max_multiplier);
}
inline double final_multiplier(const Settings& settings, std::size_t at, Rule rule, double gap) noexcept {
  return final_multiplier(rule, settings.initial_multiplier[at], settings.step_size[at], settings.max_multiplier[at], gap);
}

}  // namespace pybench::auction
