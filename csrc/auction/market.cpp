#include "auction/market.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "auction/exponential.hpp"
#include "auction/traces.hpp"
#include "core/parallel_for.hpp"

namespace pybench::auction {
namespace {

constexpr auto block = static_cast<std::size_t>(steps_a_block);

// What every bidder bids, whether it takes part or not: apart from the auction, so that it is compiled to wide code.
template <typename Real, bool entropy>
void scale_bids(std::size_t count, const Real* __restrict value, const Real* __restrict base, const Real* __restrict step,
                const Real* __restrict highest, const Real* __restrict paid_sum, const Real* __restrict target_sum,
                Real* __restrict scale, Real* __restrict bid, Real* __restrict multiplier_sum) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const Real planned = base[i] + step[i] * (paid_sum[i] - target_sum[i]);
    Real k;
    if constexpr (entropy) {
      k = Real{1} + std::min(exponential(planned), highest[i]);
    } else {
      k = std::min(std::max(planned, Real{1}), highest[i]);
    }
    scale[i] = k;
    bid[i] = value[i] / k;
    multiplier_sum[i] += k - Real{1};
  }
}

// One market as it is paced. What a step reads of all bidders lies side by side.
template <typename Real>
class MarketRun {
 public:
  MarketRun(const MarketBatch<Real>& batch, std::size_t market)
      : batch_(batch),
        market_(market),
        count_(batch.bidders),
        first_(market * batch.bidders),
        entropy_(batch.rule.regulariser == Regulariser::entropy),
        first_price_(batch.rule.auction == AuctionKind::first_price),
        budget_(batch.settings.budget.subspan(first_, count_)),
        step_size_(batch.settings.step_size.subspan(first_, count_)) {
    for (std::vector<double>* sums : {&spend_, &gap_, &utility_, &multiplier_sum_}) sums->assign(count_, 0.0);
    wins_.assign(count_, 0);
    for (std::vector<Real>* reals : {&base_, &step_, &highest_, &scale_, &bid_, &paid_sum_, &target_sum_, &utility_sum_,
                                     &block_multiplier_sum_}) {
      reals->assign(count_, Real{0});
    }
    value_.resize(count_ * block);
    target_.resize(count_ * block);
    for (std::size_t i = 0; i < count_; ++i) {
      step_[i] = static_cast<Real>(step_size_[i]);
      highest_[i] = highest_of<Real>(batch.rule, batch.settings.max_multiplier[first_ + i]);
    }
  }

  void check() const {
    check_rows("value", batch_.value);
    if (batch_.target_varies) check_rows("target_spend", batch_.target_spend);
    const std::size_t width = batch_.reserve_varies ? batch_.steps : 1;
    if (batch_.reserve_of_market || market_ == 0) {
      check_entries("reserve", batch_.reserve.subspan(batch_.reserve_of_market ? market_ * width : 0, width),
                    batch_.reserve_of_market ? named() : -1);
    }
  }

  // Steps [begin, end), at most a block.
  void run_block(std::size_t begin, std::size_t end, MarketOutcome<Real>& outcome) {
    read_block(begin, end);
    begin_block();
    for (std::size_t t = begin; t < end; ++t) {
      const Real* value = &value_[(t - begin) * count_];
      scale_bids(value);
      const Sale sale = sell(value, reserve(t));
      if (batch_.paths) keep(t, sale, outcome);
      const Real* target = &target_[(t - begin) * count_];
      for (std::size_t i = 0; i < count_; ++i) target_sum_[i] += target[i];
    }
    end_block();
  }

  void finish(MarketOutcome<Real>& outcome) const {
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t at = first_ + i;
      outcome.wins[at] = wins_[i];
      outcome.spend[at] = spend_[i];
      outcome.utility[at] = utility_[i];
      outcome.multiplier[at] = final_multiplier(batch_.settings, at, batch_.rule, gap_[i]);
      outcome.mean_multiplier[at] =
          batch_.steps == 0 ? 0.0 : multiplier_sum_[i] / static_cast<double>(batch_.steps);
    }
  }

 private:
  struct Sale {
    std::size_t winner;  // count_: nobody
    Real highest;
    Real second;
  };

  [[nodiscard]] std::int64_t named() const noexcept { return batch_.one ? -1 : static_cast<std::int64_t>(market_); }

  void check_rows(const char* name, std::span<const Real> trace) const {
    const std::size_t steps = batch_.steps;
    if (entries_are_good(trace.subspan(first_ * steps, count_ * steps))) return;
    std::string of_market = name;
    if (!batch_.one) of_market.append("[").append(std::to_string(market_)).append("]");
    for (std::size_t i = 0; i < count_; ++i) {
      refuse_bad_entries(of_market.c_str(), trace.subspan((first_ + i) * steps, steps), static_cast<std::int64_t>(i));
    }
  }

  [[nodiscard]] Real reserve(std::size_t t) const noexcept {
    const std::size_t width = batch_.reserve_varies ? batch_.steps : 1;
    return batch_.reserve[(batch_.reserve_of_market ? market_ * width : 0) + (batch_.reserve_varies ? t : 0)];
  }

  // Turns the block's rows into columns: a step then reads consecutive memory.
  void read_block(std::size_t begin, std::size_t end) noexcept {
    const std::size_t steps = batch_.steps;
    for (std::size_t i = 0; i < count_; ++i) {
      const Real* value = &batch_.value[(first_ + i) * steps];
      for (std::size_t t = begin; t < end; ++t) value_[(t - begin) * count_ + i] = value[t];
      const Real* target = &batch_.target_spend[batch_.target_varies ? (first_ + i) * steps : first_ + i];
      for (std::size_t t = begin; t < end; ++t) {
        target_[(t - begin) * count_ + i] = target[batch_.target_varies ? t : 0];
      }
    }
  }

  void begin_block() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      base_[i] = base_of<Real>(start_of(batch_.settings, first_ + i, batch_.rule), step_size_[i], gap_[i]);
      paid_sum_[i] = target_sum_[i] = utility_sum_[i] = block_multiplier_sum_[i] = Real{0};
    }
  }

  void end_block() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      const auto paid = static_cast<double>(paid_sum_[i]);
      spend_[i] += paid;
      gap_[i] += paid - static_cast<double>(target_sum_[i]);
      utility_[i] += static_cast<double>(utility_sum_[i]);
      multiplier_sum_[i] += static_cast<double>(block_multiplier_sum_[i]);
    }
  }

  void scale_bids(const Real* value) noexcept {
    const auto scaled = entropy_ ? &pybench::auction::scale_bids<Real, true> : &pybench::auction::scale_bids<Real, false>;
    scaled(count_, value, base_.data(), step_.data(), highest_.data(), paid_sum_.data(), target_sum_.data(), scale_.data(),
           bid_.data(), block_multiplier_sum_.data());
  }

  [[nodiscard]] bool can_pay(std::size_t i, Real amount) const noexcept {
    return spend_[i] + static_cast<double>(paid_sum_[i] + amount) <= budget_[i];
  }

  // The most that a bidder can surely pay: what remains of its budget, rounded down.
  [[nodiscard]] Real all_that_remains(std::size_t i) const noexcept {
    auto most = static_cast<Real>(budget_[i] - spend_[i]);
    if (spend_[i] + static_cast<double>(most) > budget_[i]) most = std::nextafter(most, Real{0});
    most = std::max(most, paid_sum_[i]);
    const Real remaining = most - paid_sum_[i];
    return paid_sum_[i] + remaining > most ? std::nextafter(remaining, Real{0}) : remaining;
  }

  Sale sell(const Real* value, Real reserve) noexcept {
    std::size_t winner = count_;
    Real highest{-1}, second{-1};
    for (std::size_t i = 0; i < count_; ++i) {
      Real bid = bid_[i];
      if (bid <= second) continue;  // it changes nothing, whether it takes part or not
      if (!(value[i] >= scale_[i] * reserve) || !can_pay(i, first_price_ ? bid : reserve)) continue;
      if (!can_pay(i, bid)) bid = all_that_remains(i);
      if (bid > highest) {
        second = highest;
        highest = bid;
        winner = i;
      } else if (bid > second) {
        second = bid;
      }
    }
    second = std::max(second, reserve);
    if (winner < count_) {
      const Real paid = first_price_ ? highest : second;
      ++wins_[winner];
      paid_sum_[winner] += paid;
      utility_sum_[winner] += value[winner] - paid;
    }
    return {winner, std::max(highest, reserve), second};
  }

  void keep(std::size_t t, const Sale& sale, MarketOutcome<Real>& outcome) const noexcept {
    const std::size_t steps = batch_.steps;
    for (std::size_t i = 0; i < count_; ++i) outcome.multiplier_path[(first_ + i) * steps + t] = scale_[i] - Real{1};
    const std::size_t at = market_ * steps + t;
    outcome.winner[at] = sale.winner < count_ ? static_cast<std::int64_t>(sale.winner) : -1;
    outcome.highest_bid[at] = sale.highest;
    outcome.second_bid[at] = sale.second;
  }

  const MarketBatch<Real>& batch_;
  std::size_t market_, count_, first_;
  bool entropy_, first_price_;
  std::span<const double> budget_, step_size_;
  std::vector<double> spend_, gap_, utility_, multiplier_sum_;
  std::vector<std::int64_t> wins_;
  std::vector<Real> base_, step_, highest_;  // of the block, and fixed
  std::vector<Real> scale_, bid_;            // of the step; scale = 1 + multiplier
  std::vector<Real> paid_sum_, target_sum_, utility_sum_, block_multiplier_sum_;  // of the block so far
  std::vector<Real> value_, target_;                                              // of the block, [step][bidder]
};

}  // namespace

template <typename Real>
MarketOutcome<Real> pace_market(const MarketBatch<Real>& batch, int threads, CancelToken& cancel) {
  MarketOutcome<Real> outcome;
  const std::size_t all = batch.markets * batch.bidders;
  outcome.wins.resize(all);
  for (auto* field : {&outcome.spend, &outcome.utility, &outcome.multiplier, &outcome.mean_multiplier}) field->resize(all);
  if (batch.paths) {
    outcome.multiplier_path.resize(all * batch.steps);
    outcome.winner.resize(batch.markets * batch.steps);
    outcome.highest_bid.resize(batch.markets * batch.steps);
    outcome.second_bid.resize(batch.markets * batch.steps);
  }
  parallel_for(threads, static_cast<std::int64_t>(batch.markets), 1, cancel,
               [&](std::int64_t market, std::int64_t, int thread) {
                 MarketRun<Real> run(batch, static_cast<std::size_t>(market));
                 run.check();
                 for (std::size_t begin = 0; begin < batch.steps; begin += block) {
                   if (thread == 0) cancel.check();
                   if (cancel.requested()) return;
                   run.run_block(begin, std::min(begin + block, batch.steps), outcome);
                 }
                 run.finish(outcome);
               });
  return outcome;
}

template MarketOutcome<float> pace_market(const MarketBatch<float>&, int, CancelToken&);
template MarketOutcome<double> pace_market(const MarketBatch<double>&, int, CancelToken&);

}  // namespace pybench::auction
