# What csrc/bindings/bind_routing_*.cpp define.
