// Pacing of campaigns whose traces are made in registers as they are needed (generated_traces.hpp): no memory but the
// scales, O(steps), whatever the number of campaigns.
#pragma once

#include <span>

#include "auction/control.hpp"
#include "auction/generated_traces.hpp"
#include "core/cancel.hpp"

namespace pybench::auction {

// What is to be spent: `shared`, one entry a step, the same for all campaigns; or, where that is empty, what each campaign's
// sample pays at its multiplier: price where value >= (1 + multiplier) * price in double, else 0.
struct Targets {
  std::span<const float> shared;
  std::span<const double> sample_multiplier;
};

// Paces every campaign of the settings on its live trace, lazily: the bits of pace_rows on what generate_traces writes.
// Throws InvalidInput for a bad entry of the scales or targets. O(campaigns * steps); the same bits for any number of
// threads and on any path. Some 130 instructions for two steps of the campaigns of one register.
void pace_generated(const Market& market, const Targets& targets, const Settings& settings, Rule rule, int threads,
                    const Outcome& outcome, CancelToken& cancel);

}  // namespace pybench::auction
