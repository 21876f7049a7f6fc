#include "draft/optimum.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "draft/score_kernel.hpp"

namespace pybench::draft {
namespace {

// A bucket may hold ratios below its lowest by the rounding of a float.
constexpr double rounding = 1.0 - 0x1.0p-23;

// What a cut rejects: P^K - Q before it. Of the two ways to write it, the one whose terms are small.
double rejection(Masses before, Masses after, std::int64_t draft_count) noexcept {
  if (before.target <= after.target) return all_of(before.draft, after.draft, draft_count) - before.target;
  return after.target - any_of(after.draft, draft_count);
}

// No cut within a bucket rejects more than this. Q is convex in P, so it lies above its two end slopes; where they meet is
// the worst case, as P^K is convex too.
double rejection_bound(const Bucket& bucket, std::int64_t draft_count) noexcept {
  const double low = bucket.lowest * rounding, high = bucket.highest;
  double inside = bucket.mass.draft;
  if (high < std::numeric_limits<double>::infinity() && high > low) {
    inside = std::clamp((high * bucket.mass.draft - bucket.mass.target) / (high - low), 0.0, inside);
  }
  const double target = bucket.before.target + low * inside;
  const Masses before{std::min(bucket.before.draft + inside, 1.0), target};
  const Masses after{bucket.after.draft + (bucket.mass.draft - inside),
                     std::max(bucket.after.target + bucket.mass.target - low * inside, 0.0)};
  return rejection(before, after, draft_count);
}

}  // namespace

template <typename Real>
double least_rejection(RatioOrder<Real>& order, std::int64_t draft_count) {
  const std::span<const Bucket> buckets = order.buckets();
  double best = 0.0;
  for (const Bucket& bucket : buckets) {
    const Masses after{bucket.after.draft + bucket.mass.draft, bucket.after.target + bucket.mass.target};
    best = std::max(best, rejection(bucket.before, after, draft_count));
  }
  if (!buckets.empty()) {
    const Bucket& last = buckets.back();
    const Masses all{last.before.draft + last.mass.draft, last.before.target + last.mass.target};
    best = std::max(best, rejection({1.0, all.target}, last.after, draft_count));
  }
  std::vector<double> target_before;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (rejection_bound(buckets[i], draft_count) <= best) continue;
    // What is before a cut is summed up from below and what is after it from above: neither is a difference.
    const std::span<const OrderedToken> tokens = order.tokens(i);
    target_before.resize(tokens.size());
    double target = buckets[i].before.target;
    for (std::size_t place = 0; place < tokens.size(); ++place) {
      target_before[place] = target;
      target += order.target(tokens[place].token);
    }
    Masses after = buckets[i].after;
    for (std::size_t cut = tokens.size(); cut-- > 1;) {
      after.draft += order.draft(tokens[cut].token);
      after.target += order.target(tokens[cut].token);
      best = std::max(best, rejection({tokens[cut].before, target_before[cut]}, after, draft_count));
    }
  }
  return std::min(best, 1.0);
}

namespace {

// Raises the tokens of least ratio until so much probability has been added.
template <typename Real>
void find_low(RatioOrder<Real>& order, double rejected, Levels& levels) {
  const std::span<const Bucket> buckets = order.buckets();
  levels.low = 0.0;
  levels.low_end = {0, 0};
  levels.low_mass = 0.0;
  levels.low_ratio = -1.0;
  if (rejected <= 0.0) return;
  // The last bucket at whose lower limit not more than that has been added.
  std::size_t bucket = 0;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].lowest * buckets[i].before.draft - buckets[i].before.target > rejected) break;
    bucket = i;
  }
  for (; bucket < buckets.size(); ++bucket) {
    const Bucket& here = buckets[bucket];
    const double raised_mass = here.before.draft + here.mass.draft;
    const double raised = (rejected + here.before.target + here.mass.target) / raised_mass;
    const bool is_last = bucket + 1 == buckets.size();
    if (raised >= here.highest && (is_last || raised < buckets[bucket + 1].lowest * rounding)) {
      levels.low = raised;
      levels.low_end = {bucket + 1, 0};
      levels.low_mass = raised_mass;
      return;
    }
    const std::span<const OrderedToken> tokens = order.tokens(bucket);
    double mass = here.before.draft, target = here.before.target;
    std::size_t pooled = 0;
    double level = mass > 0.0 ? (rejected + target) / mass : std::numeric_limits<double>::infinity();
    while (pooled < tokens.size() && level > tokens[pooled].ratio) {
      mass += order.draft(tokens[pooled].token);
      target += order.target(tokens[pooled].token);
      level = (rejected + target) / mass;
      ++pooled;
    }
    // Equal ratios stay together, whatever rounding says.
    const double reached = std::max(level, pooled > 0 ? tokens[pooled - 1].ratio : 0.0);
    while (pooled < tokens.size() && tokens[pooled].ratio <= reached) mass += order.draft(tokens[pooled++].token);
    if (pooled < tokens.size() || is_last || level < buckets[bucket + 1].lowest * rounding) {
      levels.low = level;
      levels.low_end = pooled < tokens.size() ? Place{bucket, pooled} : Place{bucket + 1, 0};
      levels.low_ratio = pooled > 0 && pooled < tokens.size() ? tokens[pooled - 1].ratio : -1.0;
      levels.low_mass = mass;
      return;
    }
  }
}

void set_high(Levels& levels, double level, Place begin, double mass, double ratio) {
  levels.high = std::min(level, std::numeric_limits<double>::max());  // of a mass near the least of doubles: as a ratio
  levels.high_begin = begin;
  levels.high_mass = mass;
  levels.high_ratio = ratio;
}

// Lowers the tokens of largest ratio until so much probability has been taken away.
template <typename Real>
void find_high(RatioOrder<Real>& order, double rejected, Levels& levels) {
  const std::span<const Bucket> buckets = order.buckets();
  levels.high = std::numeric_limits<double>::max();
  levels.high_begin = {buckets.size(), 0};
  levels.high_mass = 0.0;
  levels.high_ratio = std::numeric_limits<double>::infinity();
  if (rejected <= order.undrawn()) return;
  // The first bucket, from above, at whose lower limit as much has been taken away.
  std::size_t bucket = buckets.size() - 1;
  while (bucket > 0) {
    const Bucket& here = buckets[bucket];
    const double mass = here.after.draft + here.mass.draft, target = here.after.target + here.mass.target;
    if (target - here.lowest * mass >= rejected) break;
    --bucket;
  }
  if (buckets[bucket].after.draft > 0.0) {
    const double lowered = (buckets[bucket].after.target - rejected) / buckets[bucket].after.draft;
    if (lowered > buckets[bucket + 1].lowest * rounding) ++bucket;
  }
  for (;; --bucket) {
    const Bucket& here = buckets[bucket];
    double mass = here.after.draft, target = here.after.target;
    double level = mass > 0.0 ? (target - rejected) / mass : 0.0;
    if (mass > 0.0 && level >= here.highest) {
      set_high(levels, level, {bucket + 1, 0}, mass, 0.0);
      return;
    }
    const std::span<const OrderedToken> tokens = order.tokens(bucket);
    std::size_t kept = tokens.size();
    while (kept > 0 && (mass <= 0.0 || level < tokens[kept - 1].ratio)) {
      --kept;
      mass += order.draft(tokens[kept].token);
      target += order.target(tokens[kept].token);
      level = (target - rejected) / mass;
    }
    const double reached = std::min(level, kept < tokens.size() ? tokens[kept].ratio : level);
    while (kept > 0 && tokens[kept - 1].ratio >= reached) mass += order.draft(tokens[--kept].token);
    if (kept > 0 || bucket == 0 || level >= buckets[bucket - 1].highest) {
      set_high(levels, level, {bucket, kept}, mass,
               kept < tokens.size() ? tokens[kept].ratio : std::numeric_limits<double>::infinity());
      return;
    }
  }
}

}  // namespace

template <typename Real>
Levels find_levels(RatioOrder<Real>& order, double rejected) {
  Levels levels{};
  find_low(order, rejected, levels);
  find_high(order, rejected, levels);
  levels.high = std::max(levels.high, levels.low);
  const Place low = levels.low_end, high = levels.high_begin;
  if (low.bucket > high.bucket || (low.bucket == high.bucket && low.tokens > high.tokens)) {
    // Rounding has them overlap: no token is between, and those after the first pool are the second.
    set_high(levels, levels.high, low, std::max(1.0 - levels.low_mass, 0.0), 0.0);
  }
  return levels;
}

template double least_rejection<float>(RatioOrder<float>&, std::int64_t);
template double least_rejection<double>(RatioOrder<double>&, std::int64_t);
template Levels find_levels<float>(RatioOrder<float>&, double);
template Levels find_levels<double>(RatioOrder<double>&, double);

}  // namespace pybench::draft
