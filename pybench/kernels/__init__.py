"""Native kernels: functions of arrays that are useful without any Config.

Each module is the typed, documented front door of one area of the compiled core; `pybench.kernels.reference` holds the
same functions in plain NumPy, slow and readable, as their oracle.
"""

from __future__ import annotations

__all__ = ["draft", "graph"]
