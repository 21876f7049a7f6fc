// Paced bidders in one market, for Python.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "auction/market.hpp"
#include "bindings/common.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
py::tuple pace_market(const Array<Real>& value, const Array<Real>& target_spend, const Array<Real>& reserve,
                      const Array<double>& budget, const Array<double>& step_size, const Array<double>& initial_multiplier,
                      const Array<double>& log_initial_multiplier, const Array<double>& max_multiplier, bool entropy,
                      bool first_price, bool paths, bool one, int threads) {
  const py::ssize_t markets = value.shape(0), bidders = value.shape(1), steps = value.shape(2);
  const auction::MarketBatch<Real> batch{
      .markets = static_cast<std::size_t>(markets),
      .bidders = static_cast<std::size_t>(bidders),
      .steps = static_cast<std::size_t>(steps),
      .value = as_span(value),
      .target_spend = as_span(target_spend),
      .target_varies = target_spend.shape(2) == steps,
      .reserve = as_span(reserve),
      .reserve_of_market = reserve.shape(0) == markets,
      .reserve_varies = reserve.shape(1) == steps,
      .settings = {as_span(budget), as_span(step_size), as_span(initial_multiplier), as_span(log_initial_multiplier),
                   as_span(max_multiplier)},
      .rule = {.regulariser = entropy ? auction::Regulariser::entropy : auction::Regulariser::euclidean,
               .auction = first_price ? auction::AuctionKind::first_price : auction::AuctionKind::second_price},
      .paths = paths,
      .one = one,
  };
  auction::MarketOutcome<Real> found =
      run_released([&](CancelToken& cancel) { return auction::pace_market(batch, threads, cancel); });
  const std::vector<py::ssize_t> of_bidder{markets, bidders}, of_item{markets, steps}, of_both{markets, bidders, steps};
  py::list fields;
  fields.append(to_array(std::move(found.wins), of_bidder));
  for (auto* field : {&found.spend, &found.utility, &found.multiplier, &found.mean_multiplier}) {
    fields.append(to_array(std::move(*field), of_bidder));
  }
  if (paths) {
    fields.append(to_array(std::move(found.multiplier_path), of_both));
    fields.append(to_array(std::move(found.winner), of_item));
    fields.append(to_array(std::move(found.highest_bid), of_item));
    fields.append(to_array(std::move(found.second_bid), of_item));
  }
  return fields;
}

template <typename Real>
void define(py::module_& module) {
  module.def("pace_market", &pace_market<Real>, py::arg("value").noconvert(), py::arg("target_spend").noconvert(),
             py::arg("reserve").noconvert(), py::arg("budget").noconvert(), py::arg("step_size").noconvert(),
             py::arg("initial_multiplier").noconvert(), py::arg("log_initial_multiplier").noconvert(),
             py::arg("max_multiplier").noconvert(), py::arg("entropy"), py::arg("first_price"),
             py::arg("paths"), py::arg("one"), py::arg("threads"),
             "The fields of a MarketPacing, 5 or with paths 9, of value [markets, N, T], target_spend [markets, N, T or 1], "
             "reserve [markets or 1, T or 1], settings [markets * N]. one: errors name no market. threads 0: all cores.");
}

}  // namespace

void register_auction_market(py::module_& module) {
  define<float>(module);
  define<double>(module);
}

}  // namespace pybench::bindings
