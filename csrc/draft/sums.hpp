// Sums over tokens in eight chains of additions, which the compiler keeps in wide registers: the same bits on every
// instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pybench::draft {

inline constexpr std::size_t sum_lanes = 8;

// The sum of term(token) for begin <= token < end.
template <typename Term>
double sum_over(std::size_t begin, std::size_t end, Term&& term) {
  double lane_sum[sum_lanes] = {};
  std::size_t token = begin;
  for (; token + sum_lanes <= end; token += sum_lanes) {
    for (std::size_t lane = 0; lane < sum_lanes; ++lane) lane_sum[lane] += term(token + lane);
  }
  for (std::size_t lane = 0; token < end; ++token, ++lane) lane_sum[lane] += term(token);
  return ((lane_sum[0] + lane_sum[1]) + (lane_sum[2] + lane_sum[3])) +
         ((lane_sum[4] + lane_sum[5]) + (lane_sum[6] + lane_sum[7]));
}

// The sum of part(begin, end) over the stretches between the tokens that are left out, in ascending order, of all tokens
// below `end`.
template <typename Part>
double sum_between(std::size_t end, std::span<const std::int64_t> left_out, Part&& part) {
  double sum = 0.0;
  std::size_t begin = 0;
  for (const std::int64_t token : left_out) {
    sum += part(begin, static_cast<std::size_t>(token));
    begin = static_cast<std::size_t>(token) + 1;
  }
  return sum + part(begin, end);
}

// The sum of term(token) over all tokens below `end` but those that are left out. No difference is taken, so that a rest
// of 1e-300 is as exact as one of 1/2.
template <typename Term>
double sum_without(std::size_t end, std::span<const std::int64_t> left_out, Term&& term) {
  return sum_between(end, left_out, [&](std::size_t from, std::size_t to) { return sum_over(from, to, term); });
}

}  // namespace pybench::draft
