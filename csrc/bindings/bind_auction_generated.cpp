// Traces that are made as they are needed, for Python: written out, or paced and planned on without being stored.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "auction/generated_traces.hpp"
#include "auction/pace_generated.hpp"
#include "auction/plan_generated.hpp"
#include "bindings/auction_campaigns.hpp"
#include "bindings/common.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

auction::Market market_of(const Array<float>& value_scale, const Array<float>& price_scale, std::uint64_t key) {
  return {as_span(value_scale), as_span(price_scale), key};
}

std::span<float> written(py::array_t<float>& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

py::tuple generate_traces(const Array<float>& value_scale, const Array<float>& price_scale, std::uint64_t key,
                          std::size_t campaigns, bool sample, int threads) {
  const auto market = market_of(value_scale, price_scale, key);
  py::array_t<float> value({static_cast<py::ssize_t>(campaigns), value_scale.size()});
  py::array_t<float> price({static_cast<py::ssize_t>(campaigns), value_scale.size()});
  const auto stream = sample ? auction::Stream::sample : auction::Stream::live;
  run_released([&, values = written(value), prices = written(price)](CancelToken& cancel) {
    auction::generate_traces(market, campaigns, stream, values, prices, threads, cancel);
  });
  return py::make_tuple(std::move(value), std::move(price));
}

py::tuple pace_generated(const Array<float>& value_scale, const Array<float>& price_scale, std::uint64_t key,
                         const Array<float>& target_spend, const Array<double>& sample_multiplier,
                         const Campaigns& campaigns) {
  const auto market = market_of(value_scale, price_scale, key);
  const auction::Targets targets{as_span(target_spend), as_span(sample_multiplier)};
  Sums sums(static_cast<std::size_t>(campaigns.budget.size()));
  run_released([&](CancelToken& cancel) {
    auction::pace_generated(market, targets, campaigns.settings(), campaigns.rule(), campaigns.threads, sums.outcome(),
                            cancel);
  });
  return sums.release(py::none());
}

py::array_t<double> spending_plan_generated(const Array<float>& value_scale, const Array<float>& price_scale,
                                            std::uint64_t key, const Array<double>& budget, int threads) {
  const auto market = market_of(value_scale, price_scale, key);
  std::vector<double> multiplier(static_cast<std::size_t>(budget.size()));
  run_released([&](CancelToken& cancel) {
    auction::spending_plan_generated(market, as_span(budget), multiplier, threads, cancel);
  });
  return to_array(std::move(multiplier));
}

}  // namespace

void register_auction_generated(py::module_& module) {
  module.def("generate_traces", &generate_traces, py::arg("value_scale").noconvert(), py::arg("price_scale").noconvert(),
             py::arg("key"), py::arg("campaigns"), py::arg("sample"), py::arg("threads"),
             "Values and prices, [campaigns, T].");
  module.def("pace_generated", &pace_generated, py::arg("value_scale").noconvert(), py::arg("price_scale").noconvert(),
             py::arg("key"), py::arg("target_spend").noconvert(), py::arg("sample_multiplier").noconvert(),
             py::arg("campaigns"),
             "As pace on these traces. Targets [T] for all campaigns; or none of those, and a multiplier for each sample.");
  module.def("spending_plan_generated", &spending_plan_generated, py::arg("value_scale").noconvert(),
             py::arg("price_scale").noconvert(), py::arg("key"), py::arg("budget").noconvert(), py::arg("threads"),
             "The multiplier of each campaign's sample, a budget each.");
}

}  // namespace pybench::bindings
