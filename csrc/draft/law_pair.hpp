// The draft law and the target law of one position, rescaled to sum to 1 in double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pybench::draft {

template <typename Real>
struct LawPair {
  std::span<const Real> draft;
  std::span<const Real> target;
  double draft_scale;   // one over the sum of the law
  double target_scale;

  [[nodiscard]] std::size_t size() const noexcept { return draft.size(); }
  [[nodiscard]] double draft_at(std::size_t token) const noexcept {
    return static_cast<double>(draft[token]) * draft_scale;
  }
  [[nodiscard]] double target_at(std::size_t token) const noexcept {
    return static_cast<double>(target[token]) * target_scale;
  }
};

// What a row of drafts came to: the token that is put out, and which draft was accepted (-1: none).
struct Verified {
  std::int64_t token;
  std::int64_t accepted;
};

// The probability min(1, excess / bar) of accepting a draft; 0 where there is nothing to accept it for. Neither number is
// negative; a bar may be 0 by underflow.
inline double ratio_up_to_one(double excess, double bar) noexcept {
  if (!(excess > 0.0)) return 0.0;
  return excess >= bar ? 1.0 : excess / bar;
}

inline double positive_part(double value) noexcept { return value > 0.0 ? value : 0.0; }

}  // namespace pybench::draft
