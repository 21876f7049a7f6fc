// The steps of a trace that can be won at all: a bid is at most the value, so a price above the value is lost whatever the
// multiplier is. Such a step changes nothing but what was planned up to the next, which is known beforehand.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "auction/control.hpp"
#include "core/scratch.hpp"
#include "core/simd.hpp"

namespace pybench::auction {

// Those of a block, in order: their values, prices, and what was to be paid in this block before each.
template <typename Real>
struct WinnableSteps {
  std::size_t count;
  const Real* value;
  const Real* price;
  const Real* target_before;
  Real target_total;  // of all steps of the block
};

// Of a block of so many steps. The three arrays to write have room for all of them. The same on every path.
template <typename Real>
using TakeWinnable = WinnableSteps<Real> (*)(const Real* value, const Real* price, const Real* target, std::size_t steps,
                                             Real* values, Real* prices, Real* target_before);

template <typename Real>
TakeWinnable<Real> take_winnable_of(SimdPath path);

// Those of a whole trace, block by block. O(T) time and memory.
template <typename Real>
class WinnableTrace {
 public:
  WinnableTrace(std::span<const Real> value, std::span<const Real> price, std::span<const Real> target)
      : values_(value.size()), prices_(value.size()), target_before_(value.size()), blocks_(blocks_of(value.size())) {
    const TakeWinnable<Real> take = take_winnable_of<Real>(active_simd_path());
    for (std::size_t begin = 0; begin < value.size(); begin += steps_a_block) {
      const std::size_t steps = std::min<std::size_t>(steps_a_block, value.size() - begin);
      blocks_[begin / steps_a_block] =
          take(&value[begin], &price[begin], &target[begin], steps, values_.data() + begin, prices_.data() + begin,
               target_before_.data() + begin);
    }
  }

  // Of the block that begins at a step.
  [[nodiscard]] const WinnableSteps<Real>& block(std::size_t begin) const noexcept { return blocks_[begin / steps_a_block]; }

 private:
  static std::size_t blocks_of(std::size_t steps) noexcept { return (steps + steps_a_block - 1) / steps_a_block; }

  Scratch<Real> values_, prices_, target_before_;
  Scratch<WinnableSteps<Real>> blocks_;
};

}  // namespace pybench::auction
