"""How large the paper's network is, and how much of it flows on cycles."""

from __future__ import annotations

from collections.abc import Sequence

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.currency_network.config import METHOD, Config
from simulators.currency_network.data import dataset, sarafu_available
from simulators.currency_network.evidence import NEEDS_SARAFU, estimate, some
from simulators.currency_network.result import Result

__all__ = ["NETWORK_CLAIMS"]


def _sarafu(_preset: str) -> tuple[Config, ...]:
    if not sarafu_available():
        raise NotTestableError(NEEDS_SARAFU)
    return (Config(data="sarafu", null_models="none"),)


def _directed_flow(preset: str) -> tuple[Config, ...]:
    if sarafu_available():
        return (Config(data="sarafu", null_models="none"),)
    for name in ("uc_messages", "bitcoin_otc"):
        if dataset(name).available:
            return (Config(data=name, null_models="none"),)
    return (Config(data="synthetic", accounts=METHOD.preset(preset).accounts, null_models="none"),)


def _accounts(results: Sequence[Result]) -> Estimate:
    nodes = float(_only_sarafu(results)[0].nodes)
    return estimate(results, nodes, nodes, nodes, "")


def _links(results: Sequence[Result]) -> Estimate:
    links = float(_only_sarafu(results)[0].links)
    return estimate(results, links, links, links, f"{results[0].nodes} accounts")


def _only_sarafu(results: Sequence[Result]) -> Sequence[Result]:
    if any(result.data != "sarafu" for result in some(results)):
        raise NotTestableError(NEEDS_SARAFU)
    return results


def _cyclic_share(results: Sequence[Result]) -> Estimate:
    shares = [result.cyclic_volume_share for result in some(results)]
    note = f"not the paper's data; volume is the number of {results[0].volume_unit}"
    if results[0].data == "sarafu":
        note = "volume in Sarafu"
    if results[0].synthetic:
        note = ""
    mean = sum(shares) / len(shares)
    return estimate(results, mean, min(*shares, mean), max(*shares, mean), note)


_CLEANING = (
    "The figure is printed by a public notebook that repeats the group's cleaning; the paper's own table could not be "
    "read. The size is one statement in two numbers, and so two claims."
)

#: The claims of this file.
NETWORK_CLAIMS = (
    Claim(
        id="network_accounts",
        statement="The cleaned Sarafu flow network has 40,655 accounts.",
        source="cleaning of Mattsson, Criscione, Takes (2023), printed output of a public notebook that repeats it",
        kind="value",
        unit="accounts",
        figure=40_655,
        configs=_sarafu,
        measure=_accounts,
        note=_CLEANING,
    ),
    Claim(
        id="network_size",
        statement="The cleaned Sarafu flow network has 145,659 links.",
        source="cleaning of Mattsson, Criscione, Takes (2023), printed output of a public notebook that repeats it",
        kind="value",
        unit="links",
        figure=145_659,
        configs=_sarafu,
        measure=_links,
        note=_CLEANING,
    ),
    Claim(
        id="cycles_carry_flow",
        statement="Cycles are key to recirculation: at least half of the volume flows on links that lie on a cycle.",
        source="abstract, a statement of sign without a figure",
        kind="bound",
        unit="share of volume",
        at_least=0.5,
        configs=_directed_flow,
        measure=_cyclic_share,
        note="The limit of one half is ours; the abstract gives no figure.",
    ),
)
