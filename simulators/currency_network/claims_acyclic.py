"""What the abstract says of the acyclic components: accounts that collect, and small groups that are active once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.currency_network.acyclic import ACYCLIC_TRIADS, beyond_any_score, triad_key
from simulators.currency_network.config import STORED, Config
from simulators.currency_network.evidence import (
    Z_99,
    binomial_interval,
    estimate,
    null_samples,
    on_the_papers_data,
    some,
)
from simulators.currency_network.result import Result

__all__ = ["ACYCLIC_CLAIMS"]

# The one strong component of pgp_strong_2009 leaves no account on no cycle.
_GRAPHS = tuple(name for name in STORED if name != "pgp_strong_2009")
# Those that do not overlap.
_PARTS = ("WAC_IN", "WAC_OUT", "WAC_REST")
#: Share of transactions that repeat a link, from which on an isolated pair could be active more than once.
_REPEATED = 0.1
_RANDOM = "random links, which keep their number only"
_DEGREE = "random networks with the same in- and out-degrees"


def _plain(_preset: str) -> tuple[Config, ...]:
    return on_the_papers_data(_GRAPHS, null_models="none")


def _with_degrees(preset: str) -> tuple[Config, ...]:
    return on_the_papers_data(_GRAPHS, null_models="degree", null_samples=null_samples(preset), mixing_chains=0)


def _collected(model: str) -> Callable[[Sequence[Result]], Estimate]:
    def measure(results: Sequence[Result]) -> Estimate:
        counted = sure = possible = tested = 0
        notes = []
        for result in some(results):
            for part in _PARTS:
                leaders = result.most_significant_triad.get(part, {})
                if model not in leaders:
                    continue
                tested += 1
                counted += leaders[model] == "021U"
                lead, error = _lead(result, part, model)
                sure += leaders[model] == "021U" and lead > Z_99 * error and _surely_rare(result, part, model)
                possible += leaders[model] == "021U" or (leaders[model] != "none" and lead > -Z_99 * error)
                notes.append(f"{result.data} {part} {leaders[model]}")
        if not tested:
            raise NotTestableError(f"no acyclic part of these networks has a triad with a z-score against {model}")
        return estimate(results, float(counted), float(sure), float(possible), ", ".join(notes))

    return measure


def _lead(result: Result, part: str, model: str) -> tuple[float, float]:
    """Return how far the z-score of 021U is above the largest other one, and the standard error of that by sampling."""
    rows = {triad: result.acyclic_triads[triad_key(part, triad)] for triad in ACYCLIC_TRIADS}
    surpassing = beyond_any_score(rows, model)
    if surpassing:
        return (float("inf") if surpassing == ["021U"] else -float("inf")), 0.0
    scores = {triad: row[f"{model}_z"] for triad, row in rows.items() if f"{model}_z" in row}
    if "021U" not in scores:
        return -float("inf"), 0.0
    others = [triad for triad in scores if triad != "021U"]
    if not others:
        return float("inf"), 0.0
    best = max(others, key=lambda triad: scores[triad])
    errors = rows["021U"][f"{model}_z_error"], rows[best][f"{model}_z_error"]
    return scores["021U"] - scores[best], (errors[0] ** 2 + errors[1] ** 2) ** 0.5


def _surely_rare(result: Result, part: str, model: str) -> bool:
    """Whether the exact 99 % interval of the share of samples that reach the count of 021U lies below 5 %."""
    hits = round(result.acyclic_triads[triad_key(part, "021U")][f"{model}_reached_share"] * result.null_samples)
    return binomial_interval(hits, result.null_samples)[1] <= 0.05


def _isolated_once(results: Sequence[Result]) -> Estimate:
    # Where hardly any pair pays twice, an isolated pair is active once by construction.
    results = [result for result in some(results) if result.duplicates >= _REPEATED * result.transactions]
    if not results:
        raise NotTestableError("no network here has the repeated transactions that could show otherwise")
    accounts = sum(int(result.classes["DAG_WCC"]["accounts"]) for result in results)
    if not accounts:
        raise NotTestableError("these networks have no isolated acyclic group")
    once = sum(round(row["accounts"] * row["active_once_share"]) for row in (r.classes["DAG_WCC"] for r in results))
    everywhere = sum(result.active_once_share * result.nodes for result in results) / sum(r.nodes for r in results)
    low, high = binomial_interval(once, accounts)
    sizes = {size for result in results for size in result.isolated_groups}
    note = f"{once} of {accounts} accounts, in groups of {', '.join(sorted(sizes, key=int))}; of all {everywhere:.0%}"
    return estimate(results, once / accounts, low, high, note)


def _collector(model: str, null: str) -> Claim:
    return Claim(
        id=f"collector_over_{model}_null",
        statement="In some acyclic components one triad is the most significant, that of an account paid by two others "
        f"(021U); the null model is {null}.",
        source="abstract, a statement of sign without a figure or a name of the triad",
        kind="bound",
        unit="acyclic parts",
        at_least=1.0,
        configs=_with_degrees,
        measure=_collected(model),
        note="That the triad is 021U, what an acyclic part is, and the null model are our reading. Where in-degrees "
        "are kept, the number of pairs that pay one account is fixed, so that 021U hardly moves: it cannot show a "
        "collector.",
    )


#: The claims of this file.
ACYCLIC_CLAIMS = (
    _collector("random", _RANDOM),
    _collector("degree", _DEGREE),
    Claim(
        id="isolated_groups_active_once",
        statement="Accounts of small isolated groups without a cycle are for the most part active once.",
        source="abstract, a statement of sign without a figure",
        kind="bound",
        unit="share of accounts",
        at_least=0.5,
        configs=_plain,
        measure=_isolated_once,
        note="The limit of one half is ours. Only networks where transactions repeat are asked: elsewhere an isolated "
        "pair is active once by construction. Networks other than Sarafu have few such groups, nearly all of two "
        "accounts; the exact 99 % interval takes accounts for independent, which two of a pair are not.",
    ),
)
