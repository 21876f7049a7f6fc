#include "draft/matching.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <string>

#include "draft/largest.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {
namespace {

// 1 - (1 - p)^count by doubling, from sums of positive terms: exact also where p is far below 1e-16.
double drawn_at_least_once(double p, std::uint64_t count) noexcept {
  double drawn = 0.0;
  for (auto bit = static_cast<int>(std::bit_width(count)) - 1; bit >= 0; --bit) {
    drawn *= 2.0 - drawn;
    if ((count >> bit) & 1u) drawn += p * (1.0 - drawn);
  }
  return drawn;
}

}  // namespace

std::optional<Refusal> differs_from_likeliest(std::span<const std::int64_t> drafts, std::size_t checked,
                                              std::span<const std::int64_t> likeliest) {
  for (std::size_t draw = 0; draw < checked; ++draw) {
    const std::int64_t expected = likeliest[std::min(draw, likeliest.size() - 1)];
    if (drafts[draw] != expected) {
      return Refusal{static_cast<std::int64_t>(draw),
                     "the drafts of this scheme are the tokens of the largest draft probability in order, here " +
                         std::to_string(expected)};
    }
  }
  return std::nullopt;
}

template <typename Real>
Matching<Real>::Matching(SchemeName name, const LawPair<Real>& laws, std::int64_t draft_count)
    : laws_(laws), draft_count_(draft_count), cdf_(laws.size(), [&](std::size_t token) { return laws.target_at(token); }) {
  if (name == SchemeName::top_k) likeliest_ = largest(laws.draft, draft_count, Real{0});
}

template <typename Real>
double Matching<Real>::acceptance(CancelToken&) const noexcept {
  double sum = 0.0;
  if (!likeliest_.empty()) {
    for (const std::int64_t token : likeliest_) sum += laws_.target_at(static_cast<std::size_t>(token));
  } else {
    sum = sum_over(0, laws_.size(), [&](std::size_t token) {
      return laws_.target_at(token) *
             drawn_at_least_once(laws_.draft_at(token), static_cast<std::uint64_t>(draft_count_));
    });
  }
  return std::min(1.0, sum);
}

template <typename Real>
std::optional<Refusal> Matching<Real>::refusal(std::span<const std::int64_t> drafts) const {
  return likeliest_.empty() ? std::nullopt : differs_from_likeliest(drafts, drafts.size(), likeliest_);
}

template <typename Real>
double Matching<Real>::acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const {
  std::vector<std::int64_t> distinct(drafts.begin(), drafts.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  double sum = 0.0;
  for (const std::int64_t token : distinct) sum += laws_.target_at(static_cast<std::size_t>(token));
  return std::min(1.0, sum);
}

template <typename Real>
Verified Matching<Real>::verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const {
  const double uniform = uniforms(row, Purpose::residual, 0).first;
  const std::int64_t token = cdf_.draw(uniform, [this](std::size_t at) { return laws_.target_at(at); });
  return {token, first_match(drafts, token)};
}

template class Matching<float>;
template class Matching<double>;

}  // namespace pybench::draft
