// The loops of pace_lanes.cpp, once for each path: PYBENCH_BYTES of a register, PYBENCH_VECTORS of them at a time (so many
// that one's wait for its own last step is filled by the others). No include guard.

template <typename Real>
struct Lanes {
  static constexpr std::size_t count = PYBENCH_BYTES / sizeof(Real);
  static constexpr std::size_t vectors = PYBENCH_VECTORS;
  static constexpr std::size_t width = count * vectors;
  using Integer = typename ExponentialFormat<Real>::Integer;
  typedef Real Number __attribute__((vector_size(PYBENCH_BYTES)));
  typedef Integer Whole __attribute__((vector_size(PYBENCH_BYTES)));
  typedef Code Codes __attribute__((vector_size(PYBENCH_BYTES / sizeof(Real) * sizeof(Code))));
};

template <typename Vector, typename Entry>
inline __attribute__((always_inline)) void load(Vector& vector, const Entry* from) {
  __builtin_memcpy(&vector, from, sizeof vector);
}

template <typename Vector, typename Entry>
inline __attribute__((always_inline)) void store(const Vector& vector, Entry* to) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

// The larger and the smaller of two. No NaN comes here; of two zeros either will do. The compiler does not know that, and
// would not use the instruction.
inline __attribute__((always_inline)) void hold_above(Lanes<float>::Number& x, const Lanes<float>::Number& limit) {
  x = PYBENCH_WIDE(max_ps, x, limit);
}
inline __attribute__((always_inline)) void hold_above(Lanes<double>::Number& x, const Lanes<double>::Number& limit) {
  x = PYBENCH_WIDE(max_pd, x, limit);
}
inline __attribute__((always_inline)) void hold_below(Lanes<float>::Number& x, const Lanes<float>::Number& limit) {
  x = PYBENCH_WIDE(min_ps, x, limit);
}
inline __attribute__((always_inline)) void hold_below(Lanes<double>::Number& x, const Lanes<double>::Number& limit) {
  x = PYBENCH_WIDE(min_pd, x, limit);
}

// As exponential.hpp has it.
template <typename Real>
inline __attribute__((always_inline)) void exponential_of(typename Lanes<Real>::Number& x) {
  using Format = ExponentialFormat<Real>;
  using Number = typename Lanes<Real>::Number;
  using Whole = typename Lanes<Real>::Whole;
  const Number zero = {};
  hold_above(x, zero + Format::lowest);
  hold_below(x, zero + Format::highest);
  const Number shifted = x * static_cast<Real>(1.0 / 0.693147180559945309417) + Format::whole;
  const Number n = shifted - Format::whole;
  const Number r = (x - n * Format::log_2_high) - n * Format::log_2_low;
  Number power = zero + inverse_factorial<Real>(Format::degree);
  for (int k = Format::degree - 1; k >= 0; --k) power = power * r + inverse_factorial<Real>(k);
  Whole bits;
  __builtin_memcpy(&bits, &shifted, sizeof bits);
  bits = (bits - std::bit_cast<typename Format::Integer>(Format::whole) + Format::exponent_bias) << Format::mantissa_bits;
  Number scale;
  __builtin_memcpy(&scale, &bits, sizeof scale);
  x = power * scale;
}

// Values, prices or targets of a step: each lane its own, or one for all.
template <typename Real, Layout layout, typename Entry>
inline __attribute__((always_inline)) void read(typename Lanes<Real>::Number& into, const Entry* from, std::size_t step,
                                                std::size_t lane) {
  using Number = typename Lanes<Real>::Number;
  if constexpr (layout == Layout::shared) {
    into = from[step] - Number{};
  } else if constexpr (std::is_same_v<Entry, Code>) {
    typename Lanes<Real>::Codes codes;
    load(codes, from + step * row_entries + lane);
    into = __builtin_convertvector(codes, Number);
  } else {
    load(into, from + step * row_entries + lane);
  }
}

// Which lanes can pay, of those whose sum of the block would be so much.
template <typename Real>
inline __attribute__((always_inline)) void can_pay(typename Lanes<Real>::Whole& may, const typename Lanes<Real>::Number& paid_sum,
                                                   const Unit<Real>& unit, std::size_t lane) {
  constexpr std::size_t count = Lanes<Real>::count;
  Real sums[count];
  typename Lanes<Real>::Integer flags[count];
  store(paid_sum, sums);
  for (std::size_t i = 0; i < count; ++i) {
    flags[i] = -static_cast<typename Lanes<Real>::Integer>(unit.spend[lane + i] + static_cast<double>(sums[i]) <= unit.budget[lane + i]);
  }
  load(may, flags);
}

// A block of steps of the lanes from `first` on. Sums of the block go to the unit's block_*; `checked` looks at the budget at
// every step, otherwise the caller looks at the end whether it should have.
template <typename Real, typename Entry, Layout layout, bool entropy, bool first_price, bool checked, bool paths>
void run_lanes(const Block<Entry>& block, Unit<Real>& unit, std::size_t first, Real* path) {
  using Number = typename Lanes<Real>::Number;
  using Whole = typename Lanes<Real>::Whole;
  constexpr std::size_t count = Lanes<Real>::count, vectors = Lanes<Real>::vectors;
  const Number zero = {}, one = zero + Real{1};
  Number base[vectors], step_size[vectors], highest[vectors];
  Number paid_sum[vectors] = {}, target_sum[vectors] = {}, utility_sum[vectors] = {};
  Whole wins[vectors] = {};
  for (std::size_t i = 0; i < vectors; ++i) {
    load(base[i], unit.base + first + i * count);
    load(step_size[i], unit.step_size_real + first + i * count);
    load(highest[i], unit.highest + first + i * count);
  }
  for (std::size_t t = 0; t < block.steps; ++t) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < vectors; ++i) {
      const std::size_t lane = first + i * count;
      Number v, d, target, k;
      read<Real, layout>(v, block.value, t, lane);
      read<Real, layout>(d, block.price, t, lane);
      if constexpr (layout == Layout::shared) {
        k = base[i] + step_size[i] * (paid_sum[i] - block.target_before[t]);
      } else {
        k = base[i] + step_size[i] * (paid_sum[i] - target_sum[i]);
      }
      if constexpr (entropy) {
        exponential_of<Real>(k);
        hold_below(k, highest[i]);
        k = one + k;
      } else {
        hold_above(k, one);
        hold_below(k, highest[i]);
      }
      Number paid = d;
      if constexpr (first_price) paid = v / k;
      Whole won = v >= k * d;
      if constexpr (checked) {
        Whole may;
        can_pay<Real>(may, paid_sum[i] + paid, unit, lane);
        won &= may;
      }
      wins[i] = won ? wins[i] + 1 : wins[i];
      paid_sum[i] = won ? paid_sum[i] + paid : paid_sum[i];
      utility_sum[i] = won ? utility_sum[i] + (v - paid) : utility_sum[i];
      if constexpr (layout != Layout::shared) {
        read<Real, layout>(target, block.target, t, lane);
        target_sum[i] += target;
      }
      if constexpr (paths) store(k - one, path + t * unit_lanes + lane);
    }
  }
  for (std::size_t i = 0; i < vectors; ++i) {
    const std::size_t lane = first + i * count;
    store(paid_sum[i], unit.block_paid + lane);
    store(utility_sum[i], unit.block_utility + lane);
    store(wins[i], unit.block_wins + lane);
    if constexpr (layout == Layout::shared) target_sum[i] = zero + block.target_total;
    store(target_sum[i], unit.block_target + lane);
  }
}

// A block of the whole unit.
template <typename Real, typename Entry, Layout layout, bool entropy, bool first_price, bool paths>
void run_block(const Block<Entry>& block, Unit<Real>& unit, Real* path) {
  unit.begin_block();
  for (std::size_t first = 0; first < unit_lanes; first += Lanes<Real>::width) {
    bool checked = unit.tight[first / Lanes<Real>::width];
    if (!checked) {
      run_lanes<Real, Entry, layout, entropy, first_price, false, paths>(block, unit, first, path);
      // A price that cannot be paid is rare until little is left: only then the block is gone through again, with care.
      checked = unit.overspent(first, Lanes<Real>::width);
      unit.tight[first / Lanes<Real>::width] = checked;
    }
    if (checked) run_lanes<Real, Entry, layout, entropy, first_price, true, paths>(block, unit, first, path);
  }
  unit.end_block();
}
