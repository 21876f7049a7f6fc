// Plans of campaigns whose samples are made as they are needed (generated_traces.hpp).
#pragma once

#include <span>

#include "auction/generated_traces.hpp"
#include "core/cancel.hpp"

namespace pybench::auction {

// Writes the multiplier that spending_plan finds on each campaign's sample. One campaign's sample is held a thread: some
// 12 bytes a step, whatever the number of campaigns. Throws InvalidInput for a bad entry of the scales. O(budgets * steps);
// the same bits for any number of threads and on any path.
void spending_plan_generated(const Market& market, std::span<const double> budget, std::span<double> multiplier,
                             int threads, CancelToken& cancel);

}  // namespace pybench::auction
