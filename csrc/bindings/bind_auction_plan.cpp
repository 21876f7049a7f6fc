// Spending plans and their certificate, for Python.
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "auction/lagrangian_bound.hpp"
#include "auction/spending_plan.hpp"
#include "bindings/common.hpp"
#include "core/scratch.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

// Memory that the next plan of this size may take over: its pages are there already.
template <typename Real>
py::array_t<Real> scratch_array(std::vector<py::ssize_t> shape, std::size_t size) {
  auto owned = std::make_unique<Scratch<Real>>(size);
  Real* data = owned->data();
  py::capsule owner(owned.get(), [](void* pointer) { delete static_cast<Scratch<Real>*>(pointer); });
  static_cast<void>(owned.release());
  return py::array_t<Real>(std::move(shape), data, owner);
}

template <typename Real>
py::tuple spending_plan(const Array<Real>& value, const Array<Real>& price, const Array<double>& budget, bool batched,
                        int threads) {
  std::vector<py::ssize_t> shape = {value.shape(0), value.shape(1)};
  if (!batched) shape.erase(shape.begin());
  py::array_t<Real> target = scratch_array<Real>(std::move(shape), static_cast<std::size_t>(value.size()));
  std::vector<double> multiplier(static_cast<std::size_t>(budget.size()));
  run_released([&, written = target.mutable_data(), steps = static_cast<std::size_t>(value.shape(1))](CancelToken& cancel) {
    auction::spending_plan<Real>(value.data(), price.data(), steps, batched, as_span(budget), multiplier.data(), written,
                                 threads, cancel);
  });
  return py::make_tuple(to_array(std::move(multiplier)), std::move(target));
}

template <typename Real>
py::array_t<double> excess_value(const Array<Real>& value, const Array<Real>& price, const Array<double>& multiplier,
                                 bool batched, int threads) {
  std::vector<double> excess(static_cast<std::size_t>(multiplier.size()));
  run_released([&, steps = static_cast<std::size_t>(value.shape(1))](CancelToken& cancel) {
    auction::excess_value<Real>(value.data(), price.data(), steps, batched, as_span(multiplier), excess.data(), threads,
                                cancel);
  });
  return to_array(std::move(excess));
}

template <typename Real>
void define(py::module_& module) {
  module.def("spending_plan", &spending_plan<Real>, py::arg("value").noconvert(), py::arg("price").noconvert(),
             py::arg("budget").noconvert(), py::arg("batched"), py::arg("threads"),
             "Multiplier [campaigns] and target of spend of traces [campaigns, T]; batched: else the target is [T].");
  module.def("excess_value", &excess_value<Real>, py::arg("value").noconvert(), py::arg("price").noconvert(),
             py::arg("multiplier").noconvert(), py::arg("batched"), py::arg("threads"),
             "Of traces [campaigns, T] with a multiplier each, or of one [1, T] with any number of them.");
}

}  // namespace

void register_auction_plan(py::module_& module) {
  define<float>(module);
  define<double>(module);
}

}  // namespace pybench::bindings
