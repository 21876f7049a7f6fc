// Drawing the drafts that a scheme verifies: independent draws, draws without replacement, or the tokens of the largest
// draft probability (top_k), the last of which may be a draw from the rest (greedy). Draft k of a row comes from the
// first uniform of (drafting, k), by the inverse distribution function in token order.
//
// Where fewer than K tokens have a positive probability, drafts that are to differ run out: the row repeats its last one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "draft/inverse_cdf.hpp"
#include "draft/random.hpp"
#include "draft/scheme.hpp"

namespace pybench::draft {

template <typename Real>
class Drafter {
 public:
  enum class Kind { independent, without_replacement, greedy, top_k };
  static Kind kind_of(SchemeName name) noexcept;

  // scale: one over the sum of the law. O(V).
  Drafter(Kind kind, std::span<const Real> law, double scale, std::int64_t draft_count);

  // Fills one row. O(K log V) for independent drafts; O(K V / 64) without replacement.
  void draw(const Row& row, std::span<std::int64_t> drafts, CancelToken& cancel) const;

 private:
  void draw_without_replacement(const Row& row, std::span<std::int64_t> drafts, CancelToken& cancel) const;
  [[nodiscard]] double rest_at(std::size_t token) const noexcept;
  [[nodiscard]] double at(std::size_t token) const noexcept { return static_cast<double>(law_[token]) * scale_; }

  Kind kind_;
  std::span<const Real> law_;
  double scale_;
  std::vector<std::int64_t> sure_;  // the drafts that are not drawn
  std::vector<std::int64_t> sorted_;
  bool last_is_drawn_ = false;  // greedy: one more, from the rest
  InverseCdf cdf_;
  std::vector<double> block_sum_;  // without replacement
};

}  // namespace pybench::draft
