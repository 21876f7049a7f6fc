// A number in the text of an error: as short as tells it from all others.
#pragma once

#include <charconv>
#include <cmath>
#include <string>

namespace pybench::auction {

inline std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

}  // namespace pybench::auction
