// Traces of many campaigns, laid out for those who pace them side by side: see row_entries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "auction/pace_lanes.hpp"
#include "core/cancel.hpp"
#include "core/scratch.hpp"

namespace pybench::auction {

// Traces as the user has them, [campaigns, steps] each.
template <typename Real>
struct TraceRows {
  const Real* value;
  const Real* price;
  const Real* target;
  std::size_t campaigns;
  std::size_t steps;
  bool batched;  // for the text of errors: name[campaign, step] or name[step]

  // The lanes of a unit that are campaigns.
  [[nodiscard]] std::size_t lanes(std::size_t unit) const noexcept;
  // Throws InvalidInput for the first entry of these steps of a unit's campaigns that breaks the rule of traces.hpp.
  void check(std::size_t unit, std::size_t begin, std::size_t end) const;
};

// A stretch of steps of a unit's campaigns on its way from rows to tiles. The rows of a unit are often a power of two apart and
// share a few places of the cache: each is fetched once, and stays here.
template <typename Real>
class Strip {
 public:
  static constexpr std::size_t max_steps = 256;

  Strip() : data_(3 * unit_lanes * stride) {}

  // Checks the steps [begin, end) of a unit, at most max_steps, and keeps a copy. Throws InvalidInput for a bad entry.
  void fetch(const TraceRows<Real>& rows, std::size_t unit, std::size_t begin, std::size_t end);

  // Writes steps, counted from the first of the strip, to rows of a tile. Lanes that are no campaign are left alone.
  void lay_out(std::size_t begin, std::size_t end, Real* rows) const;

  // A campaign's values (0), prices (1) or targets (2).
  [[nodiscard]] std::span<const Real> row(std::size_t which, std::size_t lane) const noexcept {
    return {data_.data() + (which * unit_lanes + lane) * stride, steps_};
  }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }

 private:
  static constexpr std::size_t stride = max_steps + 16;

  Scratch<Real> data_;
  std::size_t lanes_ = 0, steps_ = 0;
};

inline std::size_t units_of(std::size_t campaigns, std::size_t lanes = unit_lanes) noexcept {
  return (campaigns + lanes - 1) / lanes;
}

// A copy of traces, as numbers or as codes of 16 bits.
template <typename Entry>
class Tiles {
 public:
  // Checks and lays out; throws InvalidInput for a bad entry. O(campaigns * steps).
  Tiles(const TraceRows<Entry>& rows, int threads, CancelToken& cancel)
    requires(!std::is_same_v<Entry, Code>);

  // The same with each entry rounded to a whole number of units, which must be at most 65535.
  template <typename Real>
  Tiles(const TraceRows<Real>& rows, double unit, int threads, CancelToken& cancel)
    requires(std::is_same_v<Entry, Code>);

  [[nodiscard]] std::size_t campaigns() const noexcept { return campaigns_; }
  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return data_.size() * sizeof(Entry); }
  [[nodiscard]] const Entry* rows(std::size_t unit, std::size_t step) const noexcept {
    return data_.data() + (unit * steps_ + step) * row_entries;
  }

 private:
  Entry* rows_to_fill(std::size_t unit, std::size_t step) noexcept {
    return data_.data() + (unit * steps_ + step) * row_entries;
  }

  std::size_t campaigns_, steps_;
  Scratch<Entry> data_;
};

}  // namespace pybench::auction
