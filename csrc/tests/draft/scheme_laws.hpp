// Laws for the tests of the verification schemes.
#pragma once

#include <cstdint>
#include <vector>

#include "draft/law_pair.hpp"
#include "draft/random.hpp"

namespace pybench::tests {

struct TwoLaws {
  std::vector<double> draft;
  std::vector<double> target;

  [[nodiscard]] draft::LawPair<double> pair() const {
    const auto scale = [](const std::vector<double>& law) {
      double sum = 0.0;
      for (const double value : law) sum += value;
      return 1.0 / sum;
    };
    return {draft, target, scale(draft), scale(target)};
  }
};

// Random weights, a share of them 0, some equal to others.
inline TwoLaws random_laws(std::size_t size, std::uint64_t seed) {
  TwoLaws laws{std::vector<double>(size), std::vector<double>(size)};
  for (std::size_t token = 0; token < size; ++token) {
    const draft::Uniforms weight = draft::uniforms({seed, token, 0}, draft::Purpose::drafting, 0);
    const draft::Uniforms kind = draft::uniforms({seed, token, 0}, draft::Purpose::scoring, 0);
    laws.draft[token] = kind.first < 0.2 ? 0.0 : kind.first < 0.4 ? 0.5 : weight.first * weight.first;
    laws.target[token] = kind.second < 0.2 ? 0.0 : kind.second < 0.4 ? laws.draft[token] : weight.second;
  }
  laws.draft[0] += 0.1;
  laws.target[size - 1] += 0.1;
  return laws;
}

}  // namespace pybench::tests
