// Pacing of many campaigns: on traces of their own, or many settings on one trace.
#pragma once

#include <span>

#include "auction/control.hpp"
#include "auction/tiles.hpp"
#include "core/cancel.hpp"

namespace pybench::auction {

// Paces each row's campaign. `paths`, [campaigns, steps], gets the multiplier of every step unless it is empty. Throws
// InvalidInput for a bad entry of the traces. O(campaigns * steps); the same bits for any number of threads and on any path.
template <typename Real>
void pace_rows(const TraceRows<Real>& rows, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
               std::span<Real> paths, CancelToken& cancel);

// The same on traces that are laid out, without eager projection or paths. Of codes, budgets and prices are in their unit.
template <typename Entry>
void pace_tiles(const Tiles<Entry>& tiles, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
                CancelToken& cancel);

// Every setting on one trace, [steps].
template <typename Real>
void pace_settings(const TraceRows<Real>& trace, const Settings& settings, Rule rule, int threads, const Outcome& outcome,
                   std::span<Real> paths, CancelToken& cancel);

}  // namespace pybench::auction
