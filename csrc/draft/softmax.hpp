// Logits to a law, as a server samples: temperature, then top-k, then top-p.
#pragma once

#include <cstdint>
#include <span>

namespace pybench::draft {

struct Sampling {
  double temperature;  // above 0
  std::int64_t top_k;  // 0: all tokens. Otherwise those at least as likely as the k-th
  double top_p;        // 1: all tokens. Otherwise those at least as likely as the last of the fewest that hold as much
};

// law = softmax(logits / temperature), restricted and rescaled to sum to 1. A logit of minus infinity is a token of
// probability 0, and so is one whose probability would be no normal number beside the largest. Throws InvalidInput naming
// `name`, the row (unless negative) and the token for NaN and plus infinity, and for a row without a finite logit.
// O(V); deterministic, the same bits on every path.
template <typename Real>
void softmax(std::span<const Real> logits, const Sampling& sampling, std::span<Real> law, const char* name,
             std::int64_t row);

extern template void softmax<float>(std::span<const float>, const Sampling&, std::span<float>, const char*, std::int64_t);
extern template void softmax<double>(std::span<const double>, const Sampling&, std::span<double>, const char*,
                                     std::int64_t);

}  // namespace pybench::draft
