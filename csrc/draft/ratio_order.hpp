// The tokens of a draft law p and a target law q in order of the ratio q/p, sorted only where someone looks.
//
// One pass puts the tokens into buckets of nearly equal ratio (ratio_pass.hpp) and sums each bucket's probabilities. What is
// asked of the order are mostly prefix sums at bucket edges; the tokens within a bucket are gathered and sorted when first
// asked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/cancel.hpp"
#include "core/scratch.hpp"
#include "draft/law_pair.hpp"
#include "draft/ratio_pass.hpp"

namespace pybench::draft {

// A token in its place. Probabilities and the ratio are of the laws rescaled to sum to 1.
struct OrderedToken {
  double ratio;
  double before;  // draft probability of all tokens before it
  std::uint32_t token;
};

// Tokens whose ratios lie in [lowest, highest), up to the rounding of a float at `lowest`.
struct Bucket {
  double lowest;
  double highest;
  Masses mass;    // of the bucket
  Masses before;  // of all buckets before it
  Masses after;   // of all buckets after it; the target's holds what cannot be drawn too
  Key key;
};

template <typename Real>
class RatioOrder {
 public:
  // Checks the laws (see laws.hpp; `row` for error messages, -1 for none) and makes the pass. The laws are copied, or where
  // `copy` is false must outlive this. O(V).
  RatioOrder(std::span<const Real> draft, std::span<const Real> target, bool copy, std::int64_t row);

  // The same for laws that it is to keep.
  RatioOrder(Scratch<Real> draft, Scratch<Real> target, std::int64_t row);

  RatioOrder(RatioOrder&&) noexcept = default;
  RatioOrder& operator=(RatioOrder&&) noexcept = default;

  [[nodiscard]] std::span<const Bucket> buckets() const noexcept { return buckets_; }
  [[nodiscard]] LawPair<Real> laws() const noexcept { return {draft_, target_, draft_scale_, target_scale_}; }

  // Probabilities, rescaled.
  [[nodiscard]] double draft(std::size_t token) const noexcept {
    return static_cast<double>(draft_[token]) * draft_scale_;
  }
  [[nodiscard]] double target(std::size_t token) const noexcept {
    return static_cast<double>(target_[token]) * target_scale_;
  }

  // target / draft, for a token that can be drawn.
  [[nodiscard]] double ratio(std::size_t token) const noexcept {
    // A draft probability near the least of doubles may have a ratio beyond the largest.
    return std::min(static_cast<double>(target_[token]) / static_cast<double>(draft_[token]) * ratio_scale_,
                    std::numeric_limits<double>::max());
  }

  [[nodiscard]] std::size_t size() const noexcept { return draft_.size(); }

  // Target probability of the tokens that cannot be drawn.
  [[nodiscard]] double undrawn() const noexcept { return undrawn_; }

  // The tokens of a bucket in order of (ratio, token); sorted at the first call.
  std::span<const OrderedToken> tokens(std::size_t bucket);

  // The ratio of all tokens of a bucket, where they have one, as where the laws are equal. Stops soon where they have not.
  [[nodiscard]] std::optional<double> one_ratio(std::size_t bucket) const noexcept;

  // Sorts every bucket of [first, last], as many calls of tokens() would, but in one pass.
  void sort_range(std::size_t first, std::size_t last, CancelToken& cancel);

  // Which bucket holds a token that can be drawn.
  [[nodiscard]] std::size_t bucket_of(std::uint32_t token) const noexcept {
    return bucket_of_key_[keys_[token]];
  }

 private:
  void build(bool copy, std::int64_t row);
  void check(bool good, double draft_sum, double target_sum, std::int64_t row) const;
  void make_buckets(const Masses* masses, double draft_sum, double target_sum);
  void keep_in_order(std::size_t bucket, std::vector<OrderedToken>&& found);

  Scratch<Real> draft_copy_, target_copy_;
  std::span<const Real> draft_, target_;
  RatioKeys ratio_keys_;
  Scratch<Key> keys_;
  double draft_scale_ = 1.0, target_scale_ = 1.0, ratio_scale_ = 1.0;
  double undrawn_ = 0.0;
  std::vector<Bucket> buckets_;
  std::vector<std::uint16_t> bucket_of_key_;
  std::vector<std::int32_t> sorted_of_;  // which of sorted_ is a bucket's; -1: none yet
  std::vector<std::vector<OrderedToken>> sorted_;  // spans of them stay good when it grows
  std::vector<OrderedToken> spare_;  // of keep_in_order
};

extern template class RatioOrder<float>;
extern template class RatioOrder<double>;

}  // namespace pybench::draft
