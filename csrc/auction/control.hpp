// What the kernels that pace a budget share: the rule of the controller and its settings. The semantics are those of
// pybench/kernels/reference/auction.py, bit for bit, on every path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "auction/exponential.hpp"

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

// The multiplier of lazy dual descent after a gap: what was paid less what was planned.
inline double final_multiplier(const Settings& settings, std::size_t at, Rule rule, double gap) noexcept {
  const double start = settings.initial_multiplier[at], change = settings.step_size[at] * gap;
  const double moved = rule.regulariser == Regulariser::entropy ? start * exponential(change) : start + change;
  return std::min(std::max(moved, 0.0), settings.max_multiplier[at]);
}

}  // namespace pybench::auction
