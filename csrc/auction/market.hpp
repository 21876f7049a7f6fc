// Several paced bidders in one market: prices are the bids of the others, or a reserve.
//
// At each step one item is sold. Bidder i bids b = value / k with k = 1 + multiplier, and takes part where value >= k *
// reserve and it can pay: in a second-price auction the reserve, and then its bid is held to what remains of its budget; in a
// first-price auction its whole bid. The highest bid wins, of equal ones that of the lowest index. It pays the highest bid of
// the others that took part, or the reserve where that is higher (second price), or its own bid (first price). So nobody
// spends more than its budget, and no price comes from money that nobody has.
//
// The multipliers follow lazy dual mirror descent as in the reference of `pace` (pybench/kernels/reference/auction.py): sums
// within blocks of 64 steps in the type of the values, over blocks in double. A bidder who is alone does exactly what `pace`
// does with the reserve as its price.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "auction/control.hpp"
#include "core/cancel.hpp"

namespace pybench::auction {

// Markets of one size. Entries must keep the rule of auction/traces.hpp; that is checked.
template <typename Real>
struct MarketBatch {
  std::size_t markets;
  std::size_t bidders;  // at least 1
  std::size_t steps;
  std::span<const Real> value;         // [markets, bidders, steps]
  std::span<const Real> target_spend;  // the same, or [markets, bidders]: the same at every step
  bool target_varies;
  std::span<const Real> reserve;  // [markets or 1, steps or 1]
  bool reserve_of_market;
  bool reserve_varies;
  Settings settings;  // one entry a bidder, [markets, bidders]
  Rule rule;          // lazy
  bool paths;
  bool one;  // no batch: errors name no market
};

template <typename Real>
struct MarketOutcome {
  std::vector<std::int64_t> wins;                                   // [markets, bidders], as the next four
  std::vector<double> spend, utility, multiplier, mean_multiplier;  // the multiplier after the last step
  // Empty without paths.
  std::vector<Real> multiplier_path;            // [markets, bidders, steps]: what each step was bid with
  std::vector<std::int64_t> winner;             // [markets, steps]; -1: nobody met the reserve
  std::vector<Real> highest_bid, second_bid;    // [markets, steps]; the reserve where it is higher
};

// The same for any number of threads (<= 0: all cores), which share the markets; so is the error, that of the first bad
// market. Throws InvalidInput for a bad entry, Cancelled. O(markets bidders steps).
template <typename Real>
MarketOutcome<Real> pace_market(const MarketBatch<Real>& batch, int threads, CancelToken& cancel);

}  // namespace pybench::auction
