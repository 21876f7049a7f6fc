// The optimal acceptance of K i.i.d. drafts, and the levels that reach it. See docs/multi_draft.md.
#pragma once

#include <cstddef>
#include <cstdint>

#include "draft/ratio_order.hpp"

namespace pybench::draft {

// The tokens before this place: all of the buckets before `bucket`, and the first `tokens` of that one.
struct Place {
  std::size_t bucket;
  std::size_t tokens;
};

struct Levels {
  double low;       // ratios are raised to this
  double high;      // and lowered to this; the largest double where none is
  Place low_end;    // the tokens that are raised
  Place high_begin;  // all after this place are lowered
  double low_mass;    // draft probability of those raised
  double high_mass;   // and of those lowered
  double low_ratio;   // in the bucket of low_end, those up to this ratio are raised; below 0 for none
  double high_ratio;  // in the bucket of high_begin, those from this ratio on are lowered
};

// The probability with which an optimal verifier accepts none: 1 - min over m of Q_m + 1 - P_m^K, where P_m and Q_m are
// the draft and target probabilities of the m tokens of least ratio. O(buckets) and the few buckets that may hold the
// minimum sorted.
template <typename Real>
double least_rejection(RatioOrder<Real>& order, std::int64_t draft_count);

// The levels with sum p (low - q/p)^+ = sum (q - high p)^+ = rejected. O(buckets) and at most some buckets sorted.
template <typename Real>
Levels find_levels(RatioOrder<Real>& order, double rejected);

extern template double least_rejection<float>(RatioOrder<float>&, std::int64_t);
extern template double least_rejection<double>(RatioOrder<double>&, std::int64_t);
extern template Levels find_levels<float>(RatioOrder<float>&, double);
extern template Levels find_levels<double>(RatioOrder<double>&, double);

}  // namespace pybench::draft
