// The multiplier of one campaign that is paced step by step, and the sums that it is made of. Every operation and its order
// are those of pace_one.cpp, so the bits are the same; payments may also come later than the step that they are of.
#pragma once

#include <algorithm>
#include <cstdint>

#include "auction/control.hpp"
#include "auction/exponential.hpp"
#include "auction/traces.hpp"

namespace pybench::auction {

// Of one campaign; checked by who sets them.
struct DescentSettings {
  double step_size;
  double initial_multiplier;
  double log_initial_multiplier;  // read for entropy alone
  double max_multiplier;
  Rule rule;
};

// All that has happened: a copy goes on as the original would.
struct DescentSums {
  double gap = 0.0;  // of closed blocks: paid less planned
  double utility = 0.0;
  std::int64_t block_steps = 0;
  double block_paid = 0.0, block_planned = 0.0, block_utility = 0.0;  // of the open block; numbers of Real
};

template <typename Real>
class DualDescent {
 public:
  explicit DualDescent(const DescentSettings& settings, const DescentSums& sums = {})
      : gap_(sums.gap),
        utility_(sums.utility),
        steps_(sums.block_steps),
        paid_(static_cast<Real>(sums.block_paid)),
        planned_(static_cast<Real>(sums.block_planned)),
        gained_(static_cast<Real>(sums.block_utility)) {
    set(settings);
  }

  [[nodiscard]] const DescentSettings& settings() const noexcept { return settings_; }

  // 1 + the multiplier that the next step bids with.
  [[nodiscard]] Real divisor() const noexcept {
    const Real moved = base_ + step_ * (paid_ - planned_);
    if (is_entropy()) return Real{1} + std::min(exponential(moved), highest_);
    return std::min(std::max(moved, Real{1}), highest_);
  }

  [[nodiscard]] bool block_is_full() const noexcept { return steps_ == steps_a_block; }

  void close_block() noexcept {
    gap_ += static_cast<double>(paid_) - static_cast<double>(planned_);
    utility_ += static_cast<double>(gained_);
    paid_ = planned_ = gained_ = Real{0};
    steps_ = 0;
    rebase();
  }

  void step(Real target) noexcept {
    planned_ += target;
    ++steps_;
  }

  void win(Real paid, Real gained) noexcept {
    paid_ += paid;
    gained_ += gained;
  }

  // Starts anew from another multiplier, as if what was planned had been what was paid.
  void restart(double initial_multiplier, double log_initial_multiplier) noexcept {
    DescentSettings settings = settings_;
    settings.initial_multiplier = initial_multiplier;
    settings.log_initial_multiplier = log_initial_multiplier;
    gap_ = 0.0;
    planned_ = paid_;
    set(settings);
  }

  [[nodiscard]] double utility() const noexcept { return utility_ + static_cast<double>(gained_); }

  // After all that was planned and paid so far, in double.
  [[nodiscard]] double multiplier() const noexcept {
    const DescentSettings& s = settings_;
    const double gap = gap_ + (static_cast<double>(paid_) - static_cast<double>(planned_));
    return final_multiplier(s.rule, s.initial_multiplier, s.step_size, s.max_multiplier, gap);
  }

  [[nodiscard]] DescentSums sums() const noexcept { return {gap_, utility_, steps_, paid_, planned_, gained_}; }

 private:
  [[nodiscard]] bool is_entropy() const noexcept { return settings_.rule.regulariser == Regulariser::entropy; }

  void set(const DescentSettings& settings) noexcept {
    settings_ = settings;
    step_ = static_cast<Real>(settings.step_size);
    highest_ = highest_of<Real>(settings.rule, settings.max_multiplier);
    rebase();
  }

  void rebase() noexcept {
    const double start = start_of(settings_.rule, settings_.initial_multiplier, settings_.log_initial_multiplier);
    base_ = base_of<Real>(start, settings_.step_size, gap_);
  }

  DescentSettings settings_{};
  Real step_{0}, highest_{0}, base_{0};
  double gap_, utility_;
  std::int64_t steps_;
  Real paid_, planned_, gained_;
};

}  // namespace pybench::auction
