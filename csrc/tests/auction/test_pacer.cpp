// The pacer against pace_one, its budget under late results in every order, and what a step costs.
#include "auction/pacer.hpp"

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <span>
#include <vector>

#include "auction/pace_one.hpp"
#include "core/errors.hpp"
#include "tests/check.hpp"

namespace {

using namespace pybench;
using namespace pybench::auction;

// Uniform numbers of [0, 1).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  double next() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t state_;
};

DescentSettings settings_of(double step_size, Rule rule) { return {step_size, 0.5, std::log(0.5), 0x1p120, rule}; }

template <typename Real>
void check_against_pace(Rule rule) {
  Numbers numbers(7);
  const std::size_t steps = 1000;
  std::vector<Real> value(steps), price(steps), target(steps, Real(0.1));
  for (std::size_t t = 0; t < steps; ++t) {
    value[t] = static_cast<Real>(numbers.next());
    price[t] = t % 50 == 0 ? Real(0) : static_cast<Real>(numbers.next());
  }
  const double budget = 55.5, step_size = 0.1, initial = 0.5, log_initial = std::log(0.5), most = 0x1p120;
  std::int64_t wins = 0;
  double spend = 0.0, utility = 0.0, multiplier = 0.0;
  CancelToken cancel;
  pace_one<Real>(value, price, target, {{&budget, 1}, {&step_size, 1}, {&initial, 1}, {&log_initial, 1}, {&most, 1}}, 0,
                 rule, {{&wins, 1}, {&spend, 1}, {&utility, 1}, {&multiplier, 1}}, {}, cancel);
  Pacer<Real> pacer(PlanCursor<Real>::of_steps(target), budget, settings_of(step_size, rule));
  for (std::size_t t = 0; t < steps; ++t) {
    const PacerBid bid = pacer.bid(value[t], {});
    pacer.observe(price[t], bid.placed && bid.price >= price[t], {});
  }
  CHECK_EQ(pacer.wins(), wins);
  CHECK_EQ(pacer.spend(), spend);
  CHECK_EQ(pacer.utility(), utility);
  CHECK_EQ(pacer.multiplier(), multiplier);
}

TEST(a_pacer_that_is_answered_at_once_is_pace) {
  for (const auto regulariser : {Regulariser::euclidean, Regulariser::entropy}) {
    for (const auto kind : {AuctionKind::second_price, AuctionKind::first_price}) {
      check_against_pace<float>({regulariser, kind, Projection::lazy});
      check_against_pace<double>({regulariser, kind, Projection::lazy});
    }
  }
}

TEST(a_budget_holds_though_all_outstanding_bids_win) {
  Numbers numbers(11);
  for (int run = 0; run < 200; ++run) {
    const double budget = 0.1 + 3.0 * numbers.next();
    const std::vector<float> target(4, 0.5f);
    Pacer<float> pacer(PlanCursor<float>::of_steps(target), budget, settings_of(0.1, {}));
    std::vector<PacerBid> waiting;
    for (int t = 0; t < 300; ++t) {
      waiting.push_back(pacer.bid(numbers.next(), {}));
      while (!waiting.empty() && numbers.next() < 0.4) {
        const auto at = static_cast<std::size_t>(numbers.next() * static_cast<double>(waiting.size()));
        pacer.observe(waiting[at].price, true, waiting[at].ticket);
        waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at));
        CHECK(pacer.spend() <= budget);
      }
    }
    CHECK(pacer.spend() > 0.99 * budget - pacer.reserved());
  }
}

TEST(what_a_pacer_refuses_changes_nothing) {
  Pacer<double> pacer(PlanCursor<double>::of_steps(std::vector<double>{1.0, 1.0}), 1.0, settings_of(0.1, {}));
  const PacerBid bid = pacer.bid(0.6, {});
  CHECK_THROWS(pacer.bid(-1.0, {}), InvalidInput);
  CHECK_THROWS(pacer.bid(std::numeric_limits<double>::quiet_NaN(), {}), InvalidInput);
  CHECK_THROWS(pacer.bid(1.0, 3.0), InvalidInput);
  CHECK_THROWS(pacer.observe(bid.price * 1.01, true, bid.ticket), InvalidInput);
  CHECK_THROWS(pacer.observe({}, true, bid.ticket), InvalidInput);
  CHECK_THROWS(pacer.observe(0.1, true, 1), InvalidInput);
  CHECK_THROWS(pacer.set_budget(0.01, {}, {}, 0.0), InvalidInput);
  CHECK_EQ(pacer.steps(), 1);
  CHECK_EQ(pacer.outstanding(), 1);
  pacer.observe(0.1, true, {});
  CHECK_THROWS(pacer.observe(0.1, true, bid.ticket), InvalidInput);
  CHECK_EQ(pacer.spend(), 0.1);
}

// A figure and no test: what is fast elsewhere may be slow here. PACER_STEPS=10000000 prints it.
TEST(what_a_step_costs) {
  const char* asked = std::getenv("PACER_STEPS");
  const std::size_t steps = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 1000;
  Numbers numbers(3);
  std::vector<double> value(steps), price(steps), target(steps, 0.08);
  for (std::size_t t = 0; t < steps; ++t) value[t] = numbers.next(), price[t] = numbers.next();
  Pacer<double> pacer(PlanCursor<double>::of_steps(target), 0.08 * static_cast<double>(steps), settings_of(1e-3, {}));
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t t = 0; t < steps; ++t) {
    const PacerBid bid = pacer.bid(value[t], {});
    pacer.observe(price[t], bid.price >= price[t], bid.ticket);
  }
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  CHECK_EQ(pacer.steps(), static_cast<std::int64_t>(steps));
  if (asked != nullptr) std::cout << taken.count() / static_cast<double>(steps) << " ns a bid and its result\n";
}

}  // namespace
