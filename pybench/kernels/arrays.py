"""Which library an array is of; private to `pybench.kernels`."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArrayOrTensor", "is_tensor", "to_numpy"]

#: A NumPy array or a torch tensor on the CPU.
ArrayOrTensor: TypeAlias = Any


def is_tensor(value: ArrayOrTensor) -> bool:
    """Tell whether a value is a torch tensor, without importing torch."""
    kind = type(value)
    return kind is not np.ndarray and kind.__module__.partition(".")[0] == "torch" and hasattr(value, "detach")


def to_numpy(name: str, tensor: Any) -> NDArray[Any]:
    """Return a torch tensor of the CPU as a NumPy array, without a copy where NumPy knows its dtype."""
    if tensor.device.type != "cpu":
        raise TypeError(f"{name} is a tensor on {tensor.device}: these kernels run on the CPU; pass {name}.cpu()")
    plain = tensor.detach()
    # NumPy knows no bfloat16; float32 holds each of its values.
    return np.asarray((plain.float() if str(plain.dtype) == "torch.bfloat16" else plain).numpy())
