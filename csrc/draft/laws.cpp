#include "draft/laws.hpp"

#include <cmath>
#include <sstream>
#include <string>

#include "core/errors.hpp"

namespace pybench::draft {
namespace {

template <typename Number>
std::string written(Number value) {
  std::ostringstream text;
  text.precision(9);
  text << value;
  return text.str();
}

}  // namespace

std::string name_of_row(const char* name, std::int64_t row) {
  return row < 0 ? std::string(name) : std::string(name) + "[" + std::to_string(row) + "]";
}

template <typename Real>
void refuse_bad_entry(std::span<const Real> law, const char* name, std::int64_t row) {
  for (std::size_t token = 0; token < law.size(); ++token) {
    if (law[token] >= Real{0} && std::isfinite(law[token])) continue;
    throw InvalidInput(name_of_row(name, row) + "[" + std::to_string(token) + "] is " + written(law[token]) +
                       ": a probability must be finite and not negative");
  }
}

template <typename Real>
void check_sum(double sum, const char* name, std::int64_t row) {
  if (std::abs(sum - 1.0) <= sum_tolerance<Real>) return;
  std::ostringstream text;
  text.precision(12);
  text << name_of_row(name, row) << " sums to " << sum << ": it must sum to 1 within " << sum_tolerance<Real>;
  throw InvalidInput(text.str());
}

template <typename Real>
double checked_sum(std::span<const Real> law, const char* name, std::int64_t row) {
  // Eight chains of additions, which the compiler keeps in wide registers; a bad entry shows in the least or in the sum.
  constexpr std::size_t lanes = 8;
  double sum[lanes] = {};
  Real least[lanes] = {};
  std::size_t token = 0;
  for (; token + lanes <= law.size(); token += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const Real value = law[token + lane];
      sum[lane] += static_cast<double>(value);
      least[lane] = value < least[lane] ? value : least[lane];
    }
  }
  for (; token < law.size(); ++token) {
    sum[0] += static_cast<double>(law[token]);
    least[0] = law[token] < least[0] ? law[token] : least[0];
  }
  double total = 0.0;
  Real lowest{0};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    total += sum[lane];
    lowest = least[lane] < lowest ? least[lane] : lowest;
  }
  if (lowest < Real{0} || !std::isfinite(total)) refuse_bad_entry(law, name, row);
  check_sum<Real>(total, name, row);
  return total;
}

template <typename Real>
void check_draft_tokens(std::span<const std::int64_t> tokens, std::int64_t draft_count, std::span<const Real> draft,
                        std::int64_t law) {
  const auto size = static_cast<std::int64_t>(draft.size());
  for (std::size_t place = 0; place < tokens.size(); ++place) {
    const std::int64_t token = tokens[place];
    if (token >= 0 && token < size && draft[static_cast<std::size_t>(token)] > Real{0}) continue;
    const auto row = static_cast<std::int64_t>(place) / draft_count, draw = static_cast<std::int64_t>(place) % draft_count;
    const std::string where = name_of_row("draft_tokens", law) + "[" + std::to_string(row) + "][" + std::to_string(draw) + "]";
    if (token < 0 || token >= size) {
      throw InvalidInput(where + " is " + std::to_string(token) + ": it must be a token of [0, " + std::to_string(size) +
                         ")");
    }
    throw InvalidInput(where + " is " + std::to_string(token) +
                       ": its draft probability is 0, so it cannot have been drawn from the draft law");
  }
}

template void refuse_bad_entry<float>(std::span<const float>, const char*, std::int64_t);
template void refuse_bad_entry<double>(std::span<const double>, const char*, std::int64_t);
template void check_sum<float>(double, const char*, std::int64_t);
template void check_sum<double>(double, const char*, std::int64_t);
template double checked_sum<float>(std::span<const float>, const char*, std::int64_t);
template double checked_sum<double>(std::span<const double>, const char*, std::int64_t);
template void check_draft_tokens<float>(std::span<const std::int64_t>, std::int64_t, std::span<const float>, std::int64_t);
template void check_draft_tokens<double>(std::span<const std::int64_t>, std::int64_t, std::span<const double>,
                                         std::int64_t);

}  // namespace pybench::draft
