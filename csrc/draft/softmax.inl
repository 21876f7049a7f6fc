// The loops of softmax.cpp, once for each path and real type (PYBENCH_REAL). No include guard.

// The largest logit; `good` becomes false where one is NaN or plus infinity.
PYBENCH_REAL largest_of(const PYBENCH_REAL* logits, std::size_t count, bool* good) {
  using Limits = std::numeric_limits<PYBENCH_REAL>;
  PYBENCH_REAL most[softmax_lanes];
  std::int32_t bad[softmax_lanes] = {};
  for (std::size_t lane = 0; lane < softmax_lanes; ++lane) most[lane] = -Limits::infinity();
  std::size_t token = 0;
  for (; token + softmax_lanes <= count; token += softmax_lanes) {
    for (std::size_t lane = 0; lane < softmax_lanes; ++lane) {
      const PYBENCH_REAL logit = logits[token + lane];
      bad[lane] |= static_cast<std::int32_t>(!(logit <= Limits::max()));
      most[lane] = logit > most[lane] ? logit : most[lane];
    }
  }
  for (; token < count; ++token) {
    bad[0] |= static_cast<std::int32_t>(!(logits[token] <= Limits::max()));
    most[0] = logits[token] > most[0] ? logits[token] : most[0];
  }
  PYBENCH_REAL result = most[0];
  std::int32_t any = bad[0];
  for (std::size_t lane = 1; lane < softmax_lanes; ++lane) {
    result = most[lane] > result ? most[lane] : result;
    any |= bad[lane];
  }
  *good = any == 0;
  return result;
}

// exp(x) for x <= 0, to some units in the last place; 0 where it is no normal number.
inline PYBENCH_REAL exp_not_positive(PYBENCH_REAL x) {
  using Format = ExpFormat<PYBENCH_REAL>;
  const PYBENCH_REAL clamped = x > Format::least ? x : Format::least;
  const PYBENCH_REAL shifted = clamped * Format::log2_e + Format::round;
  const PYBENCH_REAL whole = shifted - Format::round;
  const PYBENCH_REAL rest = (clamped - whole * Format::ln2_high) - whole * Format::ln2_low;
  PYBENCH_REAL sum = Format::reciprocal_factorial(Format::degree);
  for (int k = Format::degree - 1; k >= 0; --k) sum = sum * rest + Format::reciprocal_factorial(k);
  // `round` is 1.5 times a power of two: the lowest bits of `shifted` are the whole number.
  const auto exponent = static_cast<typename Format::Bits>(
      (std::bit_cast<typename Format::Bits>(shifted) + Format::bias) << Format::mantissa_bits);
  const PYBENCH_REAL result = sum * std::bit_cast<PYBENCH_REAL>(exponent);
  return x > Format::least ? result : PYBENCH_REAL{0};
}

// weights = exp((logit - largest) * rate), and their sum.
double exponentials_of(const PYBENCH_REAL* logits, std::size_t count, PYBENCH_REAL largest, PYBENCH_REAL rate,
                       PYBENCH_REAL* weights) {
  double sum[softmax_lanes] = {};
  std::size_t token = 0;
  for (; token + softmax_lanes <= count; token += softmax_lanes) {
    for (std::size_t lane = 0; lane < softmax_lanes; ++lane) {
      const PYBENCH_REAL weight = exp_not_positive((logits[token + lane] - largest) * rate);
      weights[token + lane] = weight;
      sum[lane] += static_cast<double>(weight);
    }
  }
  for (; token < count; ++token) {
    weights[token] = exp_not_positive((logits[token] - largest) * rate);
    sum[0] += static_cast<double>(weights[token]);
  }
  double total = 0.0;
  for (std::size_t lane = 0; lane < softmax_lanes; ++lane) total += sum[lane];
  return total;
}
