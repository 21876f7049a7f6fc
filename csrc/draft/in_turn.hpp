// The schemes that look at the drafts in turn: single, k_seq, recursive.
//
// Draft k is accepted with probability min(1, (q - offset_k p)+ / (bar_k p)); where none is, the token comes from
// the remainder q - share min(q, cut p), rescaled. For
//
//   recursive   the residual law after k rejections is (q - c_k p)+ / M_k with c_0 = 0, M_0 = 1, c_{k+1} = c_k + M_k and
//               M_k the sum of (q - c_k p)+: so offset_k = c_k, bar_k = M_k, cut = c_K, share = 1, and the acceptance is
//               1 - M_K. No law but p and q is ever stored.
//   single      the same with one draft.
//   k_seq       offset 0 and bar rho for every draft; cut = rho, and share takes what is accepted out of q.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/law_pair.hpp"
#include "draft/law_sums.hpp"
#include "draft/random.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

template <typename Real>
class InTurn {
 public:
  // Only single, k_seq and recursive. O(V K) for recursive, O(V) times some ten steps for k_seq.
  InTurn(SchemeName name, const LawPair<Real>& laws, std::int64_t draft_count, CancelToken& cancel);

  [[nodiscard]] double acceptance(CancelToken&) const noexcept { return acceptance_; }
  [[nodiscard]] std::optional<Refusal> refusal(std::span<const std::int64_t>) const { return std::nullopt; }
  [[nodiscard]] double acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const noexcept;
  [[nodiscard]] Verified verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const;

 private:
  struct Step {
    double offset;
    double bar;
  };

  void make_recursive(std::int64_t draft_count, CancelToken& cancel);
  void make_k_seq(std::int64_t draft_count, CancelToken& cancel);
  [[nodiscard]] double accepts(const Step& step, std::int64_t token) const noexcept;
  void make_residual();

  LawPair<Real> laws_;
  std::vector<Step> steps_;  // fewer than drafts where the later ones cannot be accepted
  Remainder residual_{1.0, 0.0};
  double acceptance_ = 0.0;
  InverseCdf cdf_;
};

}  // namespace pybench::draft
