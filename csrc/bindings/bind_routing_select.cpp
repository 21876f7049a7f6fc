// Selection in order of position for Python.
#include "bindings/common.hpp"

namespace pybench::bindings {

void register_routing_select(pybind11::module_& module) { static_cast<void>(module); }

}  // namespace pybench::bindings
