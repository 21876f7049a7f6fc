// Draft and target laws: what every kernel of this area checks of them first.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace pybench::draft {

inline constexpr std::int64_t max_vocabulary = std::int64_t{1} << 24;

// How far from 1 the sum of a law may be and still be rescaled.
template <typename Real>
inline constexpr double sum_tolerance = 1e-9;
template <>
inline constexpr double sum_tolerance<float> = 1e-3;

// How an error names a row of an argument: "name[row]", or "name" where the row is negative.
std::string name_of_row(const char* name, std::int64_t row);

// The sum of a law, in double: what its entries are to be divided by. Throws InvalidInput naming `name`, the row (unless
// negative), the token and its value for an entry that is negative, NaN or infinite, and for a sum too far from 1.
template <typename Real>
double checked_sum(std::span<const Real> law, const char* name, std::int64_t row);

// The same rule for a sum that was found elsewhere.
template <typename Real>
void check_sum(double sum, const char* name, std::int64_t row);

// Throws for the first entry that is negative, NaN or infinite; does nothing where there is none.
template <typename Real>
void refuse_bad_entry(std::span<const Real> law, const char* name, std::int64_t row);

// Draft tokens of one row of laws, [rows, draft_count]: each must be a token of the vocabulary that the draft law can
// draw. Throws InvalidInput naming the place, the token and the rule.
template <typename Real>
void check_draft_tokens(std::span<const std::int64_t> tokens, std::int64_t draft_count, std::span<const Real> draft,
                        std::int64_t law);

}  // namespace pybench::draft
