#include "draft/set_acceptance.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "draft/laws.hpp"
#include "draft/subset_sums.hpp"

namespace pybench::draft {
namespace {

using Laws = std::vector<std::vector<double>>;

// Which tokens are in a least set, which are out, and which may be either.
struct Split {
  std::vector<double> inside;       // [K]: the mass of what is in
  double target_inside = 0.0;
  std::vector<std::size_t> either;
};

double product(const std::vector<double>& masses) {
  double all = 1.0;
  for (const double mass : masses) all *= mass;
  return all;
}

// What the product gains by a token grows with the set that it joins. So a token whose gain pays for its target mass
// where it joins the least set of all belongs in, and one whose gain does not where it joins all others belongs out.
Split split_tokens(const Laws& drafts, std::span<const double> target, CancelToken& cancel) {
  Split split;
  split.inside.assign(drafts.size(), 0.0);
  for (std::size_t token = 0; token < target.size(); ++token) split.either.push_back(token);
  std::vector<double> with(drafts.size());
  std::vector<double> most(drafts.size());
  for (bool moved = true; moved;) {
    cancel.check();
    const std::size_t before = split.either.size();
    std::erase_if(split.either, [&](std::size_t token) {
      for (std::size_t k = 0; k < drafts.size(); ++k) with[k] = split.inside[k] + drafts[k][token];
      if (product(with) - product(split.inside) < target[token]) return false;
      split.inside = with;
      split.target_inside += target[token];
      return true;
    });
    most = split.inside;
    for (const std::size_t token : split.either) {
      for (std::size_t k = 0; k < drafts.size(); ++k) most[k] += drafts[k][token];
    }
    std::erase_if(split.either, [&](std::size_t token) {
      for (std::size_t k = 0; k < drafts.size(); ++k) with[k] = std::max(0.0, most[k] - drafts[k][token]);
      if (product(most) - product(with) > target[token]) return false;
      most = with;
      return true;
    });
    moved = split.either.size() < before;
  }
  return split;
}

// min over subsets of target(S) + 1 - product over k of drafts[k](S).
double least_cut(const std::vector<SubsetSums>& drafts, const SubsetSums& target, const Split& split, CancelToken& cancel) {
  double least = 1.0;
  std::vector<double> mass(target.low().size());
  for (std::size_t high = 0; high < target.high_size(); ++high) {
    cancel.check();
    std::fill(mass.begin(), mass.end(), 1.0);
    for (std::size_t k = 0; k < drafts.size(); ++k) {
      const double base = split.inside[k] + drafts[k].high(high);
      const std::span<const double> low = drafts[k].low();
      for (std::size_t i = 0; i < mass.size(); ++i) mass[i] *= base + low[i];
    }
    const double base = split.target_inside + target.high(high);
    for (std::size_t i = 0; i < mass.size(); ++i) least = std::min(least, base + target.low()[i] + (1.0 - mass[i]));
  }
  return least;
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

double different_acceptance(const Laws& drafts, std::span<const double> target, CancelToken& cancel) {
  const Split split = split_tokens(drafts, target, cancel);
  if (split.either.size() > max_enumerated_tokens) {
    throw InvalidInput("drafts of different laws leave " + std::to_string(split.either.size()) + " of " +
                       std::to_string(target.size()) + " tokens to enumerate: it must be at most " +
                       std::to_string(max_enumerated_tokens) + ", for the optimum is a minimum over all sets of them");
  }
  std::vector<SubsetSums> sums;
  for (const std::vector<double>& draft : drafts) sums.emplace_back(chosen(draft, split.either));
  return std::clamp(least_cut(sums, SubsetSums(chosen(target, split.either)), split, cancel), 0.0, 1.0);
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
  if (drawn.size() > max_replacement_free_tokens) {
    throw InvalidInput("draft can draw " + std::to_string(drawn.size()) + " tokens: without replacement it must be at most " +
                       std::to_string(max_replacement_free_tokens) + ", for the optimum is a minimum over all sets of them");
  }
  const std::vector<double> law = chosen(draft, drawn);
  const SubsetSums drafted(law);
  const SubsetSums wanted(chosen(target, drawn));
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
