// The pass over a draft law p and a target law q that everything else stands on: each token's bucket of the ratio q/p, and
// the probability that each bucket holds. It replaces a sort.
//
// A bucket is a range of ratios: the upper bits of the ratio as a float. Rounding is monotone, so buckets are ordered as the
// exact ratios are. O(V); deterministic, the same bits on every path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pybench::draft {

using Key = std::uint16_t;

// The buckets of a vocabulary: a power of two to each octave, of ratios of 2^-32 to 2^32. The outermost hold whatever lies
// beyond. More of them leave fewer tokens to sort, but each is looked at, so few tokens have few.
class RatioKeys {
 public:
  explicit RatioKeys(std::size_t vocabulary_size) noexcept;

  [[nodiscard]] std::size_t buckets() const noexcept { return std::size_t{64} << octave_bits_; }
  [[nodiscard]] Key undrawn() const noexcept { return static_cast<Key>(buckets()); }       // p = 0 < q: residual alone
  [[nodiscard]] Key absent() const noexcept { return static_cast<Key>(buckets() + 1); }    // p = q = 0
  [[nodiscard]] std::size_t count() const noexcept { return buckets() + 2; }

  // A ratio r has key (bits of r as a float >> shift) - offset, within the buckets.
  [[nodiscard]] int shift() const noexcept { return 23 - octave_bits_; }
  [[nodiscard]] std::int32_t offset() const noexcept { return (127 - 32) << octave_bits_; }

  // The least ratio, rounded to float, that a bucket holds; the next bucket's is the limit above. 0 for the first.
  [[nodiscard]] double lowest_ratio(std::size_t key) const noexcept;

 private:
  int octave_bits_;
};

struct Masses {
  double draft;
  double target;
};

// Adds each token's probabilities to its bucket's masses [keys.count()], which start as zeros, and writes its key [V] and a
// copy of the laws where `draft_copy` and `target_copy` are not null. False where an entry is negative, NaN or infinite.
template <typename Real>
bool bucket_by_ratio(std::span<const Real> draft, std::span<const Real> target, RatioKeys keys, Key* key_of, Masses* masses,
                     Real* draft_copy, Real* target_copy);

// Which of the 64 keys from `keys` on equal `key`: bit i for key i.
std::uint64_t equal_keys(const Key* keys, Key key);

// Calls found(token) for the tokens whose key is `key`, ascending. O(V / 64) but for those found.
template <typename Found>
void find_key(std::span<const Key> keys, Key key, Found&& found) {
  std::size_t token = 0;
  for (; token + 64 <= keys.size(); token += 64) {
    for (std::uint64_t equal = equal_keys(&keys[token], key); equal != 0; equal &= equal - 1) {
      found(token + static_cast<std::size_t>(__builtin_ctzll(equal)));
    }
  }
  for (; token < keys.size(); ++token) {
    if (keys[token] == key) found(token);
  }
}

}  // namespace pybench::draft
