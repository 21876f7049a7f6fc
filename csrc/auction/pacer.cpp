#include "auction/pacer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

#include "auction/number_text.hpp"
#include "auction/pacer_state.hpp"
#include "auction/traces.hpp"
#include "core/errors.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t kept_answers = 64;  // answered bids that may lie before the first that is not

template <typename Real>
Real checked_entry(const char* name, double entry) {
  if (entry >= 0.0 && entry <= largest_entry) return static_cast<Real>(entry + 0.0);  // -0.0 becomes 0.0
  throw InvalidInput(std::string(name) + " is " + number_text(entry) + ": it must be finite and in [0, 2^120]");
}

// The largest b with divisor * b <= value in Real: a price is at most b exactly where value >= divisor * price. Numbers >= 0
// are in the order of their bits.
template <typename Real>
Real highest_price(Real value, Real divisor) noexcept {
  auto bits = std::bit_cast<EntryBits<Real>>(value / divisor);
  while (divisor * std::bit_cast<Real>(bits) > value) --bits;
  while (divisor * std::bit_cast<Real>(bits + 1) <= value) ++bits;
  return std::bit_cast<Real>(bits);
}

}  // namespace

template <typename Real>
Pacer<Real>::Pacer(PlanCursor<Real> plan, double budget, const DescentSettings& settings)
    : plan_(std::move(plan)), descent_(settings), ledger_(budget) {}

template <typename Real>
Pacer<Real>::Pacer(PlanCursor<Real> plan, const PacerState& state)
    : plan_(std::move(plan)),
      descent_(state.settings, state.sums),
      ledger_(state.budget, state.spend, static_cast<Real>(state.block_spend)),
      steps_(state.steps),
      wins_(state.wins),
      waiting_(static_cast<std::int64_t>(state.outstanding.size())) {
  check_state<Real>(state, plan_.is_timed());
  plan_.restore(state.position);
  bids_.reserve(state.outstanding.size());
  for (const OutstandingBid& bid : state.outstanding) bids_.push_back({bid, false});
  ledger_ = ledger_of(state.budget, state.spend, static_cast<Real>(state.block_spend));
  if (!ledger_.may_be_covered()) {
    throw InvalidInput("state: budget is " + number_text(state.budget) + ": " + number_text(ledger_.spend()) +
                       " is spent and " + number_text(ledger_.reserved()) + " may yet be, which must be within it");
  }
}

template <typename Real>
PacerBid Pacer<Real>::bid(double value, std::optional<double> time) {
  const std::scoped_lock lock(mutex_);
  const Real v = checked_entry<Real>("value", value);
  plan_.check_time(time);
  if (bids_.size() == bids_.capacity()) bids_.reserve(2 * bids_.size() + 1);  // may throw: nothing has changed
  // A block is closed no sooner than the next begins: an answer to its last step is its own.
  if (descent_.block_is_full()) {
    descent_.close_block();
    ledger_.close_block();
  }
  const Real divisor = descent_.divisor();
  Real price = highest_price(v, divisor), cost = price;
  bool placed = true;
  if (is_first_price()) {
    cost = v / divisor;
    placed = ledger_.most(cost) == cost;
    if (!placed) price = cost = Real{0};
  } else {
    price = cost = ledger_.most(price);
  }
  const double when = time ? *time : static_cast<double>(steps_);
  bids_.push_back({{steps_, static_cast<double>(v), static_cast<double>(price), static_cast<double>(cost), when, placed},
                   false});
  ledger_.reserve(cost);
  descent_.step(plan_.next(time));
  ++waiting_;
  return {static_cast<double>(price), steps_++, placed};
}

template <typename Real>
void Pacer<Real>::observe(std::optional<double> price, bool won, std::optional<std::int64_t> ticket) {
  const std::scoped_lock lock(mutex_);
  const Real reported = price ? checked_entry<Real>("price", *price) : Real{0};
  Waiting& waiting = find(ticket);
  const OutstandingBid bid = waiting.bid;
  if (won) {
    if (!price) throw InvalidInput("price is None: a bid that won needs its price");
    if (!bid.placed) throw InvalidInput("won is True: ticket " + std::to_string(bid.ticket) + " is no bid");
    if (*price > bid.price) {
      throw InvalidInput("price is " + number_text(*price) + ": a win never costs more than its bid, " +
                         number_text(bid.price) + " (ticket " + std::to_string(bid.ticket) + ")");
    }
  }
  answer(waiting);
  if (won) {
    const Real paid = is_first_price() ? static_cast<Real>(bid.cost) : reported;
    ledger_.pay(paid);
    descent_.win(paid, static_cast<Real>(bid.value) - paid);
    ++wins_;
  }
  trim();
}

template <typename Real>
std::vector<std::int64_t> Pacer<Real>::expire(double before) {
  const std::scoped_lock lock(mutex_);
  if (std::isnan(before)) throw InvalidInput("before is NaN: it must be a time, or for a plan of steps a step");
  std::vector<std::int64_t> tickets;
  tickets.reserve(bids_.size() - first_);
  for (std::size_t i = first_; i < bids_.size(); ++i) {
    if (bids_[i].answered || !(bids_[i].bid.time < before)) continue;
    tickets.push_back(bids_[i].bid.ticket);
    answer(bids_[i]);
  }
  trim();
  return tickets;
}

template <typename Real>
void Pacer<Real>::set_budget(double budget, std::optional<PlanCursor<Real>> plan, std::optional<double> initial_multiplier,
                             double log_initial_multiplier) {
  const std::scoped_lock lock(mutex_);
  const double spent = ledger_.spend(), reserved = ledger_.reserved();
  // The plain sum first: the new ledger counts in units of its budget.
  const bool is_lower = budget < ledger_.budget();
  const bool covered = !is_lower || spent + reserved <= budget;
  Ledger<Real> ledger = covered ? ledger_of(budget, ledger_.closed_spend(), ledger_.block()) : ledger_;
  if (is_lower && !(covered && ledger.is_covered())) {
    throw InvalidInput("budget is " + number_text(budget) + ": it must cover the " + number_text(spent) +
                       " that is spent and the " + number_text(reserved) + " that " + std::to_string(waiting_) +
                       " outstanding bids may yet cost");
  }
  if (plan) {
    if (plan->is_timed() != plan_.is_timed()) {
      throw InvalidInput(plan_.is_timed() ? "plan has one target a step: it must be a TimedPlan, as the plan so far"
                                          : "plan is a TimedPlan: it must have one target a step, as the plan so far");
    }
    plan->start_at(plan_.position().time);
    plan_ = std::move(*plan);
  } else {
    if (budget > ledger_.budget() && !(plan_.left() > 0.0)) {
      throw InvalidInput("budget is " + number_text(budget) +
                         ": nothing is left of the plan that could be scaled to it; give a plan");
    }
    plan_.scale_to(budget - spent);
  }
  ledger_ = ledger;
  if (initial_multiplier) descent_.restart(*initial_multiplier, log_initial_multiplier);
}

template <typename Real>
PacerState Pacer<Real>::state() const {
  const std::scoped_lock lock(mutex_);
  PacerState state{ledger_.budget(),
                   descent_.settings(),
                   descent_.sums(),
                   ledger_.closed_spend(),
                   static_cast<double>(ledger_.block()),
                   steps_,
                   wins_,
                   plan_.position(),
                   {}};
  for (std::size_t i = first_; i < bids_.size(); ++i) {
    if (!bids_[i].answered) state.outstanding.push_back(bids_[i].bid);
  }
  return state;
}

template <typename Real>
typename Pacer<Real>::Waiting& Pacer<Real>::find(std::optional<std::int64_t> ticket) {
  if (!ticket) {
    if (waiting_ == 1) return bids_[first_];
    if (waiting_ == 0) throw InvalidInput("ticket is None: no bid is outstanding");
    throw InvalidInput("ticket is None: " + std::to_string(waiting_) + " bids are outstanding, and it must name one");
  }
  if (*ticket < 0 || *ticket >= steps_) {
    throw InvalidInput("ticket is " + std::to_string(*ticket) + ": there is no such bid; " + std::to_string(steps_) +
                       " were made");
  }
  const auto found = std::lower_bound(bids_.begin() + static_cast<std::ptrdiff_t>(first_), bids_.end(), *ticket,
                                      [](const Waiting& each, std::int64_t sought) { return each.bid.ticket < sought; });
  if (found == bids_.end() || found->bid.ticket != *ticket || found->answered) {
    throw InvalidInput("ticket is " + std::to_string(*ticket) + ": that bid was answered before, or has expired");
  }
  return *found;
}

template <typename Real>
void Pacer<Real>::answer(Waiting& waiting) noexcept {
  waiting.answered = true;
  --waiting_;
  ledger_.release(static_cast<Real>(waiting.bid.cost));
}

template <typename Real>
void Pacer<Real>::trim() {
  while (first_ < bids_.size() && bids_[first_].answered) ++first_;
  if (first_ == bids_.size()) {
    bids_.clear();
    first_ = 0;
  } else if (first_ >= kept_answers && first_ >= bids_.size() / 2) {  // so an answer costs O(1), shared out
    bids_.erase(bids_.begin(), bids_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

template <typename Real>
Ledger<Real> Pacer<Real>::ledger_of(double budget, double spend, Real block) const noexcept {
  Ledger<Real> ledger(budget, spend, block);
  for (std::size_t i = first_; i < bids_.size(); ++i) {
    if (!bids_[i].answered) ledger.reserve(static_cast<Real>(bids_[i].bid.cost));
  }
  return ledger;
}

template class Pacer<float>;
template class Pacer<double>;

}  // namespace pybench::auction
