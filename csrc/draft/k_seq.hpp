// The scale of k-SEQ (Sun et al., SpecTr, 2023): draft x is accepted with probability min(1, q(x) / (rho p(x))), and rho
// is the least for which no token is accepted more often than the target allows.
#pragma once

#include <cstdint>

#include "core/cancel.hpp"
#include "draft/law_pair.hpp"

namespace pybench::draft {

struct KSeqScale {
  double scale;       // rho, from 1 to draft_count
  double once;        // probability that one draft is accepted
  double acceptance;  // that one of all is: at most rho * once
};

// The root of 1 - (1 - b)^K = rho b, b = sum min(p, q / rho), by Newton's method inside a bracket; from above, so that
// the residual is never negative. Five to ten passes over the laws.
template <typename Real>
KSeqScale k_seq_scale(const LawPair<Real>& laws, std::int64_t draft_count, CancelToken& cancel);

}  // namespace pybench::draft
