// The loop of generated_traces.cpp, once for each path. No include guard.
#include "auction/lanes.inl"
#include "auction/philox_lanes.inl"

// A block of steps of one campaign from index `first` on: a lane an index.
inline void generate_block(const RoundKeys& keys, const LaneWords<1>& campaign, std::uint32_t first, std::size_t steps,
                           const float* value_scale, const float* price_scale, float* value, float* price) {
  constexpr std::size_t pairs = steps_a_block / 2, count = Lanes<float>::count;
  StepWords<pairs> at;
  for (std::size_t i = 0; i < pairs; ++i) at.set(i, keys, first + static_cast<std::uint32_t>(i));
  float uniform[4][pairs];
  for (std::size_t i = 0; i < pairs; i += count) {
    Words word0, word1, word2, bits[4];
    load(word0, at.word0 + i);
    load(word1, at.word1 + i);
    load(word2, at.word2 + i);
    philox_rounds(keys, word0 ^ campaign.word0[0], word1, word2 ^ campaign.word2[0], Words{} + campaign.word3[0], bits);
    for (std::size_t word = 0; word < 4; ++word) {
      Lanes<float>::Number number;
      to_number(number, bits[word]);
      store(number * 0x1p-24f, uniform[word] + i);
    }
  }
  for (std::size_t t = 0; t + 1 < steps; t += 2) {
    value[t] = value_scale[t] * uniform[0][t / 2];
    value[t + 1] = value_scale[t + 1] * uniform[2][t / 2];
    price[t] = price_scale[t] * uniform[1][t / 2];
    price[t + 1] = price_scale[t + 1] * uniform[3][t / 2];
  }
  if (steps % 2 == 1) {
    value[steps - 1] = value_scale[steps - 1] * uniform[0][steps / 2];
    price[steps - 1] = price_scale[steps - 1] * uniform[1][steps / 2];
  }
}
