// Recursive rejection of drafts drawn without replacement (Jeon et al., Recursive speculative decoding, 2024; Chen et al.,
// Sequoia, 2024): after a rejection of x the residual law takes the place of the target, and the draft law loses x.
//
// With D_k the draft mass that is left before draft k, p_k = p / D_k, the residual law outside of the drafts before k is
// (q - e_k p_k)+ / M_k, where e_0 = 0, M_0 = 1. A rejection of x_k fixes its weight at (q - (e_k + M_k) p_k)+ and sums up
// M_{k+1}; then e_{k+1} = (e_k + M_k) D_{k+1} / D_k. Each step is one pass over the laws; the first is the same for every
// row.
//
// Where the draft law has fewer than K tokens, a row holds them all and repeats its last draft; the copies play no part.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/law_pair.hpp"
#include "draft/random.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

// The enumeration of the acceptance costs support^(K-1) passes over the vocabulary: no more than so many tokens in all.
inline constexpr double most_enumerated = 134217728.0;  // 2^27

template <typename Real>
class WithoutReplacement {
 public:
  WithoutReplacement(const LawPair<Real>& laws, std::int64_t draft_count);

  // By enumeration. Throws InvalidInput beyond most_enumerated.
  [[nodiscard]] double acceptance(CancelToken& cancel) const;
  [[nodiscard]] std::optional<Refusal> refusal(std::span<const std::int64_t> drafts) const;
  [[nodiscard]] double acceptance_given(std::span<const std::int64_t> drafts, CancelToken& cancel) const;
  [[nodiscard]] Verified verify(std::span<const std::int64_t> drafts, const Row& row, CancelToken& cancel) const;

 private:
  // After some rejections.
  struct State {
    double taken = 0.0;  // e
    double mass = 1.0;   // M
    double left = 1.0;   // D
    double kept = 0.0;   // target weight of the rejected drafts
    std::vector<std::int64_t> rejected;  // ascending
    std::vector<double> weight;          // of each of them
  };

  [[nodiscard]] double accepts(const State& state, std::int64_t token) const noexcept;
  void reject(State& state, std::int64_t token, CancelToken& cancel) const;
  [[nodiscard]] double all_rejected(const State& state, std::int64_t draws, CancelToken& cancel) const;
  [[nodiscard]] std::int64_t draw_residual(const State& state, double uniform) const;

  LawPair<Real> laws_;
  std::int64_t draft_count_;
  std::int64_t support_;         // tokens that the draft law can draw
  double first_mass_ = 0.0;      // M_1
};

}  // namespace pybench::draft
