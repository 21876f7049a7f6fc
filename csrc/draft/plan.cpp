#include "draft/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/parallel_for.hpp"
#include "draft/laws.hpp"

namespace pybench::draft {
namespace {

// So many draws of one plan are worth sorting all of the order beforehand, after which rows need not take turns.
constexpr std::int64_t draws_worth_sorting = 4096;
// A thread's turn: draws enough to be worth one, few enough that a caller who wants to stop is soon heard.
constexpr std::int64_t draws_of_chunk = 2048;

// Which of the segments or slots, whose `part` before each is given, a mass falls into: the last one that begins at or
// before it and is not empty of that part.
template <typename Before>
std::size_t find_mass(std::size_t count, double mass, Before&& before) {
  std::size_t low = 0, high = count;  // before(low) <= mass, and before(high) > mass or high is the end
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (before(middle) <= mass ? low : high) = middle;
  }
  return low;
}

}  // namespace

template <typename Real>
Plan<Real>::Plan(RatioOrder<Real> order, std::int64_t draft_count)
    : draft_count_(draft_count),
      order_(std::move(order)),
      rejected_(least_rejection(order_, draft_count)),
      levels_(find_levels(order_, rejected_)),
      slots_(order_.buckets().size()) {
  if (draft_count_ > 1) make_segments();
}

template <typename Real>
Plan<Real>::Plan(std::span<const Real> draft, std::span<const Real> target, std::int64_t draft_count, bool copy,
                 std::int64_t row)
    : Plan(RatioOrder<Real>(draft, target, copy, row), draft_count) {}

template <typename Real>
Plan<Real>::Plan(Scratch<Real> draft, Scratch<Real> target, std::int64_t draft_count, std::int64_t row)
    : Plan(RatioOrder<Real>(std::move(draft), std::move(target), row), draft_count) {}

template <typename Real>
void Plan<Real>::selection_law(std::span<Real> law) const {
  const double low = levels_.low, high = levels_.high;
  for (std::size_t token = 0; token < law.size(); ++token) {
    const double p = order_.draft(token), q = order_.target(token);
    law[token] = static_cast<Real>(std::min(std::max(q, low * p), high * p));
  }
}

template <typename Real>
std::size_t Plan<Real>::first_token(std::size_t bucket) const noexcept {
  return levels_.low_end.bucket == bucket ? levels_.low_end.tokens : 0;
}

template <typename Real>
std::size_t Plan<Real>::last_token(std::size_t bucket, std::size_t size) const noexcept {
  return levels_.high_begin.bucket == bucket ? levels_.high_begin.tokens : size;
}

template <typename Real>
void Plan<Real>::make_segments() {
  const std::span<const Bucket> buckets = order_.buckets();
  const auto add = [this](const Segment& segment, double end, const Parts& parts) {
    segments_.push_back(segment);
    surplus_before_.push_back(total_.surplus);
    deficit_before_.push_back(total_.deficit);
    if (parts.deficit > 0.0) deficit_begin_ = std::min(deficit_begin_, segment.start);
    if (parts.surplus > 0.0) surplus_end_ = end;
    total_.surplus += parts.surplus;
    total_.deficit += parts.deficit;
  };
  const auto add_pool = [&](double start, double width, double level, std::size_t bucket) {
    if (width <= 0.0) return;
    add({start, total_, bucket, true, level, width}, start + width, parts_of({start, width, level}, draft_count_));
  };
  add_pool(0.0, levels_.low_mass, levels_.low, 0);
  const std::size_t end = std::min(levels_.high_begin.bucket + (levels_.high_begin.tokens > 0 ? 1 : 0), buckets.size());
  const bool none_between =
      levels_.low_end.bucket == levels_.high_begin.bucket && levels_.low_end.tokens == levels_.high_begin.tokens;
  for (std::size_t bucket = levels_.low_end.bucket; bucket < end && !none_between; ++bucket) {
    const Parts before = total_;
    const double start = std::max(buckets[bucket].before.draft, levels_.low_mass);
    const double end_of_bucket = std::min(buckets[bucket].before.draft + buckets[bucket].mass.draft, 1.0);
    add({start, before, bucket, false, 0.0, 0.0}, end_of_bucket, parts_of_bucket(bucket));
  }
  add_pool(std::max(1.0 - levels_.high_mass, 0.0), levels_.high_mass, levels_.high, buckets.size());
}

// Of the tokens of a bucket that no pool has. total_ is what came before.
template <typename Real>
Parts Plan<Real>::parts_of_bucket(std::size_t bucket) {
  const Bucket& here = order_.buckets()[bucket];
  const bool whole = first_token(bucket) == 0 && levels_.high_begin.bucket != bucket;
  if (whole) {
    const double end = std::min(here.before.draft + here.mass.draft, 1.0);
    const double taken = power_difference(here.before.draft, here.mass.draft, draft_count_);
    if (here.lowest * (1.0 - 0x1.0p-23) >= density(end, draft_count_)) {
      return {std::max(here.mass.target - taken, 0.0), 0.0};
    }
    if (here.highest <= density(here.before.draft, draft_count_)) return {0.0, std::max(taken - here.mass.target, 0.0)};
  }
  const Slots& found = slots({here.before.draft, total_, bucket, false, 0.0, 0.0});
  return {found.end.surplus - total_.surplus, found.end.deficit - total_.deficit};
}

template <typename Real>
const typename Plan<Real>::Slots& Plan<Real>::slots(const Segment& segment) {
  Slots& here = slots_[segment.bucket];
  if (here.known) return here;
  const std::span<const OrderedToken> tokens = order_.tokens(segment.bucket);
  const std::size_t last = last_token(segment.bucket, tokens.size());
  Parts before = segment.before;
  const std::size_t first = first_token(segment.bucket);
  here.list.reserve(last - first);
  double density_start = first < last ? density(tokens[first].before, draft_count_) : 0.0;
  for (std::size_t i = first; i < last;) {
    SlotShape shape{tokens[i].before, 0.0, tokens[i].ratio};
    for (; i < last && tokens[i].ratio == shape.level; ++i) shape.width += order_.draft(tokens[i].token);
    here.list.push_back({shape, before});
    const double density_end = density(shape.start + shape.width, draft_count_);
    if (density_start < shape.level && shape.level < density_end) {
      const Parts parts = parts_of(shape, draft_count_);
      before.surplus += parts.surplus;
      before.deficit += parts.deficit;
    } else {
      const double rest = shape.level * shape.width - power_difference(shape.start, shape.width, draft_count_);
      (density_end <= shape.level ? before.surplus : before.deficit) += std::abs(rest);
    }
    density_start = density_end;
  }
  here.end = before;
  here.known = true;
  return here;
}

template <typename Real>
void Plan<Real>::prepare_all(CancelToken& cancel) {
  std::size_t first = order_.buckets().size(), last = 0;
  for (const Segment& segment : segments_) {
    if (segment.pool) continue;
    first = std::min(first, segment.bucket);
    last = std::max(last, segment.bucket);
  }
  if (first <= last) order_.sort_range(first, last, cancel);
  for (const Segment& segment : segments_) {
    if (!segment.pool) slots(segment);
  }
}

template <typename Real>
double Plan<Real>::invert(Part part, double mass) {
  const auto of = [part](const Parts& parts) { return part == Part::surplus ? parts.surplus : parts.deficit; };
  mass = std::min(mass, std::nextafter(of(total_), 0.0));
  const std::vector<double>& before = part == Part::surplus ? surplus_before_ : deficit_before_;
  const std::size_t index = find_mass(before.size(), mass, [&](std::size_t i) { return before[i]; });
  const Segment& segment = segments_[index];
  if (segment.pool) {
    return invert_part({segment.start, segment.width, segment.level}, part, mass - of(segment.before), draft_count_);
  }
  const std::vector<Slot>& list = slots(segment).list;
  const Slot& slot = list[find_mass(list.size(), mass, [&](std::size_t i) { return of(list[i].before); })];
  return invert_part(slot.shape, part, mass - of(slot.before), draft_count_);
}

template <typename Real>
double Plan<Real>::score_in(const SlotShape& slot, const Parts& before, double place, double coin, double best) {
  const double here = slot.start + slot.width * place, density_here = density(here, draft_count_);
  const double difference = slot.level - density_here;
  // A deficit's draw moves down, and none moves less far than to where the other part begins: most need no search.
  if (difference == 0.0 || (difference < 0.0 && here <= best)) return here;
  const double nearest = difference > 0.0 ? std::max(here, deficit_begin_) : std::min(here, surplus_end_);
  if (coin * std::abs(density(nearest, draft_count_) - density_here) >= std::abs(difference)) return here;
  const Parts inside = parts_until(slot, here - slot.start, crossing(slot, draft_count_), draft_count_);
  const double there = difference > 0.0 ? invert(Part::deficit, before.surplus + inside.surplus)
                                        : invert(Part::surplus, before.deficit + inside.deficit);
  const double gap = std::abs(density(there, draft_count_) - density_here);
  return coin * gap < std::abs(difference) ? there : here;
}

template <typename Real>
double Plan<Real>::score(std::int64_t token, double place, double coin, double best) {
  const std::size_t bucket = order_.bucket_of(static_cast<std::uint32_t>(token));
  const double ratio = order_.ratio(static_cast<std::size_t>(token));
  const Place low = levels_.low_end, high = levels_.high_begin;
  const bool lowest = bucket < low.bucket || (bucket == low.bucket && ratio <= levels_.low_ratio);
  const bool highest = bucket > high.bucket || (bucket == high.bucket && ratio >= levels_.high_ratio);
  if (!lowest && !highest) {
    const std::size_t first = segments_.front().pool ? 1 : 0;
    const std::vector<Slot>& list = slots(segments_[first + (bucket - low.bucket)]).list;
    const auto found = std::lower_bound(list.begin(), list.end(), ratio,
                                        [](const Slot& slot, double wanted) { return slot.shape.level < wanted; });
    return score_in(found->shape, found->before, place, coin, best);
  }
  const Segment& pool = lowest ? segments_.front() : segments_.back();
  return score_in({pool.start, pool.width, pool.level}, pool.before, place, coin, best);
}

template <typename Real>
typename Plan<Real>::Chosen Plan<Real>::verify_row(const std::int64_t* tokens, const Row& row) {
  std::int64_t chosen = 0;
  if (draft_count_ > 1) {
    double best = -1.0;
    for (std::int64_t draw = 0; draw < draft_count_; ++draw) {
      const Uniforms random = uniforms(row, Purpose::scoring, static_cast<std::uint32_t>(draw));
      const double value = score(tokens[draw], random.first, random.second, best);
      if (value > best) {
        best = value;
        chosen = draw;
      }
    }
  }
  const auto token = static_cast<std::size_t>(tokens[chosen]);
  const double p = order_.draft(token), q = order_.target(token);
  const double selected = std::min(std::max(q, levels_.low * p), levels_.high * p);
  if (uniforms(row, Purpose::accepting, 0).first * selected < q) return {tokens[chosen], chosen};
  prepare_residual();
  if (residual_.empty()) return {tokens[chosen], chosen};  // nothing but rounding was rejected
  return {draw_residual(uniforms(row, Purpose::residual, 0).first), -1};
}

// The tokens with a residual are those that were lowered and those that cannot be drawn, in order of the token.
template <typename Real>
void Plan<Real>::prepare_residual() {
  if (residual_known_) return;
  double sum = 0.0;
  order_.visit_from(levels_.high_begin.bucket, [&](std::size_t token) {
    const double rest = order_.target(token) - levels_.high * order_.draft(token);
    if (!(rest > 0.0)) return;
    sum += rest;
    residual_.push_back(sum);
    residual_tokens_.push_back(static_cast<std::uint32_t>(token));
  });
  residual_known_ = true;
}

template <typename Real>
std::int64_t Plan<Real>::draw_residual(double uniform) const {
  const auto found = std::upper_bound(residual_.begin(), residual_.end() - 1, uniform * residual_.back());
  return residual_tokens_[static_cast<std::size_t>(found - residual_.begin())];
}

template <typename Real>
void Plan<Real>::check_tokens(std::span<const std::int64_t> draft_tokens, std::int64_t row) const {
  check_draft_tokens(draft_tokens, draft_count_, order_.draft_law(), row);
}

template <typename Real>
void Plan<Real>::verify(std::span<const std::int64_t> draft_tokens, std::uint64_t key,
                        std::span<const std::uint64_t> request, std::span<const std::uint64_t> position, int threads,
                        std::int64_t* token, std::int64_t* accepted, CancelToken& cancel) {
  const std::lock_guard<std::mutex> turn(mutex_);
  const auto rows = static_cast<std::int64_t>(request.size());
  const bool all = rows * draft_count_ >= draws_worth_sorting;
  if (all) {
    prepare_all(cancel);
    prepare_residual();
  }
  const std::int64_t rows_of_chunk = std::max<std::int64_t>(1, draws_of_chunk / draft_count_);
  parallel_for(all ? threads : 1, rows, rows_of_chunk, cancel, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto i = static_cast<std::size_t>(row);
      const Chosen chosen = verify_row(&draft_tokens[i * static_cast<std::size_t>(draft_count_)], {key, request[i], position[i]});
      token[row] = chosen.token;
      accepted[row] = chosen.accepted;
    }
  });
}

template class Plan<float>;
template class Plan<double>;

}  // namespace pybench::draft
