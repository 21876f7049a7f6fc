// One campaign paced alone: each step waits for the one before.
#pragma once

#include <cstdint>
#include <span>

#include "auction/control.hpp"
#include "core/cancel.hpp"

namespace pybench::auction {

// Paces the campaign `at` of the settings on its trace and writes its outcome, and the multiplier of every step to `path`
// unless that is empty. The entries must have been checked (traces.hpp). O(T); a chain of some 20 cycles a step.
template <typename Real>
void pace_one(std::span<const Real> value, std::span<const Real> price, std::span<const Real> target_spend,
              const Settings& settings, std::size_t at, Rule rule, const Outcome& outcome, std::span<Real> path,
              CancelToken& cancel);

}  // namespace pybench::auction
