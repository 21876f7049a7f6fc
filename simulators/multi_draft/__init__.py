"""Multi-draft speculative sampling (A. Khisti et al., ICLR 2025, arXiv:2410.18234).

A cheap model drafts K sequences of L tokens; one call of the target verifies them all; what is put out has exactly the
target's law. This room decodes with every scheme of the field and with the exact optimum, on generated, logged or real
laws, and says how many tokens a call yields and how far each scheme is from the best.

>>> from simulators import multi_draft as md
>>> result = md.simulate(md.Config(draft_count=4, draft_length=4), seed=7)
>>> result.block_efficiency, result.acceptance, result.gap  # doctest: +SKIP
>>> result.scheme_acceptance["optimal"]["4"], result.scheme_acceptance["recursive"]["4"]  # doctest: +SKIP
>>> md.simulate(md.Config(data="gemma", draft="early_exit", exit_layer=17)).tokens_per_second  # doctest: +SKIP
>>> md.simulate(md.Config(data="recorded", recording="my_log", draft_length=1)).scheme_acceptance  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulators.multi_draft.config import METHOD, Config
    from simulators.multi_draft.hook import transformers_generate
    from simulators.multi_draft.profile import profile_logits
    from simulators.multi_draft.profile_result import LogitProfile
    from simulators.multi_draft.recorded import open_recording, write_recording
    from simulators.multi_draft.result import Result
    from simulators.multi_draft.simulation import simulate

__all__ = [
    "METHOD",
    "Config",
    "LogitProfile",
    "Result",
    "open_recording",
    "profile_logits",
    "simulate",
    "transformers_generate",
    "write_recording",
]

_HOMES = {
    "METHOD": "config",
    "Config": "config",
    "LogitProfile": "profile_result",
    "Result": "result",
    "open_recording": "recorded",
    "profile_logits": "profile",
    "simulate": "simulation",
    "transformers_generate": "hook",
    "write_recording": "recorded",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
