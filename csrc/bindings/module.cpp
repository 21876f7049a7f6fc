// The one PYBIND11_MODULE of the native core: errors, build facts, and a register_* call for each area.
#include <pybind11/pybind11.h>

#include "bindings/common.hpp"
#include "core/errors.hpp"
#include "core/simd.hpp"

namespace py = pybind11;

namespace {

void register_errors(py::module_& module) {
  // pybench.errors defines the Python classes, so that they have names and docs without the native module.
  py::register_local_exception_translator([](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const pybench::InvalidInput& invalid) {
      const py::object type = py::module_::import("pybench.errors").attr("InvalidInputError");
      PyErr_SetString(type.ptr(), invalid.what());
    } catch (const pybench::Cancelled&) {
      // The poll that found the signal left Python's own exception set (KeyboardInterrupt, or what a handler raised).
      if (PyErr_Occurred() == nullptr) PyErr_SetNone(PyExc_KeyboardInterrupt);
    }
  });
  static_cast<void>(module);
}

py::dict build_info() {
  py::dict info;
  info["version"] = PYBENCH_VERSION;
  info["compiler"] = PYBENCH_COMPILER;
  info["build_type"] = PYBENCH_BUILD_TYPE;
  info["flags"] = PYBENCH_FLAGS;
  info["sanitizers"] = PYBENCH_SANITIZERS;
  info["simd_best"] = pybench::simd_path_name(pybench::best_simd_path());
  info["simd_active"] = pybench::simd_path_name(pybench::active_simd_path());
  return info;
}

}  // namespace

PYBIND11_MODULE(_native, module, py::mod_gil_not_used()) {
  module.doc() = "The compiled kernels of pybench. Use them through pybench.kernels, which documents and checks.";
  register_errors(module);
  module.def("build_info", &build_info, "How this module was built, and the SIMD paths of this machine.");
  py::module_ graph = module.def_submodule("graph", "Kernels of pybench.kernels.graph.");
  pybench::bindings::register_graph(graph);
  pybench::bindings::register_null_models(graph);
  py::module_ draft = module.def_submodule("draft", "Kernels of pybench.kernels.draft.");
  pybench::bindings::register_draft_plan(draft);
  pybench::bindings::register_draft_blocks(draft);
  pybench::bindings::register_draft_sets(draft);
  pybench::bindings::register_draft_schemes(draft);
  py::module_ auction = module.def_submodule("auction", "Kernels of pybench.kernels.auction.");
  pybench::bindings::register_auction(auction);
  py::module_ routing = module.def_submodule("routing", "Kernels of pybench.kernels.routing.");
  pybench::bindings::register_routing(routing);
}
