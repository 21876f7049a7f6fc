"""Numbers as people read them: one wording for the terminal, the page of records and the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pybench.harness.claim import Claim, Estimate
from pybench.harness.race_result import Row
from pybench.harness.statistics import Ratio

__all__ = [
    "bound",
    "estimate",
    "figure",
    "interval",
    "noise",
    "place",
    "ratio",
    "seconds",
    "short",
    "shows",
    "span",
    "value",
    "versions",
]


def interval(value: float, low: float, high: float) -> str:
    """Return ``12.3 [11.9, 12.8]``."""
    return f"{short(value)} [{short(low)}, {short(high)}]"


def short(found: float) -> str:
    """Return three digits of a positive number, without an exponent below a billion."""
    return f"{float(f'{found:.3g}'):,.0f}" if 1e3 <= found < 1e9 else f"{found:.3g}"


def span(low: float, high: float) -> str:
    """Return ``11.1–13``, an interval within a sentence."""
    return f"{short(low)}–{short(high)}"


def ratio(found: Ratio | None) -> str:
    """Return a ratio with its interval, or nothing."""
    return "" if found is None else interval(found.value, found.low, found.high)


def bound(at_least: float | None) -> str:
    """Return what is known of a contender that did not finish, or nothing."""
    return "" if at_least is None else f"at least {short(at_least)}"


def noise(found: float | None) -> str:
    """Return the noise of a run in per cent."""
    return "not known" if found is None else f"{found:.1%}"


def shows(kind: str, comparison: str | None) -> str:
    """Return what a timed row shows; a limit does less of the job, so that it is faster shows nothing."""
    return "a limit, no rival" if kind == "limit" else comparison or ""


def estimate(found: Estimate, unit: str) -> str:
    """Return a measured value with its unit, its data and, where it has one, its interval."""
    limits = "" if found.low == found.high else f" [{found.low:.4g}, {found.high:.4g}]"
    return " ".join(filter(None, (f"{found.value:.4g}{limits}", unit, f"on {found.data}")))


def figure(claim: Claim) -> str:
    """Return what is stated: a figure and its unit, or a sign only; of a claim of ours that it is one."""
    if claim.ours:
        return "a claim of ours, not of the paper's"
    return "states the sign only" if claim.figure is None else f"states {claim.figure:,g} {claim.unit}".rstrip()


def seconds(found: float | None) -> str:
    """Return a time in the unit that fits it."""
    if found is None:
        return "not timed"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if found >= scale:
            return f"{found / scale:.3g} {unit}"
    return f"{found / 1e-9:.3g} ns"


def value(found: Any) -> str:
    """Return a single value of a Result; of an array its shape and type."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, int):
        return f"{found:,}"
    if isinstance(found, float):
        return f"{found:,.4g}" if abs(found) < 1e4 else f"{found:,.0f}"
    if isinstance(found, np.ndarray):
        return f"array {found.shape} {found.dtype}"
    return str(found)


def place(row: Row, baseline: str) -> tuple[bool, bool, float]:
    """Order the rows of a race: the baseline, the others from the fastest on, then those that were not timed."""
    return row.contender != baseline, row.total is None, row.total.value if row.total else row.at_least or 0.0


def versions(found: Mapping[str, str]) -> str:
    """Return ``scipy 1.17.1, igraph 1.0.0``."""
    return ", ".join(f"{name} {text}" for name, text in found.items())
