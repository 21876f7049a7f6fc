#include "draft/ratio_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "draft/laws.hpp"

namespace pybench::draft {

template <typename Real>
RatioOrder<Real>::RatioOrder(std::span<const Real> draft, std::span<const Real> target, bool copy, std::int64_t row)
    : draft_(draft), target_(target) {
  const std::size_t size = draft.size();
  if (copy) {
    draft_copy_ = Scratch<Real>(size);
    target_copy_ = Scratch<Real>(size);
  }
  const bool direct = size <= direct_size;
  if (!direct) keys_ = Scratch<Key>(size);
  Scratch<Masses> masses(key_count);
  if (!direct) std::fill_n(masses.data(), key_count, Masses{0.0, 0.0});
  Masses few[3] = {};
  bool good = true;
  if (direct) {
    for (std::size_t token = 0; token < size; ++token) {
      const auto p = static_cast<double>(draft[token]), q = static_cast<double>(target[token]);
      good &= p >= 0.0 && p <= std::numeric_limits<double>::max() && q >= 0.0 &&
              q <= std::numeric_limits<double>::max();
      Masses& bucket = few[p > 0.0 ? 0 : 1];
      bucket.draft += p;
      bucket.target += q;
    }
    if (copy) {
      std::copy(draft.begin(), draft.end(), draft_copy_.data());
      std::copy(target.begin(), target.end(), target_copy_.data());
    }
  } else {
    good = bucket_by_ratio(draft, target, keys_.data(), masses.data(), copy ? draft_copy_.data() : nullptr,
                           copy ? target_copy_.data() : nullptr);
  }
  if (copy) {
    draft_ = draft_copy_.first(size);
    target_ = target_copy_.first(size);
  }
  const std::size_t last = direct ? 2 : key_count;
  const Masses* all = direct ? few : masses.data();
  double draft_sum = 0.0, target_sum = 0.0;
  for (std::size_t key = 0; key < last; ++key) {
    draft_sum += all[key].draft;
    target_sum += all[key].target;
  }
  check(good, draft_sum, target_sum, row);
  make_buckets(all, draft_sum, target_sum);
}

template <typename Real>
void RatioOrder<Real>::check(bool good, double draft_sum, double target_sum, std::int64_t row) const {
  if (!good) {
    refuse_bad_entry(draft_, "draft", row);
    refuse_bad_entry(target_, "target", row);
  }
  check_sum<Real>(draft_sum, "draft", row);
  check_sum<Real>(target_sum, "target", row);
}

template <typename Real>
void RatioOrder<Real>::make_buckets(const Masses* masses, double draft_sum, double target_sum) {
  draft_scale_ = 1.0 / draft_sum;
  target_scale_ = 1.0 / target_sum;
  ratio_scale_ = draft_sum / target_sum;
  const bool direct = keys_.size() == 0;
  undrawn_ = masses[direct ? 1 : undrawn_key].target * target_scale_;
  const std::size_t keys = direct ? 1 : ratio_buckets;
  Masses before{0.0, 0.0};
  for (std::size_t key = 0; key < keys; ++key) {
    if (masses[key].draft <= 0.0) continue;
    const Masses mass{masses[key].draft * draft_scale_, masses[key].target * target_scale_};
    const double lowest = lowest_ratio(static_cast<Key>(key)) * ratio_scale_;
    const double highest = direct ? std::numeric_limits<double>::infinity()
                                  : lowest_ratio(static_cast<Key>(key + 1)) * ratio_scale_;
    buckets_.push_back({lowest, highest, mass, before, {0.0, 0.0}, static_cast<Key>(key)});
    before.draft += mass.draft;
    before.target += mass.target;
  }
  Masses after{0.0, undrawn_};
  for (std::size_t i = buckets_.size(); i-- > 0;) {
    buckets_[i].after = after;
    after.draft += buckets_[i].mass.draft;
    after.target += buckets_[i].mass.target;
  }
  sorted_of_.assign(buckets_.size(), -1);
}

template <typename Real>
double RatioOrder<Real>::ratio_of(std::size_t token) const noexcept {
  // A draft probability near the least of doubles may have a ratio beyond the largest.
  return std::min(static_cast<double>(target_[token]) / static_cast<double>(draft_[token]) * ratio_scale_,
                  std::numeric_limits<double>::max());
}

template <typename Real>
std::span<const OrderedToken> RatioOrder<Real>::tokens(std::size_t bucket) {
  if (sorted_of_[bucket] >= 0) return sorted_[static_cast<std::size_t>(sorted_of_[bucket])];
  std::vector<OrderedToken> found;
  const auto take = [&](std::size_t token) {
    found.push_back({ratio_of(token), 0.0, 0.0, 0.0, static_cast<std::uint32_t>(token)});
  };
  if (keys_.size() != 0) {
    find_key(keys_.first(keys_.size()), buckets_[bucket].key, take);
  } else {
    found.reserve(draft_.size());
    for (std::size_t token = 0; token < draft_.size(); ++token) {
      if (draft_[token] > Real{0}) take(token);
    }
  }
  put_in_order(bucket, found);
  sorted_of_[bucket] = static_cast<std::int32_t>(sorted_.size());
  sorted_.push_back(std::move(found));
  return sorted_.back();
}

template <typename Real>
void RatioOrder<Real>::put_in_order(std::size_t bucket, std::vector<OrderedToken>& found) const {
  const auto less = [](const OrderedToken& a, const OrderedToken& b) {
    return a.ratio < b.ratio || (a.ratio == b.ratio && a.token < b.token);
  };
  // Gathered in order of the token: equal ratios, as of laws that are the same, are in order already.
  if (!std::is_sorted(found.begin(), found.end(), less)) std::sort(found.begin(), found.end(), less);
  double before = buckets_[bucket].before.draft;
  for (OrderedToken& entry : found) {
    entry.mass = static_cast<double>(draft_[entry.token]) * draft_scale_;
    entry.target = static_cast<double>(target_[entry.token]) * target_scale_;
    entry.before = before;
    before += entry.mass;
  }
}

template <typename Real>
void RatioOrder<Real>::sort_range(std::size_t first, std::size_t last, CancelToken& cancel) {
  if (keys_.size() == 0) {
    tokens(first);
    return;
  }
  std::vector<std::int32_t> of_key(key_count, -1);
  for (std::size_t bucket = first; bucket <= last; ++bucket) {
    if (sorted_of_[bucket] >= 0) continue;
    of_key[buckets_[bucket].key] = sorted_of_[bucket] = static_cast<std::int32_t>(sorted_.size());
    sorted_.emplace_back();
  }
  for (std::size_t token = 0; token < keys_.size(); ++token) {
    const std::int32_t into = of_key[keys_[token]];
    if (into < 0) continue;
    sorted_[static_cast<std::size_t>(into)].push_back(
        {ratio_of(token), 0.0, 0.0, 0.0, static_cast<std::uint32_t>(token)});
  }
  for (std::size_t bucket = first; bucket <= last; ++bucket) {
    if (of_key[buckets_[bucket].key] < 0) continue;
    put_in_order(bucket, sorted_[static_cast<std::size_t>(sorted_of_[bucket])]);
    cancel.check();
  }
}

template <typename Real>
std::span<const std::uint32_t> RatioOrder<Real>::undrawn_tokens() {
  if (!undrawn_found_) {
    for (std::size_t token = 0; token < draft_.size(); ++token) {
      if (!(draft_[token] > Real{0}) && target_[token] > Real{0}) {
        undrawn_tokens_.push_back(static_cast<std::uint32_t>(token));
      }
    }
    undrawn_found_ = true;
  }
  return undrawn_tokens_;
}

template <typename Real>
std::size_t RatioOrder<Real>::bucket_of(std::uint32_t token) const noexcept {
  if (keys_.size() == 0) return 0;
  const auto found = std::lower_bound(buckets_.begin(), buckets_.end(), keys_[token],
                                      [](const Bucket& bucket, Key key) { return bucket.key < key; });
  return static_cast<std::size_t>(found - buckets_.begin());
}

template <typename Real>
std::size_t RatioOrder<Real>::place_in(std::size_t bucket, std::uint32_t token) const noexcept {
  const std::vector<OrderedToken>& order = sorted_[static_cast<std::size_t>(sorted_of_[bucket])];
  const double ratio = ratio_of(token);
  const auto found = std::lower_bound(order.begin(), order.end(), token, [ratio](const OrderedToken& entry, std::uint32_t t) {
    return entry.ratio < ratio || (entry.ratio == ratio && entry.token < t);
  });
  return static_cast<std::size_t>(found - order.begin());
}

template class RatioOrder<float>;
template class RatioOrder<double>;

}  // namespace pybench::draft
