"""Topological components of a currency network (T. Criscione, arXiv:2409.13674).

An economy's transactions are a directed network, and money can return to an account only along a cycle. This room
splits the accounts and links of any edge list into cyclic and acyclic parts, places every account in the bow-tie around
the largest strong component, takes the triad census of the whole and of every class, and says what of it random
networks would have as well, under two null models side by side.

>>> from simulators import currency_network as cn
>>> result = cn.simulate(cn.Config(data="synthetic", accounts=5_000), seed=7)
>>> result.positions["IN"], result.cyclic_volume_share  # doctest: +SKIP
>>> result.degree_null["030T"]["z"], result.dyad_null["030T"]["z"], result.sign_disagreements  # doctest: +SKIP
>>> mine = cn.Config(data="payments.parquet", source_column="payer", target_column="payee", weight_column="amount")
>>> cn.simulate(mine).census["021U"]  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulators.currency_network.categorisation import Categorisation, categorise
    from simulators.currency_network.config import METHOD, Config
    from simulators.currency_network.data import load_links, read_network
    from simulators.currency_network.network import Network
    from simulators.currency_network.result import Result
    from simulators.currency_network.simulation import simulate

__all__ = [
    "METHOD",
    "Categorisation",
    "Config",
    "Network",
    "Result",
    "categorise",
    "load_links",
    "read_network",
    "simulate",
]

_HOMES = {
    "METHOD": "config",
    "Config": "config",
    "Categorisation": "categorisation",
    "categorise": "categorisation",
    "load_links": "data",
    "read_network": "data",
    "Network": "network",
    "Result": "result",
    "simulate": "simulation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
