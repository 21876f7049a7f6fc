"""What a run found, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pybench.harness.fields import quantity

__all__ = ["Result"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found. Every number is finite; a share of nothing is 0. All fields are of types that JSON knows."""

    data: str = quantity(doc="name of the data: of a file its name, without its folder")
    synthetic: bool = quantity(doc="whether the network was generated; then no figure is one of the real economy")
    nodes: int = quantity(doc="accounts", unit="accounts")
    links: int = quantity(doc="distinct ordered pairs of different accounts with a transaction", unit="links")
    transactions: int = quantity(doc="rows of the data between different accounts", unit="transactions")
    loops: int = quantity(doc="rows from an account to itself; dropped everywhere", unit="rows")
    duplicates: int = quantity(doc="transactions that repeat a link", unit="transactions")
    volume: float = quantity(doc="sum of the amounts of all transactions, or their number; see volume_unit")
    volume_unit: str = quantity(doc="unit of volume; transactions where the data has no amounts")
    span_days: float = quantity(
        doc="from the first transaction to the last; 0 where the data has no times", unit="days"
    )
    reciprocity: float = quantity(doc="share of links whose reverse is a link")
    strong_components: int = quantity(doc="strong components, single accounts among them", unit="components")
    weak_components: int = quantity(doc="weak components, single accounts among them", unit="components")
    strong_giant: int = quantity(doc="accounts in the largest strong component, GSCC", unit="accounts")
    weak_giant: int = quantity(doc="accounts in the weak component that holds the GSCC, GWCC", unit="accounts")
    positions: Mapping[str, int] = quantity(doc="accounts by position in the bow-tie", unit="accounts")
    cyclicity: Mapping[str, int] = quantity(
        doc="accounts on no cycle, and on cycles of the GSCC, of other strong components in the GWCC (LSCC) and of "
        "those outside it (ISCC)",
        unit="accounts",
    )
    position_by_cyclicity: Mapping[str, Mapping[str, int]] = quantity(
        detail=True, doc="accounts by position, then acyclic or cyclic", unit="accounts"
    )
    strong_component_sizes: Mapping[str, int] = quantity(
        doc="strong components of 2, 3 and at least 4 accounts, the GSCC among them", unit="components"
    )
    cyclic_link_share: float = quantity(doc="share of links inside strong components: those on a directed cycle")
    cyclic_transaction_share: float = quantity(doc="share of transactions on such links")
    cyclic_volume_share: float = quantity(doc="share of volume on such links")
    census: Mapping[str, int] = quantity(
        doc="triples of accounts by triad class; its digits: how many of the three pairs pay both ways, one way, not",
        unit="triples",
    )
    acyclic_nodes: int = quantity(doc="accounts on no cycle", unit="accounts")
    acyclic_links: int = quantity(doc="links between accounts that are both on no cycle", unit="links")
    acyclic_census: Mapping[str, int] = quantity(
        doc="triples of accounts on no cycle by triad class; only the classes without a cycle can occur", unit="triples"
    )
    isolated_groups: Mapping[str, int] = quantity(
        doc="weak components outside the GWCC without a cycle, by number of accounts (at least 2)", unit="components"
    )
    active_once_share: float = quantity(doc="share of accounts with exactly one transaction in all, made or received")
    isolated_active_once_share: float = quantity(doc="the same share among the accounts of the isolated groups")
    link_classes: Mapping[str, Mapping[str, float]] = quantity(
        doc="what passes inside strong components (intra_scc: on a cycle) and between them (inter_scc)"
    )
    classes: Mapping[str, Mapping[str, float]] = quantity(
        detail=True,
        doc="what each topological class holds: components; accounts; links, transactions and volume between two of "
        "its accounts; of its accounts the share active once, first and last day (from the first transaction of all), "
        "mean days with a transaction",
    )
    class_census: Mapping[str, Mapping[str, int]] = quantity(
        detail=True, doc="triples of accounts by triad class, within each topological class", unit="triples"
    )
    flow_links: Mapping[str, Mapping[str, int]] = quantity(
        detail=True, doc="links from every position to every position", unit="links"
    )
    flow_volume: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="volume from every position to every position; see volume_unit"
    )
    null_samples: int = quantity(doc="random networks of each null model", unit="samples")
    degree_null: Mapping[str, Mapping[str, float | bool]] = quantity(
        detail=True,
        doc="each statistic beside random networks with the same in- and out-degrees: z is missing where all agree",
    )
    dyad_null: Mapping[str, Mapping[str, float | bool]] = quantity(
        detail=True,
        doc="each statistic beside random networks that keep also how many pay every account and are paid by it",
    )
    null_acceptance: Mapping[str, float] = quantity(
        detail=True, doc="by null model, the mean share of tries that changed a network"
    )
    null_refusals: Mapping[str, str] = quantity(
        doc="why a null model says nothing of the network, or of an acyclic part of it"
    )
    significance_profile: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="by null model, the z-scores of the connected triads over their Euclidean norm"
    )
    sign_disagreements: Mapping[str, Mapping[str, str]] = quantity(
        doc="statistics that are beyond both null models (|z| >= 2, or all samples agree on another value), with "
        "opposite signs: more or fewer than random under each"
    )
    one_null_only: Mapping[str, Mapping[str, str]] = quantity(
        doc="statistics that are beyond one null model only: more, fewer or as expected under each"
    )
    null_histograms: Mapping[str, Mapping[str, Mapping[str, float | tuple[int, ...]]]] = quantity(
        detail=True, doc="of some statistics, the samples of each null model: low end of the first bin, width, counts"
    )
    mixing_means: Mapping[str, Mapping[str, float]] = quantity(
        detail=True, doc="slow statistics by tries per link, mean over chains; at 0 the network itself"
    )
    mixing_errors: Mapping[str, Mapping[str, float]] = quantity(detail=True, doc="standard errors of these means")
    mixed_at: Mapping[str, float] = quantity(
        doc="the first point from which on a slow statistic is within noise of its value at 10", unit="tries per link"
    )
    tries_per_link: float = quantity(doc="length of a chain of the null models", unit="tries per link")
    acyclic_triads: Mapping[str, Mapping[str, float]] = quantity(
        detail=True,
        doc="connected triads of the accounts on no cycle, of all and by position, and of the links on none, beside "
        "random links (exact mean, ratio to it) and the null models; z is missing where all samples agree",
    )
    most_significant_triad: Mapping[str, Mapping[str, str]] = quantity(
        doc="by acyclic part and null model, the triad with the largest z-score, if significant"
    )
    leading_triads: Mapping[str, Mapping[str, float]] = quantity(
        detail=True,
        doc="acyclic components of at least 3 accounts by the triad that is most frequent for their number of links: "
        "components, accounts, the largest, share of accounts active once",
    )
    drawn_accounts: Mapping[str, Mapping[str, tuple[int, ...]]] = quantity(
        detail=True, doc="for the picture of the network: links of each account drawn, by position, on a cycle or not"
    )
    drawn_links: Mapping[str, tuple[int, ...]] = quantity(
        detail=True, doc="for the picture: links between accounts drawn, as indices into them"
    )
    calibration: Mapping[str, Mapping[str, float]] = quantity(
        detail=True,
        doc="synthetic data only: for each aggregate known of Sarafu the target, the measured value and its band",
    )
