#include "draft/set_acceptance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/errors.hpp"
#include "draft/minimum_norm.hpp"
#include "draft/random.hpp"
#include "draft/set_problem.hpp"
#include "tests/check.hpp"

using namespace pybench;
using namespace pybench::draft;
using namespace pybench::tests;

namespace {

// Laws of small whole weights, so that zeros and ties are common, or of any.
std::vector<double> random_law(std::size_t size, std::uint64_t seed, bool whole) {
  std::vector<double> law(size);
  double sum = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    const double u = uniforms(Row{99, seed, i}, Purpose::drafting, 0).first;
    law[i] = whole ? std::floor(4 * u) : std::exp(12 * u);
    sum += law[i];
  }
  if (sum == 0.0) law[0] = sum = 1.0;
  for (double& mass : law) mass /= sum;
  return law;
}

}  // namespace

TEST(minimum_norm_certifies_what_enumeration_finds) {
  CancelToken cancel;
  int narrow = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const std::size_t size = 5 + seed % 10;
    const bool whole = seed % 2 == 0;
    std::vector<std::vector<double>> drafts;
    for (std::uint64_t k = 0; k < 1 + seed % 4; ++k) drafts.push_back(random_law(size, 10 * seed + k, whole));
    std::vector<double> target = random_law(size, 10 * seed + 9, whole);
    for (std::size_t i = 0; i < size; ++i) target[i] = 0.5 * (target[i] + drafts.back()[i]);
    SetProblem problem = SetProblem::different(drafts, target);
    const double least = problem.enumerate(cancel);
    problem.settle();
    CHECK(std::abs(problem.enumerate(cancel) - least) < 1e-14);
    while (!problem.open().empty()) {
      const Certificate found = minimum_norm(problem, 1e-13, cancel);
      CHECK(problem.value() + found.bound <= least + 1e-14);
      CHECK(problem.value() + found.least >= least - 1e-14);
      if (found.gap() <= 1e-13) {
        ++narrow;
        break;
      }
      std::vector<int> verdict;
      for (std::size_t i = 0; i < found.point.size(); ++i) verdict.push_back(found.verdict(i));
      if (std::all_of(verdict.begin(), verdict.end(), [](int side) { return side == 0; })) {
        CHECK(found.gap() < 1e-9);
        break;
      }
      problem.settle(verdict);
      CHECK(std::abs(problem.enumerate(cancel) - least) < 1e-14);
    }
  }
  CHECK(narrow > 50);
}

TEST(a_pair_without_replacement_has_one_answer) {
  CancelToken cancel;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::size_t size = 3 + seed % 9;
    const std::vector<double> draft = random_law(size, 2 * seed, false);
    const std::vector<double> target = random_law(size, 2 * seed + 1, seed % 2 == 0);
    SetProblem problem = SetProblem::pair_without_replacement(draft, target);
    problem.settle();
    const double expected = without_replacement_acceptance(draft, target, 2, cancel);
    const double change = problem.open().empty() ? 0.0 : minimum_norm(problem, 0.0, cancel).least;
    CHECK(std::abs(problem.value() + change - expected) < 1e-13);
  }
}

TEST(a_pair_of_which_one_is_all_but_sure) {
  // The second draft is one of two tokens of 1e-300, evenly; nothing of that may be lost beside the first.
  CancelToken cancel;
  const std::vector<double> draft = {1.0, 1e-300, 1e-300};
  const std::vector<double> target = {0.0, 0.5, 0.5};
  CHECK(std::abs(without_replacement_acceptance(draft, target, 2, cancel) - 1.0) < 1e-15);
  SetProblem problem = SetProblem::pair_without_replacement(draft, target);
  problem.settle();
  CHECK(std::abs(problem.value() - 1.0) < 1e-15);
}

TEST(set_acceptance_stops_when_asked) {
  const auto stop = [] { return true; };
  const std::vector<double> law(22, 1.0 / 22);
  CHECK_THROWS(([&] {
    CancelToken cancel(stop);
    return without_replacement_acceptance(law, law, 11, cancel);
  }()), Cancelled);
}

TEST(set_acceptance_refuses_what_it_cannot_enumerate) {
  CancelToken cancel;
  const std::vector<double> many(23, 1.0 / 23);
  CHECK_THROWS(without_replacement_acceptance(many, many, 3, cancel), InvalidInput);
  CHECK_THROWS(without_replacement_acceptance(many, many, 24, cancel), InvalidInput);
  CHECK(std::abs(without_replacement_acceptance(many, many, 2, cancel) - 1.0) < 1e-13);
}
