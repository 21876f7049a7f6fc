"""The triads of the acyclic part, by position and component by component, and which stands out under which null model.

Under the null models that keep in-degrees the number of pairs of payers of one account is fixed, so that the collector
triad 021U can move only by what closes it or pays back: of a pure star all samples agree, and there is no z-score. So
the network is compared also with random links, which keep nothing but the number of links.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from pybench.kernels.graph import TRIAD_NAMES, Digraph, triad_census, weak_components
from simulators.currency_network.activity import Activity
from simulators.currency_network.categorisation import Categorisation
from simulators.currency_network.classes import TopologicalClass
from simulators.currency_network.config import Config
from simulators.currency_network.random_links import expected_census, random_links
from simulators.currency_network.significance import BEYOND, Nulls, draw_nulls, rows_of

__all__ = [
    "ACYCLIC_PARTS",
    "ACYCLIC_TRIADS",
    "acyclic_parts",
    "acyclic_triads",
    "leading_by_component",
    "most_significant",
    "triad_key",
]

#: The networks of acyclic accounts: of all, and of those in IN, in OUT, and anywhere else; and that of the links on no
#: cycle, between any accounts.
ACYCLIC_PARTS = ("WAC", "WAC_IN", "WAC_OUT", "WAC_REST", "INTER_SCC")
#: The connected triads without a cycle.
ACYCLIC_TRIADS = ("021D", "021U", "021C", "030T")


def triad_key(part: str, triad: str) -> str:
    """Return the name of a row of `acyclic_triads`."""
    return f"{part}: {triad}"


def acyclic_parts(parts: Categorisation, classes: Mapping[str, TopologicalClass]) -> dict[str, Digraph]:
    """Return the networks of `ACYCLIC_PARTS`, none of which has a cycle.

    INTER_SCC has all links between strong components, and only the accounts that have one: where an account collects
    from others that pay once, and then spends it on a cycle, those links are acyclic and their end is not.
    """
    source, target = parts.graph.source[~parts.on_cycle], parts.graph.target[~parts.on_cycle]
    accounts, ends = np.unique(np.concatenate((source, target)), return_inverse=True)
    graphs = {name: classes[name].graph for name in ACYCLIC_PARTS if name in classes}
    return graphs | {"INTER_SCC": Digraph(ends[: source.size], ends[source.size :], accounts.size)}


def acyclic_triads(
    graphs: Mapping[str, Digraph], config: Config, seed: tuple[int, ...]
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return the connected triads of every acyclic part beside their null models.

    Returns
    -------
    rows
        By ``part: triad``: observed; random_mean, exact, and ratio, observed / random_mean, where that is not 0; and
        for ``random`` and each model asked for, where the samples do not all agree, <model>_z, <model>_z_error and
        <model>_reached_share, the share of samples that are not below the network.
    refusals
        By ``part: model``, why a part has no null model.
    """
    rows: dict[str, dict[str, float]] = {}
    refusals: dict[str, str] = {}
    for number, (part, graph) in enumerate(graphs.items()):
        nulls = draw_nulls(graph, config, (number, *seed), config.models)
        refusals |= {f"{part}: {model}": reason for model, reason in nulls.refusals.items()}
        found = _rows(graph, nulls, config, (len(graphs) + number, *seed))
        rows |= {triad_key(part, triad): row for triad, row in found.items()}
    return rows, refusals


def _rows(graph: Digraph, nulls: Nulls, config: Config, seed: tuple[int, ...]) -> dict[str, dict[str, float]]:
    census = triad_census(graph)
    expected = dict(zip(TRIAD_NAMES, expected_census(graph.node_count, graph.link_count), strict=True))
    rows: dict[str, dict[str, float]] = {}
    for triad in ACYCLIC_TRIADS:
        row: dict[str, float] = {"observed": census[triad], "random_mean": expected[triad]}
        if expected[triad] > 0.0:
            row["ratio"] = census[triad] / expected[triad]
        rows[triad] = row
    if config.models and graph.node_count >= 3 and graph.link_count >= 2:
        scores = random_links(graph, samples=config.null_samples, seed=seed, threads=config.threads or None)
        for triad, row in rows.items():
            _add(row, "random", scores.z(triad), scores.reached_share(triad), config.null_samples)
    for model, ensemble in nulls.ensembles.items():
        told = rows_of(ensemble)
        for triad, row in rows.items():
            z, reached = told[triad].get("z"), told[triad]["reached_by"] / config.null_samples
            _add(row, model, None if z is None else float(z), reached, config.null_samples)
    return rows


def _add(row: dict[str, float], model: str, z: float | None, reached_share: float, samples: int) -> None:
    if z is None:
        if reached_share == 0.0:
            row[f"{model}_reached_share"] = 0.0  # all samples agree and the network has more: beyond any score
    else:
        error = float(np.sqrt((1.0 + z * z / 2.0) / samples))
        row |= {f"{model}_z": z, f"{model}_z_error": error, f"{model}_reached_share": reached_share}


def most_significant(rows: Mapping[str, Mapping[str, float]], models: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return, for each acyclic part and null model, the triad with the largest z-score of those that are significant.

    Significant is a triad with z >= 2 that at most one sample in twenty reaches: where less than one is expected, z
    alone says little. A triad that no sample has as often, while all samples agree, is beyond any score: it leads, and
    two such are "undecided". "none" where no triad is significant; a model under which no triad has a score is left
    out.
    """
    leaders: dict[str, dict[str, str]] = {}
    for part in ACYCLIC_PARTS:
        told = {}
        for model in models:
            all_rows = {triad: rows[triad_key(part, triad)] for triad in ACYCLIC_TRIADS}
            scored = {triad: row for triad, row in all_rows.items() if f"{model}_z" in row}
            surpassing = beyond_any_score(all_rows, model)
            if surpassing:
                told[model] = surpassing[0] if len(surpassing) == 1 else "undecided"
            elif scored:
                best = max(scored, key=lambda triad: scored[triad][f"{model}_z"])
                told[model] = best if _significant(scored[best], model) else "none"
        if told:
            leaders[part] = told
    return leaders


def beyond_any_score(rows: Mapping[str, Mapping[str, float]], model: str) -> list[str]:
    """Return the triads of a part that the network has more often than the samples, which all agree."""
    return [name for name, row in rows.items() if f"{model}_z" not in row and row.get(f"{model}_reached_share") == 0.0]


def _significant(row: Mapping[str, float], model: str) -> bool:
    return row[f"{model}_z"] >= BEYOND and row[f"{model}_reached_share"] <= 0.05


def leading_by_component(whole: TopologicalClass, activity: Activity) -> dict[str, dict[str, float]]:
    """Return, component by component of the acyclic part, which connected triad is most frequent for random links.

    Returns
    -------
    dict[str, dict[str, float]]
        By triad: components, of at least 3 accounts, in which its count is the largest multiple of what as many links
        between as many accounts would have on average; accounts in them, and largest, in the largest of them;
        active_once_share of their accounts. ``tie`` counts components where two triads are equally frequent.
    """
    graph = whole.graph
    parts = weak_components(graph)
    count = int(np.count_nonzero(parts.sizes >= 3))
    by_node = triad_census(graph, by_node=True).by_node
    assert by_node is not None
    size = parts.sizes.size
    links = np.bincount(parts.labels[graph.source], minlength=size)
    ratios = np.zeros((count, len(ACYCLIC_TRIADS)))
    expected = cache(expected_census)
    columns = [TRIAD_NAMES.index(triad) for triad in ACYCLIC_TRIADS]
    triples = np.stack(
        [np.bincount(parts.labels, weights=by_node[:, column], minlength=size) / 3.0 for column in columns],
        1,
    )
    for index in range(count):  # components are numbered by size: these are all that have three accounts
        chance = expected(int(parts.sizes[index]), int(links[index]))
        for column, code in enumerate(columns):
            if chance[code] > 0.0:
                ratios[index, column] = triples[index, column] / chance[code]
    best = ratios.max(axis=1, initial=0.0)
    alone = np.isclose(ratios, best[:, None], rtol=1e-9).sum(axis=1) == 1
    leader = np.where(alone, ratios.argmax(axis=1), len(ACYCLIC_TRIADS))
    once = np.bincount(parts.labels, weights=activity.once[whole.accounts], minlength=size)
    rows = {}
    for code, name in enumerate((*ACYCLIC_TRIADS, "tie")):
        chosen = np.flatnonzero(leader == code)
        accounts = int(parts.sizes[chosen].sum())
        rows[name] = {
            "components": int(chosen.size),
            "accounts": accounts,
            "largest": int(parts.sizes[chosen].max(initial=0)),
            "active_once_share": float(once[chosen].sum()) / accounts if accounts else 0.0,
        }
    return rows
