// Traces that are never stored: the value and the price of an auction are functions of its campaign and its step.
//
//   value = unit_of(value_scale[t]) * (32 random bits >> 8),  the product rounded to float;  price likewise
//
// The bits are Philox's (core/philox.hpp): of the key; stream 2 * campaign, or one more for the sample that a plan is learned
// from; index t / 2, whose words 0 and 1 are those of value and price at an even step, words 2 and 3 at the odd step after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/cancel.hpp"

namespace pybench::auction {

// What one of the 2^24 steps of a uniform number is worth: exact for scales from 2^-102 up, so that the value is then the
// scale times a uniform number of 24 bits, rounded once.
constexpr float unit_of(float scale) noexcept { return scale * 0x1p-24f; }

enum class Stream : std::uint64_t { live = 0, sample = 1 };

// One entry a step, of at most 2^33 steps; the same for all campaigns, of which there are at most 2^31. So word 1 and word 3
// of Philox's counter are 0.
struct Market {
  std::span<const float> value_scale;
  std::span<const float> price_scale;
  std::uint64_t key;

  // Throws InvalidInput for an entry that breaks the rule of traces.hpp.
  void check() const;
};

// Writes the steps from an even `begin` on of one campaign. Entries of the market must have been checked.
void generate_steps(const Market& market, std::size_t campaign, Stream stream, std::size_t begin, std::span<float> value,
                    std::span<float> price);

// Checks, and writes the traces of all campaigns, [campaigns, steps] each. O(campaigns * steps); the same bits for any
// number of threads and on any path.
void generate_traces(const Market& market, std::size_t campaigns, Stream stream, std::span<float> value,
                     std::span<float> price, int threads, CancelToken& cancel);

}  // namespace pybench::auction
