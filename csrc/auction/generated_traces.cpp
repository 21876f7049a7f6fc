#include "auction/generated_traces.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "auction/pace_lanes.hpp"
#include "auction/philox_lanes.hpp"
#include "auction/traces.hpp"
#include "core/parallel_for.hpp"
#include "core/simd.hpp"

#if PYBENCH_X86
#include <immintrin.h>
#endif

namespace pybench::auction {
namespace {

constexpr std::size_t steps_a_task = std::size_t{1} << 16;
static_assert(steps_a_task % steps_a_block == 0);

#define PYBENCH_LOOPS "auction/generated_traces.inl"
#include "auction/lane_paths.inl"

auto block_of(SimdPath simd) {
#if PYBENCH_X86
  if (simd == SimdPath::avx512) return &avx512::generate_block;
  if (simd == SimdPath::avx2) return &avx2::generate_block;
#endif
  static_cast<void>(simd);
  return &portable::generate_block;
}

}  // namespace

void Market::check() const {
  check_entries("value_scale", value_scale, -1);
  check_entries("price_scale", price_scale, -1);
}

void generate_steps(const Market& market, std::size_t campaign, Stream stream, std::size_t begin, std::span<float> value,
                    std::span<float> price) {
  const auto generate = block_of(active_simd_path());
  const RoundKeys keys(market.key);
  LaneWords<1> words;
  words.set(0, keys, static_cast<std::uint32_t>(2 * campaign + static_cast<std::uint64_t>(stream)));
  for (std::size_t done = 0; done < value.size(); done += steps_a_block) {
    const std::size_t at = begin + done;
    const std::size_t steps = std::min<std::size_t>(steps_a_block, value.size() - done);
    float value_unit[steps_a_block], price_unit[steps_a_block];
    for (std::size_t t = 0; t < steps; ++t) {
      value_unit[t] = unit_of(market.value_scale[at + t]);
      price_unit[t] = unit_of(market.price_scale[at + t]);
    }
    generate(keys, words, static_cast<std::uint32_t>(at / 2), steps, value_unit, price_unit, &value[done], &price[done]);
  }
}

void generate_traces(const Market& market, std::size_t campaigns, Stream stream, std::span<float> value,
                     std::span<float> price, int threads, CancelToken& cancel) {
  market.check();
  const std::size_t steps = market.value_scale.size(), tasks = (steps + steps_a_task - 1) / steps_a_task;
  const auto chunk = static_cast<std::int64_t>(std::max<std::size_t>(1, steps_a_task / steps));
  parallel_for(threads, static_cast<std::int64_t>(campaigns * tasks), chunk, cancel,
               [&](std::int64_t first, std::int64_t last, int) {
                 for (auto task = static_cast<std::size_t>(first); task < static_cast<std::size_t>(last); ++task) {
                   const std::size_t campaign = task / tasks, begin = task % tasks * steps_a_task;
                   const std::size_t at = campaign * steps + begin, count = std::min(steps_a_task, steps - begin);
                   generate_steps(market, campaign, stream, begin, value.subspan(at, count), price.subspan(at, count));
                 }
               });
}

}  // namespace pybench::auction
