// What every binding file shares.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/cancel.hpp"

namespace pybench::bindings {

void register_auction(pybind11::module_& module);
void register_auction_generated(pybind11::module_& module);
void register_auction_pace(pybind11::module_& module);
void register_graph(pybind11::module_& module);
void register_null_models(pybind11::module_& module);
void register_draft_plan(pybind11::module_& module);
void register_draft_blocks(pybind11::module_& module);
void register_draft_sets(pybind11::module_& module);
void register_draft_schemes(pybind11::module_& module);
void register_auction_plan(pybind11::module_& module);
void register_auction_pacer(pybind11::module_& module);
void register_auction_market(pybind11::module_& module);
void register_routing(pybind11::module_& module);
void register_routing_select(pybind11::module_& module);
void register_routing_rows(pybind11::module_& module);

// The poll of a CancelToken: takes the GIL and lets Python handle its signals. True when a handler raised; the exception
// stays set, for the translator of Cancelled to leave in place.
inline bool poll_signals() {
  const pybind11::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}

// Runs a kernel without the GIL, with a token that looks for signals.
template <typename Kernel>
auto run_released(Kernel&& kernel) {
  const pybind11::gil_scoped_release released;
  CancelToken cancel(&poll_signals);
  return kernel(cancel);
}

template <typename T>
using Array = pybind11::array_t<T, pybind11::array::c_style>;

template <typename T>
std::span<const T> as_span(const Array<T>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

// Hands a vector to NumPy without a copy; the array owns it.
template <typename T>
pybind11::array_t<T> to_array(std::vector<T>&& values, std::vector<pybind11::ssize_t> shape = {}) {
  if (shape.empty()) shape = {static_cast<pybind11::ssize_t>(values.size())};
  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  T* data = owned->data();
  pybind11::capsule owner(owned.get(), [](void* pointer) { delete static_cast<std::vector<T>*>(pointer); });
  static_cast<void>(owned.release());
  return pybind11::array_t<T>(std::move(shape), data, owner);
}

}  // namespace pybench::bindings
