#include "draft/schemes.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "draft/drafter.hpp"
#include "draft/k_seq.hpp"
#include "draft/pair_flow.hpp"
#include "draft/with_scheme.hpp"
#include "tests/check.hpp"
#include "tests/draft/scheme_laws.hpp"

using namespace pybench;
using namespace pybench::draft;
using namespace pybench::tests;

namespace {

constexpr SchemeOptions options{6, 4};
constexpr SchemeName all_schemes[] = {
    SchemeName::importance,     SchemeName::k_seq,  SchemeName::recursive, SchemeName::recursive_without_replacement,
    SchemeName::token_matching, SchemeName::greedy, SchemeName::single,    SchemeName::top_k};

}  // namespace

// Over rows of drafts, what is put out has the target's law and what is accepted the closed form's share: to five and a
// half standard deviations of each token, for fixed seeds.
TEST(schemes_put_out_the_target) {
  constexpr std::int64_t rows = 20000;
  CancelToken cancel;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const TwoLaws laws = random_laws(9, seed);
    const LawPair<double> pair = laws.pair();
    for (const SchemeName name : all_schemes) {
      for (const std::int64_t count : {1, 2, 4}) {
        const Drafter<double> drafter(Drafter<double>::kind_of(name), pair.draft, pair.draft_scale, count);
        with_scheme(name, pair, count, options, cancel, [&](const auto& scheme) {
          std::vector<double> seen(pair.size(), 0.0);
          std::vector<std::int64_t> drafts(static_cast<std::size_t>(count));
          double accepted = 0.0, given = 0.0;
          for (std::uint64_t request = 0; request < rows; ++request) {
            const Row row{seed, request, 7};
            drafter.draw(row, drafts, cancel);
            CHECK(!scheme.refusal(drafts));
            const Verified verified = scheme.verify(drafts, row, cancel);
            seen[static_cast<std::size_t>(verified.token)] += 1.0 / rows;
            if (verified.accepted >= 0) {
              CHECK_EQ(drafts[static_cast<std::size_t>(verified.accepted)], verified.token);
              accepted += 1.0 / rows;
            }
            given += scheme.acceptance_given(drafts, cancel) / rows;
          }
          const double share = scheme.acceptance(cancel);
          const auto error = [&](double value) { return 5.5 * std::sqrt(value * (1.0 - value) / rows) + 1e-9; };
          CHECK(std::abs(accepted - share) < error(share));
          CHECK(std::abs(given - share) < error(share));
          for (std::size_t token = 0; token < pair.size(); ++token) {
            CHECK(std::abs(seen[token] - pair.target_at(token)) < error(pair.target_at(token)));
          }
        });
      }
    }
  }
}

TEST(k_seq_scale_is_the_root_from_above) {
  CancelToken cancel;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const TwoLaws laws = random_laws(1 + seed % 40, seed);
    const LawPair<double> pair = laws.pair();
    for (const std::int64_t count : {1, 2, 3, 8, 1000}) {
      const KSeqScale found = k_seq_scale(pair, count, cancel);
      CHECK(found.scale >= 1.0 && found.scale <= static_cast<double>(count));
      CHECK(found.acceptance <= found.scale * found.once * (1.0 + 1e-15) + 1e-16);
      const double below = found.scale * (1.0 - 1e-9);
      double once = 0.0;
      for (std::size_t token = 0; token < pair.size(); ++token) {
        once += std::min(pair.draft_at(token), pair.target_at(token) / below);
      }
      once = std::min(1.0, once);
      // A little lower it would accept some token too often, or it is the lowest already.
      CHECK(found.scale == 1.0 || -std::expm1(static_cast<double>(count) * std::log1p(-once)) >= below * once - 1e-13);
    }
  }
}

TEST(split_pairs_fills_what_room_there_is) {
  // Two pairs compete for token 1; token 0 has no room, token 2 has too much.
  const std::vector<double> mass{0, 1, 0, 1, 0, 1, 0, 1, 0}, room{0.25, 1.5, 0.125};
  const std::vector<double> share = split_pairs(mass, room);
  const double first = share[1], second = share[3] + share[5], third = share[7];
  CHECK_EQ(std::min(first, 0.25) + std::min(second, 1.5) + std::min(third, 0.125), 1.875);
  CHECK_EQ(share[1] + share[3], 1.0);
  CHECK_EQ(share[5] + share[7], 1.0);
  CHECK_EQ(split_pairs(std::vector<double>{0}, std::vector<double>{0.5}), std::vector<double>{0.0});
}

TEST(schemes_refuse_what_they_cannot_have_drafted) {
  const std::vector<double> draft{0.5, 0.25, 0.25, 0.0}, target{0.25, 0.25, 0.25, 0.25};
  const LawBatch<double> laws{draft, target, 1, 4, false};
  const std::vector<std::uint64_t> place{0};
  const RowBatch rows{1, place, place};
  CancelToken cancel;
  const auto verify = [&](SchemeName name, const std::vector<std::int64_t>& drafts) {
    return scheme_verify(laws, {name, static_cast<std::int64_t>(drafts.size()), options, 1}, drafts, rows, cancel);
  };
  using Drafts = std::vector<std::int64_t>;
  CHECK_THROWS(verify(SchemeName::top_k, Drafts{1, 0}), InvalidInput);
  CHECK_THROWS(verify(SchemeName::greedy, Drafts{1, 0}), InvalidInput);
  CHECK_THROWS(verify(SchemeName::greedy, Drafts{0, 0}), InvalidInput);
  CHECK_THROWS(verify(SchemeName::recursive_without_replacement, Drafts{2, 2}), InvalidInput);
  CHECK_THROWS(verify(SchemeName::k_seq, Drafts{0, 3}), InvalidInput);
  CHECK_THROWS(verify(SchemeName::k_seq, Drafts{0, 4}), InvalidInput);
  CHECK_THROWS(scheme_from("optimal"), InvalidInput);
  CHECK_EQ(verify(SchemeName::greedy, Drafts{0, 2}).token.size(), 1);
}

TEST(schemes_give_the_same_bits_for_any_threads) {
  std::vector<double> draft, target;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const TwoLaws laws = random_laws(200, seed);
    const LawPair<double> pair = laws.pair();
    for (std::size_t token = 0; token < 200; ++token) {
      draft.push_back(pair.draft_at(token));
      target.push_back(pair.target_at(token));
    }
  }
  const LawBatch<double> laws{draft, target, 5, 200, true};
  std::vector<std::uint64_t> request(5 * 150);
  for (std::size_t row = 0; row < request.size(); ++row) request[row] = row;
  const RowBatch rows{9, request, request};
  CancelToken cancel;
  for (const SchemeName name : all_schemes) {
    const std::vector<std::int64_t> drafts = draw_drafts(laws, {name, 3, options, 1}, rows, cancel);
    const Verifications once = scheme_verify(laws, {name, 3, options, 1}, drafts, rows, cancel);
    const Estimates estimate = scheme_estimate(laws, {name, 3, options, 1}, 300, 4, cancel);
    for (const int threads : {2, 3, 8, 0}) {
      const SchemeCall call{name, 3, options, threads};
      CHECK(draw_drafts(laws, call, rows, cancel) == drafts);
      const Verifications again = scheme_verify(laws, call, drafts, rows, cancel);
      CHECK(again.token == once.token);
      CHECK(again.accepted == once.accepted);
      CHECK(scheme_estimate(laws, call, 300, 4, cancel).value == estimate.value);
    }
  }
}

TEST(schemes_stop_when_asked) {
  const TwoLaws two = random_laws(5000, 1);
  const LawPair<double> pair = two.pair();
  std::vector<double> draft(5000), target(5000);
  for (std::size_t token = 0; token < 5000; ++token) {
    draft[token] = pair.draft_at(token);
    target[token] = pair.target_at(token);
  }
  const LawBatch<double> laws{draft, target, 1, 5000, false};
  for (const int threads : {1, 3}) {
    CancelToken cancel([] { return true; });
    CHECK_THROWS(
        scheme_estimate(laws, {SchemeName::recursive_without_replacement, 6, options, threads}, 1'000'000, 1, cancel),
        Cancelled);
  }
}
