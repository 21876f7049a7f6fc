#include "auction/market.hpp"

#include <cstddef>
#include <limits>
#include <vector>

#include "core/errors.hpp"
#include "tests/check.hpp"

using namespace pybench;
using namespace pybench::auction;

namespace {

// Two markets of three bidders, 100 steps, whose values repeat.
struct Case {
  static constexpr std::size_t markets = 2, bidders = 3, steps = 100;
  std::vector<float> value = std::vector<float>(markets * bidders * steps);
  std::vector<float> target = std::vector<float>(markets * bidders, 0.1f);
  std::vector<float> reserve = {0.5f};
  std::vector<double> budget = std::vector<double>(markets * bidders, 8.0);
  std::vector<double> step_size = std::vector<double>(markets * bidders, 0.05);
  std::vector<double> zero = std::vector<double>(markets * bidders, 0.0);
  std::vector<double> max = std::vector<double>(markets * bidders, 4.0);

  Case() {
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<float>(i * 7 % 12) / 4.0f;
  }

  [[nodiscard]] MarketOutcome<float> run(int threads, AuctionKind kind, bool paths = true) const {
    const MarketBatch<float> batch{
        .markets = markets,
        .bidders = bidders,
        .steps = steps,
        .value = value,
        .target_spend = target,
        .target_varies = false,
        .reserve = reserve,
        .reserve_of_market = false,
        .reserve_varies = false,
        .settings = {budget, step_size, zero, zero, max},
        .rule = {.auction = kind},
        .paths = paths,
        .one = false,
    };
    CancelToken cancel;
    return pace_market(batch, threads, cancel);
  }
};

}  // namespace

TEST(a_market_sells_each_item_once_and_within_the_budgets) {
  const Case given;
  for (const AuctionKind kind : {AuctionKind::second_price, AuctionKind::first_price}) {
    const MarketOutcome<float> found = given.run(1, kind);
    for (std::size_t market = 0; market < Case::markets; ++market) {
      std::vector<std::int64_t> wins(Case::bidders);
      for (std::size_t t = 0; t < Case::steps; ++t) {
        const std::int64_t winner = found.winner[market * Case::steps + t];
        if (winner >= 0) ++wins[static_cast<std::size_t>(winner)];
        CHECK(found.highest_bid[market * Case::steps + t] >= found.second_bid[market * Case::steps + t]);
        CHECK(found.second_bid[market * Case::steps + t] >= 0.5f);
      }
      for (std::size_t i = 0; i < Case::bidders; ++i) {
        CHECK_EQ(found.wins[market * Case::bidders + i], wins[i]);
        CHECK(found.spend[market * Case::bidders + i] <= 8.0);
      }
    }
  }
}

TEST(a_market_is_the_same_for_any_number_of_threads) {
  const Case given;
  const MarketOutcome<float> one = given.run(1, AuctionKind::second_price);
  const MarketOutcome<float> two = given.run(2, AuctionKind::second_price, false);
  CHECK_EQ(one.wins, two.wins);
  CHECK_EQ(one.spend, two.spend);
  CHECK_EQ(one.multiplier, two.multiplier);
  CHECK(two.winner.empty() && two.multiplier_path.empty());
}

TEST(a_market_refuses_a_bad_entry) {
  Case given;
  given.value[450] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS(given.run(2, AuctionKind::second_price), InvalidInput);
}
