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

// Affinely independent points and their mean of least norm (Wolfe, Finding the nearest point in a polytope, 1976). With
// one entry `lift` before each point, they are the columns of Q R: Q orthonormal, R upper triangular. Orthogonalised twice
// instead of by products of points, they may be as near to each other as some 1e-14.
class Corral {
 public:
  explicit Corral(const Point& first) : lift_(std::max(std::sqrt(dot(first, first)), 1e-150)) {
    static_cast<void>(add(first));
    weight_[0] = 1.0;
  }

  // False where the point depends on the others up to rounding, and was not added.
  bool add(const Point& point) {
    Point rest = {lift_};
    rest.insert(rest.end(), point.begin(), point.end());
    const double length = std::sqrt(dot(rest, rest));
    Point column(points_.size(), 0.0);
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < points_.size(); ++j) {
        const double along = dot(basis_[j], rest);
        column[j] += along;
        for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= along * basis_[j][i];
      }
    }
    const double left = std::sqrt(dot(rest, rest));
    if (!(left > 1e-14 * length)) return false;
    for (double& entry : rest) entry /= left;
    column.push_back(left);
    basis_.push_back(std::move(rest));
    columns_.push_back(std::move(column));
    points_.push_back(point);
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

  // Weights, of any sign, of the point of least norm in the affine hull. Up to a factor, R w is the first row of Q.
  [[nodiscard]] Point affine_weights() const {
    Point w;
    for (const Point& direction : basis_) w.push_back(direction[0]);
    for (std::size_t j = w.size(); j-- > 0;) {
      w[j] /= columns_[j][j];
      for (std::size_t i = 0; i < j; ++i) w[i] -= columns_[j][i] * w[j];
    }
    const double total = std::accumulate(w.begin(), w.end(), 0.0);
    for (double& weight : w) weight /= total;
    return w;
  }

  // Without column `out`, each later one has an entry below the diagonal, which a rotation of two rows of R, and of two
  // columns of Q, takes away.
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
      for (std::size_t i = 0; i < basis_[j].size(); ++i) {
        const double upper = basis_[j][i];
        const double lower = basis_[j + 1][i];
        basis_[j][i] = cosine * upper + sine * lower;
        basis_[j + 1][i] = cosine * lower - sine * upper;
      }
    }
    basis_.pop_back();
  }

  double lift_;
  std::vector<Point> points_;
  std::vector<Point> basis_;    // columns of Q
  std::vector<Point> columns_;  // of R
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
  for (std::size_t round = 0; round < 1000 * size; ++round) {
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
