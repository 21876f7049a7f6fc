// What the loops over lanes share, once for each path (lane_paths.inl): registers of one number a campaign, and a step of the
// campaigns in them. No include guard.

template <typename Real>
struct Lanes {
  static constexpr std::size_t count = PYBENCH_BYTES / sizeof(Real);
  using Integer = typename ExponentialFormat<Real>::Integer;
  typedef Real Number __attribute__((vector_size(PYBENCH_BYTES)));
  typedef Integer Whole __attribute__((vector_size(PYBENCH_BYTES)));
  typedef Code Codes __attribute__((vector_size(count * sizeof(Code))));
};

template <typename Vector, typename Entry>
inline __attribute__((always_inline)) void load(Vector& vector, const Entry* from) {
  __builtin_memcpy(&vector, from, sizeof vector);
}

template <typename Vector, typename Entry>
inline __attribute__((always_inline)) void store(const Vector& vector, Entry* to) {
  __builtin_memcpy(to, &vector, sizeof vector);
}

// Codes as numbers. Left to itself the compiler goes through registers of half the width.
inline __attribute__((always_inline)) void load_codes(Lanes<float>::Number& into, const Code* from) {
#if PYBENCH_BYTES == 64
  into = _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))));
#elif PYBENCH_BYTES == 32
  into = _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#else
  Lanes<float>::Codes codes;
  load(codes, from);
  into = __builtin_convertvector(codes, Lanes<float>::Number);
#endif
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

// Which lanes can pay, of those whose sum of the block would be so much.
template <typename Real, std::size_t width>
inline __attribute__((always_inline)) void can_pay(typename Lanes<Real>::Whole& may, const typename Lanes<Real>::Number& paid_sum,
                                                   const Unit<Real, width>& unit, std::size_t lane) {
  constexpr std::size_t count = Lanes<Real>::count;
  Real sums[count];
  typename Lanes<Real>::Integer flags[count];
  store(paid_sum, sums);
  for (std::size_t i = 0; i < count; ++i) {
    flags[i] = -static_cast<typename Lanes<Real>::Integer>(unit.spend[lane + i] + static_cast<double>(sums[i]) <= unit.budget[lane + i]);
  }
  load(may, flags);
}

// The campaigns of one register within a block.
template <typename Real>
struct LaneState {
  using Number = typename Lanes<Real>::Number;
  using Whole = typename Lanes<Real>::Whole;

  template <std::size_t width>
  inline __attribute__((always_inline)) void begin(const Unit<Real, width>& unit, std::size_t lane) {
    load(base, unit.base + lane);
    load(step_size, unit.step_size_real + lane);
    load(highest, unit.highest + lane);
    paid_sum = utility_sum = Number{};
    wins = Whole{};
  }
  template <std::size_t width>
  inline __attribute__((always_inline)) void end(Unit<Real, width>& unit, std::size_t lane, const Number& target_sum) const {
    store(paid_sum, unit.block_paid + lane);
    store(target_sum, unit.block_target + lane);
    store(utility_sum, unit.block_utility + lane);
    store(wins, unit.block_wins + lane);
  }

  // A step of value v and price d, before which `planned` was to be paid in this block. Leaves the factor of the prices
  // in k. `checked` looks at the budget.
  template <bool entropy, bool first_price, bool checked, std::size_t width>
  inline __attribute__((always_inline)) void step(const Number& v, const Number& d, const Number& planned,
                                                  const Unit<Real, width>& unit, std::size_t lane, Number& k) {
    const Number one = Number{} + Real{1};
    k = base + step_size * (paid_sum - planned);
    if constexpr (entropy) {
      exponential_of<Real>(k);
      hold_below(k, highest);
      k = one + k;
    } else {
      hold_above(k, one);
      hold_below(k, highest);
    }
    Number paid = d;
    if constexpr (first_price) paid = v / k;
    Whole won = v >= k * d;
    if constexpr (checked) {
      Whole may;
      can_pay<Real>(may, paid_sum + paid, unit, lane);
      won &= may;
    }
    wins = won ? wins + 1 : wins;
    paid_sum = won ? paid_sum + paid : paid_sum;
    utility_sum = won ? utility_sum + (v - paid) : utility_sum;
  }

  Number base, step_size, highest, paid_sum, utility_sum;
  Whole wins;
};

// As many numbers as a register has doubles, as doubles.
template <typename Entry>
inline __attribute__((always_inline)) void load_doubles(Lanes<double>::Number& into, const Entry* from) {
  typedef Entry Narrow __attribute__((vector_size(Lanes<double>::count * sizeof(Entry))));
  Narrow narrow;
  load(narrow, from);
  into = __builtin_convertvector(narrow, Lanes<double>::Number);
}

// What the next block starts from.
template <typename Real, std::size_t width>
inline __attribute__((always_inline)) void begin_block(Unit<Real, width>& unit) {
  using Doubles = Lanes<double>::Number;
  typedef Real Narrow __attribute__((vector_size(Lanes<double>::count * sizeof(Real))));
  for (std::size_t lane = 0; lane < width; lane += Lanes<double>::count) {
    Doubles start, step_size, gap;
    load(start, unit.start + lane);
    load(step_size, unit.step_size + lane);
    load(gap, unit.gap + lane);
    Doubles base = start + step_size * gap;
    hold_above(base, Doubles{} - largest_entry);
    hold_below(base, Doubles{} + largest_entry);
    const Narrow narrow = __builtin_convertvector(base, Narrow);
    store(narrow, unit.base + lane);
  }
}

// Adds the block's sums.
template <typename Real, std::size_t width>
inline __attribute__((always_inline)) void end_block(Unit<Real, width>& unit) {
  using Doubles = Lanes<double>::Number;
  for (std::size_t lane = 0; lane < width; lane += Lanes<double>::count) {
    Doubles paid, target, gained, spend, gap, utility;
    load_doubles(paid, unit.block_paid + lane);
    load_doubles(target, unit.block_target + lane);
    load_doubles(gained, unit.block_utility + lane);
    load(spend, unit.spend + lane);
    load(gap, unit.gap + lane);
    load(utility, unit.utility + lane);
    spend += paid;
    gap += paid - target;
    utility += gained;
    store(spend, unit.spend + lane);
    store(gap, unit.gap + lane);
    store(utility, unit.utility + lane);
  }
  for (std::size_t lane = 0; lane < width; ++lane) unit.wins[lane] += unit.block_wins[lane];
}

// Whether one of the lanes has spent more than it has.
template <typename Real, std::size_t width>
inline __attribute__((always_inline)) bool overspent(const Unit<Real, width>& unit, std::size_t first, std::size_t count) {
  Lanes<double>::Whole over = {};
  for (std::size_t lane = first; lane < first + count; lane += Lanes<double>::count) {
    Lanes<double>::Number paid, spend, budget;
    load_doubles(paid, unit.block_paid + lane);
    load(spend, unit.spend + lane);
    load(budget, unit.budget + lane);
    over |= spend + paid > budget;
  }
  std::int64_t flags[Lanes<double>::count], any = 0;
  store(over, flags);
  for (const std::int64_t flag : flags) any |= flag;
  return any != 0;
}

// A block of a unit, by groups of `group` lanes: run(first, checked) goes through it with those from `first` on, with or
// without a look at the budget at every step.
template <typename Real, std::size_t width, typename Run>
inline __attribute__((always_inline)) void run_groups(Unit<Real, width>& unit, std::size_t lanes, std::size_t group,
                                                      Run&& run) {
  begin_block(unit);
  for (std::size_t first = 0; first < lanes; first += group) {
    bool& tight = unit.tight[first / group];
    if (!tight) {
      run(first, std::false_type{});
      // A price that cannot be paid is rare until little is left: only then the block is gone through again, with care.
      tight = overspent(unit, first, group);
    }
    if (tight) run(first, std::true_type{});
  }
  end_block(unit);
}
