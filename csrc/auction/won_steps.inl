// The pass of won_steps.cpp for one instruction set: over its all, times, load, won, bits, add_where and store_where. No include guard.
template <typename Real>
ChunkSums pass_of(const Real* value, const Real* price, std::size_t count, Factors factors, Word* between, Real* target) {
  Eight sums{};
  const Eight lower = all(factors.lower), upper = all(factors.upper);
  for (std::size_t begin = 0; begin < count; begin += word_steps) {
    const std::size_t steps = std::min(word_steps, count - begin);
    const Real *v = value + begin, *d = price + begin;
    Real *written = target == nullptr ? nullptr : target + begin;
    Real rest_value[word_steps], rest_price[word_steps], rest_target[word_steps];
    if (steps < word_steps) {  // the last word of a trace: a copy, filled up with zeros
      std::fill(std::copy_n(v, steps, rest_value), rest_value + word_steps, Real{0});
      std::fill(std::copy_n(d, steps, rest_price), rest_price + word_steps, Real{0});
      v = rest_value;
      d = rest_price;
      if (target != nullptr) written = rest_target;
    }
    Word word = 0;
    for (std::size_t part = 0; part < word_steps; part += 8) {
      const Eight prices = load(d + part), values = load(v + part);
      const auto above = won(values, times(upper, prices));
      const Word bits_between = bits(won(values, times(lower, prices))) & ~bits(above);
      word |= bits_between << part;
      sums = add_where(sums, above, prices);
      if (written != nullptr) store_where(written + part, above, d + part);
    }
    if (steps < word_steps) {
      word &= (Word{1} << steps) - 1;
      if (target != nullptr) std::copy_n(rest_target, steps, target + begin);
    }
    between[begin / word_steps] = word;
  }
  const bool good = !is_bad(rule_bits_of(value, count) | rule_bits_of(price, count));
  double lane[8];
  std::memcpy(lane, &sums, sizeof lane);
  return {((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7])), good};
}
