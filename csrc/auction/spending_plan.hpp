// The plan that one trace teaches: the least multiplier whose spend on it is within the budget, and what it spends when.
//
// Value v and price d (the highest competing bid) of each step, in one unit. A step is won at the factor k of the prices
// where v >= k d, the product rounded to float64. k is the least float64 of at least 1 at which the prices of what is won
// sum to no more than the budget. That sum is exact, as if never rounded; so k depends neither on the order of the steps
// nor on threads nor on the SIMD path. Steps of one ratio v/d at the boundary are all left out; steps of price 0 cost
// nothing. k is infinite where no finite number will do.
//
// multiplier: the least float64 with 1 + multiplier >= k, the sum rounded: k - 1 exactly up to k = 2^53.
// target_spend: d where v >= (1 + multiplier) d, else 0.
//
// Expected O(T) and about one read of both arrays and one write; one thread a campaign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/cancel.hpp"

namespace pybench::auction {

// [campaigns, steps]; `campaigns` is the number of budgets. The names in errors are value[campaign, step], or value[step]
// where `batched` is false. Throws InvalidInput for entries that break the rule of traces.hpp.
template <typename Real>
void spending_plan(const Real* value, const Real* price, std::size_t steps, bool batched, std::span<const double> budget,
                   double* multiplier, Real* target_spend, int threads, CancelToken& cancel);

}  // namespace pybench::auction
