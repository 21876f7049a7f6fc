// The rule for the entries of a trace (values, prices, targets of spend), and its check at the speed of memory.
//
// An entry is a number from 0 to 2^120: products and sums of blocks then stay finite in float too. -0.0 and denormal
// numbers are entries like others. O(T); nothing is written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace pybench::auction {

inline constexpr double largest_entry = 0x1p120;

// For a loop that checks on its way: OR these together over the entries; is_bad() of that tells whether one was bad.
// In integers, as no compiler widens a loop of comparisons of floats that may trap.
template <typename Real>
using EntryBits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;

template <typename Real>
constexpr EntryBits<Real> rule_bits(Real entry) noexcept {
  constexpr auto limit = std::bit_cast<EntryBits<Real>>(static_cast<Real>(largest_entry));
  const auto bits = std::bit_cast<EntryBits<Real>>(entry + Real{0});  // -0.0 becomes 0.0
  return bits | (limit - bits);  // the sign bit: of what is negative, and of what is larger (infinity and NaN are)
}

template <typename Bits>
constexpr bool is_bad(Bits rule) noexcept {
  return (rule >> (8 * sizeof(Bits) - 1)) != 0;
}

// True where all entries keep the rule.
template <typename Real>
bool entries_are_good(std::span<const Real> entries);

// Throws InvalidInput that names the first entry that breaks the rule: name[campaign, step], or name[step] where
// `campaign` is -1. For when a check has failed: a plain search. Returns where all are good.
template <typename Real>
void refuse_bad_entries(const char* name, std::span<const Real> trace, std::int64_t campaign);

// Both.
template <typename Real>
void check_entries(const char* name, std::span<const Real> trace, std::int64_t campaign) {
  if (!entries_are_good(trace)) refuse_bad_entries(name, trace, campaign);
}

}  // namespace pybench::auction
