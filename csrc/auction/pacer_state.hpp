// The rules that the state of a pacer keeps: one that was edited, cut short or mixed up is refused.
#pragma once

#include "auction/pacer.hpp"

namespace pybench::auction {

// Throws InvalidInput naming the entry, its value and the rule. The settings have been checked. O(outstanding).
template <typename Real>
void check_state(const PacerState& state, bool timed);

}  // namespace pybench::auction
