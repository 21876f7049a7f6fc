// Keeps a budget: what was paid, and what bids without an answer may still cost.
//
// Sums are those of `pace`: payments of a block in Real, blocks in double; "within the budget" is said of these sums. While
// nothing is reserved, a payment fits exactly where `pace` lets it. While something is, sums may be made in any order, and
// a payment fits only where no order can round to above the budget: that is decided in whole units of some 2^-62 of the budget.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace pybench::auction {

template <typename Real>
class Ledger {
 public:
  // budget > 0 and finite; spend + block <= budget.
  explicit Ledger(double budget, double spend = 0.0, Real block = Real(0)) noexcept
      : budget_(budget), spend_(spend), block_(block) {
    int exponent = 0;
    static_cast<void>(std::frexp(budget, &exponent));
    exponent = std::max(exponent - 62, -1000);  // its inverse is a number
    unit_ = std::ldexp(1.0, exponent);
    units_in_one_ = std::ldexp(1.0, -exponent);
    units_in_budget_ = static_cast<std::int64_t>(budget * units_in_one_);
  }

  [[nodiscard]] double budget() const noexcept { return budget_; }
  [[nodiscard]] double closed_spend() const noexcept { return spend_; }
  [[nodiscard]] Real block() const noexcept { return block_; }
  [[nodiscard]] double spend() const noexcept { return spend_ + static_cast<double>(block_); }
  [[nodiscard]] double reserved() const noexcept { return static_cast<double>(units_) * unit_; }

  // The largest payment, at most `wanted`, that the budget has room for besides what is reserved.
  [[nodiscard]] Real most(Real wanted) const noexcept {
    if (count_ > 0) return std::min(wanted, from_units(room_for(spend_, count_ + 1) - in_units(block_) - units_));
    return fits(wanted) ? wanted : largest_that_fits(wanted);
  }

  void reserve(Real cost) noexcept { change(cost, 1); }
  void release(Real cost) noexcept { change(cost, -1); }

  void pay(Real cost) noexcept { block_ += cost; }

  // Adds the open block to the sum of blocks, unless what is reserved could then round to above the budget.
  void close_block() noexcept {
    const double closed = spend();
    if (count_ > 0 && units_ > room_for(closed, count_)) return;
    spend_ = closed;
    block_ = Real(0);
  }

  // Whether all that is paid and reserved is certain to stay within the budget.
  [[nodiscard]] bool is_covered() const noexcept {
    if (count_ == 0) return spend() <= budget_;
    return in_units(block_) + units_ <= room_for(spend_, count_);
  }

  // The same but for roundings: false is certain to be wrong.
  [[nodiscard]] bool may_be_covered() const noexcept {
    const std::int64_t room = units_in_budget_ - in_units(spend_);
    const std::int64_t rounded =
        (room >> (std::numeric_limits<Real>::digits - 2)) + (units_in_budget_ >> 50) + count_ + 4;
    return spend() <= budget_ && (count_ == 0 || in_units(block_) + units_ <= room + rounded);
  }

 private:
  using Bits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;

  [[nodiscard]] bool fits(Real cost) const noexcept { return spend_ + static_cast<double>(block_ + cost) <= budget_; }

  // `beyond` does not fit. Numbers >= 0 are in the order of their bits: look about what is left, then halve.
  [[nodiscard]] Real largest_that_fits(Real beyond) const noexcept {
    const auto number = [](Bits bits) { return std::bit_cast<Real>(bits); };
    const Real left = std::min(beyond, static_cast<Real>(budget_ - spend_) - block_);
    Bits low = 0, high = std::bit_cast<Bits>(beyond), stride = 1;
    const Bits guess = left > Real(0) ? std::bit_cast<Bits>(left) : 0;
    if (guess < high) (fits(number(guess)) ? low : high) = guess;
    if (low == guess) {
      while (high - low > stride && fits(number(low + stride))) low += stride, stride *= 2;
      if (high - low > stride) high = low + stride;
    } else {
      while (high - low > stride && !fits(number(high - stride))) high -= stride, stride *= 2;
      if (high - low > stride) low = high - stride;
    }
    while (high - low > 1) {
      const Bits middle = low + (high - low) / 2;
      (fits(number(middle)) ? low : high) = middle;
    }
    return number(low);
  }

  // The next whole number above; of what is at most the budget, at most 2^62 + 1.
  [[nodiscard]] std::int64_t in_units(double amount) const noexcept {
    return amount > 0.0 ? static_cast<std::int64_t>(amount * units_in_one_) + 1 : 0;
  }

  // Rounded down; 0 for what is below.
  [[nodiscard]] Real from_units(std::int64_t units) const noexcept {
    if (units <= 0) return Real(0);
    auto whole = static_cast<double>(units);
    if (static_cast<std::int64_t>(whole) > units) whole = std::nextafter(whole, 0.0);
    const double amount = whole * unit_;
    const auto rounded = static_cast<Real>(amount);
    return static_cast<double>(rounded) > amount ? std::nextafter(rounded, Real(0)) : rounded;
  }

  // What may be paid after `closed` where `sums` roundings are to come: each adds at most half a unit in the last place,
  // counted twice so that the product of all of them is covered.
  [[nodiscard]] std::int64_t room_for(double closed, std::int64_t sums) const noexcept {
    constexpr int digits = std::numeric_limits<Real>::digits;
    if (sums >= std::int64_t{1} << std::min(digits - 1, 40)) return 0;
    const std::int64_t room = units_in_budget_ - in_units(closed);
    return room - ((room >> (digits - 1)) + 1) * sums;
  }

  void change(Real cost, std::int64_t sign) noexcept {
    if (cost == Real(0)) return;
    units_ += sign * in_units(cost);
    count_ += sign;
  }

  double budget_, spend_;
  Real block_;
  double unit_, units_in_one_;
  std::int64_t units_in_budget_, units_ = 0, count_ = 0;  // units_ of count_ payments are reserved
};

}  // namespace pybench::auction
