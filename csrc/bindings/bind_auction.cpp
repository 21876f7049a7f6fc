// The parts of pybench.kernels.auction.
#include "bindings/common.hpp"

namespace pybench::bindings {

void register_auction(pybind11::module_& module) {
  register_auction_pace(module);
  register_auction_generated(module);
  register_auction_plan(module);
  register_auction_pacer(module);
  register_auction_market(module);
}

}  // namespace pybench::bindings
