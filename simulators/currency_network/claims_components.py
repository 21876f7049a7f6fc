"""Are cyclic components more frequent than in random networks? One claim for each kind of component and null model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.currency_network.config import Config
from simulators.currency_network.evidence import binomial_interval, estimate, null_samples, on_the_papers_data, some
from simulators.currency_network.result import Result
from simulators.currency_network.significance import Row

__all__ = ["COMPONENT_CLAIMS"]

#: pgp_strong_2009 was cut out as one strong component: it can have no other, whatever the law of its links.
_GRAPHS = ("bitcoin_otc", "bitcoin_alpha", "uc_messages", "polblogs")
_LEVEL = 0.05
_KINDS = {
    "strong_of_2": ("scc2", "Strong components of two accounts are"),
    "strong_of_3_or_more": ("scc3", "Strong components of at least three accounts are"),
    "strong_giant": ("gscc", "The accounts of the giant strong component are"),
}
_MODELS = {
    "degree": "with the same in- and out-degrees",
    "dyad": "with the same in-, out- and mutual degrees",
}


def rows_of_model(result: Result, model: str) -> Mapping[str, Row]:
    """Return the statistics of a Result under one null model, or raise NotTestableError with the reason for none."""
    rows = {"degree": result.degree_null, "dyad": result.dyad_null}[model]
    if not rows:
        reason = result.null_refusals.get(model, "it was not asked for")
        raise NotTestableError(f"{result.data} has no null model that preserves the {model}s: {reason}")
    return rows


def _configs(model: str) -> Callable[[str], tuple[Config, ...]]:
    def configs(preset: str) -> tuple[Config, ...]:
        return on_the_papers_data(_GRAPHS, null_models=model, null_samples=null_samples(preset), mixing_chains=0)

    return configs


def _share_of_graphs(model: str, statistic: str) -> Callable[[Sequence[Result]], Estimate]:
    def measure(results: Sequence[Result]) -> Estimate:
        sure = possible = counted = 0
        notes = []
        for result in some(results):
            row = rows_of_model(result, model)[statistic]
            hits = int(row["reached_by"])
            low, high = binomial_interval(hits, result.null_samples)
            counted += hits / result.null_samples < _LEVEL
            sure += high < _LEVEL
            possible += low < _LEVEL
            found = f"{row['observed']:,} against {row['mean']:,.2f} +- {row['standard_deviation']:.2f}"
            notes.append(f"{result.data} {found}, reached by {hits} of {result.null_samples}")
        graphs = len(results)
        return estimate(results, counted / graphs, sure / graphs, possible / graphs, "; ".join(notes))

    return measure


def _claim(statistic: str, model: str) -> Claim:
    identifier, subject = _KINDS[statistic]
    return Claim(
        id=f"{identifier}_over_{model}_null",
        statement=f"{subject} significantly more than in random networks {_MODELS[model]}, in each network: fewer than "
        "5 % of these reach the count.",
        source="abstract, a statement of sign without a figure, against null models that we could not read",
        kind="bound",
        unit="share of networks",
        at_least=1.0,
        configs=_configs(model),
        measure=_share_of_graphs(model, statistic),
        note="Which null model the paper uses is not in what we could read. The level of 5 %, and that it must hold in "
        "each network, are ours; an exact 99 % interval of the share of samples decides. pgp_strong_2009, cut out as "
        "one strong component, cannot answer and is left out.",
    )


#: The claims of this file: for each kind of component, both null models side by side.
COMPONENT_CLAIMS = tuple(_claim(statistic, model) for statistic in _KINDS for model in _MODELS)
