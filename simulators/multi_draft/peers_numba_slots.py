"""The score kernel for numba: parts of a slot, and the place at which a part is used up. Plain functions of numbers.

`peers_numba` compiles them; letters are those of `pybench.kernels.reference.draft`: f(s) = K s^(K-1).
"""

from __future__ import annotations

__all__ = ["crossing", "density", "invert_part", "parts_until", "power_gap"]


def density(place: float, count: int) -> float:
    """Return f(place)."""
    result = float(count)
    for _ in range(count - 1):
        result *= place
    return result


def power_gap(start: float, width: float, count: int) -> float:
    """Return (start + width)^K - start^K without cancellation."""
    end, total, power = start + width, 1.0, 1.0
    for _ in range(count - 1):
        power *= start
        total = total * end + power
    return width * total


def crossing(start: float, width: float, level: float, count: int) -> float:
    """Return how far into the slot f reaches its level, 0 to its width."""
    if density(start, count) >= level:
        return 0.0
    if density(start + width, count) <= level:
        return width
    return float(min(max((level / count) ** (1.0 / (count - 1)) - start, 0.0), width))


def parts_until(start: float, width: float, level: float, cross: float, count: int) -> tuple[float, float]:
    """Return the integrals of (level - f)^+ and (f - level)^+ over the first `width` of a slot."""
    below = min(width, cross)
    above = width - below
    more = level * below - power_gap(start, below, count)
    less = power_gap(start + below, above, count) - level * above
    return max(more, 0.0), max(less, 0.0)


def invert_part(start: float, width: float, level: float, surplus: bool, mass: float, count: int) -> float:
    """Return the place of a slot up to which it has so much surplus, or else so much deficit."""
    cross = crossing(start, width, level, count)
    origin, limit, sign = start + cross, width - cross, 1.0
    if surplus:
        origin, limit, sign = start, cross, -1.0
    if limit <= 0.0 or mass <= 0.0:
        return origin
    near, far = 0.0, limit
    slope = sign * (density(origin, count) - level)
    bend = 0.5 * sign * (count - 1) * density(origin, count) / max(origin, 1e-300)
    root = max(slope * slope + 4.0 * bend * mass, 0.0) ** 0.5
    distance = min(2.0 * mass / (slope + root), limit) if slope + root > 0.0 else limit
    for _ in range(60):
        reached = sign * (power_gap(origin, distance, count) - level * distance)
        if reached < mass:
            near = distance
        else:
            far = distance
        here = sign * (density(origin + distance, count) - level)
        following = distance + (mass - reached) / here if here > 0.0 else 0.5 * (near + far)
        if not near < following < far:
            following = 0.5 * (near + far)
        still = abs(following - distance) <= 1e-15 * (origin + distance)
        distance = following
        if still:
            break
    return origin + distance
