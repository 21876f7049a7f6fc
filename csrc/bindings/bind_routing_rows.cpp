// Gathering and combining rows for Python.
#include "bindings/common.hpp"

namespace pybench::bindings {

void register_routing_rows(pybind11::module_& module) { static_cast<void>(module); }

}  // namespace pybench::bindings
