"""What the paper and its group say of currency networks, and what we say of the method, as what can come out wrong.

Only the abstract and the opening of the paper could be read; each claim says how far it is our reading.
"""

from __future__ import annotations

from pybench.harness.claim import Claim
from simulators.currency_network.claims_acyclic import ACYCLIC_CLAIMS
from simulators.currency_network.claims_components import COMPONENT_CLAIMS
from simulators.currency_network.claims_network import NETWORK_CLAIMS
from simulators.currency_network.claims_nulls import NULL_CLAIMS

__all__ = ["CLAIMS"]

#: The claims, in the order in which the harness prints them.
CLAIMS: tuple[Claim, ...] = (*NETWORK_CLAIMS, *COMPONENT_CLAIMS, *ACYCLIC_CLAIMS, *NULL_CLAIMS)
