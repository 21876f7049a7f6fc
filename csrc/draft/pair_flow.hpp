// How the masses of pairs are split among their two tokens so that as much as can be finds room: the linear program over
// pair weights, as a maximum flow on the tokens.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace pybench::draft {

// mass[i * n + j] is the mass of the pair {i, j}, symmetric, its diagonal unused; room[i] what token i can use. Returns
// the share of pair {i, j} that goes to i, at i * n + j: with that of j it makes 1. First each pair goes to its earlier
// token; then mass moves along shortest paths from tokens that have too much to tokens that have room. Exact but for
// rounding, and the same for the same input. O(n^5) at worst; n = 5 takes about a microsecond.
std::vector<double> split_pairs(std::span<const double> mass, std::span<const double> room);

}  // namespace pybench::draft
