#include "auction/spending_plan.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "auction/exact_sum.hpp"
#include "auction/lagrangian_bound.hpp"
#include "auction/won_steps.hpp"
#include "core/errors.hpp"
#include "core/philox.hpp"
#include "tests/check.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::auction;
using namespace pybench::tests;

namespace {

struct Trace {
  std::vector<float> value, price;
};

// Whole numbers, so that sums have no rounding and ratios tie.
Trace random_trace(std::size_t steps, std::uint64_t seed) {
  Trace trace;
  for (std::size_t step = 0; step < steps; ++step) {
    const auto words = philox_block(seed, 0, step);
    trace.value.push_back(static_cast<float>(words.word[0] % 40));
    trace.price.push_back(static_cast<float>(words.word[1] % 20));
  }
  return trace;
}

double spend_at(const Trace& trace, double factor) {
  double spend = 0.0;
  for (std::size_t step = 0; step < trace.value.size(); ++step) {
    if (is_won(trace.value[step], trace.price[step], factor)) spend += trace.price[step];
  }
  return spend;
}

struct Plan {
  double multiplier;
  std::vector<float> target;
};

Plan plan_of(const Trace& trace, double budget) {
  Plan plan{0.0, std::vector<float>(trace.value.size())};
  CancelToken cancel;
  spending_plan<float>(trace.value.data(), trace.price.data(), trace.value.size(), false, std::span(&budget, 1),
                       &plan.multiplier, plan.target.data(), 1, cancel);
  return plan;
}

bool ask_to_stop() { return true; }

}  // namespace

TEST(spending_plan_holds_its_certificate_on_every_path) {
  for (const SimdPath path : machine_paths()) {
    const ForcedPath forced(path);
    for (const std::size_t steps : {1, 64, 100, 2048, 2049, 9000}) {
      const Trace trace = random_trace(steps, steps);
      for (const double budget : {0.5, 7.0, 0.5 * static_cast<double>(steps), 1e9}) {
        const Plan plan = plan_of(trace, budget);
        const double factor = 1.0 + plan.multiplier;
        CHECK(spend_at(trace, factor) <= budget);
        CHECK(factor == 1.0 || spend_at(trace, std::nextafter(factor, 0.0)) > budget);
        for (std::size_t step = 0; step < steps; ++step) {
          CHECK_EQ(plan.target[step], is_won(trace.value[step], trace.price[step], factor) ? trace.price[step] : 0.0F);
        }
      }
    }
  }
}

TEST(won_steps_are_sorted_into_three_at_every_length) {
  for (const SimdPath path : machine_paths()) {
    const ForcedPath forced(path);
    const ChunkPass<float> pass = chunk_pass<float>();
    for (std::size_t steps = 1; steps < 200; ++steps) {
      const Trace trace = random_trace(steps, 7 * steps);
      std::vector<Word> words((steps + 63) / 64);
      std::vector<float> target(steps);
      const Factors factors{1.5, 3.0};
      const ChunkSums sums = pass(trace.value.data(), trace.price.data(), steps, factors, words.data(), target.data());
      CHECK(sums.good);
      CHECK_EQ(sums.spend, spend_at(trace, factors.upper));
      for (std::size_t step = 0; step < 64 * words.size(); ++step) {
        const bool between = step < steps && is_won(trace.value[step], trace.price[step], factors.lower) &&
                             !is_won(trace.value[step], trace.price[step], factors.upper);
        CHECK_EQ((words[step / 64] >> (step % 64) & 1) != 0, between);
      }
    }
  }
}

TEST(exact_sum_compares_without_rounding) {
  const double tiny = std::numeric_limits<double>::denorm_min(), huge = 0x1p120;
  ExactSum sum;
  CHECK(sum.is_at_most(0.0));
  sum.add(-0.0);
  CHECK(sum.is_at_most(0.0));
  sum.add(huge);
  CHECK(sum.is_at_most(huge));
  sum.add(tiny);  // 1,194 bits below
  CHECK(!sum.is_at_most(huge));
  CHECK(sum.is_at_most(std::nextafter(huge, 2.0 * huge)));
  CHECK(sum.is_at_most(std::numeric_limits<double>::max()));
  ExactSum tenths;
  for (int i = 0; i < 10; ++i) tenths.add(0.1);  // a little more than 1, though float64 sums give less
  CHECK(!tenths.is_at_most(1.0));
  CHECK(tenths.is_at_most(std::nextafter(1.0, 2.0)));
  ExactSum many;
  for (int i = 0; i < 1 << 20; ++i) many.add(3.0);
  CHECK(many.is_at_most(3.0 * (1 << 20)));
  CHECK(!many.is_at_most(std::nextafter(3.0 * (1 << 20), 0.0)));
}

TEST(plans_stop_when_asked_to) {
  const Trace trace = random_trace(std::size_t{1} << 22, 1);
  const double budget = 1e6;
  double multiplier = 0.0;
  std::vector<float> target(trace.value.size());
  std::vector<double> many(4096, 0.5), excess(4096);
  CancelToken soon(&ask_to_stop), later(&ask_to_stop);
  const auto plan_for_ever = [&] {  // the token asks every 20 ms
    for (;;) {
      spending_plan<float>(trace.value.data(), trace.price.data(), trace.value.size(), false, std::span(&budget, 1),
                           &multiplier, target.data(), 1, soon);
    }
  };
  const auto bound_for_long = [&] {
    excess_value<float>(trace.value.data(), trace.price.data(), trace.value.size(), false, many, excess.data(), 2, later);
    return true;
  };
  CHECK_THROWS((plan_for_ever(), true), Cancelled);
  CHECK_THROWS(bound_for_long(), Cancelled);
}
