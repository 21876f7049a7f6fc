"""The way of the data through the method: network, classes, flow, triad census, null models."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pybench.errors import InvalidInputError
from pybench.harness.method import Progress
from pybench.kernels.graph import Digraph, triad_census
from simulators.currency_network.activity import DAY_S, Activity, activity_of
from simulators.currency_network.acyclic import acyclic_parts, acyclic_triads, leading_by_component, most_significant
from simulators.currency_network.categorisation import Categorisation, categorise, reciprocity
from simulators.currency_network.classes import class_row, flow_between, link_classes, topological
from simulators.currency_network.config import Config
from simulators.currency_network.data import open_network
from simulators.currency_network.mixing import follow_chains
from simulators.currency_network.network import Network
from simulators.currency_network.result import Result
from simulators.currency_network.significance import Nulls, compare, disagreements, draw_nulls, histograms, rows_of
from simulators.currency_network.sketch import sketch_of

__all__ = ["Result", "simulate"]

# What the random networks of the whole, of the acyclic parts and of the mixing curve add to the seed.
_WHOLE, _ACYCLIC, _MIXING = 1, 2, 3


def simulate(config: Config, *, seed: int | tuple[int, ...] = 0, progress: Progress | None = None) -> Result:
    """Categorise a network, take its triad census, and hold both against random networks.

    Parameters
    ----------
    config
        Which network, which null models.
    seed
        An int or a tuple of ints, none negative. On real data it matters for the null models only.
    progress
        Called with the fraction done and what is being done.

    Returns
    -------
    Result
        The same for any number of threads.

    Raises
    ------
    InvalidInputError
        For a file that breaks a rule, or a negative seed.
    MissingDataError
        For the name of a data set whose file is not here.
    MissingPackageError
        For a path without pyarrow.

    Notes
    -----
    O(rows log rows) to read, O(nodes + links) to categorise, at most O(links^1.5) for a census; the null models take
    null_samples * (tries + census) each. A network that cannot be rewired, such as one with fewer than two links, has
    every other answer, and `Result.null_refusals` says why it has not these.
    """
    report = progress or _silent
    report(0.0, "network")
    seeds = (seed,) if isinstance(seed, int) else tuple(seed)
    network = open_network(config, seed=seed)
    report(0.1, "components")
    graph = Digraph(network.source, network.target, network.node_count)
    parts = categorise(graph)
    report(0.15, "triad census")
    threads = config.threads or None
    census = triad_census(graph, threads=threads)
    report(0.2, "classes and flow")
    volume, activity = _volume(network), activity_of(network)
    classes = topological(parts)
    class_census = {name: dict(triad_census(part.graph, threads=threads)) for name, part in classes.items()}
    links_of, flow = link_classes(parts, network), flow_between(parts, network)
    drawn_accounts, drawn_links = sketch_of(parts)
    report(0.25, "triads of the acyclic parts")
    triads, refusals = acyclic_triads(acyclic_parts(parts, classes), config, (_ACYCLIC, *seeds))
    nulls = Nulls()
    for step, model in enumerate(config.models):
        heard = _part_of(report, 0.35 + 0.25 * step, 0.25, f"null model that preserves the {model}s")
        nulls |= draw_nulls(graph, config, (_WHOLE, *seeds), (model,), heard)
    heard = _part_of(report, 0.85, 0.14, "mixing of the null models")
    mixing = follow_chains(graph, config, (_MIXING, *seeds), config.models, heard)
    rows = {model: rows_of(ensemble) for model, ensemble in nulls.ensembles.items()}
    compared = compare(rows.get("degree", {}), rows.get("dyad", {}))
    isolated = _isolated(parts, activity)
    acyclic = classes["WAC"].graph
    transactions = int(sum(row["transactions"] for row in links_of.values()))
    result = Result(
        data=network.name,
        synthetic=network.synthetic,
        nodes=graph.node_count,
        links=graph.link_count,
        loops=graph.loop_count,
        transactions=transactions,
        duplicates=graph.duplicate_count,
        volume=volume,
        volume_unit=network.volume_unit,
        span_days=_span(network),
        reciprocity=reciprocity(graph),
        strong_components=int(parts.strong.sizes.size),
        weak_components=int(parts.weak.sizes.size),
        strong_giant=int(parts.strong.sizes[:1].sum()),
        weak_giant=parts.giant_weak,
        positions=dict(parts.bow_tie.counts),
        cyclicity=parts.by_cyclicity(),
        position_by_cyclicity=parts.by_position(),
        strong_component_sizes=parts.strong_sizes(),
        cyclic_link_share=_share(links_of["intra_scc"]["links"], graph.link_count),
        cyclic_transaction_share=_share(links_of["intra_scc"]["transactions"], transactions),
        cyclic_volume_share=_share(links_of["intra_scc"]["volume"], volume),
        census=dict(census),
        acyclic_nodes=acyclic.node_count,
        acyclic_links=acyclic.link_count,
        acyclic_census=class_census["WAC"],
        isolated_groups=isolated.groups,
        active_once_share=_share(int(activity.once.sum()), network.node_count),
        isolated_active_once_share=isolated.once_share,
        link_classes=links_of,
        classes={name: class_row(part, network, activity) for name, part in classes.items()},
        class_census=class_census,
        flow_links=flow[0],
        flow_volume=flow[1],
        null_samples=config.null_samples if nulls.ensembles else 0,
        degree_null=rows.get("degree", {}),
        dyad_null=rows.get("dyad", {}),
        null_acceptance={model: float(ensemble.acceptance.mean()) for model, ensemble in nulls.ensembles.items()},
        null_refusals=nulls.refusals | refusals,
        significance_profile={
            model: dict(ensemble.significance_profile) for model, ensemble in nulls.ensembles.items()
        },
        sign_disagreements=disagreements(compared, opposite=True),
        one_null_only=disagreements(compared, opposite=False),
        null_histograms=histograms(nulls),
        mixing_means=mixing.means,
        mixing_errors=mixing.errors,
        mixed_at=mixing.mixed_at,
        tries_per_link=float(config.tries_per_link),
        acyclic_triads=triads,
        most_significant_triad=most_significant(triads, ("random", *config.models)),
        leading_triads=leading_by_component(classes["WAC"], activity),
        drawn_accounts=drawn_accounts,
        drawn_links=drawn_links,
        calibration=_calibration(network, config),
    )
    report(1.0, "done")
    return result


def _part_of(report: Progress, begin: float, share: float, text: str) -> Callable[[float], None]:
    """Return the progress callback of one step, which has this share of the whole."""
    report(begin, text)
    return lambda done: report(begin + share * done, text)


def _silent(_fraction: float, _step: str) -> None:
    pass


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _span(network: Network) -> float:
    if network.time is None:
        return 0.0
    proper = network.time[network.source != network.target]
    return float(np.ptp(proper)) / DAY_S if proper.size else 0.0


def _volume(network: Network) -> float:
    """Return what passes between different accounts in all."""
    proper = network.source != network.target
    if network.weight is None:
        return float(np.count_nonzero(proper))
    volume = float(network.weight[proper].sum())
    if not np.isfinite(volume):
        raise InvalidInputError(f"the amounts add up to {volume}: their sum must be finite")
    return volume


class _Isolated(NamedTuple):
    """Isolated acyclic groups by size, and who of their accounts was active only once."""

    groups: dict[str, int]
    once_share: float


def _isolated(parts: Categorisation, activity: Activity) -> _Isolated:
    groups = parts.isolated_groups()
    inside = groups[parts.weak.labels]
    sizes, counts = np.unique(parts.weak.sizes[groups], return_counts=True)
    return _Isolated(
        {str(size): int(count) for size, count in zip(sizes, counts, strict=True)},
        _share(int((activity.once & inside).sum()), int(inside.sum())),
    )


def _calibration(network: Network, config: Config) -> dict[str, dict[str, float]]:
    if not network.synthetic:
        return {}
    from simulators.currency_network.calibration import calibration

    return {
        row.name: {"target": row.target, "measured": float(row.measured), "low": row.low, "high": row.high}
        for row in calibration(network, accounts=config.accounts)
    }
