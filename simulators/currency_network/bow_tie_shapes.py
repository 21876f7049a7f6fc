"""The bow-tie as shapes whose areas are proportional to accounts: two wings, a disc, and squares below."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simulators.currency_network.result import Result

__all__ = ["LOWER", "Arrangement", "arrange", "percent", "upper_labels", "wing"]

_TALL, _NARROW, _WIDE = 1.3, 0.5, 1.0  # a wing of size 1: its outer and inner height and its width
_WING_AREA = 0.5 * (_TALL + _NARROW) * _WIDE
_GAP = 0.32
#: The positions below the bow-tie, and what they are.
LOWER = (
    ("TENDRIL_IN", "fed by IN"),
    ("TUBE", "IN to OUT"),
    ("TENDRIL_OUT", "feeding OUT"),
    ("OTHER", "rest of GWCC"),
    ("OUTSIDE", "apart"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """Where everything is, in a plane whose middle is 0."""

    share: Mapping[str, float]
    """Of the accounts, by position."""
    cyclic: Mapping[str, float]
    """Of the accounts of a position, those on a cycle."""
    centre: float
    """Of the disc, horizontally; its height is 0."""
    radius: float
    sizes: Mapping[str, float]
    """Of the wings IN and OUT: `wing` takes them."""
    inner: Mapping[str, float]
    """Where the wings begin, next to the disc."""
    sides: Mapping[str, float]
    """Of the squares of `LOWER`."""

    def top(self, name: str) -> float:
        """Return the height of the highest point of the disc or a wing."""
        return self.radius if name == "GSCC" else 0.5 * self.sizes[name] * _TALL

    def middle(self, name: str) -> float:
        """Return the middle of the disc or a wing, horizontally."""
        sign = {"GSCC": 0.0, "IN": -1.0, "OUT": 1.0}[name]
        return self.centre if name == "GSCC" else self.inner[name] + sign * 0.5 * self.sizes[name] * _WIDE


def arrange(result: Result, *, width: float, height: float, low: float) -> Arrangement:
    """Fit the shapes: disc and wings together into width and height, each square into low."""
    total = max(1, result.nodes)
    share = {name: count / total for name, count in result.positions.items()}
    cyclic = {
        name: row["cyclic"] / max(1, row["cyclic"] + row["acyclic"])
        for name, row in result.position_by_cyclicity.items()
    }
    wings = {name: math.sqrt(share[name] / _WING_AREA) for name in ("IN", "OUT")}
    radius = math.sqrt(share["GSCC"] / math.pi)
    wide = wings["IN"] * _WIDE + wings["OUT"] * _WIDE + 2.0 * radius
    high = max(wings["IN"] * _TALL, wings["OUT"] * _TALL, 2.0 * radius)
    squares = {name: math.sqrt(share[name]) for name, _ in LOWER}
    limits = ((width - 2 * _GAP, wide), (height, high), (low, max(squares.values())))
    unit = min(allowed / max(size, 1e-9) for allowed, size in limits)
    radius *= unit
    sizes = {name: unit * size for name, size in wings.items()}
    centre = 0.5 * (sizes["IN"] - sizes["OUT"]) * _WIDE
    return Arrangement(
        share=share,
        cyclic=cyclic,
        centre=centre,
        radius=radius,
        sizes=sizes,
        inner={"IN": centre - radius - _GAP, "OUT": centre + radius + _GAP},
        sides={name: unit * side for name, side in squares.items()},
    )


def wing(arrangement: Arrangement, name: str, part: float = 1.0) -> list[tuple[float, float]]:
    """Return the corners of the part of a wing next to the disc that has this share of its area."""
    sign, size, inner = (-1.0 if name == "IN" else 1.0), arrangement.sizes[name], arrangement.inner[name]
    slope = (_TALL - _NARROW) / _WIDE
    # narrow x + slope x^2 / 2 = part * area, solved for the depth x of a wing of size 1
    depth = (math.sqrt(_NARROW**2 + 2.0 * slope * part * _WING_AREA) - _NARROW) / slope
    near, far = 0.5 * size * _NARROW, 0.5 * size * (_NARROW + slope * depth)
    outer = inner + sign * size * depth
    return [(inner, -near), (outer, -far), (outer, far), (inner, near)]


def upper_labels(arrangement: Arrangement) -> tuple[tuple[str, float, str], ...]:
    """Return the name, the place and the alignment of the labels of wings and disc, on one line without touching."""
    middle = min(0.7, max(-0.7, arrangement.centre))
    return (("IN", -2.55, "left"), ("GSCC", middle, "center"), ("OUT", 2.55, "right"))


def percent(share: float) -> str:
    """Return a share in words that do not call a few none."""
    return "< 0.1%" if 0.0 < share < 0.0005 else f"{share:.1%}"
