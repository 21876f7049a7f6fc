// Greedy multi-draft (Hu et al., Towards optimal multi-draft speculative decoding, 2025): the first K - 1 drafts are the
// tokens G of the largest draft probability, the last one is drawn from the rest of the draft law, p'. It is accepted with
// probability min(1, q / p'); else the token comes from q - p' on the rest and q on G, and one of G counts as accepted.
//
// Where the draft law has fewer than K tokens there is no rest to draw from: G is then all of them, the row repeats the
// last, and the token comes from q.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/law_pair.hpp"
#include "draft/random.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

template <typename Real>
class Greedy {
 public:
  Greedy(const LawPair<Real>& laws, std::int64_t draft_count);

  [[nodiscard]] double acceptance(CancelToken&) const;
  [[nodiscard]] std::optional<Refusal> refusal(std::span<const std::int64_t> drafts) const;
  [[nodiscard]] double acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const noexcept;
  [[nodiscard]] Verified verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const;

 private:
  [[nodiscard]] bool has_rest() const noexcept { return rest_ > 0.0; }
  [[nodiscard]] bool in_sure(std::int64_t token) const noexcept;
  // Of p'. Scaled up first where the rest is so little that nothing may be divided by it.
  [[nodiscard]] double rest_at(std::size_t token) const noexcept { return laws_.draft_at(token) * up_ * per_rest_; }
  [[nodiscard]] double accepts(std::int64_t token) const noexcept;
  [[nodiscard]] auto residual() const noexcept;

  LawPair<Real> laws_;
  std::vector<std::int64_t> sure_;    // G, by descending draft probability
  std::vector<std::int64_t> sorted_;  // G, ascending
  double rest_ = 0.0;                 // draft mass outside G; 0: no last draft
  double up_ = 1.0;
  double per_rest_ = 0.0;  // one over rest_ * up_
  double sure_target_ = 0.0;          // target mass of G
  InverseCdf cdf_;
};

}  // namespace pybench::draft
