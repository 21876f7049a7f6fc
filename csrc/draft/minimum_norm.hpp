// A least set among many tokens, with a certificate: the minimum-norm point of Fujishige and Wolfe.
//
// For an order of the tokens, the changes of the value as they join one by one are a point of the base polytope, and so is
// every mean x of such points. The sum of the negative entries of x is a lower bound of all changes of the value, and the
// least prefix of any order an upper one; where x has the least norm, the two meet.
#pragma once

#include <cstddef>
#include <vector>

#include "core/cancel.hpp"
#include "draft/set_problem.hpp"

namespace pybench::draft {

struct Certificate {
  double least;              // the least change found, by a set that exists
  double bound;              // no set of open tokens changes the value by less
  std::vector<double> point;  // x for each open token: the bound is the sum of its negative entries

  [[nodiscard]] double gap() const noexcept { return least - bound; }

  // 1 for a token that is in every least set, -1 for one that is in none, 0 where x does not tell. A set that has a token
  // with x > 0, or lacks one with x < 0, is worth the bound and |x| at least; equality is common, hence the margin.
  [[nodiscard]] int verdict(std::size_t open) const noexcept {
    const double edge = gap() + 1e-12;
    return point[open] < -edge ? 1 : point[open] > edge ? -1 : 0;
  }
};

// Stops when least - bound <= goal, when it tells of half the tokens where they belong, or where rounding lets it come no
// closer. O(open^2) an iteration; there are fewer than open as a rule, and many more where most tokens are tied: at most
// 1,000 open.
Certificate minimum_norm(const SetProblem& problem, double goal, CancelToken& cancel);

}  // namespace pybench::draft
