// The parts of pybench.kernels.routing.
#include "bindings/common.hpp"

namespace pybench::bindings {

void register_routing(pybind11::module_& module) {
  register_routing_select(module);
  register_routing_rows(module);
}

}  // namespace pybench::bindings
