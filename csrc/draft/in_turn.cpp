#include "draft/in_turn.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "draft/k_seq.hpp"

namespace pybench::draft {

template <typename Real>
InTurn<Real>::InTurn(SchemeName name, const LawPair<Real>& laws, std::int64_t draft_count, CancelToken& cancel)
    : laws_(laws) {
  if (name == SchemeName::k_seq) {
    make_k_seq(draft_count, cancel);
  } else {
    make_recursive(name == SchemeName::single ? 1 : draft_count, cancel);
  }
  make_residual();
  // Nothing is left where every draft is accepted. Should rounding reject one all the same, the target is as good.
  if (!(cdf_.total() > 0.0)) {
    residual_.share = 0.0;
    make_residual();
  }
}

template <typename Real>
void InTurn<Real>::make_recursive(std::int64_t draft_count, CancelToken& cancel) {
  double offset = 0.0, mass = 1.0;
  for (std::int64_t draw = 0; draw < draft_count; ++draw) {
    cancel.check_after(laws_.size());
    steps_.push_back({offset, mass});
    offset += mass;
    const double left = sum_of_excess(laws_, offset, 0, laws_.size());
    if (!(left < mass) || left == 0.0) {  // every token that can be drafted is covered
      mass = std::min(left, mass);
      break;
    }
    mass = left;
  }
  residual_.cut = offset;
  acceptance_ = 1.0 - mass;
}

template <typename Real>
void InTurn<Real>::make_k_seq(std::int64_t draft_count, CancelToken& cancel) {
  const KSeqScale found = k_seq_scale(laws_, draft_count, cancel);
  steps_.assign(static_cast<std::size_t>(draft_count), {0.0, found.scale});
  residual_.cut = found.scale;
  residual_.share = found.once > 0.0 ? std::min(1.0, found.acceptance / (found.scale * found.once)) : 1.0;
  acceptance_ = found.acceptance;
}

template <typename Real>
void InTurn<Real>::make_residual() {
  std::vector<double> sums(block_count(laws_.size()));
  block_remainders<Real>(laws_, residual_, sums);
  cdf_ = InverseCdf(laws_.size(), std::move(sums));
}

template <typename Real>
double InTurn<Real>::accepts(const Step& step, std::int64_t token) const noexcept {
  const auto at = static_cast<std::size_t>(token);
  const double p = laws_.draft_at(at);
  return ratio_up_to_one(laws_.target_at(at) - step.offset * p, step.bar * p);
}

template <typename Real>
double InTurn<Real>::acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const noexcept {
  double rejected = 1.0;
  for (std::size_t draw = 0; draw < steps_.size(); ++draw) rejected *= 1.0 - accepts(steps_[draw], drafts[draw]);
  return 1.0 - rejected;
}

template <typename Real>
Verified InTurn<Real>::verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const {
  for (std::size_t draw = 0; draw < steps_.size(); ++draw) {
    const double uniform = uniforms(row, Purpose::accepting, static_cast<std::uint32_t>(draw)).first;
    if (uniform < accepts(steps_[draw], drafts[draw])) return {drafts[draw], static_cast<std::int64_t>(draw)};
  }
  const auto residual = [this](std::size_t token) {
    return residual_.of(laws_.draft_at(token), laws_.target_at(token));
  };
  return {cdf_.draw(uniforms(row, Purpose::residual, 0).first, residual), -1};
}

template class InTurn<float>;
template class InTurn<double>;

}  // namespace pybench::draft
