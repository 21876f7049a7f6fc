// The optimal verifier for Python.
#include <cstdint>

#include "bindings/common.hpp"
#include "draft/laws.hpp"

namespace py = pybind11;

namespace pybench::bindings {
namespace {

}  // namespace

void register_draft_plan(py::module_& module) { static_cast<void>(module); }

}  // namespace pybench::bindings
