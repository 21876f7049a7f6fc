"""What we say of the null models themselves: the choice between them decides, and how long their chains must be."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.currency_network.claims_components import rows_of_model
from simulators.currency_network.config import Config
from simulators.currency_network.evidence import Z_99, estimate, null_samples, on_stored, some
from simulators.currency_network.mixing import POINTS, mixing_key
from simulators.currency_network.result import Result

__all__ = ["NULL_CLAIMS"]

_OURS = "measurements for this project's specification"
_SHOWN = ("030T", "300", "201", "strong_of_2")


def _both(preset: str) -> tuple[Config, ...]:
    return on_stored(("bitcoin_otc",), null_samples=null_samples(preset), mixing_chains=0)


def _curves(model: str) -> Callable[[str], tuple[Config, ...]]:
    def configs(preset: str) -> tuple[Config, ...]:
        chains = {"quick": 100, "standard": 200}.get(preset, 1_000)
        return on_stored(("bitcoin_otc",), null_models=model, null_samples=2, mixing_chains=chains)

    return configs


def _opposite(results: Sequence[Result]) -> Estimate:
    result = some(results)[0]
    degree, dyad = rows_of_model(result, "degree")["030T"], rows_of_model(result, "dyad")["030T"]
    if degree["constant"] or dyad["constant"]:
        raise NotTestableError(f"all samples of 030T agree on {result.data}: there is no z-score")
    below = [-degree["z"] + step * degree["z_error"] for step in (-Z_99, 0.0, Z_99)]
    above = [dyad["z"] + step * dyad["z_error"] for step in (-Z_99, 0.0, Z_99)]
    low, value, high = (min(pair) for pair in zip(below, above, strict=True))
    told = [f"{name} {_z(result, 'degree', name)} and {_z(result, 'dyad', name)}" for name in _SHOWN]
    note = f"z under degree and dyad: {'; '.join(told)}; opposite: {', '.join(result.sign_disagreements)}"
    return _of_its_own_data(estimate(results[:1], value, low, high, note))


def _of_its_own_data(found: Estimate) -> Estimate:
    """Return the estimate of a claim that is about the very network it was measured on."""
    return dataclasses.replace(found, paper_scale=True)


def _z(result: Result, model: str, name: str) -> str:
    row = rows_of_model(result, model)[name]
    if row["constant"]:
        return f"none ({row['observed']:,} against {row['mean']:,.0f} in every sample)"
    return f"{row['z']:+.1f}"


def _mixed(model: str) -> Callable[[Sequence[Result]], Estimate]:
    def measure(results: Sequence[Result]) -> Estimate:
        result = some(results)[0]
        points = {key: at for key, at in result.mixed_at.items() if key.startswith(mixing_key(model, ""))}
        if not points:
            raise NotTestableError(f"no chain of the null model that preserves the {model}s was followed")
        value = max(points.values())
        before = max((point for point in POINTS if point < value), default=0.0)
        note = ", ".join(f"{key} at {at:g}" for key, at in points.items())
        return _of_its_own_data(
            estimate(results[:1], value, before, value, f"{note}; between the point before and this one")
        )

    return measure


def _mixing_claim(model: str) -> Claim:
    return Claim(
        id=f"{model}_null_mixed_after_three",
        statement=f"On bitcoin_otc three tries per link mix the null model that preserves the {model}s: 030T, 201 and "
        "mutual dyads are then within noise of their values after ten.",
        source=_OURS,
        ours=True,
        kind="bound",
        unit="tries per link",
        at_most=3.0,
        configs=_curves(model),
        measure=_mixed(model),
        note="Noise is four standard errors, so that more chains find smaller differences.",
    )


#: The claims of this file.
NULL_CLAIMS = (
    Claim(
        id="null_model_decides_sign",
        statement="On bitcoin_otc the transitive triad 030T is rarer than in random networks with the same degrees, "
        "and more frequent than in those that keep mutual dyads too: |z| is at least 2 under both, with opposite "
        "signs.",
        source=_OURS,
        ours=True,
        kind="ordering",
        unit="the smaller |z|",
        at_least=2.0,
        configs=_both,
        measure=_opposite,
        note="The interval is that of sampling: z +- 2.576 sqrt((1 + z^2 / 2) / samples), for samples of a normal law.",
    ),
    _mixing_claim("degree"),
    _mixing_claim("dyad"),
)
