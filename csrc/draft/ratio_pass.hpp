// The pass over a draft law p and a target law q that everything else stands on: each token's bucket of the ratio q/p, and
// the probability that each bucket holds. It replaces a sort.
//
// A bucket is a range of ratios, 128 to an octave: the upper bits of the ratio as a float. Rounding is monotone, so buckets
// are ordered as the exact ratios are. O(V); deterministic, the same bits on every path.
#pragma once

#include <cstdint>
#include <span>

namespace pybench::draft {

using Key = std::uint16_t;

// Ratios of 2^-32 to 2^32; the outermost buckets hold whatever lies beyond.
inline constexpr std::int32_t octave_bits = 7;
inline constexpr std::int32_t lowest_octave = -32;
inline constexpr Key ratio_buckets = 64 << octave_bits;
inline constexpr Key undrawn_key = ratio_buckets;     // p = 0 < q: reached through the residual alone
inline constexpr Key absent_key = undrawn_key + 1;  // p = q = 0
inline constexpr std::size_t key_count = ratio_buckets + 2;

// The least ratio, rounded to float, that a bucket holds; the next bucket's is the limit above. 0 for the first.
double lowest_ratio(Key key) noexcept;

struct Masses {
  double draft;
  double target;
};

// Adds each token's probabilities to its bucket's masses [key_count], which start as zeros, and writes its key [V] and a
// copy of the laws where `draft_copy` and `target_copy` are not null. False where an entry is negative, NaN or infinite.
template <typename Real>
bool bucket_by_ratio(std::span<const Real> draft, std::span<const Real> target, Key* keys, Masses* masses,
                     Real* draft_copy, Real* target_copy);

// Which of the 64 keys from `keys` on lie in [first, last]: bit i for key i.
std::uint64_t keys_between(const Key* keys, Key first, Key last);

// Calls found(token) for the tokens whose keys lie in [first, last], ascending. O(V / 64) but for those found.
template <typename Found>
void find_keys(std::span<const Key> keys, Key first, Key last, Found&& found) {
  std::size_t token = 0;
  for (; token + 64 <= keys.size(); token += 64) {
    for (std::uint64_t inside = keys_between(&keys[token], first, last); inside != 0; inside &= inside - 1) {
      found(token + static_cast<std::size_t>(__builtin_ctzll(inside)));
    }
  }
  for (; token < keys.size(); ++token) {
    if (keys[token] >= first && keys[token] <= last) found(token);
  }
}

}  // namespace pybench::draft
