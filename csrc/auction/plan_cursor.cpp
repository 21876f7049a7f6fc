#include "auction/plan_cursor.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "auction/number_text.hpp"
#include "auction/traces.hpp"
#include "core/errors.hpp"

namespace pybench::auction {

template <typename Real>
PlanCursor<Real> PlanCursor<Real>::of_steps(std::span<const Real> target_spend) {
  check_entries("target_spend", target_spend, -1);
  PlanCursor plan;
  plan.targets_.assign(target_spend.begin(), target_spend.end());
  return plan;
}

template <typename Real>
PlanCursor<Real> PlanCursor<Real>::of_times(std::span<const double> edges, std::span<const double> planned_spend) {
  PlanCursor plan;
  plan.timed_ = true;
  plan.edges_.assign(edges.begin(), edges.end());
  plan.spends_.assign(planned_spend.begin(), planned_spend.end());
  plan.sums_.assign(1, 0.0);
  for (const double spend : planned_spend) plan.sums_.push_back(plan.sums_.back() + spend);
  return plan;
}

template <typename Real>
void PlanCursor<Real>::check_time(std::optional<double> time) const {
  if (!timed_) {
    if (!time) return;
    throw InvalidInput("time is " + number_text(*time) +
                       ": it must be None, for the plan has one target a step; a TimedPlan goes by time");
  }
  if (!time) throw InvalidInput("time is None: a TimedPlan needs the time of each bid, in the unit of the plan");
  if (!(std::abs(*time) <= largest_entry)) {
    throw InvalidInput("time is " + number_text(*time) + ": it must be finite and in [-2^120, 2^120]");
  }
  if (position_.time && *time < *position_.time) {
    throw InvalidInput("time is " + number_text(*time) + ": it must not be before that of the last bid, " +
                       number_text(*position_.time));
  }
}

template <typename Real>
Real PlanCursor<Real>::next(std::optional<double> time) noexcept {
  double target = 0.0;
  if (timed_) {
    const double planned = planned_at(*time);
    target = planned - position_.planned;
    position_.time = time;
    position_.planned = planned;
  } else if (const auto step = static_cast<std::size_t>(position_.step); step < targets_.size()) {
    target = static_cast<double>(targets_[step]);
    ++position_.step;
  }
  return static_cast<Real>(std::min(position_.scale * target, largest_entry));
}

template <typename Real>
void PlanCursor<Real>::start_at(std::optional<double> time) noexcept {
  segment_ = 0;
  position_ = {0, time, timed_ && time ? planned_at(*time) : 0.0, 1.0};
}

template <typename Real>
double PlanCursor<Real>::planned_at(double time) noexcept {
  while (segment_ < spends_.size() && edges_[segment_ + 1] <= time) ++segment_;
  if (segment_ == spends_.size() || time < edges_[segment_]) return sums_[segment_];
  const double share = (time - edges_[segment_]) / (edges_[segment_ + 1] - edges_[segment_]);
  return sums_[segment_] + share * spends_[segment_];
}

template <typename Real>
double PlanCursor<Real>::left() const noexcept {
  if (timed_) return sums_.back() - position_.planned;
  double sum = 0.0;
  for (auto step = static_cast<std::size_t>(position_.step); step < targets_.size(); ++step) {
    sum += static_cast<double>(targets_[step]);
  }
  return sum;
}

template <typename Real>
void PlanCursor<Real>::scale_to(double spend) noexcept {
  const double planned = left();
  if (planned > 0.0) position_.scale = std::min(spend / planned, largest_entry);
}

template <typename Real>
void PlanCursor<Real>::restore(const PlanPosition& position) {
  if (timed_) {
    if (position.step != 0) throw InvalidInput("state: plan_step must be 0 for a plan of times");
    if (position.time && !(std::abs(*position.time) <= largest_entry)) {
      throw InvalidInput("state: plan_time is " + number_text(*position.time) + ": it must be in [-2^120, 2^120]");
    }
    segment_ = 0;
    const double planned = position.time ? planned_at(*position.time) : 0.0;
    if (planned != position.planned) {
      throw InvalidInput("state: plan_planned is " + number_text(position.planned) + ": the plan has " +
                         number_text(planned) + " at that time");
    }
  } else {
    if (position.time || position.planned != 0.0) {
      throw InvalidInput("state: plan_time and plan_planned must be None and 0 for a plan of steps");
    }
    if (position.step < 0 || position.step > static_cast<std::int64_t>(targets_.size())) {
      throw InvalidInput("state: plan_step is " + std::to_string(position.step) + ": it must be in [0, " +
                         std::to_string(targets_.size()) + "]");
    }
  }
  if (!(position.scale >= 0.0 && position.scale <= largest_entry)) {
    throw InvalidInput("state: plan_scale is " + number_text(position.scale) + ": it must be in [0, 2^120]");
  }
  position_ = position;
}

template class PlanCursor<float>;
template class PlanCursor<double>;

}  // namespace pybench::auction
