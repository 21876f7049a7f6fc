// The loop of pace_generated.cpp, once for each path. No include guard.
#include "auction/lanes.inl"
#include "auction/philox_lanes.inl"

// How many registers philox_rounds takes at a time.
constexpr std::size_t together = 2;

// Four words of random bits of each lane of the registers from `lane` on: two steps.
template <std::size_t together>
inline __attribute__((always_inline)) void draw(const GeneratedBlock& block, const LaneWords<unit_lanes>& lanes,
                                                std::size_t lane, std::size_t pair, Words (&bits)[together][4]) {
  const StepWords<steps_a_block / 2>& at = *block.at;
  Begun begun[together];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < together; ++i) {
    load(begun[i].word0, lanes.word0 + lane + i * Lanes<float>::count);
    load(begun[i].word2, lanes.word2 + lane + i * Lanes<float>::count);
    load(begun[i].word3, lanes.word3 + lane + i * Lanes<float>::count);
    begun[i].word0 ^= at.word0[pair];
    begun[i].word1 = Words{} + at.word1[pair];
    begun[i].word2 ^= at.word2[pair];
  }
  philox_rounds(*block.keys, begun, bits);
}

inline __attribute__((always_inline)) void scaled(Lanes<float>::Number& number, const Words& bits, float unit) {
  to_number(number, bits);
  number *= unit;
}

// price where value >= factor * price in double, else 0.
inline __attribute__((always_inline)) void price_if_won(Lanes<float>::Number& paid, const Lanes<float>::Number& value,
                                                        const Lanes<float>::Number& price, const double* factor) {
#if PYBENCH_BYTES == 64
  const auto won = [factor](const __m256 v, const __m256 d, std::size_t at) {
    return _mm512_cmp_pd_mask(_mm512_cvtps_pd(v), _mm512_mul_pd(_mm512_loadu_pd(factor + at), _mm512_cvtps_pd(d)), _CMP_GE_OQ);
  };
  const __mmask8 low = won(_mm512_castps512_ps256(value), _mm512_castps512_ps256(price), 0);
  const __mmask8 high = won(_mm512_extractf32x8_ps(value, 1), _mm512_extractf32x8_ps(price, 1), 8);
  paid = _mm512_maskz_mov_ps(_mm512_kunpackb(high, low), price);
#elif PYBENCH_BYTES == 32
  const auto cost = [factor](const __m128 v, const __m128 d, std::size_t at) {
    const __m256d wide = _mm256_cvtps_pd(d), asked = _mm256_mul_pd(_mm256_loadu_pd(factor + at), wide);
    return _mm256_cvtpd_ps(_mm256_and_pd(_mm256_cmp_pd(_mm256_cvtps_pd(v), asked, _CMP_GE_OQ), wide));
  };
  const __m128 low = cost(_mm256_castps256_ps128(value), _mm256_castps256_ps128(price), 0);
  const __m128 high = cost(_mm256_extractf128_ps(value, 1), _mm256_extractf128_ps(price, 1), 4);
  paid = _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
#else
  float v[Lanes<float>::count], d[Lanes<float>::count];
  store(value, v);
  store(price, d);
  for (std::size_t i = 0; i < Lanes<float>::count; ++i) {
    d[i] = static_cast<double>(v[i]) >= factor[i] * static_cast<double>(d[i]) ? d[i] : 0.0f;
  }
  load(paid, d);
#endif
}

// A block of the lanes from `first` on: of so many registers at once as philox_rounds takes.
template <bool entropy, bool first_price, bool sampled, bool checked>
void run_generated_lanes(const GeneratedBlock& block, Unit<float>& unit, std::size_t first) {
  using Number = Lanes<float>::Number;
  constexpr std::size_t count = Lanes<float>::count;
  LaneState<float> state[together];
  Number target_sum[together] = {};
  for (std::size_t i = 0; i < together; ++i) state[i].begin(unit, first + i * count);
  // Where there are 32 registers, the bits of the next two steps are made while these wait for each other.
  constexpr bool draws_ahead = PYBENCH_BYTES == 64 && !sampled;
  Words bits[together][4];
  [[maybe_unused]] Words sample_bits[together][4], ahead[together][4];
  if constexpr (draws_ahead) draw(block, *block.live, first, 0, ahead);
  for (std::size_t t = 0; t < block.steps; t += 2) {
    if constexpr (draws_ahead) {
      __builtin_memcpy(bits, ahead, sizeof bits);
      if (t + 2 < block.steps) draw(block, *block.live, first, t / 2 + 1, ahead);
    } else {
      draw(block, *block.live, first, t / 2, bits);
    }
    if constexpr (sampled) draw(block, *block.sample, first, t / 2, sample_bits);
#pragma GCC unroll 2
    for (std::size_t odd = 0; odd < 2; ++odd) {
      if (t + odd == block.steps) break;
      const float value_unit = block.value_unit[t + odd], price_unit = block.price_unit[t + odd];
#pragma GCC unroll 4
      for (std::size_t i = 0; i < together; ++i) {
        const std::size_t lane = first + i * count;
        Number v, d, k;
        scaled(v, bits[i][2 * odd], value_unit);
        scaled(d, bits[i][2 * odd + 1], price_unit);
        if constexpr (!sampled) target_sum[i] = block.target_before[t + odd] - Number{};
        state[i].template step<entropy, first_price, checked>(v, d, target_sum[i], unit, lane, k);
        if constexpr (sampled) {
          Number target;
          scaled(v, sample_bits[i][2 * odd], value_unit);
          scaled(d, sample_bits[i][2 * odd + 1], price_unit);
          price_if_won(target, v, d, block.factor + lane);
          target_sum[i] += target;
        }
      }
    }
  }
  for (std::size_t i = 0; i < together; ++i) {
    if constexpr (!sampled) target_sum[i] = Number{} + block.target_total;
    state[i].end(unit, first + i * count, target_sum[i]);
  }
}

// A block of a unit, of which `lanes` are campaigns.
template <bool entropy, bool first_price, bool sampled>
void run_generated(const GeneratedBlock& block, Unit<float>& unit, std::size_t lanes) {
  run_groups<float>(unit, lanes, together * Lanes<float>::count, [&](std::size_t first, auto checked) {
    run_generated_lanes<entropy, first_price, sampled, decltype(checked)::value>(block, unit, first);
  });
}
