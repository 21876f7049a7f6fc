// The least factor k >= 1 of the prices at which what is won costs no more than a budget: a search that narrows an interval
// and keeps the steps that lie in it. Of many steps a sample brackets k, and one pass (won_steps.hpp) sums what is won at
// the bracket's upper end and keeps the few between; of few steps one is the pivot. Expected O(n); at most some 200 rounds,
// whatever the steps are.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "auction/won_steps.hpp"

namespace pybench::auction {

// Non-negative numbers follow each other as their bits do.
inline double next_above(double factor) noexcept {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(factor) + 1);
}
inline double next_below(double factor) noexcept {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(factor) - 1);
}

// k lies above `low` and is at most `high`: at `low` too much is spent, at `high` not.
struct Interval {
  double low = 1.0 - std::numeric_limits<double>::epsilon() / 2;  // the number before 1: k is at least 1
  double high = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool is_decided() const noexcept { return next_above(low) == high; }
};

// Does a spend at a factor keep the budget? `spend` is rounded, so whoever needs certainty decides close calls by `factor`.
class Keeps {
 public:
  virtual bool operator()(double factor, double spend) const = 0;

 protected:
  ~Keeps() = default;
};

// Steps that may be overwritten. base: the spend on what was set aside, all of it won at every factor of the interval.
template <typename Real>
struct OpenSteps {
  Real* value;
  Real* price;
  std::size_t count;
  double base;
};

inline constexpr std::size_t few_steps = 2048;  // so few that a sample of them saves nothing

template <typename Real>
double search_factor(OpenSteps<Real> open, Interval interval, double budget, const Keeps& keeps, ChunkPass<Real> pass);

// Brackets of k by samples of more than few_steps steps, for pass after pass.
template <typename Real>
class Brackets {
 public:
  explicit Brackets(ChunkPass<Real> pass) noexcept : pass_(pass) {}

  // One within an interval that is not decided; of these steps `room` may be spent. The sample's spread decides its width;
  // after a miss it is twice as wide, and after many of its calls it halves the interval. Steps that break the rule of
  // traces.hpp yield some bracket.
  Factors next(const Real* value, const Real* price, std::size_t count, double room, Interval interval);

  // Narrows the interval after a pass over such a bracket, which tells the spend at both ends. False where it missed k.
  bool narrow(Interval& interval, Factors bracket, double spend_lower, double spend_upper, const Keeps& keeps);

 private:
  ChunkPass<Real> pass_;
  double deviations_ = 2.5;  // half a bracket, in standard deviations of the sample's spend
  int rounds_ = 0;
};

}  // namespace pybench::auction
