// Optimal acceptance of different drafts, and of drafts without replacement, for Python.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bindings/common.hpp"
#include "draft/set_acceptance.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

template <typename Real>
double different_acceptance(const Array<Real>& drafts, const Array<Real>& target) {
  const auto size = static_cast<std::size_t>(target.size());
  const std::span<const Real> laws = as_span(drafts);
  return run_released([&](CancelToken& cancel) {
    std::vector<std::vector<double>> rescaled;
    for (std::size_t k = 0; k * size < laws.size(); ++k) {
      rescaled.push_back(draft::rescaled_law(laws.subspan(k * size, size), "draft", static_cast<std::int64_t>(k)));
    }
    return draft::different_acceptance(std::move(rescaled), draft::rescaled_law(as_span(target), "target", -1), cancel);
  });
}

template <typename Real>
double without_replacement_acceptance(const Array<Real>& draft, const Array<Real>& target, std::int64_t draft_count) {
  return run_released([&](CancelToken& cancel) {
    const std::vector<double> first = draft::rescaled_law(as_span(draft), "draft", -1);
    const std::vector<double> second = draft::rescaled_law(as_span(target), "target", -1);
    return draft::without_replacement_acceptance(first, second, draft_count, cancel);
  });
}

template <typename Real>
void define(py::module_& module) {
  module.def("different_acceptance", &different_acceptance<Real>, py::arg("drafts").noconvert(),
             py::arg("target").noconvert(), "Of drafts [K, V] and a target [V].");
  module.def("without_replacement_acceptance", &without_replacement_acceptance<Real>, py::arg("draft").noconvert(),
             py::arg("target").noconvert(), py::arg("draft_count"), "Of laws [V].");
}

}  // namespace

void register_draft_sets(py::module_& module) {
  define<float>(module);
  define<double>(module);
}

}  // namespace pybench::bindings
