// The loop of traces.cpp, once for each path. No include guard.
template <typename Real>
EntryBits<Real> rule_bits_of(const Real* entries, std::size_t count) {
  EntryBits<Real> rule = 0;
  for (std::size_t step = 0; step < count; ++step) rule |= rule_bits(entries[step]);
  return rule;
}
