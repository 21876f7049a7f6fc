#include "draft/drafter.hpp"

#include <algorithm>
#include <cstddef>

#include "draft/largest.hpp"

namespace pybench::draft {

template <typename Real>
typename Drafter<Real>::Kind Drafter<Real>::kind_of(SchemeName name) noexcept {
  switch (name) {
    case SchemeName::recursive_without_replacement: return Kind::without_replacement;
    case SchemeName::greedy: return Kind::greedy;
    case SchemeName::top_k: return Kind::top_k;
    default: return Kind::independent;
  }
}

template <typename Real>
Drafter<Real>::Drafter(Kind kind, std::span<const Real> law, double scale, std::int64_t draft_count)
    : kind_(kind), law_(law), scale_(scale) {
  if (kind == Kind::greedy || kind == Kind::top_k) sure_ = largest(law, draft_count, Real{0});
  if (kind == Kind::greedy && static_cast<std::int64_t>(sure_.size()) == draft_count) {
    sure_.pop_back();
    last_is_drawn_ = true;
  }
  if (kind == Kind::without_replacement) {
    block_sum_.resize(block_count(law.size()));
    for (std::size_t block = 0; block < block_sum_.size(); ++block) {
      block_sum_[block] = draft::block_sum(law.size(), block, [&](std::size_t token) { return at(token); });
    }
  }
  if (kind == Kind::independent) cdf_ = InverseCdf(law.size(), [&](std::size_t token) { return at(token); });
  if (last_is_drawn_) {
    sorted_ = sure_;
    std::sort(sorted_.begin(), sorted_.end());
    cdf_ = InverseCdf(law.size(), [&](std::size_t token) { return rest_at(token); });
  }
}

template <typename Real>
double Drafter<Real>::rest_at(std::size_t token) const noexcept {
  const bool may_be_sure = !sure_.empty() && law_[token] >= law_[static_cast<std::size_t>(sure_.back())];
  const bool is_sure =
      may_be_sure && std::binary_search(sorted_.begin(), sorted_.end(), static_cast<std::int64_t>(token));
  return is_sure ? 0.0 : at(token);
}

template <typename Real>
void Drafter<Real>::draw(const Row& row, std::span<std::int64_t> drafts, CancelToken& cancel) const {
  const auto uniform = [&](std::size_t draw) {
    return uniforms(row, Purpose::drafting, static_cast<std::uint32_t>(draw)).first;
  };
  const auto weight = [&](std::size_t token) { return at(token); };
  if (kind_ == Kind::independent) {
    for (std::size_t draw = 0; draw < drafts.size(); ++draw) drafts[draw] = cdf_.draw(uniform(draw), weight);
    return;
  }
  if (kind_ == Kind::without_replacement) {
    draw_without_replacement(row, drafts, cancel);
    return;
  }
  for (std::size_t draw = 0; draw < drafts.size(); ++draw) {
    if (draw < sure_.size() || !last_is_drawn_) drafts[draw] = sure_[std::min(draw, sure_.size() - 1)];
  }
  if (last_is_drawn_) {
    drafts.back() = cdf_.draw(uniform(drafts.size() - 1), [&](std::size_t token) { return rest_at(token); });
  }
}

template <typename Real>
void Drafter<Real>::draw_without_replacement(const Row& row, std::span<std::int64_t> drafts,
                                             CancelToken& cancel) const {
  std::vector<std::int64_t> drawn;  // ascending
  std::vector<double> nothing(drafts.size(), 0.0);
  const auto weight = [&](std::size_t token) { return at(token); };
  const auto sum_of = [&](std::size_t block) { return block_sum_[block]; };
  for (std::size_t draw = 0; draw < drafts.size(); ++draw) {
    cancel.check_after(block_sum_.size() + cdf_block * drawn.size());
    const double uniform = uniforms(row, Purpose::drafting, static_cast<std::uint32_t>(draw)).first;
    const std::int64_t token = draw_once(law_.size(), uniform, drawn, nothing, weight, sum_of);
    if (token < 0) {
      std::fill(drafts.begin() + static_cast<std::ptrdiff_t>(draw), drafts.end(), drafts[draw - 1]);
      return;
    }
    drafts[draw] = token;
    drawn.insert(std::lower_bound(drawn.begin(), drawn.end(), token), token);
  }
}

template class Drafter<float>;
template class Drafter<double>;

}  // namespace pybench::draft
