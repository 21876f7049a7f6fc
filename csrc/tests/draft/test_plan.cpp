#include "draft/plan.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/errors.hpp"
#include "tests/check.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::draft;

namespace {

template <typename Real>
std::vector<Real> law_of(std::size_t size, unsigned seed, double spread, double zeros) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0.0, spread);
  std::uniform_real_distribution<double> unit;
  std::vector<double> weights(size);
  for (double& weight : weights) weight = unit(random) < zeros ? 0.0 : std::exp(normal(random));
  weights[seed % size] += 1e-3;
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<Real> law;
  for (const double weight : weights) law.push_back(static_cast<Real>(weight / sum));
  return law;
}

double least_cut(const std::vector<double>& p, const std::vector<double>& q, std::int64_t count) {
  double least = 1.0;
  for (std::size_t set = 0; set < (std::size_t{1} << p.size()); ++set) {
    double inside = 0.0, target = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if ((set >> i & 1) == 0) continue;
      inside += p[i];
      target += q[i];
    }
    least = std::min(least, target + 1.0 - std::pow(inside, static_cast<double>(count)));
  }
  return least;
}

template <typename Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(the_acceptance_is_the_least_cut) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    const std::size_t size = 1 + seed % 9;
    const auto p = law_of<double>(size, seed, 1.5, 0.2), q = law_of<double>(size, seed + 1000, 1.5, 0.2);
    const std::int64_t count = 1 + seed % 6;
    const Plan<double> plan(p, q, count, seed % 2 == 0, -1);
    CHECK(std::abs(plan.acceptance() - least_cut(p, q, count)) < 1e-13);
  }
}

TEST(a_selection_law_sums_to_one_and_reaches_the_acceptance) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const std::size_t size = 400 + 37 * seed;
    const auto p = law_of<double>(size, seed, 2.0, seed % 3 == 0 ? 0.3 : 0.0);
    const auto q = seed % 5 == 0 ? p : law_of<double>(size, seed + 500, 2.0, seed % 4 == 0 ? 0.3 : 0.0);
    const std::int64_t count = 1 + seed % 5;
    const Plan<double> plan(p, q, count, false, -1);
    std::vector<double> law(size);
    plan.selection_law(law);
    double sum = 0.0, accepted = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      sum += law[i];
      accepted += std::min(law[i], q[i]);
    }
    CHECK(std::abs(sum - 1.0) < 1e-12);
    CHECK(std::abs(accepted - plan.acceptance()) < 1e-12);
  }
}

TEST(an_order_is_sorted_and_holds_every_token_that_can_be_drawn) {
  for (const std::size_t size : {1u, 512u, 513u, 5000u}) {
    const auto p = law_of<float>(size, 3, 3.0, 0.2), q = law_of<float>(size, 4, 3.0, 0.2);
    RatioOrder<float> order(p, q, false, -1);
    CancelToken cancel;
    if (size % 2 == 0) order.sort_range(0, order.buckets().size() - 1, cancel);
    std::vector<std::uint32_t> seen;
    double last = -1.0, mass = 0.0;
    for (std::size_t bucket = 0; bucket < order.buckets().size(); ++bucket) {
      for (const OrderedToken& entry : order.tokens(bucket)) {
        CHECK(order.bucket_of(entry.token) == bucket);
        CHECK(entry.ratio >= last);
        CHECK(std::abs(entry.before - mass) < 1e-12);
        last = entry.ratio;
        mass += order.draft(entry.token);
        seen.push_back(entry.token);
      }
    }
    std::sort(seen.begin(), seen.end());
    std::vector<std::uint32_t> expected;
    for (std::uint32_t token = 0; token < size; ++token) {
      if (p[token] > 0.0f) expected.push_back(token);
    }
    CHECK(seen == expected);
  }
}

TEST(an_interrupted_sort_leaves_an_order_as_it_was) {
  const auto p = law_of<float>(5000, 3, 3.0, 0.2), q = law_of<float>(5000, 4, 3.0, 0.2);
  RatioOrder<float> order(p, q, false, -1), other(p, q, false, -1);
  const std::size_t last = order.buckets().size() - 1;
  CancelToken stop([] { return true; });
  std::this_thread::sleep_for(std::chrono::milliseconds(25));  // a token asks once an interval
  CHECK_THROWS(order.sort_range(0, last, stop), Cancelled);
  for (std::size_t bucket = 0; bucket <= last; ++bucket) {
    const auto found = order.tokens(bucket), expected = other.tokens(bucket);
    CHECK(std::equal(found.begin(), found.end(), expected.begin(), expected.end(),
                     [](const OrderedToken& a, const OrderedToken& b) { return a.token == b.token && a.before == b.before; }));
  }
}

// A level is a quotient by the draft mass of the tokens that are lowered, which may be too little to divide by.
TEST(a_level_is_finite) {
  const std::vector<double> p{0.5, 0.5, std::numeric_limits<double>::denorm_min(), 0.0}, q{0.5, 0.0, 0.25, 0.25};
  RatioOrder<double> order(p, q, false, -1);
  // A little short of all that is beyond the first two tokens.
  const Levels levels = find_levels(order, 0.5 - 0x1.0p-40);
  CHECK(levels.high <= std::numeric_limits<double>::max());
  CHECK(levels.high * 0.0 == 0.0);  // what a token that cannot be drawn is lowered to
}

TEST(many_drafts_do_not_multiply_rounding) {
  // Nearly all of the draft law on many tokens: their sum is off by some 1e-15, its power by K times as much.
  constexpr std::int64_t count = 1 << 20;
  for (const std::size_t size : {500u, 5000u}) {
    std::vector<double> p(size + 1), q(size + 1);
    const double rest = 0x1.0p-20;
    for (std::size_t i = 0; i < size; ++i) p[i] = (1.0 - rest) / static_cast<double>(size);
    p[size] = rest;
    q[size] = 1.0;
    const Plan<double> plan(p, q, count, true, -1);
    const double expected = -std::expm1(static_cast<double>(count) * std::log1p(-rest));
    CHECK(std::abs(plan.acceptance() - expected) < 1e-12);
  }
}

TEST(parts_of_a_slot_are_the_integrals) {
  for (const std::int64_t count : {2, 3, 7, 40}) {
    for (const double level : {0.0, 0.3, 1.0, 2.5, 100.0}) {
      const SlotShape slot{0.4, 0.35, level};
      constexpr int cells = 200'000;
      double surplus = 0.0, deficit = 0.0;
      for (int i = 0; i < cells; ++i) {
        const double s = slot.start + slot.width * (i + 0.5) / cells;
        const double difference = level - density(s, count);
        (difference > 0.0 ? surplus : deficit) += std::abs(difference) * slot.width / cells;
      }
      const Parts parts = parts_of(slot, count);
      CHECK(std::abs(parts.surplus - surplus) < 1e-8);
      CHECK(std::abs(parts.deficit - deficit) < 1e-8);
      for (const double share : {0.0, 0.1, 0.7, 0.999}) {
        const double cross = crossing(slot, count);
        const double at_surplus = invert_part(slot, Part::surplus, share * parts.surplus, count);
        const double at_deficit = invert_part(slot, Part::deficit, share * parts.deficit, count);
        const double rounding = 1e-14 * (1.0 + level);
        const double surplus_there = parts_until(slot, at_surplus - slot.start, cross, count).surplus;
        const double deficit_there = parts_until(slot, at_deficit - slot.start, cross, count).deficit;
        CHECK(std::abs(surplus_there - share * parts.surplus) < rounding);
        CHECK(std::abs(deficit_there - share * parts.deficit) < rounding);
      }
    }
  }
}

TEST(rows_are_the_same_on_every_path_and_with_any_threads) {
  const auto p = law_of<float>(3000, 7, 2.0, 0.1), q = law_of<float>(3000, 8, 2.0, 0.1);
  std::vector<std::int64_t> drafts;
  for (std::int64_t token = 0; drafts.size() < 4096; token = (token + 7) % 3000) {
    if (p[static_cast<std::size_t>(token)] > 0.0f) drafts.push_back(token);
  }
  const std::size_t rows = drafts.size() / 4;
  std::vector<std::uint64_t> request(rows), position(rows, 5);
  std::iota(request.begin(), request.end(), std::uint64_t{0});
  std::vector<std::vector<std::int64_t>> answers;
  for (const SimdPath path : tests::machine_paths()) {
    const tests::ForcedPath forced(path);
    for (const int threads : {1, 2, 3}) {
      Plan<float> plan(p, q, 4, true, -1);
      CancelToken cancel;
      std::vector<std::int64_t> token(rows), accepted(rows);
      plan.verify(drafts, 99, request, position, threads, token.data(), accepted.data(), cancel);
      token.insert(token.end(), accepted.begin(), accepted.end());
      answers.push_back(token);
    }
  }
  for (const auto& answer : answers) CHECK(answer == answers.front());
}

TEST(bad_laws_and_tokens_are_named) {
  const std::vector<double> good{0.5, 0.5}, bad{1.5, -0.5}, short_sum{0.5, 0.4};
  CHECK(refusal([&] { static_cast<void>(Plan<double>(bad, good, 2, false, -1)); }).starts_with("draft[1] is -0.5"));
  CHECK(refusal([&] { static_cast<void>(Plan<double>(good, short_sum, 2, false, 3)); }).starts_with("target[3] sums to 0.9"));
  const Plan<double> plan(good, good, 2, false, -1);
  const std::vector<std::int64_t> tokens{0, 2};
  CHECK(refusal([&] { plan.check_tokens(tokens, -1); }).starts_with("draft_tokens[0][1] is 2"));
}
