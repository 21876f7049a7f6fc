// The loop of generated_traces.cpp, once for each path. No include guard.
#include "auction/lanes.inl"
#include "auction/philox_lanes.inl"

// A block of steps of one campaign from index `first` on: a lane an index.
inline void generate_block(const RoundKeys& keys, const LaneWords<1>& campaign, std::uint32_t first, std::size_t steps,
                           const float* value_unit, const float* price_unit, float* value, float* price) {
  constexpr std::size_t pairs = steps_a_block / 2, count = Lanes<float>::count;
  StepWords<pairs> at;
  for (std::size_t i = 0; i < pairs; ++i) at.set(i, keys, first + static_cast<std::uint32_t>(i));
  float number[4][pairs];
  constexpr std::size_t together = 2;
  for (std::size_t i = 0; i < pairs; i += together * count) {
    Begun begun[together];
    Words bits[together][4];
    for (std::size_t j = 0; j < together; ++j) {
      load(begun[j].word0, at.word0 + i + j * count);
      load(begun[j].word1, at.word1 + i + j * count);
      load(begun[j].word2, at.word2 + i + j * count);
      begun[j].word0 ^= campaign.word0[0];
      begun[j].word2 ^= campaign.word2[0];
      begun[j].word3 = Words{} + campaign.word3[0];
    }
    philox_rounds(keys, begun, bits);
    for (std::size_t j = 0; j < together; ++j) {
      for (std::size_t word = 0; word < 4; ++word) {
        Lanes<float>::Number whole;
        to_number(whole, bits[j][word]);
        store(whole, number[word] + i + j * count);
      }
    }
  }
  for (std::size_t t = 0; t + 1 < steps; t += 2) {
    value[t] = value_unit[t] * number[0][t / 2];
    value[t + 1] = value_unit[t + 1] * number[2][t / 2];
    price[t] = price_unit[t] * number[1][t / 2];
    price[t + 1] = price_unit[t + 1] * number[3][t / 2];
  }
  if (steps % 2 == 1) {
    value[steps - 1] = value_unit[steps - 1] * number[0][steps / 2];
    price[steps - 1] = price_unit[steps - 1] * number[1][steps / 2];
  }
}
