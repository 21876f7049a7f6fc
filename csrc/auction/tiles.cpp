#include "auction/tiles.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "auction/traces.hpp"
#include "core/errors.hpp"
#include "core/parallel_for.hpp"
#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

// Columns of the tile from rows of steps, in squares of four.
void turn(const float* from, std::size_t stride, std::size_t lanes, std::size_t steps, float* to) {
  std::size_t lane = 0;
#if PYBENCH_X86
  for (; lane + 4 <= lanes; lane += 4) {
    const float* row = from + lane * stride;
    std::size_t t = 0;
    for (; t + 4 <= steps; t += 4) {
      __m128 a = _mm_loadu_ps(row + t), b = _mm_loadu_ps(row + stride + t);
      __m128 c = _mm_loadu_ps(row + 2 * stride + t), d = _mm_loadu_ps(row + 3 * stride + t);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      float* into = to + t * row_entries + lane;
      _mm_storeu_ps(into, a);
      _mm_storeu_ps(into + row_entries, b);
      _mm_storeu_ps(into + 2 * row_entries, c);
      _mm_storeu_ps(into + 3 * row_entries, d);
    }
    for (; t < steps; ++t) {
      for (std::size_t i = 0; i < 4; ++i) to[t * row_entries + lane + i] = row[i * stride + t];
    }
  }
#endif
  for (; lane < lanes; ++lane) {
    for (std::size_t t = 0; t < steps; ++t) to[t * row_entries + lane] = from[lane * stride + t];
  }
}

void turn(const double* from, std::size_t stride, std::size_t lanes, std::size_t steps, double* to) {
  constexpr std::size_t few = 8;  // rows of a strip that stay in the first-level cache
  for (std::size_t begin = 0; begin < steps; begin += few) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      for (std::size_t t = begin; t < std::min(begin + few, steps); ++t) {
        to[t * row_entries + lane] = from[lane * stride + t];
      }
    }
  }
}

template <typename Real>
void prefetch(const Real* from, std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Real);
  for (std::size_t t = 0; t < count; t += line) __builtin_prefetch(from + t);
}

// The whole number of units next to an entry. Entries are at least 0, so adding 2^52 rounds.
template <typename Real>
double code_of(Real entry, double per_unit) noexcept {
  return (static_cast<double>(entry) * per_unit + 0x1p52) - 0x1p52;
}

// Codes of a row of a strip. False where one is no code.
template <typename Real>
bool encode(std::span<const Real> from, double per_unit, Code* to) {
  double largest = 0.0;
  for (std::size_t t = 0; t < from.size(); ++t) largest = std::max(largest, code_of(from[t], per_unit));
  if (largest > 65535.0) return false;
  for (std::size_t t = 0; t < from.size(); ++t) to[t] = static_cast<Code>(static_cast<std::int32_t>(code_of(from[t], per_unit)));
  return true;
}

template <typename Real>
void refuse_large_entry(const char* name, std::span<const Real> strip, std::size_t begin, double per_unit,
                        std::int64_t campaign) {
  for (std::size_t t = 0; t < strip.size(); ++t) {
    if (code_of(strip[t], per_unit) <= 65535.0) continue;
    std::ostringstream text;
    text << name << '[';
    if (campaign >= 0) text << campaign << ", ";
    text << begin + t << "] is " << strip[t] << ": it must be at most 65535 times the unit, " << 1.0 / per_unit;
    throw InvalidInput(text.str());
  }
}

}  // namespace

template <typename Real>
std::size_t TraceRows<Real>::lanes(std::size_t unit) const noexcept {
  return std::min(unit_lanes, campaigns - unit * unit_lanes);
}

template <typename Real>
void TraceRows<Real>::check(std::size_t unit, std::size_t begin, std::size_t end) const {
  const std::size_t first = unit * unit_lanes;
  const auto check_all = [&](const char* name, const Real* array) {
    for (std::size_t row = first; row < first + lanes(unit); ++row) {
      const Real* trace = array + row * steps;
      if (entries_are_good(std::span<const Real>(trace + begin, end - begin))) continue;
      refuse_bad_entries(name, std::span<const Real>(trace, steps), batched ? static_cast<std::int64_t>(row) : -1);
    }
  };
  check_all("value", value);
  check_all("price", price);
  check_all("target_spend", target);
}

template <typename Real>
void Strip<Real>::fetch(const TraceRows<Real>& rows, std::size_t unit, std::size_t begin, std::size_t end) {
  lanes_ = rows.lanes(unit);
  steps_ = end - begin;
  bool good = true;
  Real* to = data_.data();
  for (const Real* array : {rows.value, rows.price, rows.target}) {
    for (std::size_t lane = 0; lane < unit_lanes; ++lane, to += stride) {
      if (lane >= lanes_) continue;
      const Real* from = array + (unit * unit_lanes + lane) * rows.steps + begin;
      // A row is over before the machine has seen that it is one: ask for the next but one by hand.
      if (lane + 2 < lanes_) prefetch(from + 2 * rows.steps, steps_);
      EntryBits<Real> rule = 0;
      for (std::size_t t = 0; t < steps_; ++t) {
        rule |= rule_bits(from[t]);
        to[t] = from[t];
      }
      good &= !is_bad(rule);
    }
  }
  if (!good) rows.check(unit, begin, end);
}

template <typename Real>
void Strip<Real>::lay_out(std::size_t begin, std::size_t end, Real* rows) const {
  for (std::size_t which = 0; which < 3; ++which) {
    turn(data_.data() + which * unit_lanes * stride + begin, stride, lanes_, end - begin, rows + which * unit_lanes);
  }
}

namespace {

// fill(strip, unit, begin) for strips of all units, in parallel.
template <typename Real, typename Fill>
void for_each_strip(const TraceRows<Real>& rows, int threads, CancelToken& cancel, Fill&& fill) {
  constexpr std::size_t length = Strip<Real>::max_steps;
  const std::size_t strips = (rows.steps + length - 1) / length;
  const auto count = static_cast<std::int64_t>(units_of(rows.campaigns) * strips);
  parallel_for(threads, count, 8, cancel, [&](std::int64_t first, std::int64_t last, int) {
    Strip<Real> strip;
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
      const std::size_t unit = i / strips, begin = i % strips * length;
      strip.fetch(rows, unit, begin, std::min(begin + length, rows.steps));
      fill(strip, unit, begin);
    }
  });
}

}  // namespace

template <typename Entry>
Tiles<Entry>::Tiles(const TraceRows<Entry>& rows, int threads, CancelToken& cancel)
  requires(!std::is_same_v<Entry, Code>)
    : campaigns_(rows.campaigns), steps_(rows.steps), data_(units_of(campaigns_) * steps_ * row_entries) {
  for_each_strip(rows, threads, cancel, [&](const Strip<Entry>& strip, std::size_t unit, std::size_t begin) {
    const std::size_t steps = strip.row(0, 0).size();
    Entry* to = rows_to_fill(unit, begin);
    if (strip.lanes() < unit_lanes) std::fill_n(to, steps * row_entries, Entry{0});
    strip.lay_out(0, steps, to);
  });
}

template <typename Entry>
template <typename Real>
Tiles<Entry>::Tiles(const TraceRows<Real>& rows, double unit, int threads, CancelToken& cancel)
  requires(std::is_same_v<Entry, Code>)
    : campaigns_(rows.campaigns), steps_(rows.steps), data_(units_of(campaigns_) * steps_ * row_entries) {
  const double per_unit = 1.0 / unit;
  constexpr const char* names[] = {"value", "price", "target_spend"};
  for_each_strip(rows, threads, cancel, [&](const Strip<Real>& strip, std::size_t group, std::size_t begin) {
    const std::size_t steps = strip.row(0, 0).size();
    Entry* to = rows_to_fill(group, begin);
    if (strip.lanes() < unit_lanes) std::fill_n(to, steps * row_entries, Entry{0});
    for (std::size_t which = 0; which < 3; ++which) {
      for (std::size_t lane = 0; lane < strip.lanes(); ++lane) {
        const std::int64_t campaign = static_cast<std::int64_t>(group * unit_lanes + lane);
        Code codes[Strip<Real>::max_steps];
        if (!encode(strip.row(which, lane), per_unit, codes)) {
          refuse_large_entry(names[which], strip.row(which, lane), begin, per_unit, rows.batched ? campaign : -1);
        }
        for (std::size_t t = 0; t < steps; ++t) to[t * row_entries + which * unit_lanes + lane] = codes[t];
      }
    }
  });
}

template struct TraceRows<float>;
template struct TraceRows<double>;
template class Strip<float>;
template class Strip<double>;
template class Tiles<float>;
template class Tiles<double>;
template Tiles<Code>::Tiles(const TraceRows<float>&, double, int, CancelToken&);
template Tiles<Code>::Tiles(const TraceRows<double>&, double, int, CancelToken&);

}  // namespace pybench::auction
