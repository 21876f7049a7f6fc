#include "draft/ratio_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "draft/laws.hpp"
#include "draft/sums.hpp"

namespace pybench::draft {

template <typename Real>
RatioOrder<Real>::RatioOrder(std::span<const Real> draft, std::span<const Real> target, bool copy, std::int64_t row)
    : draft_(draft), target_(target), ratio_keys_(draft.size()) {
  build(copy, row);
}

template <typename Real>
RatioOrder<Real>::RatioOrder(Scratch<Real> draft, Scratch<Real> target, std::int64_t row)
    : draft_copy_(std::move(draft)), target_copy_(std::move(target)), ratio_keys_(draft_copy_.size()) {
  draft_ = draft_copy_.first(draft_copy_.size());
  target_ = target_copy_.first(target_copy_.size());
  build(false, row);
}

template <typename Real>
void RatioOrder<Real>::build(bool copy, std::int64_t row) {
  const std::size_t size = draft_.size();
  if (copy) {
    draft_copy_ = Scratch<Real>(size);
    target_copy_ = Scratch<Real>(size);
  }
  const std::size_t count = ratio_keys_.count();
  Scratch<Masses> masses(count);
  std::fill_n(masses.data(), count, Masses{0.0, 0.0});
  keys_ = Scratch<Key>(size);
  const bool good = bucket_by_ratio(draft_, target_, ratio_keys_, keys_.data(), masses.data(),
                                    copy ? draft_copy_.data() : nullptr, copy ? target_copy_.data() : nullptr);
  if (copy) {
    draft_ = draft_copy_.first(size);
    target_ = target_copy_.first(size);
  }
  const double draft_sum = sum_over(0, count, [&](std::size_t key) { return masses[key].draft; });
  const double target_sum = sum_over(0, count, [&](std::size_t key) { return masses[key].target; });
  check(good, draft_sum, target_sum, row);
  make_buckets(masses.data(), draft_sum, target_sum);
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
  undrawn_ = masses[ratio_keys_.undrawn()].target * target_scale_;
  const std::size_t keys = ratio_keys_.buckets();
  bucket_of_key_.resize(keys);
  buckets_.reserve(std::min<std::size_t>(size(), 256));
  Masses before{0.0, 0.0};
  for (std::size_t key = 0; key < keys; ++key) {
    if (masses[key].draft <= 0.0) continue;
    const Masses mass{masses[key].draft * draft_scale_, masses[key].target * target_scale_};
    const double lowest = ratio_keys_.lowest_ratio(key) * ratio_scale_;
    const double highest = ratio_keys_.lowest_ratio(key + 1) * ratio_scale_;
    bucket_of_key_[key] = static_cast<std::uint16_t>(buckets_.size());
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
std::optional<double> RatioOrder<Real>::one_ratio(std::size_t bucket) const noexcept {
  constexpr std::size_t step = 4096;  // tokens between looks at whether to go on
  std::optional<double> first;
  bool one = true;
  for (std::size_t begin = 0; begin < draft_.size() && one; begin += step) {
    const std::size_t count = std::min(step, draft_.size() - begin);
    const auto look = [&](std::size_t token) {
      if (!first) first = ratio(begin + token);
      one &= ratio(begin + token) == *first;
    };
    find_key({keys_.data() + begin, count}, buckets_[bucket].key, look);
  }
  return one ? first : std::nullopt;
}

template <typename Real>
std::span<const OrderedToken> RatioOrder<Real>::tokens(std::size_t bucket) {
  if (sorted_of_[bucket] >= 0) return sorted_[static_cast<std::size_t>(sorted_of_[bucket])];
  std::vector<OrderedToken> found;
  const auto take = [&](std::size_t token) {
    found.push_back({ratio(token), 0.0, static_cast<std::uint32_t>(token)});
  };
  find_key(keys_.first(keys_.size()), buckets_[bucket].key, take);
  keep_in_order(bucket, std::move(found));
  return sorted_.back();
}

namespace {

constexpr std::size_t worth_spreading = 64;
constexpr std::size_t shelves = 256;

bool in_order(const OrderedToken& a, const OrderedToken& b) noexcept {
  return a.ratio < b.ratio || (a.ratio == b.ratio && a.token < b.token);
}

// Spreads the tokens over shelves by where their ratio lies between the limits, and sorts each shelf.
void spread_and_sort(std::vector<OrderedToken>& tokens, std::vector<OrderedToken>& spare, double lowest, double highest) {
  const double scale = static_cast<double>(shelves) / (highest - lowest);
  const auto shelf = [&](const OrderedToken& entry) {
    return static_cast<std::size_t>(std::clamp((entry.ratio - lowest) * scale, 0.0, static_cast<double>(shelves - 1)));
  };
  std::size_t begin[shelves + 1] = {};
  for (const OrderedToken& entry : tokens) ++begin[shelf(entry) + 1];
  for (std::size_t i = 0; i < shelves; ++i) begin[i + 1] += begin[i];
  spare.resize(tokens.size());
  for (const OrderedToken& entry : tokens) spare[begin[shelf(entry)]++] = entry;
  tokens.swap(spare);
  std::size_t first = 0;  // begin[i] is now the end of shelf i
  for (std::size_t i = 0; i < shelves; ++i) {
    const auto from = tokens.begin() + static_cast<std::ptrdiff_t>(first);
    const auto to = tokens.begin() + static_cast<std::ptrdiff_t>(begin[i]);
    std::sort(from, to, in_order);
    first = begin[i];
  }
}

}  // namespace

template <typename Real>
void RatioOrder<Real>::keep_in_order(std::size_t bucket, std::vector<OrderedToken>&& found) {
  const double lowest = buckets_[bucket].lowest, highest = buckets_[bucket].highest;
  // Gathered in order of the token: equal ratios, as of laws that are the same, are in order already.
  if (!std::is_sorted(found.begin(), found.end(), in_order)) {
    if (found.size() >= worth_spreading && highest < std::numeric_limits<double>::infinity()) {
      spread_and_sort(found, spare_, lowest, highest);
    } else {
      std::sort(found.begin(), found.end(), in_order);
    }
  }
  double before = buckets_[bucket].before.draft;
  for (OrderedToken& entry : found) {
    entry.before = before;
    before += draft(entry.token);
  }
  sorted_.push_back(std::move(found));
  sorted_of_[bucket] = static_cast<std::int32_t>(sorted_.size() - 1);
}

template <typename Real>
void RatioOrder<Real>::sort_range(std::size_t first, std::size_t last, CancelToken& cancel) {
  std::vector<std::int32_t> of_key(ratio_keys_.count(), -1);
  std::vector<std::vector<OrderedToken>> found;
  for (std::size_t bucket = first; bucket <= last; ++bucket) {
    if (sorted_of_[bucket] >= 0) continue;
    of_key[buckets_[bucket].key] = static_cast<std::int32_t>(found.size());
    found.emplace_back();
  }
  std::vector<std::uint32_t> sizes(found.size(), 0);
  for (std::size_t token = 0; token < keys_.size(); ++token) {
    const std::int32_t into = of_key[keys_[token]];
    if (into >= 0) ++sizes[static_cast<std::size_t>(into)];
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) found[i].reserve(sizes[i]);
  for (std::size_t token = 0; token < keys_.size(); ++token) {
    const std::int32_t into = of_key[keys_[token]];
    if (into < 0) continue;
    found[static_cast<std::size_t>(into)].push_back({ratio(token), 0.0, static_cast<std::uint32_t>(token)});
  }
  // A bucket becomes known when it is in order and not before: a cancelled call leaves the rest to a later one.
  for (std::size_t bucket = first; bucket <= last; ++bucket) {
    const std::int32_t from = of_key[buckets_[bucket].key];
    if (from < 0) continue;
    cancel.check();
    keep_in_order(bucket, std::move(found[static_cast<std::size_t>(from)]));
  }
}

template class RatioOrder<float>;
template class RatioOrder<double>;

}  // namespace pybench::draft
