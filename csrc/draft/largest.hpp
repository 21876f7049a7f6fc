// The tokens of the largest values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pybench::draft {

// Up to `count` tokens whose values are above `floor`, by descending value; of equal ones the lowest token first.
// O(size), and O(log count) for each token that is among the largest of those before it.
template <typename Real>
std::vector<std::int64_t> largest(std::span<const Real> values, std::int64_t count, Real floor) {
  const auto better = [&](std::int64_t left, std::int64_t right) {
    const Real a = values[static_cast<std::size_t>(left)], b = values[static_cast<std::size_t>(right)];
    return a > b || (a == b && left < right);
  };
  std::vector<std::int64_t> kept;  // a heap with the worst on top
  kept.reserve(std::min(static_cast<std::size_t>(count), values.size()));
  Real bar = floor;
  for (std::size_t token = 0; token < values.size(); ++token) {
    if (!(values[token] > bar)) continue;  // an equal one comes later, so it is worse
    if (static_cast<std::int64_t>(kept.size()) == count) {
      std::pop_heap(kept.begin(), kept.end(), better);
      kept.pop_back();
    }
    kept.push_back(static_cast<std::int64_t>(token));
    std::push_heap(kept.begin(), kept.end(), better);
    if (static_cast<std::int64_t>(kept.size()) == count) bar = values[static_cast<std::size_t>(kept.front())];
  }
  std::sort(kept.begin(), kept.end(), better);
  return kept;
}

}  // namespace pybench::draft
