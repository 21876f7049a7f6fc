#include "draft/set_problem.hpp"

#include <algorithm>
#include <utility>

#include "draft/subset_sums.hpp"

namespace pybench::draft {

SetProblem::SetProblem(std::vector<std::vector<double>> terms, std::vector<double> target, bool meets_itself)
    : terms_(std::move(terms)), target_(std::move(target)), meets_itself_(meets_itself), sums_(terms_.size(), 0.0) {
  for (std::size_t token = 0; token < target_.size(); ++token) open_.push_back(token);
}

SetProblem SetProblem::different(std::vector<std::vector<double>> laws, std::vector<double> target) {
  return SetProblem(std::move(laws), std::move(target), true);
}

SetProblem SetProblem::pair_without_replacement(std::vector<double> law, std::vector<double> target) {
  // 1 - p_i as the sum of the others, from both sides: p_i may be all but 1.
  std::vector<double> odds(law.size());
  double before = 0.0;
  for (std::size_t token = 0; token < law.size(); before += law[token++]) odds[token] = before;
  double after = 0.0;
  for (std::size_t token = law.size(); token-- > 0; after += law[token]) odds[token] = law[token] / (odds[token] + after);
  return SetProblem({std::move(law), std::move(odds)}, std::move(target), false);
}

// The product of the sums, each with the token's term, less the product without: as a sum of terms none of which is
// negative, so that nothing cancels.
double SetProblem::gain(std::span<const double> sums, std::size_t token) const noexcept {
  if (!meets_itself_) return terms_[0][token] * sums[1] + sums[0] * terms_[1][token];
  double with = 1.0;     // product of those before k, with the token
  double gained = 0.0;   // of those before k
  for (std::size_t k = 0; k < sums.size(); ++k) {
    gained = gained * sums[k] + with * terms_[k][token];
    with *= sums[k] + terms_[k][token];
  }
  return gained;
}

void SetProblem::put_in(std::size_t token) {
  inside_ += gain(sums_, token);
  target_inside_ += target_[token];
  for (std::size_t k = 0; k < sums_.size(); ++k) sums_[k] += terms_[k][token];
}

// A token whose gain pays for its target mass where it joins the least set that there is pays wherever it joins.
bool SetProblem::settle_in() {
  const auto removed = std::erase_if(open_, [&](std::size_t token) {
    if (gain(sums_, token) < target_[token]) return false;
    put_in(token);
    return true;
  });
  return removed > 0;
}

// One whose gain does not, where it joins all others, pays nowhere.
bool SetProblem::settle_out() {
  const std::size_t width = sums_.size();
  std::vector<double> after((open_.size() + 1) * width, 0.0);
  for (std::size_t i = open_.size(); i-- > 0;) {
    for (std::size_t k = 0; k < width; ++k) after[i * width + k] = after[(i + 1) * width + k] + terms_[k][open_[i]];
  }
  std::vector<double> before = sums_;
  std::vector<double> others(width);
  std::size_t i = 0;
  const auto removed = std::erase_if(open_, [&](std::size_t token) {
    ++i;
    for (std::size_t k = 0; k < width; ++k) others[k] = before[k] + after[i * width + k];
    if (gain(others, token) <= target_[token]) return true;
    for (std::size_t k = 0; k < width; ++k) before[k] += terms_[k][token];
    return false;
  });
  return removed > 0;
}

void SetProblem::settle() {
  while (settle_in() || settle_out()) {
  }
}

void SetProblem::settle(std::span<const int> verdict) {
  std::size_t i = 0;
  std::erase_if(open_, [&](std::size_t token) {
    const int side = verdict[i++];
    if (side > 0) put_in(token);
    return side != 0;
  });
  settle();
}

void SetProblem::changes(std::span<const std::size_t> order, std::span<double> change) const {
  std::vector<double> sums = sums_;
  for (const std::size_t i : order) {
    const std::size_t token = open_[i];
    change[i] = target_[token] - gain(sums, token);
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += terms_[k][token];
  }
}

double SetProblem::enumerate(CancelToken& cancel) const {
  const auto of_open = [&](const std::vector<double>& values) {
    std::vector<double> some;
    for (const std::size_t token : open_) some.push_back(values[token]);
    return SubsetSums(some);
  };
  std::vector<SubsetSums> drafts;
  for (const std::vector<double>& law : terms_) drafts.push_back(of_open(law));
  const SubsetSums target = of_open(target_);
  double least = 1.0;
  std::vector<double> mass(target.low().size());
  for (std::size_t high = 0; high < target.high_size(); ++high) {
    cancel.check();
    std::fill(mass.begin(), mass.end(), 1.0);
    for (std::size_t k = 0; k < drafts.size(); ++k) {
      const double base = sums_[k] + drafts[k].high(high);
      const std::span<const double> low = drafts[k].low();
      for (std::size_t i = 0; i < mass.size(); ++i) mass[i] *= base + low[i];
    }
    const double base = target_inside_ + target.high(high);
    for (std::size_t i = 0; i < mass.size(); ++i) least = std::min(least, base + target.low()[i] + (1.0 - mass[i]));
  }
  return least;
}

}  // namespace pybench::draft
