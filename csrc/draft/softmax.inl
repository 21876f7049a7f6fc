// The loops of softmax.cpp for one instruction set (core/simd_paths.inl).

// The largest logit; `good` becomes false where one is NaN or plus infinity.
template <typename Real>
Real largest_of(std::span<const Real> logits, bool& good) {
  const std::size_t count = logits.size();
  using Limits = std::numeric_limits<Real>;
  Real most[softmax_lanes];
  std::int32_t bad[softmax_lanes] = {};
  for (std::size_t lane = 0; lane < softmax_lanes; ++lane) most[lane] = -Limits::infinity();
  std::size_t token = 0;
  for (; token + softmax_lanes <= count; token += softmax_lanes) {
    for (std::size_t lane = 0; lane < softmax_lanes; ++lane) {
      const Real logit = logits[token + lane];
      bad[lane] |= static_cast<std::int32_t>(!(logit <= Limits::max()));
      most[lane] = logit > most[lane] ? logit : most[lane];
    }
  }
  for (; token < count; ++token) {
    bad[0] |= static_cast<std::int32_t>(!(logits[token] <= Limits::max()));
    most[0] = logits[token] > most[0] ? logits[token] : most[0];
  }
  Real result = most[0];
  std::int32_t any = bad[0];
  for (std::size_t lane = 1; lane < softmax_lanes; ++lane) {
    result = most[lane] > result ? most[lane] : result;
    any |= bad[lane];
  }
  good = any == 0;
  return result;
}

// exp(x) for x <= 0, to some units in the last place; 0 where it is no normal number.
template <typename Real>
Real exp_not_positive(Real x) {
  using Format = ExpFormat<Real>;
  using Bits = typename Format::Bits;
  using Signed = std::make_signed_t<Bits>;
  // Selects by bits: `?:` on numbers whose comparison might trap would keep the loop narrow.
  const auto kept = static_cast<Bits>(-static_cast<Signed>(x > Format::least));
  const Real clamped = std::bit_cast<Real>((std::bit_cast<Bits>(x) & kept) | (std::bit_cast<Bits>(Format::least) & ~kept));
  const Real shifted = clamped * Format::log2_e + Format::round;
  const Real whole = shifted - Format::round;
  const Real rest = (clamped - whole * Format::ln2_high) - whole * Format::ln2_low;
  // Written out by the compiler's front end: a loop here would keep the one around it narrow.
  const Real sum = [rest]<std::size_t... k>(std::index_sequence<k...>) {
    Real series = reciprocal_factorials<Real>[Format::degree];
    ((series = series * rest + reciprocal_factorials<Real>[Format::degree - 1 - k]), ...);
    return series;
  }(std::make_index_sequence<Format::degree>());
  // `round` is 1.5 times a power of two: the lowest bits of `shifted` are the whole number.
  const auto exponent = static_cast<Bits>((std::bit_cast<Bits>(shifted) + Format::bias) << Format::mantissa_bits);
  const Real result = sum * std::bit_cast<Real>(exponent);
  return std::bit_cast<Real>(std::bit_cast<Bits>(result) & kept);
}

// weights = exp((logit - largest) * rate), and their sum.
template <typename Real>
double exponentials_of(std::span<const Real> logits, Real largest, Real rate, Real* weights) {
  const std::size_t count = logits.size();
  double sum[softmax_lanes] = {};
  for (std::size_t begin = 0; begin < count; begin += softmax_block) {
    const std::size_t end = std::min(count, begin + softmax_block);
    // A loop of its own, which the compiler makes wide.
    for (std::size_t token = begin; token < end; ++token) {
      weights[token] = exp_not_positive((logits[token] - largest) * rate);
    }
    std::size_t token = begin;
    for (; token + softmax_lanes <= end; token += softmax_lanes) {
      for (std::size_t lane = 0; lane < softmax_lanes; ++lane) sum[lane] += static_cast<double>(weights[token + lane]);
    }
    for (; token < end; ++token) sum[0] += static_cast<double>(weights[token]);
  }
  double total = 0.0;
  for (std::size_t lane = 0; lane < softmax_lanes; ++lane) total += sum[lane];
  return total;
}
