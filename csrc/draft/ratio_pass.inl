// The loops of ratio_pass.cpp, once for each path (PYBENCH_PATH) and real type (PYBENCH_REAL). No include guard.
bool bucket_chunk_of(const PYBENCH_REAL* draft, const PYBENCH_REAL* target, std::size_t count, RatioKeys keys, Key* key_of,
                     Masses* masses) {
  constexpr PYBENCH_REAL largest = std::numeric_limits<PYBENCH_REAL>::max();
  const int shift = keys.shift();
  const std::int32_t offset = keys.offset(), last = static_cast<std::int32_t>(keys.buckets()) - 1;
  const std::int32_t absent = keys.absent();
  std::int32_t good = 1;
  for (std::size_t i = 0; i < count; ++i) {
    // No branch: comparisons of floats may trap, so a compiler does not make one of `?:` and then keeps the loop narrow.
    const PYBENCH_REAL p = draft[i], q = target[i];
    const auto drawn = static_cast<std::int32_t>(p > PYBENCH_REAL{0});
    const PYBENCH_REAL divisor = p + static_cast<PYBENCH_REAL>(1 - drawn);
    const std::int32_t bits = std::bit_cast<std::int32_t>(static_cast<float>(q / divisor));
    std::int32_t key = (bits >> shift) - offset;
    key = key < 0 ? 0 : key;
    key = key > last ? last : key;
    const std::int32_t otherwise = absent - static_cast<std::int32_t>(q > PYBENCH_REAL{0});
    key = (key & -drawn) | (otherwise & (drawn - 1));
    key_of[i] = static_cast<Key>(key);
    good &= static_cast<std::int32_t>(p >= PYBENCH_REAL{0}) & static_cast<std::int32_t>(p <= largest) &
            static_cast<std::int32_t>(q >= PYBENCH_REAL{0}) & static_cast<std::int32_t>(q <= largest);
  }
  // Two streams and a page of them gone every eighth chunk: the machine's own prefetching lags where laws come from memory.
  constexpr std::size_t line = 64 / sizeof(PYBENCH_REAL);
  for (std::size_t begin = 0; begin < count; begin += line) {
    __builtin_prefetch(draft + begin + chunk);
    __builtin_prefetch(target + begin + chunk);
    const std::size_t end = begin + line < count ? begin + line : count;
    for (std::size_t i = begin; i < end; ++i) {
      Masses& bucket = masses[key_of[i]];
      bucket.draft += static_cast<double>(draft[i]);
      bucket.target += static_cast<double>(target[i]);
    }
  }
  return good != 0;
}
