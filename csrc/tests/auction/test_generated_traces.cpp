#include <vector>

#include "auction/generated_traces.hpp"
#include "core/errors.hpp"
#include "core/philox.hpp"
#include "tests/check.hpp"
#include "tests/simd_paths.hpp"

using namespace pybench;
using namespace pybench::auction;

namespace {

float number(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

}  // namespace

// Those that Random123 publishes for key 0 and counter 0: two for an even step, two for the odd one after it.
TEST(generated_traces_known_words) {
  const std::vector<float> ones(2, 1.0f);
  for (const SimdPath path : tests::machine_paths()) {
    const tests::ForcedPath forced(path);
    std::vector<float> value(2), price(2);
    generate_steps({ones, ones, 0}, 0, Stream::live, 0, value, price);
    CHECK_EQ(value[0], number(0x6627e8d5));
    CHECK_EQ(price[0], number(0xe169c58d));
    CHECK_EQ(value[1], number(0xbc57ac4c));
    CHECK_EQ(price[1], number(0x9b00dbd8));
  }
}

TEST(generated_traces_are_blocks_of_philox) {
  constexpr std::size_t steps = 131, campaigns = 3;
  constexpr std::uint64_t key = 0x0123456789abcdef;
  std::vector<float> value_scale(steps), price_scale(steps);
  for (std::size_t t = 0; t < steps; ++t) {
    value_scale[t] = 0.5f + static_cast<float>(t);
    price_scale[t] = 300.0f - static_cast<float>(t);
  }
  for (const SimdPath path : tests::machine_paths()) {
    const tests::ForcedPath forced(path);
    for (const Stream stream : {Stream::live, Stream::sample}) {
      std::vector<float> value(campaigns * steps), price(campaigns * steps);
      CancelToken cancel;
      generate_traces({value_scale, price_scale, key}, campaigns, stream, value, price, 2, cancel);
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::size_t campaign = i / steps, t = i % steps;
        const PhiloxBlock block = philox_block(key, 2 * campaign + static_cast<std::uint64_t>(stream), t / 2);
        CHECK_EQ(value[i], value_scale[t] * number(block.word[2 * (t % 2)]));
        CHECK_EQ(price[i], price_scale[t] * number(block.word[2 * (t % 2) + 1]));
      }
    }
  }
}

// The last campaign: its stream fills a word.
TEST(generated_traces_far_out) {
  const std::vector<float> ones(2, 1.0f);
  constexpr std::uint64_t last = (std::uint64_t{1} << 31) - 1;
  std::vector<float> value(2), price(2);
  generate_steps({ones, ones, 7}, last, Stream::sample, 0, value, price);
  CHECK_EQ(price[1], number(philox_block(7, 2 * last + 1, 0).word[3]));
}

TEST(generated_traces_refuse_bad_scales) {
  const std::vector<float> good(3, 1.0f), bad = {1.0f, -1.0f, 1.0f};
  std::vector<float> value(3), price(3);
  CancelToken cancel;
  CHECK_THROWS(generate_traces({bad, good, 0}, 1, Stream::live, value, price, 1, cancel), InvalidInput);
  CHECK_THROWS(generate_traces({good, bad, 0}, 1, Stream::live, value, price, 1, cancel), InvalidInput);
}
