// Sums over all subsets of up to 32 terms: two tables of half the terms each, so that a sum is one addition of two sums of
// its own terms. Bit i of a subset is term i.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pybench::draft {

class SubsetSums {
 public:
  explicit SubsetSums(std::span<const double> terms)
      : low_bits_(terms.size() < 12 ? terms.size() : 12),
        low_(table(terms.first(low_bits_))),
        high_(table(terms.subspan(low_bits_))) {}

  [[nodiscard]] double operator[](std::uint64_t subset) const noexcept {
    return high_[subset >> low_bits_] + low_[subset & (low_.size() - 1)];
  }

  // The sums of the subsets with the same high half: high(i) + low()[j] is that of subset i * low().size() + j.
  [[nodiscard]] std::span<const double> low() const noexcept { return low_; }
  [[nodiscard]] double high(std::size_t i) const noexcept { return high_[i]; }
  [[nodiscard]] std::size_t high_size() const noexcept { return high_.size(); }

 private:
  static std::vector<double> table(std::span<const double> terms) {
    std::vector<double> sums = {0.0};
    for (const double term : terms) {
      const std::size_t size = sums.size();
      for (std::size_t i = 0; i < size; ++i) sums.push_back(sums[i] + term);
    }
    return sums;
  }

  std::size_t low_bits_;
  std::vector<double> low_;
  std::vector<double> high_;
};

}  // namespace pybench::draft
