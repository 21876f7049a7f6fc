#include "auction/spending_plan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "auction/exact_sum.hpp"
#include "auction/factor_search.hpp"
#include "auction/traces.hpp"
#include "auction/won_steps.hpp"
#include "core/errors.hpp"
#include "core/parallel_for.hpp"
#include "core/scratch.hpp"

namespace pybench::auction {
namespace {

constexpr std::size_t chunks_a_check = 32;             // between two looks for Ctrl-C: some 50 us
constexpr std::size_t steps_a_task = std::size_t{1} << 16;  // of short campaigns, for a thread

// The steps between a bracket's ends, with room for as many more as are asked for.
template <typename Real>
class Pile {
 public:
  void clear() noexcept { count_ = 0; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] const Real* value() const noexcept { return value_.data(); }
  [[nodiscard]] const Real* price() const noexcept { return price_.data(); }

  void make_room(std::size_t more, std::size_t expected) {
    if (count_ + more <= value_.size()) return;
    const std::size_t size = std::max({count_ + more, 2 * value_.size(), expected});
    Scratch<Real> value(size, Touch::some), price(size, Touch::some);
    std::copy_n(value_.data(), count_, value.data());
    std::copy_n(price_.data(), count_, price.data());
    value_ = std::move(value);
    price_ = std::move(price);
  }
  void add(Real value, Real price) noexcept {
    value_[count_] = value;
    price_[count_] = price;
    ++count_;
  }

 private:
  Scratch<Real> value_, price_;
  std::size_t count_ = 0;
};

template <typename Real>
struct Workspace {
  Scratch<Word> words;  // which steps of the trace are in the pile
  Pile<Real> pile;
  Scratch<Real> open_value, open_price;  // copies of the pile, for the search to overwrite
};

template <typename Real, typename Stop>
class Campaign final : public Keeps {
 public:
  Campaign(const Real* value, const Real* price, std::size_t steps, double budget, ChunkPass<Real> run, const Stop& stop)
      : value_(value), price_(price), steps_(steps), budget_(budget), pass_(run), stop_(stop) {}

  // Sums go through chunks, and a few thousand single steps at most: so many roundings, each of half a unit in the last
  // place at most, can change one. Twice that is allowed for.
  bool operator()(double factor, double spend) const override {
    const double roundings = static_cast<double>(steps_ / chunk_steps) + 4.0 * chunk_steps;
    const double allowance = spend * roundings * std::numeric_limits<double>::epsilon();
    if (spend + allowance <= budget_) return true;
    if (spend - allowance > budget_) return false;
    return exactly_keeps(factor);
  }

  // Writes the target of spend and returns the multiplier.
  double plan(Workspace<Real>& work, Real* target, std::int64_t row) {
    const std::size_t words = (steps_ + word_steps - 1) / word_steps;
    if (work.words.size() < words) work.words = Scratch<Word>(words);
    double factor = 0.0, written_at = 0.0;  // target has what is won at the latter
    if (steps_ <= few_steps) {
      if (!entries_are_good<Real>({value_, steps_}) || !entries_are_good<Real>({price_, steps_})) refuse(row);
      factor = search_copy(work, value_, price_, steps_, 0.0, {});
    } else {
      Interval interval;
      Brackets<Real> brackets(pass_);
      while (factor == 0.0) {
        const Factors bracket = brackets.next(value_, price_, steps_, budget_, interval);
        const Spends spends = pass(work, bracket, target, row);
        if (brackets.narrow(interval, bracket, spends.lower, spends.upper, *this)) {
          const Pile<Real>& pile = work.pile;
          factor = interval.is_decided()
                       ? interval.high
                       : search_copy(work, pile.value(), pile.price(), pile.count(), spends.upper, interval);
          written_at = interval.high;
        } else if (interval.is_decided()) {
          factor = interval.high;
        }
      }
    }
    double multiplier = factor - 1.0;
    if (1.0 + multiplier < factor) multiplier = next_above(multiplier);
    const double bid_factor = 1.0 + multiplier;
    if (bid_factor <= written_at) {
      add_won(work, bid_factor, target);
    } else {
      write(work, bid_factor, target);
    }
    return multiplier;
  }

 private:
  struct Spends {
    double lower;
    double upper;
  };

  // Of the whole trace. Checks it, writes the target at the upper factor, and piles up the steps between.
  Spends pass(Workspace<Real>& work, Factors bracket, Real* target, std::int64_t row) const {
    Pile<Real>& pile = work.pile;
    pile.clear();
    double above = 0.0, between = 0.0;
    for (std::size_t begin = 0; begin < steps_; begin += chunk_steps) {
      if (begin / chunk_steps % chunks_a_check == 0) stop_();
      const std::size_t count = std::min(chunk_steps, steps_ - begin);
      Word* words = work.words.data() + begin / word_steps;
      const ChunkSums sums = pass_(value_ + begin, price_ + begin, count, bracket, words, target + begin);
      if (!sums.good) refuse(row);
      above += sums.spend;
      pile.make_room(count, steps_ / 16);
      double chunk_between = 0.0;
      for (std::size_t word = 0; word * word_steps < count; ++word) {
        const std::size_t first = begin + word * word_steps;
        for (Word left = words[word]; left != 0; left &= left - 1) {
          const std::size_t step = first + static_cast<std::size_t>(std::countr_zero(left));
          pile.add(value_[step], price_[step]);
          chunk_between += static_cast<double>(price_[step]);
        }
      }
      between += chunk_between;
    }
    return {above + between, above};
  }

  void write(Workspace<Real>& work, double factor, Real* target) const {
    for (std::size_t begin = 0; begin < steps_; begin += chunk_steps) {
      if (begin / chunk_steps % chunks_a_check == 0) stop_();
      pass_(value_ + begin, price_ + begin, std::min(chunk_steps, steps_ - begin), {factor, factor},
            work.words.data() + begin / word_steps, target + begin);
    }
  }

  [[noreturn]] void refuse(std::int64_t row) const {
    refuse_bad_entries("value", std::span<const Real>(value_, steps_), row);
    refuse_bad_entries("price", std::span<const Real>(price_, steps_), row);
    throw InvalidInput("value or price changed while it was read: no other thread may write to it");
  }

  // The search overwrites the steps it is given.
  double search_copy(Workspace<Real>& work, const Real* value, const Real* price, std::size_t count, double base,
                     Interval interval) const {
    if (work.open_value.size() < count) {
      work.open_value = Scratch<Real>(count);
      work.open_price = Scratch<Real>(count);
    }
    std::copy_n(value, count, work.open_value.data());
    std::copy_n(price, count, work.open_price.data());
    return search_factor<Real>({work.open_value.data(), work.open_price.data(), count, base}, interval, budget_, *this,
                               pass_);
  }

  // The steps of the pile that are won too.
  void add_won(const Workspace<Real>& work, double factor, Real* target) const {
    std::size_t next = 0;
    for (std::size_t word = 0; word * word_steps < steps_; ++word) {
      for (Word left = work.words[word]; left != 0; left &= left - 1, ++next) {
        const Real price = work.pile.price()[next];
        if (!is_won(static_cast<double>(work.pile.value()[next]), static_cast<double>(price), factor)) continue;
        target[word * word_steps + static_cast<std::size_t>(std::countr_zero(left))] = price;
      }
    }
  }

  [[nodiscard]] bool exactly_keeps(double factor) const {
    ExactSum sum;
    for (std::size_t step = 0; step < steps_; ++step) {
      if (step % (chunks_a_check * chunk_steps) == 0) stop_();
      const double price = static_cast<double>(price_[step]);
      if (is_won(static_cast<double>(value_[step]), price, factor)) sum.add(price);
    }
    return sum.is_at_most(budget_);
  }

  const Real* value_;
  const Real* price_;
  std::size_t steps_;
  double budget_;
  ChunkPass<Real> pass_;
  const Stop& stop_;
};

}  // namespace

template <typename Real>
void spending_plan(const Real* value, const Real* price, std::size_t steps, bool batched, std::span<const double> budget,
                   double* multiplier, Real* target_spend, int threads, CancelToken& cancel) {
  const ChunkPass<Real> pass = chunk_pass<Real>();
  const auto campaigns = static_cast<std::int64_t>(budget.size());
  const auto chunk = static_cast<std::int64_t>(std::max<std::size_t>(1, steps_a_task / steps));
  share_out(threads, campaigns, chunk, cancel, [&](std::int64_t begin, std::int64_t end, CancelToken& token) {
    const auto stop = [&] { token.check(); };
    Workspace<Real> work;
    for (std::int64_t row = begin; row < end; ++row) {
      const auto at = static_cast<std::size_t>(row);
      Campaign<Real, decltype(stop)> campaign(value + at * steps, price + at * steps, steps, budget[at], pass, stop);
      multiplier[at] = campaign.plan(work, target_spend + at * steps, batched ? row : -1);
    }
  });
}

template void spending_plan<float>(const float*, const float*, std::size_t, bool, std::span<const double>, double*, float*,
                                   int, CancelToken&);
template void spending_plan<double>(const double*, const double*, std::size_t, bool, std::span<const double>, double*,
                                    double*, int, CancelToken&);

}  // namespace pybench::auction
