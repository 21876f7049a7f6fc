// One campaign paced online: a bid for each auction, its result whenever it comes, a budget that is never exceeded.
//
// Where every bid is answered before the next is made, bids win what `pace` wins and all sums are the same bit for bit.
// Calls take turns by a mutex. A call that throws has changed nothing. O(1) a call unless said.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "auction/control.hpp"
#include "auction/dual_descent.hpp"
#include "auction/ledger.hpp"
#include "auction/plan_cursor.hpp"

namespace pybench::auction {

struct PacerBid {
  double price;         // a number of Real
  std::int64_t ticket;  // bids made before
  bool placed;          // false: no bid, which can win nothing
};

// A bid that has no answer yet.
struct OutstandingBid {
  std::int64_t ticket;
  double value, price, cost;  // numbers of Real; cost: the most that it may cost
  double time;                // of a plan of steps: the ticket
  bool placed;
};

struct PacerState {
  double budget = 0.0;
  DescentSettings settings{};
  DescentSums sums;
  double spend = 0.0, block_spend = 0.0;  // of closed blocks; of those that are not, a number of Real
  std::int64_t steps = 0, wins = 0;
  PlanPosition position;
  std::vector<OutstandingBid> outstanding;  // by ticket
};

template <typename Real>
class Pacer {
 public:
  // Settings are checked by who gives them: 0 < budget <= 2^120.
  Pacer(PlanCursor<Real> plan, double budget, const DescentSettings& settings);

  // Goes on from a state. Throws InvalidInput for one that breaks a rule. O(outstanding).
  Pacer(PlanCursor<Real> plan, const PacerState& state);

  // The highest price that is worth paying. Throws InvalidInput for a value or a time that breaks a rule.
  PacerBid bid(double value, std::optional<double> time);

  // The result of a bid; no ticket: of the only one that is outstanding. A win of second price costs `price`, of first price
  // the bid. Throws InvalidInput for an unknown ticket, one answered before, or a win that cannot be.
  void observe(std::optional<double> price, bool won, std::optional<std::int64_t> ticket);

  // Takes bids made before a time (of a plan of steps: before a step) as lost; returns their tickets. O(outstanding).
  std::vector<std::int64_t> expire(double before);

  // Another budget, and what is left of the plan scaled to what is left of it, or another plan. A multiplier starts the
  // descent anew. Throws InvalidInput where the budget does not cover what is spent and may yet be. O(plan + outstanding).
  void set_budget(double budget, std::optional<PlanCursor<Real>> plan, std::optional<double> initial_multiplier,
                  double log_initial_multiplier);

  [[nodiscard]] PacerState state() const;  // O(outstanding)

  [[nodiscard]] double budget() const { return locked([this] { return ledger_.budget(); }); }
  [[nodiscard]] double spend() const { return locked([this] { return ledger_.spend(); }); }
  [[nodiscard]] double reserved() const { return locked([this] { return ledger_.reserved(); }); }
  [[nodiscard]] double multiplier() const { return locked([this] { return descent_.multiplier(); }); }
  [[nodiscard]] double utility() const { return locked([this] { return descent_.utility(); }); }
  [[nodiscard]] std::int64_t wins() const { return locked([this] { return wins_; }); }
  [[nodiscard]] std::int64_t steps() const { return locked([this] { return steps_; }); }
  [[nodiscard]] std::int64_t outstanding() const { return locked([this] { return waiting_; }); }

 private:
  struct Waiting {
    OutstandingBid bid;
    bool answered;
  };

  template <typename Read>
  auto locked(Read&& read) const {
    const std::scoped_lock lock(mutex_);
    return read();
  }
  [[nodiscard]] bool is_first_price() const noexcept {
    return descent_.settings().rule.auction == AuctionKind::first_price;
  }
  Waiting& find(std::optional<std::int64_t> ticket);
  void answer(Waiting& waiting) noexcept;
  void trim();
  [[nodiscard]] Ledger<Real> ledger_of(double budget, double spend, Real block) const noexcept;

  mutable std::mutex mutex_;
  PlanCursor<Real> plan_;
  DualDescent<Real> descent_;
  Ledger<Real> ledger_;
  std::int64_t steps_ = 0, wins_ = 0, waiting_ = 0;
  // Tickets are in order: those before `first_` are answered.
  std::vector<Waiting> bids_;
  std::size_t first_ = 0;
};

extern template class Pacer<float>;
extern template class Pacer<double>;

}  // namespace pybench::auction
