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

constexpr std::size_t strip_steps = 256;  // of a unit: checked, then laid out from the second-level cache

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

// Codes of one row of a strip. False where one is no code.
template <typename Real>
bool encode(const Real* from, std::size_t count, double per_unit, Code* to) {
  bool good = true;
  for (std::size_t i = 0; i < count; ++i) {
    const double code = std::nearbyint(static_cast<double>(from[i]) * per_unit);
    good &= code <= 65535.0;
    to[i] = good ? static_cast<Code>(code) : Code{0};
  }
  return good;
}

template <typename Real>
void refuse_large_entry(const char* name, std::span<const Real> trace, double per_unit, std::int64_t campaign) {
  for (std::size_t t = 0; t < trace.size(); ++t) {
    if (std::nearbyint(static_cast<double>(trace[t]) * per_unit) <= 65535.0) continue;
    std::ostringstream text;
    text << name << '[';
    if (campaign >= 0) text << campaign << ", ";
    text << t << "] is " << trace[t] << ": it must be at most 65535 times the unit, " << 1.0 / per_unit;
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
void TraceRows<Real>::lay_out(std::size_t unit, std::size_t begin, std::size_t end, Real* rows) const {
  const std::size_t from = unit * unit_lanes * steps + begin;
  turn(value + from, steps, lanes(unit), end - begin, rows);
  turn(price + from, steps, lanes(unit), end - begin, rows + unit_lanes);
  turn(target + from, steps, lanes(unit), end - begin, rows + 2 * unit_lanes);
}

namespace {

// fill(unit, begin, end) for strips of all units, in parallel.
template <typename Fill>
void for_each_strip(std::size_t campaigns, std::size_t steps, int threads, CancelToken& cancel, Fill&& fill) {
  const std::size_t strips = (steps + strip_steps - 1) / strip_steps;
  const auto count = static_cast<std::int64_t>(units_of(campaigns) * strips);
  parallel_for(threads, count, 8, cancel, [&](std::int64_t first, std::int64_t last, int) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
      const std::size_t begin = i % strips * strip_steps;
      fill(i / strips, begin, std::min(begin + strip_steps, steps));
    }
  });
}

}  // namespace

template <typename Entry>
Tiles<Entry>::Tiles(const TraceRows<Entry>& rows, int threads, CancelToken& cancel)
  requires(!std::is_same_v<Entry, Code>)
    : campaigns_(rows.campaigns), steps_(rows.steps), data_(units_of(campaigns_) * steps_ * row_entries) {
  for_each_strip(campaigns_, steps_, threads, cancel, [&](std::size_t unit, std::size_t begin, std::size_t end) {
    rows.check(unit, begin, end);
    Entry* to = rows_to_fill(unit, begin);
    if (rows.lanes(unit) < unit_lanes) std::fill_n(to, (end - begin) * row_entries, Entry{0});
    rows.lay_out(unit, begin, end, to);
  });
}

template <typename Entry>
template <typename Real>
Tiles<Entry>::Tiles(const TraceRows<Real>& rows, double unit, int threads, CancelToken& cancel)
  requires(std::is_same_v<Entry, Code>)
    : campaigns_(rows.campaigns), steps_(rows.steps), data_(units_of(campaigns_) * steps_ * row_entries) {
  const double per_unit = 1.0 / unit;
  for_each_strip(campaigns_, steps_, threads, cancel, [&](std::size_t group, std::size_t begin, std::size_t end) {
    rows.check(group, begin, end);
    Entry* to = rows_to_fill(group, begin);
    if (rows.lanes(group) < unit_lanes) std::fill_n(to, (end - begin) * row_entries, Entry{0});
    Code codes[strip_steps];
    const auto encode_all = [&](const char* name, const Real* array, Entry* column) {
      for (std::size_t lane = 0; lane < rows.lanes(group); ++lane) {
        const std::size_t campaign = group * unit_lanes + lane;
        const Real* trace = array + campaign * rows.steps;
        if (!encode(trace + begin, end - begin, per_unit, codes)) {
          refuse_large_entry(name, std::span<const Real>(trace, rows.steps), per_unit,
                             rows.batched ? static_cast<std::int64_t>(campaign) : -1);
        }
        for (std::size_t t = 0; t < end - begin; ++t) column[t * row_entries + lane] = codes[t];
      }
    };
    encode_all("value", rows.value, to);
    encode_all("price", rows.price, to + unit_lanes);
    encode_all("target_spend", rows.target, to + 2 * unit_lanes);
  });
}

template struct TraceRows<float>;
template struct TraceRows<double>;
template class Tiles<float>;
template class Tiles<double>;
template Tiles<Code>::Tiles(const TraceRows<float>&, double, int, CancelToken&);
template Tiles<Code>::Tiles(const TraceRows<double>&, double, int, CancelToken&);

}  // namespace pybench::auction
