#include "draft/without_replacement.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/law_sums.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {

template <typename Real>
WithoutReplacement<Real>::WithoutReplacement(const LawPair<Real>& laws, std::int64_t draft_count) : laws_(laws) {
  support_ = std::count_if(laws.draft.begin(), laws.draft.end(), [](Real value) { return value > Real{0}; });
  draft_count_ = std::min(draft_count, support_);
  first_mass_ = sum_of_excess(laws_, 1.0, 0, laws_.size());
}

template <typename Real>
std::optional<Refusal> WithoutReplacement<Real>::refusal(std::span<const std::int64_t> drafts) const {
  const auto distinct = static_cast<std::size_t>(draft_count_);
  std::vector<std::pair<std::int64_t, std::size_t>> sorted;  // token, draw
  for (std::size_t draw = 0; draw < distinct; ++draw) sorted.emplace_back(drafts[draw], draw);
  std::sort(sorted.begin(), sorted.end());
  std::size_t again = distinct;
  for (std::size_t i = 1; i < distinct; ++i) {
    if (sorted[i].first == sorted[i - 1].first) again = std::min(again, sorted[i].second);
  }
  if (again < distinct) {
    return Refusal{static_cast<std::int64_t>(again),
                   "it is in the row already, and drafts without replacement are all different"};
  }
  for (std::size_t draw = distinct; draw < drafts.size(); ++draw) {
    if (drafts[draw] != drafts[distinct - 1]) {
      return Refusal{static_cast<std::int64_t>(draw),
                     "the draft law has only " + std::to_string(support_) +
                         " tokens, after which the row must repeat its last draft"};
    }
  }
  return std::nullopt;
}

template <typename Real>
double WithoutReplacement<Real>::accepts(const State& state, std::int64_t token) const noexcept {
  const auto at = static_cast<std::size_t>(token);
  const double p = laws_.draft_at(at) / state.left;
  return ratio_up_to_one(laws_.target_at(at) - state.taken * p, state.mass * p);
}

template <typename Real>
void WithoutReplacement<Real>::reject(State& state, std::int64_t token, CancelToken& cancel) const {
  cancel.check_after(laws_.size());
  const auto at = static_cast<std::size_t>(token);
  const double taken = state.taken + state.mass, left = state.left;
  const auto weight = [&](std::size_t other) {
    return positive_part(laws_.target_at(other) - taken * (laws_.draft_at(other) / left));
  };
  // A scale beyond all numbers: what is left of the draft law is too little to divide by.
  const double scale = taken / left;
  const double outside = state.rejected.empty() ? first_mass_
                         : std::isfinite(scale)
                             ? sum_between(laws_.size(), state.rejected,
                                           [&](std::size_t begin, std::size_t end) {
                                             return sum_of_excess(laws_, scale, begin, end);
                                           })
                             : sum_without(laws_.size(), state.rejected, weight);
  state.mass = std::min(state.mass, outside + state.kept);
  const auto place = std::lower_bound(state.rejected.begin(), state.rejected.end(), token);
  const auto index = place - state.rejected.begin();
  state.rejected.insert(place, token);
  state.weight.insert(state.weight.begin() + index, weight(at));
  state.kept += weight(at);
  // The difference is good while much is left; else the rest is summed up.
  const double rest = left - laws_.draft_at(at);
  state.left = rest >= 0.5 ? rest : sum_without(laws_.size(), state.rejected, [&](std::size_t other) {
    return laws_.draft_at(other);
  });
  state.taken = state.left > 0.0 ? taken * (state.left / left) : 0.0;
}

template <typename Real>
double WithoutReplacement<Real>::acceptance(CancelToken& cancel) const {
  double cost = static_cast<double>(laws_.size());
  for (std::int64_t draw = 1; draw < draft_count_; ++draw) {
    cost *= static_cast<double>(support_ - draw + 1);
    if (cost > most_enumerated) {
      throw InvalidInput("scheme is 'recursive_without_replacement': its acceptance is an enumeration of " +
                         std::to_string(draft_count_ - 1) + " of " + std::to_string(support_) +
                         " tokens, too many; use estimate_acceptance");
    }
  }
  return 1.0 - all_rejected(State{}, draft_count_, cancel);
}

template <typename Real>
double WithoutReplacement<Real>::all_rejected(const State& state, std::int64_t draws, CancelToken& cancel) const {
  cancel.check_after(laws_.size());
  const auto term = [&](std::size_t token) {
    const double p = laws_.draft_at(token) / state.left;
    return p > 0.0 ? p * (1.0 - accepts(state, static_cast<std::int64_t>(token))) : 0.0;
  };
  if (draws == 1) return sum_without(laws_.size(), state.rejected, term);
  double sum = 0.0;
  std::size_t next = 0;
  for (std::size_t token = 0; token < laws_.size(); ++token) {
    if (next < state.rejected.size() && state.rejected[next] == static_cast<std::int64_t>(token)) {
      ++next;
      continue;
    }
    const double rejection = term(token);
    if (!(rejection > 0.0)) continue;
    State after = state;
    reject(after, static_cast<std::int64_t>(token), cancel);
    sum += rejection * all_rejected(after, draws - 1, cancel);
  }
  return sum;
}

template <typename Real>
double WithoutReplacement<Real>::acceptance_given(std::span<const std::int64_t> drafts, CancelToken& cancel) const {
  State state;
  double rejected = 1.0;
  for (std::int64_t draw = 0; draw < draft_count_; ++draw) {
    const std::int64_t token = drafts[static_cast<std::size_t>(draw)];
    rejected *= 1.0 - accepts(state, token);
    if (!(rejected > 0.0)) break;
    if (draw + 1 < draft_count_) reject(state, token, cancel);
  }
  return 1.0 - rejected;
}

template <typename Real>
Verified WithoutReplacement<Real>::verify(std::span<const std::int64_t> drafts, const Row& row,
                                          CancelToken& cancel) const {
  State state;
  for (std::int64_t draw = 0; draw < draft_count_; ++draw) {
    const std::int64_t token = drafts[static_cast<std::size_t>(draw)];
    if (uniforms(row, Purpose::accepting, static_cast<std::uint32_t>(draw)).first < accepts(state, token)) {
      return {token, draw};
    }
    reject(state, token, cancel);
  }
  return {draw_residual(state, uniforms(row, Purpose::residual, 0).first), -1};
}

template <typename Real>
std::int64_t WithoutReplacement<Real>::draw_residual(const State& state, double uniform) const {
  // The state has moved on to the draft law that no draft is drawn from; its last one is taken_ / left_ as well, unless
  // nothing is left, and then every token that could be drafted has a weight of its own.
  const double left = state.left, taken = state.taken;
  const auto weight = [&](std::size_t at) {
    const double q = laws_.target_at(at);
    return left > 0.0 ? positive_part(q - taken * (laws_.draft_at(at) / left)) : q;
  };
  const auto sum_of = [&](std::size_t block) { return block_sum(laws_.size(), block, weight); };
  const std::int64_t token = draw_once(laws_.size(), uniform, state.rejected, state.weight, weight, sum_of);
  if (token >= 0) return token;
  // Every draft is accepted; should rounding reject one all the same, the target is as good.
  const auto target = [&](std::size_t at) { return laws_.target_at(at); };
  return InverseCdf(laws_.size(), target).draw(uniform, target);
}

template class WithoutReplacement<float>;
template class WithoutReplacement<double>;

}  // namespace pybench::draft
