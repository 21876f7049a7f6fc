"""The paper's own figures on its models and tasks, which are not to be had here."""

from __future__ import annotations

from collections.abc import Sequence

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.result import Result

__all__ = ["PAPERS_MODELS_CLAIMS"]

_REASON = (
    "it is a figure of models of the OPT family on {}, neither of which is here; the order of the schemes is measured "
    "on Gemma 3 270M and WikiText-2 instead, where other figures are to be expected"
)


def _claim(identifier: str, statement: str, source: str, figure: float, unit: str, task: str) -> Claim:
    def configs(_preset: str) -> tuple[Config, ...]:
        raise NotTestableError(_REASON.format(task))

    def measure(_results: Sequence[Result]) -> Estimate:
        raise NotTestableError(_REASON.format(task))

    return Claim(
        id=identifier,
        statement=statement,
        source=f"{source} (read in a transcription)",
        kind="value",
        figure=figure,
        unit=unit,
        configs=configs,
        measure=measure,
    )


#: The claims of this file.
PAPERS_MODELS_CLAIMS = (
    _claim(
        "opt_acceptance_xsum",
        "On XSum the optimal scheme accepts .5009, .5226 and .5419 with 2, 4 and 8 drafts; IS .4933 .5145 .5333, "
        "SpecTr .4889 .5083 .5263, SpecInfer .4875 .5058 .5227.",
        "table of acceptance probabilities",
        0.5009,
        "acceptance",
        "XSum",
    ),
    _claim(
        "opt_acceptance_dolly",
        "On Dolly the optimal scheme accepts .6384, .6731 and .6962 with 2, 4 and 8 drafts; IS .6348 .6691 .6919, "
        "SpecTr .6246 .6560 .6800, SpecInfer .6202 .6489 .6722.",
        "table of acceptance probabilities",
        0.6384,
        "acceptance",
        "Dolly",
    ),
    _claim(
        "opt_block_efficiency_dolly",
        "On Dolly IS yields 2.13, 2.22, 2.26, 2.27 and 2.28 tokens a call with 2 to 6 drafts; SpecTr 1.77 to 2.08, "
        "SpecInfer 1.76 to 2.04.",
        "table of block efficiency",
        2.13,
        "tokens per call",
        "Dolly",
    ),
    _claim(
        "opt_block_efficiency_top_k",
        "With the 10 likeliest tokens IS yields 2.48 and 2.59 tokens a call with 2 and 3 drafts (5 likeliest: 2.52, "
        "2.63); SpecTr 2.43 and 2.55 (2.48, 2.56), SpecInfer 2.38 and 2.49 (2.47, 2.55).",
        "table of block efficiency with top-k sampling",
        2.48,
        "tokens per call",
        "its tasks",
    ),
    _claim(
        "opt_truncation_token_rate",
        "With alphabets of 10, 20, 40 and 50 tokens the token rate is -.57, +1.0, +6.63 and +3.22 % above a single "
        "draft's; with programs of 5, 10 and 15 tokens +6.63, +1.52 and +1.74 %.",
        "table of token rates by truncation, on the authors' GPU",
        6.63,
        "% over a single draft",
        "its tasks",
    ),
)
