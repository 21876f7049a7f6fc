// A sum of non-negative numbers without any rounding, for the few comparisons that rounding could decide.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace pybench::auction {

// Mantissas are added as whole numbers, apart for each exponent: exact for 2^64 terms. O(1) a term.
class ExactSum {
 public:
  // A finite number, at least 0 (-0.0 counts as 0).
  void add(double term) noexcept {
    const Digits digits(term);
    mantissas_[digits.exponent] += digits.mantissa;
  }

  // Is the sum at most `limit`, a finite number of at least 0?
  [[nodiscard]] bool is_at_most(double limit) const noexcept {
    const Digits wanted(limit);
    // Bit by bit from the lowest, each exponent's whole number over what was carried; the highest bit that differs counts.
    Wide carried = 0, limit_left = 0;
    bool at_most = true;
    for (std::size_t exponent = 0; exponent < mantissas_.size() + 128; ++exponent) {
      if (exponent < mantissas_.size()) carried += mantissas_[exponent];
      if (exponent == wanted.exponent) limit_left = wanted.mantissa;
      const bool bit = (carried & 1) != 0, limit_bit = (limit_left & 1) != 0;
      if (bit != limit_bit) at_most = limit_bit;
      carried >>= 1;
      limit_left >>= 1;
    }
    return at_most;
  }

 private:
  __extension__ using Wide = unsigned __int128;

  struct Digits {
    explicit Digits(double number) noexcept {
      const std::uint64_t bits = std::bit_cast<std::uint64_t>(number) & ~(std::uint64_t{1} << 63);
      const std::uint64_t field = bits >> 52;
      exponent = field == 0 ? 1 : static_cast<std::size_t>(field);
      mantissa = (bits & ((std::uint64_t{1} << 52) - 1)) | (field == 0 ? 0 : std::uint64_t{1} << 52);
    }
    std::size_t exponent;
    std::uint64_t mantissa;
  };

  std::array<Wide, 2048> mantissas_{};
};

}  // namespace pybench::auction
