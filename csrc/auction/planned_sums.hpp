// What a plan adds up to within each block of steps: one chain of additions, the same for all campaigns that share the plan.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "auction/control.hpp"
#include "core/scratch.hpp"

namespace pybench::auction {

// Of targets that must outlive it; they may be none.
template <typename Real>
class PlannedSums {
 public:
  explicit PlannedSums(std::span<const Real> target) : target_(target), before_(target.size()) {
    for (std::size_t begin = 0; begin < target.size(); begin += steps_a_block) {
      Real sum{0};
      for (std::size_t t = begin; t < std::min<std::size_t>(begin + steps_a_block, target.size()); ++t) {
        before_[t] = sum;
        sum += target[t];
      }
    }
  }

  // Before each step from `begin` on, in its block.
  [[nodiscard]] const Real* before(std::size_t begin) const noexcept { return before_.data() + begin; }

  // Of the block of so many steps that begins there.
  [[nodiscard]] Real total(std::size_t begin, std::size_t steps) const noexcept {
    return target_.empty() ? Real{0} : before_[begin + steps - 1] + target_[begin + steps - 1];
  }

 private:
  std::span<const Real> target_;
  Scratch<Real> before_;
};

}  // namespace pybench::auction
