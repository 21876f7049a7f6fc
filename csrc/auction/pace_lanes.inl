// The loops of pace_lanes.cpp, once for each path. No include guard.
#include "auction/lanes.inl"

// Values, prices or targets of a step: each lane its own, or one for all.
template <typename Real, Layout layout, typename Entry>
inline __attribute__((always_inline)) void read(typename Lanes<Real>::Number& into, const Entry* from, std::size_t step,
                                                std::size_t lane) {
  using Number = typename Lanes<Real>::Number;
  if constexpr (layout == Layout::shared) {
    into = from[step] - Number{};
  } else if constexpr (std::is_same_v<Entry, Code>) {
    load_codes(into, from + step * row_entries + lane);
  } else {
    load(into, from + step * row_entries + lane);
  }
}

// A block of steps of the lanes from `first` on, `vectors` registers side by side: so many that one's wait for its own last
// step is filled by the others.
template <std::size_t vectors, typename Real, typename Entry, Layout layout, bool entropy, bool first_price, bool checked,
          bool paths>
void run_lanes(const Block<Entry>& block, Unit<Real, lanes_of(layout)>& unit, std::size_t first, Real* path) {
  using Number = typename Lanes<Real>::Number;
  constexpr std::size_t count = Lanes<Real>::count;
  LaneState<Real> state[vectors];
  Number target_sum[vectors] = {};
  // These unrolled too: a loop over `state` that is left would keep it in memory, and every step would write it there.
#pragma GCC unroll 8
  for (std::size_t i = 0; i < vectors; ++i) state[i].begin(unit, first + i * count);
  for (std::size_t t = 0; t < block.steps; ++t) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < vectors; ++i) {
      const std::size_t lane = first + i * count;
      Number v, d, k;
      read<Real, layout>(v, block.value, t, lane);
      read<Real, layout>(d, block.price, t, lane);
      if constexpr (layout == Layout::shared) read<Real, layout>(target_sum[i], block.target_before, t, lane);
      state[i].template step<entropy, first_price, checked>(v, d, target_sum[i], unit, lane, k);
      if constexpr (layout != Layout::shared) {
        Number target;
        read<Real, layout>(target, block.target, t, lane);
        target_sum[i] += target;
      }
      if constexpr (paths) store(k - Real{1}, path + t * lanes_of(layout) + lane);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < vectors; ++i) {
    if constexpr (layout == Layout::shared) target_sum[i] = Number{} + block.target_total;
    state[i].end(unit, first + i * count, target_sum[i]);
  }
}

// A block of the whole unit.
template <typename Real, typename Entry, Layout layout, bool entropy, bool first_price, bool paths>
void run_block(const Block<Entry>& block, Unit<Real, lanes_of(layout)>& unit, Real* path) {
  constexpr std::size_t vectors = PYBENCH_BYTES < 64 ? 2 : layout == Layout::shared ? 8 : 4;
  run_groups(unit, lanes_of(layout), vectors * Lanes<Real>::count, [&](std::size_t first, auto checked) {
    run_lanes<vectors, Real, Entry, layout, entropy, first_price, decltype(checked)::value, paths>(block, unit, first, path);
  });
}
