#include "draft/greedy.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "draft/largest.hpp"
#include "draft/law_sums.hpp"
#include "draft/matching.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {

template <typename Real>
Greedy<Real>::Greedy(const LawPair<Real>& laws, std::int64_t draft_count)
    : laws_(laws), sure_(largest(laws.draft, draft_count, Real{0})) {
  const bool last_is_drawn = static_cast<std::int64_t>(sure_.size()) == draft_count;
  if (last_is_drawn) sure_.pop_back();
  sorted_ = sure_;
  std::sort(sorted_.begin(), sorted_.end());
  if (last_is_drawn) {
    rest_ = sum_without(laws_.size(), sorted_, [&](std::size_t token) { return laws_.draft_at(token); });
    up_ = rest_ < 0x1.0p-1000 ? 0x1.0p+500 : 1.0;
    per_rest_ = 1.0 / (rest_ * up_);
  }
  for (const std::int64_t token : sure_) sure_target_ += laws_.target_at(static_cast<std::size_t>(token));
  if (up_ == 1.0) {
    std::vector<double> sums(block_count(laws_.size()));
    block_remainders<Real>(laws_, {has_rest() ? 1.0 : 0.0, per_rest_}, sums);
    for (const std::int64_t token : sure_) {
      const std::size_t block = static_cast<std::size_t>(token) / cdf_block;
      sums[block] = block_sum(laws_.size(), block, residual());
    }
    cdf_ = InverseCdf(laws_.size(), std::move(sums));
  } else {
    cdf_ = InverseCdf(laws_.size(), residual());
  }
}

template <typename Real>
bool Greedy<Real>::in_sure(std::int64_t token) const noexcept {
  if (sure_.empty()) return false;
  const Real least = laws_.draft[static_cast<std::size_t>(sure_.back())];
  return laws_.draft[static_cast<std::size_t>(token)] >= least &&
         std::binary_search(sorted_.begin(), sorted_.end(), token);
}

template <typename Real>
auto Greedy<Real>::residual() const noexcept {
  return [this](std::size_t token) {
    const double q = laws_.target_at(token);
    if (!has_rest() || in_sure(static_cast<std::int64_t>(token))) return q;
    return positive_part(q - rest_at(token));
  };
}

template <typename Real>
double Greedy<Real>::acceptance(CancelToken&) const {
  // What is not left for the residual was covered by the last draft.
  return std::clamp(sure_target_ + (1.0 - cdf_.total()), 0.0, 1.0);
}

template <typename Real>
std::optional<Refusal> Greedy<Real>::refusal(std::span<const std::int64_t> drafts) const {
  if (!has_rest()) return differs_from_likeliest(drafts, drafts.size(), sure_);
  if (auto refused = differs_from_likeliest(drafts, drafts.size() - 1, sure_)) return refused;
  if (!in_sure(drafts.back())) return std::nullopt;
  return Refusal{static_cast<std::int64_t>(drafts.size()) - 1,
                 "the last draft of this scheme must not be one of the greedy drafts before it"};
}

template <typename Real>
double Greedy<Real>::accepts(std::int64_t token) const noexcept {
  const auto at = static_cast<std::size_t>(token);
  return ratio_up_to_one(laws_.target_at(at), rest_at(at));
}

template <typename Real>
double Greedy<Real>::acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const noexcept {
  if (!has_rest()) return std::min(1.0, sure_target_);
  const double accepted = accepts(drafts.back());
  if (!(cdf_.total() > 0.0)) return accepted;
  return accepted + (1.0 - accepted) * std::min(1.0, sure_target_ / cdf_.total());
}

template <typename Real>
Verified Greedy<Real>::verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const {
  if (has_rest()) {
    const double accepted = accepts(drafts.back());
    // Without a residual every last draft is accepted, whatever rounding makes of the probability.
    if (uniforms(row, Purpose::accepting, static_cast<std::uint32_t>(drafts.size() - 1)).first < accepted ||
        !(cdf_.total() > 0.0)) {
      return {drafts.back(), static_cast<std::int64_t>(drafts.size()) - 1};
    }
  }
  const std::int64_t token = cdf_.draw(uniforms(row, Purpose::residual, 0).first, residual());
  return {token, in_sure(token) ? first_match(drafts, token) : -1};
}

template class Greedy<float>;
template class Greedy<double>;

}  // namespace pybench::draft
