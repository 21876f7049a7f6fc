// The law (weight * target - draft)^+, not normalised: what is drawn from where drafts were not accepted. Its total is a
// sum over blocks of tokens, each a sum over lanes, so that it is fast, the same for any SIMD width, and off by some
// roundings of a block rather than of the vocabulary. All functions are O(vocabulary) reads and allocate nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pybench::draft {

template <typename Real>
struct Residual {
  std::span<const Real> target;
  double target_weight;
  std::span<const Real> draft;  // empty: nothing is taken off
  double draft_weight;

  [[nodiscard]] double operator[](std::size_t token) const noexcept {
    double left = static_cast<double>(target[token]) * target_weight;
    if (!draft.empty()) left -= static_cast<double>(draft[token]) * draft_weight;
    return left > 0.0 ? left : 0.0;
  }

  [[nodiscard]] double total() const noexcept;

  // The first token whose cumulative residual is above uniform * total(), 0 <= uniform < 1; it has a positive residual.
  // -1 where the total is 0.
  [[nodiscard]] std::int64_t draw(double uniform) const noexcept;

 private:
  [[nodiscard]] double block_sum(std::size_t begin) const noexcept;
};

}  // namespace pybench::draft
