// What the kernels that pace are given and give back, as Python has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "auction/control.hpp"
#include "bindings/common.hpp"

namespace pybench::bindings {

// What Python passes besides the traces: an entry a campaign, and the rule.
struct Campaigns {
  Array<double> budget, step_size, initial_multiplier, log_initial_multiplier, max_multiplier;
  bool entropy, first_price, eager;
  int threads;

  [[nodiscard]] auction::Settings settings() const {
    return {as_span(budget), as_span(step_size), as_span(initial_multiplier), as_span(log_initial_multiplier),
            as_span(max_multiplier)};
  }
  [[nodiscard]] auction::Rule rule() const {
    return {entropy ? auction::Regulariser::entropy : auction::Regulariser::euclidean,
            first_price ? auction::AuctionKind::first_price : auction::AuctionKind::second_price,
            eager ? auction::Projection::eager : auction::Projection::lazy};
  }
};

struct Sums {
  explicit Sums(std::size_t size) : wins(size), spend(size), utility(size), multiplier(size) {}
  std::vector<std::int64_t> wins;
  std::vector<double> spend, utility, multiplier;

  [[nodiscard]] auction::Outcome outcome() { return {wins, spend, utility, multiplier}; }
  [[nodiscard]] pybind11::tuple release(pybind11::object path) {
    return pybind11::make_tuple(to_array(std::move(wins)), to_array(std::move(spend)), to_array(std::move(utility)),
                          to_array(std::move(multiplier)), std::move(path));
  }
};

}  // namespace pybench::bindings
