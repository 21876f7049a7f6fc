// What a plan wants spent at each bid: one target a step, or what is planned between the times of two bids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pybench::auction {

// Where a cursor is.
struct PlanPosition {
  std::int64_t step = 0;       // of a plan of steps: targets that are past
  std::optional<double> time;  // of a plan of times: of the last bid
  double planned = 0.0;        // of a plan of times: what is past, not scaled
  double scale = 1.0;          // of what is left
};

template <typename Real>
class PlanCursor {
 public:
  // One target a step; none after the last. Throws InvalidInput for one that is negative, NaN, infinite or above 2^120.
  static PlanCursor of_steps(std::span<const Real> target_spend);

  // Segment i spends planned_spend[i] evenly over (edges[i], edges[i + 1]], at once where these are equal. Edges do not
  // decrease; spends are >= 0; who made them has checked them.
  static PlanCursor of_times(std::span<const double> edges, std::span<const double> planned_spend);

  [[nodiscard]] bool is_timed() const noexcept { return timed_; }

  // Throws InvalidInput where a bid at this time cannot be: no time for a plan of times, one for a plan of steps, or one
  // before that of the last bid.
  void check_time(std::optional<double> time) const;

  // The target of a bid, and on to the next. O(1) over the length of a day: times do not decrease.
  Real next(std::optional<double> time) noexcept;

  // Goes on as after a bid at this time: what was planned until then is past. None: at the plan's start.
  void start_at(std::optional<double> time) noexcept;

  // Makes what is left of the plan add up to `spend`.
  void scale_to(double spend) noexcept;

  // What is left of the plan, not scaled. O(steps left).
  [[nodiscard]] double left() const noexcept;

  [[nodiscard]] const PlanPosition& position() const noexcept { return position_; }
  // Throws InvalidInput for a position that this plan cannot have.
  void restore(const PlanPosition& position);

 private:
  [[nodiscard]] double planned_at(double time) noexcept;

  bool timed_ = false;
  std::vector<Real> targets_;
  std::vector<double> edges_, spends_, sums_;  // sums_[i]: of the segments before i
  std::size_t segment_ = 0;                    // segments that have ended
  PlanPosition position_;
};

extern template class PlanCursor<float>;
extern template class PlanCursor<double>;

}  // namespace pybench::auction
