// The schemes that draw the output from the target law and see whether it was drafted: token_matching, whose drafts are
// independent draws, and top_k, whose drafts are the tokens of the largest draft probability. Drafts that are a function
// of the context alone cannot be coupled any better, so top_k has no gain to make from an optimal verifier.
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

// The first draft that is this token, or -1.
inline std::int64_t first_match(std::span<const std::int64_t> drafts, std::int64_t token) noexcept {
  for (std::size_t draw = 0; draw < drafts.size(); ++draw) {
    if (drafts[draw] == token) return static_cast<std::int64_t>(draw);
  }
  return -1;
}

// How the deterministic schemes fill a row: the tokens of the largest draft probability, and where fewer than the row
// holds have any, the last of them again and again. Not empty.
[[nodiscard]] std::optional<Refusal> differs_from_likeliest(std::span<const std::int64_t> drafts, std::size_t checked,
                                                            std::span<const std::int64_t> likeliest);

template <typename Real>
class Matching {
 public:
  Matching(SchemeName name, const LawPair<Real>& laws, std::int64_t draft_count);

  [[nodiscard]] double acceptance(CancelToken&) const noexcept;
  [[nodiscard]] std::optional<Refusal> refusal(std::span<const std::int64_t> drafts) const;
  [[nodiscard]] double acceptance_given(std::span<const std::int64_t> drafts, CancelToken&) const;
  [[nodiscard]] Verified verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken&) const;

 private:
  LawPair<Real> laws_;
  std::int64_t draft_count_;
  std::vector<std::int64_t> likeliest_;  // top_k only
  InverseCdf cdf_;
};

}  // namespace pybench::draft
