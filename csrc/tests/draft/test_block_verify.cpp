#include "draft/block_verify.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "tests/check.hpp"

using namespace pybench;
using namespace pybench::draft;
using namespace pybench::tests;

namespace {

// Two tokens, two drafts, laws that depend on the first token. [prefix][token]
const std::array<std::array<double, 2>, 3> drafts = {{{0.7, 0.3}, {0.2, 0.8}, {0.5, 0.5}}};
const std::array<std::array<double, 2>, 7> targets = {
    {{0.4, 0.6}, {0.9, 0.1}, {0.5, 0.5}, {0.3, 0.7}, {1.0, 0.0}, {0.6, 0.4}, {0.25, 0.75}}};

std::size_t node(std::size_t first) { return 1 + first; }
std::size_t leaf(std::size_t first, std::size_t second) { return 3 + 2 * first + second; }

}  // namespace

TEST(block_verify_puts_out_the_law_of_the_target) {
  std::array<double, 8> found{};
  double count = 0.0;
  for (std::size_t x = 0; x < 2; ++x) {
    for (std::size_t y = 0; y < 2; ++y) {
      const double drawn = drafts[0][x] * drafts[node(x)][y];
      std::vector<double> draft;
      std::vector<double> target;
      for (const std::size_t at : {std::size_t{0}, node(x)}) draft.insert(draft.end(), drafts[at].begin(), drafts[at].end());
      for (const std::size_t at : {std::size_t{0}, node(x), leaf(x, y)}) {
        target.insert(target.end(), targets[at].begin(), targets[at].end());
      }
      const std::vector<std::int64_t> tokens = {static_cast<std::int64_t>(x), static_cast<std::int64_t>(y)};
      const BlockChain<double> chain(draft, target, tokens, -1);
      const double both = drawn * chain.kept(2);
      const double one = drawn * (1 - chain.kept(2)) * chain.kept(1);
      const double none = drawn * (1 - chain.kept(2)) * (1 - chain.kept(1));
      count += 2 * both + one;
      for (std::size_t z = 0; z < 8; ++z) {
        const std::array<std::size_t, 3> out = {z >> 2, (z >> 1) & 1, z & 1};
        const double last = targets[leaf(out[0], out[1])][out[2]];
        if (out[0] == x && out[1] == y) found[z] += both * chain.residual(2)[out[2]];
        const Residual<double> after_one = chain.residual(1);
        if (out[0] == x && one > 0) found[z] += one * after_one[out[1]] / after_one.total() * last;
        const Residual<double> after_none = chain.residual(0);
        if (none > 0) found[z] += none * after_none[out[0]] / after_none.total() * targets[node(out[0])][out[1]] * last;
      }
    }
  }
  for (std::size_t z = 0; z < 8; ++z) {
    const std::size_t x = z >> 2;
    const std::size_t y = (z >> 1) & 1;
    CHECK(std::abs(found[z] - targets[0][x] * targets[node(x)][y] * targets[leaf(x, y)][z & 1]) < 1e-15);
  }
  // By hand: the mass of a kept prefix is the lesser of what the draft draws and what the target leaves of the prefix
  // before it, 0.4 + 0.3 for one token and 0.14 + 0.04 + 0.15 + 0.15 for two.
  CHECK(std::abs(count - 1.18) < 1e-15);
}

TEST(residual_draws_its_first_last_and_only_token) {
  std::vector<float> target(3000, 0.0F);
  target[1500] = 0.25F;
  target[2999] = 0.75F;
  const Residual<float> all{target, 1.0, {}, 0.0};
  CHECK_EQ(all.total(), 1.0);
  CHECK_EQ(all.draw(0.0), 1500);
  CHECK_EQ(all.draw(std::nextafter(0.25, 0.0)), 1500);
  CHECK_EQ(all.draw(0.25), 2999);
  CHECK_EQ(all.draw(std::nextafter(1.0, 0.0)), 2999);
  std::vector<float> draft(3000, 0.0F);
  draft[2999] = 1.0F;
  const Residual<float> less{target, 1.0, draft, 1.0};
  CHECK_EQ(less.total(), 0.25);
  CHECK_EQ(less.draw(std::nextafter(1.0, 0.0)), 1500);
  const Residual<float> nothing{draft, 1.0, draft, 1.0};
  CHECK_EQ(nothing.total(), 0.0);
  CHECK_EQ(nothing.draw(0.5), -1);
}

TEST(block_verify_is_the_same_for_any_threads_and_names_the_first_bad_chain) {
  constexpr std::size_t batch = 500;
  std::vector<float> draft;
  std::vector<float> target;
  std::vector<std::int64_t> tokens;
  std::vector<std::uint64_t> request;
  for (std::size_t chain = 0; chain < batch; ++chain) {
    for (const float mass : {0.5F, 0.25F, 0.25F}) draft.push_back(mass);
    for (const float mass : {0.25F, 0.25F, 0.5F, 0.0F, 0.5F, 0.5F}) target.push_back(mass);
    tokens.push_back(static_cast<std::int64_t>(chain % 3));
    request.push_back(chain);
  }
  const std::vector<std::uint64_t> position(batch, 7);
  const auto run = [&](int threads) {
    CancelToken cancel;
    return block_verify(BlockBatch<float>{draft, target, tokens, request, position, 1, 3, false}, 11, threads, cancel);
  };
  const std::vector<BlockOutcome> expected = run(1);
  for (const int threads : {2, 3}) {
    const std::vector<BlockOutcome> found = run(threads);
    bool same = true;
    for (std::size_t chain = 0; chain < batch; ++chain) {
      same = same && found[chain].accepted_count == expected[chain].accepted_count;
      same = same && found[chain].token == expected[chain].token;
    }
    CHECK(same);
  }
  draft[3 * 321] = -1.0F;
  tokens[400] = 3;
  for (const int threads : {1, 3}) {
    std::string text;
    try {
      static_cast<void>(run(threads));
    } catch (const InvalidInput& error) {
      text = error.what();
    }
    CHECK_EQ(text, std::string("draft[321][0][0] is -1: a probability must be finite and not negative"));
  }
}
