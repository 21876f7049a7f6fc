// The loop of pace_generated.cpp, once for each path. No include guard.
#include "auction/lanes.inl"
#include "auction/philox_lanes.inl"

// Four words of random bits of each lane from `lane` on: two steps.
inline __attribute__((always_inline)) void draw(const GeneratedBlock& block, const LaneWords<unit_lanes>& lanes,
                                                std::size_t lane, std::size_t pair, Words (&bits)[4]) {
  Words word0, word2, word3;
  load(word0, lanes.word0 + lane);
  load(word2, lanes.word2 + lane);
  load(word3, lanes.word3 + lane);
  const StepWords<steps_a_block / 2>& at = *block.at;
  philox_rounds(*block.keys, word0 ^ at.word0[pair], Words{} + at.word1[pair], word2 ^ at.word2[pair], word3, bits);
}

inline __attribute__((always_inline)) void scaled(Lanes<float>::Number& number, const Words& bits, float scale) {
  to_number(number, bits);
  number = (number * 0x1p-24f) * scale;
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

// A block of the lanes from `first` on, `vectors` registers side by side.
template <std::size_t vectors, bool entropy, bool first_price, bool sampled, bool checked>
void run_generated_lanes(const GeneratedBlock& block, Unit<float>& unit, std::size_t first) {
  using Number = Lanes<float>::Number;
  constexpr std::size_t count = Lanes<float>::count;
  LaneState<float> state[vectors];
  Number target_sum[vectors] = {};
  for (std::size_t i = 0; i < vectors; ++i) state[i].begin(unit, first + i * count);
  for (std::size_t t = 0; t < block.steps; t += 2) {
#pragma GCC unroll 4
    for (std::size_t i = 0; i < vectors; ++i) {
      const std::size_t lane = first + i * count;
      Words bits[4], sample_bits[4];
      draw(block, *block.live, lane, t / 2, bits);
      if constexpr (sampled) draw(block, *block.sample, lane, t / 2, sample_bits);
#pragma GCC unroll 2
      for (std::size_t odd = 0; odd < 2; ++odd) {
        if (t + odd == block.steps) break;
        const float value_scale = block.value_scale[t + odd], price_scale = block.price_scale[t + odd];
        Number v, d, k;
        scaled(v, bits[2 * odd], value_scale);
        scaled(d, bits[2 * odd + 1], price_scale);
        if constexpr (!sampled) target_sum[i] = block.target_before[t + odd] - Number{};
        state[i].template step<entropy, first_price, checked>(v, d, target_sum[i], unit, lane, k);
        if constexpr (sampled) {
          Number target;
          scaled(v, sample_bits[2 * odd], value_scale);
          scaled(d, sample_bits[2 * odd + 1], price_scale);
          price_if_won(target, v, d, block.factor + lane);
          target_sum[i] += target;
        }
      }
    }
  }
  for (std::size_t i = 0; i < vectors; ++i) {
    if constexpr (!sampled) target_sum[i] = Number{} + block.target_total;
    state[i].end(unit, first + i * count, target_sum[i]);
  }
}

// A block of a unit, of which `lanes` are campaigns.
template <bool entropy, bool first_price, bool sampled>
void run_generated(const GeneratedBlock& block, Unit<float>& unit, std::size_t lanes) {
  #ifndef VV
#define VV 2
#endif
  constexpr std::size_t vectors = VV;
  run_groups<float>(unit, lanes, vectors * Lanes<float>::count, [&](std::size_t first, auto checked) {
    run_generated_lanes<vectors, entropy, first_price, sampled, decltype(checked)::value>(block, unit, first);
  });
}
