#include "draft/residual.hpp"

#include <algorithm>

#include "draft/sums.hpp"

namespace pybench::draft {
namespace {

// As in pybench.kernels.reference.draft_blocks.
constexpr std::size_t block_size = 1024;

}  // namespace

template <typename Real>
double Residual<Real>::block_sum(std::size_t begin) const noexcept {
  const std::size_t end = std::min(target.size(), begin + block_size);
  return sum_over(begin, end, [this](std::size_t token) { return (*this)[token]; });
}

template <typename Real>
double Residual<Real>::total() const noexcept {
  double sum = 0.0;
  for (std::size_t begin = 0; begin < target.size(); begin += block_size) sum += block_sum(begin);
  return sum;
}

template <typename Real>
std::int64_t Residual<Real>::draw(double uniform) const noexcept {
  const double place = uniform * total();
  // The last block with a positive sum is taken even where rounding keeps its end below `place`; so is the last token.
  std::size_t block = target.size();
  double before = 0.0;
  double end = 0.0;
  for (std::size_t begin = 0; begin < target.size() && end <= place; begin += block_size) {
    const double sum = block_sum(begin);
    if (sum > 0.0) {
      block = begin;
      before = end;
    }
    end += sum;
  }
  std::int64_t drawn = -1;
  double cumulative = 0.0;
  for (std::size_t token = block; token < std::min(target.size(), block + block_size); ++token) {
    const double left = (*this)[token];
    if (left <= 0.0) continue;
    drawn = static_cast<std::int64_t>(token);
    cumulative += left;
    if (cumulative > place - before) break;
  }
  return drawn;
}

template struct Residual<float>;
template struct Residual<double>;

}  // namespace pybench::draft
