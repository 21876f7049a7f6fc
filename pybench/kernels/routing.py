"""Select tokens in order of position, gather their rows, add weighted updates to them.

NumPy arrays or torch tensors on the CPU; what goes in comes out.
"""

from __future__ import annotations

__all__: list[str] = []
