#include "draft/inverse_cdf.hpp"

#include <cmath>
#include <vector>

#include "draft/drafter.hpp"
#include "draft/largest.hpp"
#include "tests/check.hpp"
#include "tests/draft/scheme_laws.hpp"

using namespace pybench;
using namespace pybench::draft;
using namespace pybench::tests;

namespace {

// The definition: the first token whose cumulative weight exceeds the target.
std::int64_t by_scan(const std::vector<double>& weights, double target) {
  double sum = 0.0;
  for (std::size_t token = 0; token < weights.size(); ++token) {
    sum += weights[token];
    if (sum > target) return static_cast<std::int64_t>(token);
  }
  return -1;
}

constexpr double below_one = 1.0 - 0x1.0p-53;

}  // namespace

TEST(inverse_cdf_is_the_first_token_above) {
  for (const std::size_t size : {1, 2, 63, 64, 65, 128, 1000}) {
    std::vector<double> weights(size);  // whole numbers: sums are exact
    for (std::size_t token = 0; token < size; ++token) weights[token] = static_cast<double>((token * 7 + 3) % 5);
    weights[0] += 1.0;
    const auto weight = [&](std::size_t token) { return weights[token]; };
    const InverseCdf cdf(size, weight);
    for (int step = 0; step < 4096; ++step) {
      const double uniform = step / 4096.0;
      CHECK_EQ(cdf.draw(uniform, weight), by_scan(weights, uniform * cdf.total()));
    }
  }
}

TEST(inverse_cdf_never_draws_weight_zero) {
  for (const std::size_t size : {3, 64, 200, 300}) {
    for (const double tiny : {1.0, 1e-17, 1e-300, 5e-324}) {
      std::vector<double> weights(size, 0.0);
      weights[1] = tiny;
      if (size > 130) weights[130] = 1.0;  // the blocks after it add nothing
      const auto weight = [&](std::size_t token) { return weights[token]; };
      const InverseCdf cdf(size, weight);
      for (const double uniform : {0.0, 0x1.0p-53, 0.5, below_one}) {
        CHECK(weights[static_cast<std::size_t>(cdf.draw(uniform, weight))] > 0.0);
      }
    }
  }
}

TEST(draw_once_puts_changed_weights_in_place) {
  std::vector<double> weights(300);
  for (std::size_t token = 0; token < 300; ++token) weights[token] = static_cast<double>(token % 4);
  const std::vector<std::int64_t> changed{0, 63, 64, 200, 299};
  const std::vector<double> value{5.0, 0.0, 7.0, 0.0, 2.0};
  const auto weight = [&](std::size_t token) { return weights[token]; };
  const auto sum_of = [&](std::size_t block) { return block_sum(300, block, weight); };
  std::vector<double> expected = weights;
  for (std::size_t i = 0; i < changed.size(); ++i) expected[static_cast<std::size_t>(changed[i])] = value[i];
  double total = 0.0;
  for (const double each : expected) total += each;
  for (int step = 0; step < 1000; ++step) {
    const double uniform = step / 1000.0;
    CHECK_EQ(draw_once(300, uniform, changed, value, weight, sum_of), by_scan(expected, uniform * total));
  }
  const std::vector<std::int64_t> all{0, 1};
  const std::vector<double> nothing{0.0, 0.0};
  CHECK_EQ(draw_once(2, 0.5, all, nothing, weight, [](std::size_t) { return 1.0; }), -1);
}

TEST(largest_takes_the_lowest_of_equal_tokens) {
  const std::vector<float> values{0.0f, 0.5f, 0.25f, 0.5f, 0.25f, 0.0f, 0.75f};
  const std::span<const float> all(values);
  using Tokens = std::vector<std::int64_t>;
  CHECK_EQ(largest(all, 1, 0.0f), Tokens{6});
  CHECK_EQ(largest(all, 4, 0.0f), (Tokens{6, 1, 3, 2}));
  CHECK_EQ(largest(all, 100, 0.0f), (Tokens{6, 1, 3, 2, 4}));  // none of value 0
  CHECK_EQ(largest(all, 7, -1.0f), (Tokens{6, 1, 3, 2, 4, 0, 5}));
}

TEST(drafts_that_differ_run_out) {
  const std::vector<double> law{0.0, 0.75, 0.0, 0.25};
  using Kind = Drafter<double>::Kind;
  CancelToken cancel;
  for (const Kind kind : {Kind::without_replacement, Kind::greedy, Kind::top_k}) {
    const Drafter<double> drafter(kind, law, 1.0, 5);
    std::vector<std::int64_t> drafts(5);
    for (std::uint64_t request = 0; request < 50; ++request) {
      drafter.draw({1, request, 0}, drafts, cancel);
      CHECK_EQ(drafts[0] + drafts[1], 4);
      for (std::size_t draw = 2; draw < 5; ++draw) CHECK_EQ(drafts[draw], drafts[1]);
    }
  }
}
