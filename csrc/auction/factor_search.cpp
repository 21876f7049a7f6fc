#include "auction/factor_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/scratch.hpp"

namespace pybench::auction {
namespace {

constexpr int free_samples = 8;  // and then the interval is halved
constexpr int free_pivots = 64;

double halfway(Interval interval) {
  const auto low = std::bit_cast<std::uint64_t>(interval.low), high = std::bit_cast<std::uint64_t>(interval.high);
  return std::bit_cast<double>(low + (high - low) / 2);
}

// The largest factor at which a step of price > 0 is won: within some units in the last place of the ratio, unless a
// product so small that it is denormal is rounded far; then by halving.
double largest_factor(double value, double price) {
  double factor = std::min(value / price, std::numeric_limits<double>::max());
  for (int tries = 0; tries < 4 && factor > 0.0; ++tries) {
    if (!is_won(value, price, factor)) {
      factor = next_below(factor);
    } else if (is_won(value, price, next_above(factor))) {
      factor = next_above(factor);
    } else {
      return factor;
    }
  }
  Interval interval{0.0, std::numeric_limits<double>::infinity()};
  while (!interval.is_decided()) {
    const double middle = halfway(interval);
    (is_won(value, price, middle) ? interval.low : interval.high) = middle;
  }
  return interval.low;
}

class Plain final : public Keeps {
 public:
  explicit Plain(double budget) : budget_(budget) {}
  bool operator()(double, double spend) const override { return spend <= budget_; }

 private:
  double budget_;
};

// One pass: found(step) for the steps between, in order.
struct Sums {
  double above = 0.0;    // spend on what is won at the upper factor
  double between = 0.0;  // and on the steps between
};

template <typename Real, typename Found>
Sums find_between(ChunkPass<Real> pass, const OpenSteps<Real>& open, Factors bracket, Found&& found) {
  Sums sums;
  std::array<Word, chunk_steps / word_steps> words;
  for (std::size_t begin = 0; begin < open.count; begin += chunk_steps) {
    const std::size_t steps = std::min(chunk_steps, open.count - begin);
    sums.above += pass(open.value + begin, open.price + begin, steps, bracket, words.data(), nullptr).spend;
    double between = 0.0;
    for (std::size_t word = 0; word * word_steps < steps; ++word) {
      for (Word left = words[word]; left != 0; left &= left - 1) {
        const std::size_t step = begin + word * word_steps + static_cast<std::size_t>(std::countr_zero(left));
        between += static_cast<double>(open.price[step]);
        found(step);
      }
    }
    sums.between += between;
  }
  return sums;
}

// Moves the steps between to `kept`, which may be `open` itself: what is kept never runs ahead of what is read.
template <typename Real>
Sums keep_between(ChunkPass<Real> pass, const OpenSteps<Real>& open, Factors bracket, OpenSteps<Real>& kept) {
  std::size_t count = 0;
  const Sums sums = find_between(pass, open, bracket, [&](std::size_t step) {
    kept.value[count] = open.value[step];
    kept.price[count] = open.price[step];
    ++count;
  });
  kept.base = open.base + sums.above;
  kept.count = count;
  return sums;
}

// The median of three ratios.
template <typename Real>
std::size_t pivot(const OpenSteps<Real>& open) {
  const auto ratio = [&](std::size_t i) { return static_cast<double>(open.value[i]) / static_cast<double>(open.price[i]); };
  const std::size_t first = open.count / 4, second = open.count / 2, third = open.count - 1 - open.count / 4;
  const double a = ratio(first), b = ratio(second), c = ratio(third);
  if ((a <= b) == (b <= c)) return second;
  return (b <= a) == (a <= c) ? first : third;
}

// By pivots.
template <typename Real>
double search_few(OpenSteps<Real> open, Interval interval, const Keeps& keeps, ChunkPass<Real> pass) {
  for (int round = 0; !interval.is_decided(); ++round) {
    // Whoever is not won even at the least candidate for k is out; whoever is won at the largest belongs to the base.
    keep_between(pass, open, {next_above(interval.low), interval.high}, open);
    std::size_t chosen = open.count == 0 ? 0 : pivot(open);
    for (std::size_t i = 0; i < open.count && !(open.price[chosen] > Real{0}); ++i) chosen = i;
    if (open.count == 0 || !(open.price[chosen] > Real{0})) return next_above(interval.low);
    Factors around{};
    if (round > free_pivots && round % 2 == 0) {
      around.lower = around.upper = halfway(interval);
    } else {
      around.lower = largest_factor(static_cast<double>(open.value[chosen]), static_cast<double>(open.price[chosen]));
      around.upper = next_above(around.lower);
    }
    const Sums sums = find_between(pass, open, around, [](std::size_t) {});
    const double upper = open.base + sums.above, lower = upper + sums.between;
    if (!keeps(around.upper, upper)) {
      interval.low = around.upper;
    } else if (keeps(around.lower, lower)) {
      interval.high = around.lower;
    } else {
      interval = {around.lower, around.upper};
    }
  }
  return interval.high;
}

}  // namespace

template <typename Real>
double search_factor(OpenSteps<Real> open, Interval interval, double budget, const Keeps& keeps, ChunkPass<Real> pass) {
  Brackets<Real> brackets(pass);
  Scratch<Real> values, prices;  // a miss needs the steps again, so what is kept lies apart
  while (open.count > few_steps) {
    if (interval.is_decided()) return interval.high;
    const Factors bracket = brackets.next(open.value, open.price, open.count, budget - open.base, interval);
    if (values.size() < open.count) {
      values = Scratch<Real>(open.count, Touch::some);
      prices = Scratch<Real>(open.count, Touch::some);
    }
    OpenSteps<Real> kept{values.data(), prices.data(), 0, 0.0};
    const Sums sums = keep_between(pass, open, bracket, kept);
    if (!brackets.narrow(interval, bracket, kept.base + sums.between, kept.base, keeps)) continue;
    std::copy_n(kept.value, kept.count, open.value);
    std::copy_n(kept.price, kept.count, open.price);
    open = {open.value, open.price, kept.count, kept.base};
  }
  return search_few(open, interval, keeps, pass);
}

template <typename Real>
Factors Brackets<Real>::next(const Real* value, const Real* price, std::size_t count, double room, Interval interval) {
  if (++rounds_ > free_samples && rounds_ % 2 == 0) {
    const double middle = halfway(interval);
    return {middle, middle};
  }
  // One of each stretch of steps, at places that no period of the trace meets: multiples of the golden ratio. Where they
  // fall changes the time alone.
  const double root = std::cbrt(static_cast<double>(count));
  const auto sampled = static_cast<std::size_t>(0.5 * root * root);
  const double stretch = static_cast<double>(count) / static_cast<double>(sampled);
  Scratch<Real> values(2 * sampled), prices(2 * sampled);
  double sum = 0.0, squares = 0.0;
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < sampled; ++i) {
    place += 0x9E3779B9U;
    const double at = (static_cast<double>(i) + static_cast<double>(place) * 0x1p-32) * stretch;
    const std::size_t step = std::min(count - 1, static_cast<std::size_t>(at));
    values[i] = values[sampled + i] = value[step];
    prices[i] = prices[sampled + i] = price[step];
    const double paid = value[step] >= price[step] ? static_cast<double>(price[step]) : 0.0;
    sum += paid;
    squares += paid * paid;
  }
  // The sample's spend at k, about room / stretch, has the variance of that times the mean price of a unit spent, less
  // what the mean takes.
  const double expected = room / stretch;
  const double mean_price = sum > 0.0 ? squares / sum : 0.0;
  const double variance = expected * std::max(mean_price - expected / static_cast<double>(sampled), 0.1 * mean_price);
  const double margin = deviations_ * std::sqrt(std::max(variance, 0.0)) + mean_price;
  const auto solve = [&](std::size_t from, double budget) {
    return search_factor<Real>({values.data() + from, prices.data() + from, sampled, 0.0}, interval, budget, Plain(budget),
                               pass_);
  };
  Factors bracket{std::max(next_below(solve(0, expected + margin)), interval.low), interval.high};
  if (expected > margin) bracket.upper = std::min(solve(sampled, expected - margin), interval.high);
  bracket.lower = std::min(bracket.lower, bracket.upper);
  return bracket;
}

template <typename Real>
bool Brackets<Real>::narrow(Interval& interval, Factors bracket, double spend_lower, double spend_upper,
                            const Keeps& keeps) {
  if (bracket.upper < interval.high && !keeps(bracket.upper, spend_upper)) {
    interval.low = bracket.upper;
  } else if (bracket.lower > interval.low && keeps(bracket.lower, spend_lower)) {
    interval.high = bracket.lower;
  } else {
    interval = {bracket.lower, bracket.upper};
    return true;
  }
  deviations_ *= 2.0;
  return false;
}

template class Brackets<float>;
template class Brackets<double>;
template double search_factor<float>(OpenSteps<float>, Interval, double, const Keeps&, ChunkPass<float>);
template double search_factor<double>(OpenSteps<double>, Interval, double, const Keeps&, ChunkPass<double>);

}  // namespace pybench::auction
