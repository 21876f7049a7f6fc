"""What the claims share: which data may decide them, and intervals of what was counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

from pybench.errors import InvalidInputError, NotTestableError
from pybench.harness.claim import Estimate
from simulators.currency_network.config import Config
from simulators.currency_network.data import dataset, sarafu_available
from simulators.currency_network.result import Result

__all__ = [
    "NEEDS_SARAFU",
    "Z_99",
    "binomial_interval",
    "estimate",
    "null_samples",
    "on_stored",
    "on_the_papers_data",
    "some",
]

#: Why what needs the paper's own data is not testable without it.
NEEDS_SARAFU = (
    "it needs the Sarafu data (UK Data Service study 855142, licensed to registered users), which is not here; with "
    "both of its files under $PYBENCH_DATA/currency_network it is measured"
)
#: Half of a 99 % interval of a normal law, in standard errors.
Z_99 = 2.576
_OUTSIDE = 0.005  # of a 99 % interval, on either side


def null_samples(preset: str) -> int:
    """Return the random networks of a claim: enough that a count which none reaches is decided at 5 %."""
    return {"quick": 120, "standard": 400}.get(preset, 1_000)


def on_stored(names: Sequence[str], **settings: object) -> tuple[Config, ...]:
    """Return a Config for each stored graph of these whose file is here, or raise NotTestableError where none is."""
    here = [name for name in names if dataset(name).available]
    if not here:
        raise NotTestableError(
            f"it needs {' or '.join(names)} under $PYBENCH_DATA; generated data was fitted to Sarafu and is no evidence"
        )
    return tuple(Config(data=name, **settings) for name in here)  # type: ignore[arg-type]


def on_the_papers_data(names: Sequence[str], **settings: object) -> tuple[Config, ...]:
    """Return a Config for the Sarafu data of a user who has it, or those of `on_stored`."""
    if sarafu_available():
        return (Config(data="sarafu", **settings),)  # type: ignore[arg-type]
    return on_stored(names, **settings)


def some(results: Sequence[Result]) -> Sequence[Result]:
    """Return the Results, or refuse none at all."""
    if not results:
        raise InvalidInputError("results is empty: a claim is measured on at least one Result")
    return results


def estimate(results: Sequence[Result], value: float, low: float, high: float, note: str) -> Estimate:
    """Return an Estimate that names its data, and says where generated data makes it no evidence."""
    synthetic = any(result.synthetic for result in results)
    return Estimate(
        value=value,
        low=low,
        high=high,
        count=len(results),
        data=", ".join(dict.fromkeys(result.data for result in results)),
        paper_scale=all(result.data == "sarafu" for result in results),
        note=note,
        no_evidence="the data was generated to fit aggregates of Sarafu: it shows the mechanism and is no evidence"
        if synthetic
        else "",
    )


def binomial_interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact 99 % interval of a probability (Clopper and Pearson, 1934)."""
    low = 0.0 if hits == 0 else _bisect(lambda p: 1.0 - _at_most(hits - 1, trials, p) < _OUTSIDE)
    high = 1.0 if hits == trials else _bisect(lambda p: _at_most(hits, trials, p) > _OUTSIDE)
    return low, high


def _at_most(hits: int, trials: int, p: float) -> float:
    return sum(comb(trials, k) * p**k * (1.0 - p) ** (trials - k) for k in range(hits + 1))


def _bisect(below: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if below(middle) else (low, middle)
    return 0.5 * (low + high)
