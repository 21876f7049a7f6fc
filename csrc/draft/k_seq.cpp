#include "draft/k_seq.hpp"

#include <algorithm>
#include <cmath>

#include "draft/law_sums.hpp"

namespace pybench::draft {
namespace {

constexpr int most_passes = 100;
constexpr double near = 1e-14;  // relative: the root is not worth more passes

struct Pass {
  double scale;
  double covered;  // sum of min(rho p, q)
  double slope;    // its derivative: the draft mass of tokens with rho p < q
  double once;
  double excess;  // 1 - (1 - b)^K - rho b: falls with rho
};

template <typename Real>
Pass pass(const LawPair<Real>& laws, double scale, double draft_count) {
  const Covered found = covered_by(laws, scale);
  const double once = std::min(1.0, found.mass / scale);
  return {scale, found.mass, found.slope, once, -std::expm1(draft_count * std::log1p(-once)) - found.mass};
}

double newton_step(const Pass& at, double draft_count) {
  const double curve = draft_count * std::pow(1.0 - at.once, draft_count - 1.0) * (at.once - at.slope) / at.scale;
  return at.excess / (std::max(0.0, curve) + at.slope);
}

}  // namespace

template <typename Real>
KSeqScale k_seq_scale(const LawPair<Real>& laws, std::int64_t draft_count, CancelToken& cancel) {
  const auto count = static_cast<double>(draft_count);
  Pass at = pass(laws, 1.0, count);
  Pass upper = at;
  if (at.excess > 0.0) {
    double low = 1.0, high = count;
    upper = pass(laws, high, count);
    for (int step = 0; step < most_passes && high - low > near * high; ++step) {
      cancel.check_after(laws.size());
      const double move = newton_step(at, count);
      // A move too small to leave the lower side is doubled, with a little more: the root is to be bracketed.
      const bool short_move = at.excess > 0.0 && move < 1e-9 * at.scale;
      double next = at.scale + (short_move ? 2.0 * move + 0.25 * near * at.scale : move);
      if (!(next > low && next < high)) {
        if (at.excess <= 0.0 && std::abs(move) <= near * at.scale) break;
        next = 0.5 * (low + high);
      }
      at = pass(laws, next, count);
      if (at.excess > 0.0) {
        low = next;
      } else {
        high = next;
        upper = at;
        if (-newton_step(at, count) <= near * next) break;
      }
    }
  }
  return {upper.scale, upper.once, std::min(1.0, upper.excess + upper.covered)};
}

template KSeqScale k_seq_scale<float>(const LawPair<float>&, std::int64_t, CancelToken&);
template KSeqScale k_seq_scale<double>(const LawPair<double>&, std::int64_t, CancelToken&);

}  // namespace pybench::draft
