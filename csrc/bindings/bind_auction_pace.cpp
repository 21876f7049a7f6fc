// Pacing for Python: rows of traces, traces that are laid out, settings on one trace.
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "auction/pace.hpp"
#include "auction/tiles.hpp"
#include "bindings/auction_campaigns.hpp"
#include "bindings/common.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
auction::TraceRows<Real> rows_of(const Array<Real>& value, const Array<Real>& price, const Array<Real>& target_spend,
                                 bool batched) {
  return {value.data(), price.data(), target_spend.data(), static_cast<std::size_t>(value.shape(0)),
          static_cast<std::size_t>(value.shape(1)), batched};
}

// Traces [campaigns, T], or [1, T] and any number of settings.
template <typename Real>
py::tuple pace(const Array<Real>& value, const Array<Real>& price, const Array<Real>& target_spend,
               const Campaigns& campaigns, bool batched, bool paths) {
  const auto count = campaigns.budget.size();
  const auto rows = rows_of(value, price, target_spend, batched);
  Sums sums(static_cast<std::size_t>(count));
  py::object path = py::none();
  std::span<Real> steps;
  if (paths) {
    py::array_t<Real> array({count, value.shape(1)});
    steps = {array.mutable_data(), static_cast<std::size_t>(array.size())};
    path = std::move(array);
  }
  const auto run = batched ? &auction::pace_rows<Real> : &auction::pace_settings<Real>;
  run_released([&](CancelToken& cancel) {
    run(rows, campaigns.settings(), campaigns.rule(), campaigns.threads, sums.outcome(), steps, cancel);
  });
  return sums.release(std::move(path));
}

class PackedTraces {
 public:
  template <typename Real>
  static std::unique_ptr<PackedTraces> make(const Array<Real>& value, const Array<Real>& price,
                                            const Array<Real>& target_spend, double unit, bool batched,
                                            int threads) {
    auto packed = std::make_unique<PackedTraces>();
    const auto rows = rows_of(value, price, target_spend, batched);
    run_released([&](CancelToken& cancel) {
      if (unit > 0.0) {
        packed->tiles_ = std::make_unique<auction::Tiles<auction::Code>>(rows, unit, threads, cancel);
      } else {
        packed->tiles_ = std::make_unique<auction::Tiles<Real>>(rows, threads, cancel);
      }
    });
    return packed;
  }

  [[nodiscard]] py::tuple pace(const Campaigns& campaigns) const {
    Sums sums(static_cast<std::size_t>(campaigns.budget.size()));
    run_released([&](CancelToken& cancel) {
      std::visit(
          [&](const auto& tiles) {
            auction::pace_tiles(*tiles, campaigns.settings(), campaigns.rule(), campaigns.threads, sums.outcome(), cancel);
          },
          tiles_);
    });
    return sums.release(py::none());
  }

  [[nodiscard]] std::size_t campaigns() const {
    return std::visit([](const auto& tiles) { return tiles->campaigns(); }, tiles_);
  }
  [[nodiscard]] std::size_t steps() const {
    return std::visit([](const auto& tiles) { return tiles->steps(); }, tiles_);
  }
  [[nodiscard]] std::size_t bytes() const {
    return std::visit([](const auto& tiles) { return tiles->bytes(); }, tiles_);
  }

 private:
  template <typename Entry>
  using Owned = std::unique_ptr<auction::Tiles<Entry>>;
  std::variant<Owned<float>, Owned<double>, Owned<auction::Code>> tiles_;
};

template <typename Real>
void register_for(py::module_& module) {
  module.def("pace", &pace<Real>, py::arg("value").noconvert(), py::arg("price").noconvert(),
             py::arg("target_spend").noconvert(), py::arg("campaigns"), py::arg("batched"), py::arg("paths"),
             "(wins, spend, utility, multiplier, path or None) of traces [campaigns, T], or [1, T] and any settings.");
  module.def("pack_traces", &PackedTraces::make<Real>, py::arg("value").noconvert(), py::arg("price").noconvert(),
             py::arg("target_spend").noconvert(), py::arg("unit"), py::arg("batched"), py::arg("threads"),
             "Traces laid out; with a unit above 0, as codes of 16 bits.");
}

}  // namespace

void register_auction_pace(py::module_& module) {
  py::class_<Campaigns>(module, "Campaigns")
      .def(py::init([](Array<double> budget, Array<double> step_size, Array<double> initial_multiplier,
                       Array<double> log_initial_multiplier, Array<double> max_multiplier, bool entropy,
                       bool first_price, bool eager, int threads) {
             return Campaigns{std::move(budget), std::move(step_size), std::move(initial_multiplier),
                              std::move(log_initial_multiplier), std::move(max_multiplier), entropy, first_price, eager,
                              threads};
           }),
           py::arg("budget").noconvert(), py::arg("step_size").noconvert(), py::arg("initial_multiplier").noconvert(),
           py::arg("log_initial_multiplier").noconvert(), py::arg("max_multiplier").noconvert(), py::arg("entropy"),
           py::arg("first_price"), py::arg("eager"), py::arg("threads"));
  py::class_<PackedTraces>(module, "PackedTraces")
      .def_property_readonly("campaigns", &PackedTraces::campaigns)
      .def_property_readonly("steps", &PackedTraces::steps)
      .def_property_readonly("bytes", &PackedTraces::bytes)
      .def("pace", &PackedTraces::pace, py::arg("campaigns"), "As the function, on these traces, lazily, without a path.");
  register_for<float>(module);
  register_for<double>(module);
}

}  // namespace pybench::bindings
