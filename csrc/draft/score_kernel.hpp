// Scores of draws: the kernel of the optimal verifier, within one slot. See docs/multi_draft.md.
//
// The tokens stand side by side on [0, 1], in order of q/p, each as wide as its draft probability. f(s) = K s^(K-1) is
// the density of the largest of K uniforms. A slot has a level, not decreasing from slot to slot: the mean of f(score)
// that a draw of this slot must have. Where level > f the slot has a surplus, where level < f a deficit, and the kernel
// moves draws from each place of surplus to the place of deficit at which as much has been used up.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pybench::draft {

// Up to here a power is a product of K factors, beyond it exp and log.
inline constexpr std::int64_t short_power = 32;

inline double power(double base, std::int64_t exponent) noexcept {
  if (exponent > short_power) return std::pow(base, static_cast<double>(exponent));
  double result = 1.0;
  for (; exponent != 0; exponent >>= 1, base *= base) {
    if ((exponent & 1) != 0) result *= base;
  }
  return result;
}

// end^K - start^K for end = start + width >= start, without the cancellation of a narrow slot.
inline double power_difference(double start, double width, std::int64_t draft_count) noexcept {
  const double end = start + width;
  if (draft_count > short_power) {
    return std::pow(end, static_cast<double>(draft_count)) - std::pow(start, static_cast<double>(draft_count));
  }
  double sum = 1.0, start_power = 1.0;
  for (std::int64_t k = 1; k < draft_count; ++k) {
    start_power *= start;
    sum = sum * end + start_power;
  }
  return width * sum;
}

// 1 - (1 - rest)^K: the probability that one of K draws falls into a set of probability `rest`.
inline double any_of(double rest, std::int64_t draft_count) noexcept {
  if (draft_count > short_power) return -std::expm1(static_cast<double>(draft_count) * std::log1p(-rest));
  double sum = 1.0;
  for (std::int64_t k = 1; k < draft_count; ++k) sum = sum * (1.0 - rest) + 1.0;
  return rest * sum;
}

// The probability that all of K draws fall into a set of probability `in`; the others have `rest`. Rounding of a number
// near 1 would be K times as much of its power.
inline double all_of(double in, double rest, std::int64_t draft_count) noexcept {
  if (draft_count <= short_power || rest >= 0.5) return power(in, draft_count);
  return std::exp(static_cast<double>(draft_count) * std::log1p(-rest));
}

inline double density(double s, std::int64_t draft_count) noexcept {
  return static_cast<double>(draft_count) * power(s, draft_count - 1);
}

struct SlotShape {
  double start;
  double width;
  double level;
};

struct Parts {
  double surplus;
  double deficit;
};

// How far into the slot f reaches its level: 0 to the width. For draft_count >= 2.
inline double crossing(const SlotShape& slot, std::int64_t draft_count) noexcept {
  if (density(slot.start, draft_count) >= slot.level) return 0.0;
  if (density(slot.start + slot.width, draft_count) <= slot.level) return slot.width;
  const double ratio = slot.level / static_cast<double>(draft_count);
  const double place = draft_count == 2 ? ratio : std::pow(ratio, 1.0 / static_cast<double>(draft_count - 1));
  return std::clamp(place - slot.start, 0.0, slot.width);
}

// The integrals of (level - f)^+ and (f - level)^+ over the first `width` of a slot whose crossing is known.
inline Parts parts_until(const SlotShape& slot, double width, double cross, std::int64_t draft_count) noexcept {
  const double below = std::min(width, cross), above = width - below;
  const double surplus = slot.level * below - power_difference(slot.start, below, draft_count);
  const double deficit =
      above > 0.0 ? power_difference(slot.start + below, above, draft_count) - slot.level * above : 0.0;
  return {std::max(surplus, 0.0), std::max(deficit, 0.0)};
}

inline Parts parts_of(const SlotShape& slot, std::int64_t draft_count) noexcept {
  return parts_until(slot, slot.width, crossing(slot, draft_count), draft_count);
}

enum class Part { surplus, deficit };

// The place in [start, start + width] up to which the slot has so much of a part. For draft_count >= 2.
inline double invert_part(const SlotShape& slot, Part part, double mass, std::int64_t draft_count) noexcept {
  const double cross = crossing(slot, draft_count);
  const double origin = part == Part::surplus ? slot.start : slot.start + cross;
  const double limit = part == Part::surplus ? cross : slot.width - cross;
  const double sign = part == Part::surplus ? -1.0 : 1.0;
  if (limit <= 0.0 || mass <= 0.0) return origin;
  // Distance t with |f - level| integrated over [origin, origin + t] = mass. First the parabola at the origin, which is
  // exact for two drafts; then Newton's method, kept between what is known to be too near and too far.
  const auto count = static_cast<double>(draft_count);
  const double slope = sign * (density(origin, draft_count) - slot.level);
  const double bend = 0.5 * sign * count * (count - 1.0) * power(origin, draft_count - 2);
  const double root = std::sqrt(std::max(slope * slope + 4.0 * bend * mass, 0.0));
  double distance = slope + root > 0.0 ? 2.0 * mass / (slope + root) : limit;
  double near = 0.0, far = limit;
  distance = distance < limit ? distance : limit;
  if (draft_count == 2) return origin + distance;
  for (int step = 0; step < 60; ++step) {
    const double reached = sign * (power_difference(origin, distance, draft_count) - slot.level * distance);
    (reached < mass ? near : far) = distance;
    const double here = sign * (density(origin + distance, draft_count) - slot.level);
    double next = here > 0.0 ? distance + (mass - reached) / here : 0.5 * (near + far);
    if (!(next > near && next < far)) next = 0.5 * (near + far);
    const bool still = std::abs(next - distance) <= 1e-15 * (origin + distance);
    distance = next;
    if (still) break;
  }
  return origin + distance;
}

}  // namespace pybench::draft
