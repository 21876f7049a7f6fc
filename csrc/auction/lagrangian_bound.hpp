// What the Lagrangian of the budget says of one trace: no policy that spends at most the budget B has more utility than
// sum of (v - (1 + m) d)+ over its steps, plus m B, whatever the multiplier m >= 0. Here the sum.
//
// Products, differences and sums in float64, in one order on every path: 16 sums in turn within a chunk of 2048 steps, these
// pairwise, chunks in order. O(steps) a multiplier and one read of both arrays; one thread a multiplier.
#pragma once

#include <cstddef>
#include <span>

#include "core/cancel.hpp"

namespace pybench::auction {

// Of [campaigns, steps] with a multiplier each where `batched`, else of one trace [steps] with any number of them. Throws
// InvalidInput for entries that break the rule of traces.hpp.
template <typename Real>
void excess_value(const Real* value, const Real* price, std::size_t steps, bool batched, std::span<const double> multiplier,
                  double* excess, int threads, CancelToken& cancel);

}  // namespace pybench::auction
