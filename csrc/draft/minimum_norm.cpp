#include "draft/minimum_norm.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

namespace pybench::draft {
namespace {

using Point = std::vector<double>;

double dot(const Point& a, const Point& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

// Affinely independent points and their mean of least norm. R is upper triangular with R^T R = scale + the products of the
// points (Wolfe, Finding the nearest point in a polytope, 1976); column j is that of point j.
class Corral {
 public:
  explicit Corral(Point first) : scale_(std::max(dot(first, first), 1e-300)) {
    static_cast<void>(add(std::move(first)));
    weight_[0] = 1.0;
  }

  // False where the point depends on the others up to rounding, and was not added.
  bool add(Point point) {
    const double square = scale_ + dot(point, point);
    Point column;
    for (std::size_t j = 0; j < points_.size(); ++j) {
      double value = scale_ + dot(points_[j], point);
      for (std::size_t i = 0; i < j; ++i) value -= columns_[j][i] * column[i];
      column.push_back(value / columns_[j][j]);
    }
    const double left = square - dot(column, column);
    if (!(left > 1e-15 * square)) return false;
    column.push_back(std::sqrt(left));
    columns_.push_back(std::move(column));
    points_.push_back(std::move(point));
    weight_.push_back(0.0);
    return true;
  }

  // Moves to the mean of least norm, and drops the points that it does not need.
  void relax() {
    while (true) {
      const Point wanted = affine_weights();
      double step = 1.0;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] < least_weight) step = std::min(step, weight_[i] / (weight_[i] - wanted[i]));
      }
      for (std::size_t i = 0; i < wanted.size(); ++i) weight_[i] += step * (wanted[i] - weight_[i]);
      if (!(step < 1.0) || points_.size() == 1) break;
      std::size_t least = 0;
      for (std::size_t i = 0; i < weight_.size(); ++i) least = weight_[i] < weight_[least] ? i : least;
      remove(least);
      for (std::size_t i = weight_.size(); i-- > 0;) {
        if (weight_[i] <= least_weight && weight_.size() > 1) remove(i);
      }
    }
  }

  // A mean with weights that are not negative and sum to 1, whatever rounding did to them.
  [[nodiscard]] Point mean() const {
    double total = 0.0;
    for (const double weight : weight_) total += std::max(weight, 0.0);
    Point sum(points_.front().size(), 0.0);
    for (std::size_t j = 0; j < points_.size(); ++j) {
      const double share = std::max(weight_[j], 0.0) / total;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share * points_[j][i];
    }
    return sum;
  }

 private:
  static constexpr double least_weight = 1e-14;

  // Weights, of any sign, of the point of least norm in the affine hull: R^T R w = 1, rescaled.
  [[nodiscard]] Point affine_weights() const {
    const std::size_t size = points_.size();
    Point w(size, 1.0);
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t i = 0; i < j; ++i) w[j] -= columns_[j][i] * w[i];
      w[j] /= columns_[j][j];
    }
    for (std::size_t j = size; j-- > 0;) {
      w[j] /= columns_[j][j];
      for (std::size_t i = 0; i < j; ++i) w[i] -= columns_[j][i] * w[j];
    }
    const double total = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& weight : w) weight /= total;
    return w;
  }

  // Without column `out`, each later one has an entry below the diagonal, which a rotation of two rows takes away.
  void remove(std::size_t out) {
    const auto at = static_cast<std::ptrdiff_t>(out);
    columns_.erase(columns_.begin() + at);
    points_.erase(points_.begin() + at);
    weight_.erase(weight_.begin() + at);
    for (std::size_t j = out; j < columns_.size(); ++j) {
      const double length = std::hypot(columns_[j][j], columns_[j][j + 1]);
      const double cosine = columns_[j][j] / length;
      const double sine = columns_[j][j + 1] / length;
      for (std::size_t later = j; later < columns_.size(); ++later) {
        Point& column = columns_[later];
        const double upper = column[j];
        const double lower = column[j + 1];
        column[j] = cosine * upper + sine * lower;
        column[j + 1] = cosine * lower - sine * upper;
      }
      columns_[j].pop_back();
    }
  }

  double scale_;
  std::vector<Point> points_;
  std::vector<Point> columns_;
  Point weight_;
};

}  // namespace

Certificate minimum_norm(const SetProblem& problem, double goal, CancelToken& cancel) {
  const std::size_t size = problem.open().size();
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Point change(size);
  Certificate found{0.0, -HUGE_VAL, {}};
  const auto greedy = [&] {
    problem.changes(order, change);
    double value = 0.0;
    for (const std::size_t i : order) {
      value += change[i];
      found.least = std::min(found.least, value);
    }
  };
  greedy();
  Corral corral(change);
  for (std::size_t round = 0; round < 20 * size + 100; ++round) {
    cancel.check();
    const Point x = corral.mean();
    double bound = 0.0;
    for (const double entry : x) bound += std::min(entry, 0.0);
    if (bound > found.bound) {
      found.bound = bound;
      found.point = x;
    }
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] != x[b] ? x[a] < x[b] : a < b; });
    greedy();
    std::size_t known = 0;
    for (std::size_t i = 0; i < size; ++i) known += found.verdict(i) != 0 ? 1 : 0;
    if (found.gap() <= goal || 2 * known >= size) break;
    if (!(dot(x, change) < dot(x, x)) || !corral.add(change)) break;
    corral.relax();
  }
  return found;
}

}  // namespace pybench::draft
