#include "auction/pacer_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "auction/number_text.hpp"
#include "auction/traces.hpp"
#include "core/errors.hpp"

namespace pybench::auction {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check(const std::string& name, bool good, double number, const char* rule) {
  if (!good) throw InvalidInput("state: " + name + " is " + number_text(number) + ": it must be " + rule);
}

void check_count(const std::string& name, std::int64_t count, std::int64_t least, std::int64_t most) {
  if (count >= least && count <= most) return;
  throw InvalidInput("state: " + name + " is " + std::to_string(count) + ": it must be in [" + std::to_string(least) +
                     ", " + std::to_string(most) + "]");
}

// A sum of the open block.
template <typename Real>
void check_real(const std::string& name, double number, double most) {
  check(name, number >= 0.0 && number <= most, number, "finite, not negative and within its limit");
  check(name, static_cast<double>(static_cast<Real>(number)) == number, number, "a number of the plan's dtype");
}

}  // namespace

template <typename Real>
void check_state(const PacerState& state, bool timed) {
  constexpr std::int64_t most_steps = std::numeric_limits<std::int64_t>::max() - 1;
  constexpr auto most_real = static_cast<double>(std::numeric_limits<Real>::max());
  check_count("steps", state.steps, 0, most_steps);
  check_count("wins", state.wins, 0, state.steps);
  check_count("block_steps", state.sums.block_steps, 0, std::min(state.steps, steps_a_block));
  check("gap", std::isfinite(state.sums.gap), state.sums.gap, "finite");
  check("utility", state.sums.utility >= 0.0 && state.sums.utility < infinity, state.sums.utility,
        "finite and not negative");
  check_real<Real>("block_paid", state.sums.block_paid, most_real);
  check_real<Real>("block_planned", state.sums.block_planned, most_real);
  check_real<Real>("block_utility", state.sums.block_utility, most_real);
  check("spend", state.spend >= 0.0 && state.spend <= state.budget, state.spend, "not negative and within the budget");
  check_real<Real>("block_spend", state.block_spend, state.budget);
  if (!timed) check_count("plan_step", state.position.step, 0, state.steps);
  if (timed) {
    const bool none_made = state.steps == 0;
    if (none_made == state.position.time.has_value()) {
      throw InvalidInput("state: plan_time must be the time of the last bid, and None where none was made");
    }
  }
  std::int64_t next = 0;
  double committed = state.spend + state.block_spend;
  for (std::size_t i = 0; i < state.outstanding.size(); ++i) {
    const OutstandingBid& bid = state.outstanding[i];
    const std::string name = "outstanding[" + std::to_string(i) + "].";
    check_count(name + "ticket", bid.ticket, next, state.steps - 1);
    next = bid.ticket + 1;
    committed += bid.cost;
    check_real<Real>(name + "value", bid.value, largest_entry);
    check_real<Real>(name + "price", bid.price, largest_entry);
    check_real<Real>(name + "cost", bid.cost, std::min(state.budget, largest_entry));
    if (timed) {
      check(name + "time", std::abs(bid.time) <= largest_entry && bid.time <= *state.position.time, bid.time,
            "a time up to that of the last bid");
    } else {
      check(name + "time", bid.time == static_cast<double>(bid.ticket), bid.time, "the ticket, for a plan of steps");
    }
    const bool first_price = state.settings.rule.auction == AuctionKind::first_price;
    if (first_price ? !bid.placed && (bid.price != 0.0 || bid.cost != 0.0) : !bid.placed || bid.cost != bid.price) {
      throw InvalidInput("state: " + name + "cost is " + number_text(bid.cost) +
                         ": it must be the price in a second-price auction, and 0 where no bid was placed");
    }
  }
  // Coarse: the ledger counts exactly, in units of the budget.
  check("outstanding", committed <= 1.001 * state.budget, committed, "within the budget, with what is spent");
}

template void check_state<float>(const PacerState&, bool);
template void check_state<double>(const PacerState&, bool);

}  // namespace pybench::auction
