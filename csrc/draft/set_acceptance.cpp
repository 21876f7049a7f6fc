#include "draft/set_acceptance.hpp"

#include <algorithm>
#include <bit>
#include <sstream>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "draft/laws.hpp"
#include "draft/minimum_norm.hpp"
#include "draft/set_problem.hpp"
#include "draft/subset_sums.hpp"

namespace pybench::draft {
namespace {

// Certificates are worked at until they are so narrow, and are good enough at certified_gap.
constexpr double wanted_gap = 1e-13;

// Narrows a problem down: every certificate says of some tokens that they are in or out of all least sets.
double least_value(SetProblem problem, bool enumerable, CancelToken& cancel) {
  problem.settle();
  if (problem.open().size() > max_open_tokens) {
    throw InvalidInput("draft and target leave " + std::to_string(problem.open().size()) + " tokens open: it must be at most " +
                       std::to_string(max_open_tokens) + ", for the optimum is a minimum over sets of them");
  }
  while (!problem.open().empty()) {
    if (enumerable && problem.open().size() <= max_enumerated_tokens) return problem.enumerate(cancel);
    const Certificate found = minimum_norm(problem, wanted_gap, cancel);
    if (found.gap() <= wanted_gap) return problem.value() + found.least;
    std::vector<int> verdict;
    for (std::size_t i = 0; i < found.point.size(); ++i) verdict.push_back(found.verdict(i));
    if (std::all_of(verdict.begin(), verdict.end(), [](int side) { return side == 0; })) {
      if (found.gap() <= certified_gap) return problem.value() + found.least;
      std::ostringstream text;
      text << "draft and target have an optimum that is known within " << found.gap() << " only: it must be within "
           << certified_gap;
      throw InvalidInput(text.str());
    }
    problem.settle(verdict);
  }
  return problem.value();
}

std::vector<double> chosen(std::span<const double> law, const std::vector<std::size_t>& tokens) {
  std::vector<double> some;
  for (const std::size_t token : tokens) some.push_back(law[token]);
  return some;
}

}  // namespace

template <typename Real>
std::vector<double> rescaled_law(std::span<const Real> law, const char* name, std::int64_t row) {
  const double sum = checked_sum(law, name, row);
  std::vector<double> wide;
  for (const Real mass : law) wide.push_back(static_cast<double>(mass) / sum);
  return wide;
}

double different_acceptance(std::vector<std::vector<double>> drafts, std::vector<double> target, CancelToken& cancel) {
  return std::clamp(least_value(SetProblem::different(std::move(drafts), std::move(target)), true, cancel), 0.0, 1.0);
}

double without_replacement_acceptance(std::span<const double> draft, std::span<const double> target,
                                      std::int64_t draft_count, CancelToken& cancel) {
  // A token that is never drawn is in no least set.
  std::vector<std::size_t> drawn;
  for (std::size_t token = 0; token < draft.size(); ++token) {
    if (draft[token] > 0.0) drawn.push_back(token);
  }
  if (std::cmp_greater(draft_count, drawn.size())) {
    throw InvalidInput("draft_count is " + std::to_string(draft_count) + " but draft can draw " +
                       std::to_string(drawn.size()) + " tokens: without replacement it must not be more");
  }
  const std::vector<double> law = chosen(draft, drawn);
  const std::vector<double> wanted_mass = chosen(target, drawn);
  if (draft_count == 2 && drawn.size() > max_replacement_free_tokens) {
    return std::clamp(least_value(SetProblem::pair_without_replacement(law, wanted_mass), false, cancel), 0.0, 1.0);
  }
  if (drawn.size() > max_replacement_free_tokens) {
    throw InvalidInput("draft can draw " + std::to_string(drawn.size()) + " tokens: without replacement it must be at most " +
                       std::to_string(max_replacement_free_tokens) + ", for the optimum is a minimum over all sets of them");
  }
  const SubsetSums drafted(law);
  const SubsetSums wanted(wanted_mass);
  const std::uint64_t all = (std::uint64_t{1} << law.size()) - 1;

  // mass[A]: the probability that the first |A| drafts are A. Subsets come before their supersets.
  std::vector<double> mass(all + 1, 0.0);
  mass[0] = 1.0;
  for (std::uint64_t set = 0; set <= all; ++set) {
    if ((set & 0xFFF) == 0) cancel.check();
    const double here = mass[set];
    if (here == 0.0 || std::popcount(set) >= draft_count) continue;
    const double left = drafted[all ^ set];
    for (std::uint64_t rest = all ^ set; rest != 0; rest &= rest - 1) {
      mass[set | (rest & -rest)] += here * (law[static_cast<std::size_t>(std::countr_zero(rest))] / left);
    }
    mass[set] = 0.0;
  }
  // Sums over subsets make it the probability that all drafts lie inside.
  for (std::uint64_t bit = 1; bit <= all; bit <<= 1) {
    cancel.check();
    for (std::uint64_t begin = 0; begin <= all; begin += 2 * bit) {
      for (std::uint64_t set = begin; set < begin + bit; ++set) mass[set + bit] += mass[set];
    }
  }
  double least = 1.0;
  for (std::uint64_t set = 0; set <= all; ++set) least = std::min(least, wanted[set] + (1.0 - mass[set]));
  return std::clamp(least, 0.0, 1.0);
}

template std::vector<double> rescaled_law<float>(std::span<const float>, const char*, std::int64_t);
template std::vector<double> rescaled_law<double>(std::span<const double>, const char*, std::int64_t);

}  // namespace pybench::draft
