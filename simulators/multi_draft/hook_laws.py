"""From a model's logits to the laws of the next token, through the processors that `generate` prepared."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.errors import InvalidInputError
from pybench.optional import require

__all__ = ["TokenLaws", "check_processors", "draft_processors"]

# Processors that look at one row's logits alone, and those that look at its tokens as well. Others may keep a state,
# look at the number of a row in the batch, or run a model of their own.
_OF_LOGITS = frozenset(
    {
        "EpsilonLogitsWarper",
        "EtaLogitsWarper",
        "InfNanRemoveLogitsProcessor",
        "LogitNormalization",
        "MinPLogitsWarper",
        "SuppressTokensLogitsProcessor",
        "TemperatureLogitsWarper",
        "TopHLogitsWarper",
        "TopKLogitsWarper",
        "TopPLogitsWarper",
        "TypicalLogitsWarper",
    }
)
_OF_TOKENS = frozenset(
    {
        "ExponentialDecayLengthPenalty",
        "ForcedBOSTokenLogitsProcessor",
        "ForcedEOSTokenLogitsProcessor",
        "MinLengthLogitsProcessor",
        "MinNewTokensLengthLogitsProcessor",
        "NoBadWordsLogitsProcessor",
        "NoRepeatNGramLogitsProcessor",
        "RepetitionPenaltyLogitsProcessor",
        "SequenceBiasLogitsProcessor",
        "SuppressTokensAtBeginLogitsProcessor",
    }
)
_WARPERS = frozenset({"TopHLogitsWarper", "TopKLogitsWarper", "TopPLogitsWarper", "MinPLogitsWarper"})


def _name(processor: Any) -> str:
    """Return the name of a processor of the library, and "" for any other object."""
    kind = type(processor)
    return kind.__name__ if kind.__module__ == "transformers.generation.logits_process" else ""


def check_processors(processors: Sequence[Any]) -> None:
    """Refuse what cannot be evaluated on the nodes of a tree.

    Raises
    ------
    InvalidInputError
        For a processor that is not known to look at one row alone.
    """
    for processor in processors:
        if _name(processor) not in _OF_LOGITS | _OF_TOKENS:
            raise InvalidInputError(
                f"logits_processor holds {type(processor).__name__}: drafts are verified at several prefixes of a row "
                f"at once, so it must be one of {', '.join(sorted(_OF_LOGITS | _OF_TOKENS))}"
            )


def draft_processors(processors: Sequence[Any], temperature: float | None) -> list[Any]:
    """Return the draft's processors: the target's, with a temperature of its own if it has one."""
    if temperature is None:
        return list(processors)
    transformers = require("transformers", extra="multi_draft")
    own = [transformers.TemperatureLogitsWarper(float(temperature))] if temperature != 1.0 else []
    kept = [processor for processor in processors if _name(processor) != "TemperatureLogitsWarper"]
    place = next((place for place, processor in enumerate(kept) if _name(processor) in _WARPERS), len(kept))
    return kept[:place] + own + kept[place:]


class TokenLaws:
    """The law of the next token, as plain sampling computes it: logits in float32, processors, softmax.

    Parameters
    ----------
    processors
        As prepared by `generate`.
    greedy
        Whether the law is all on the largest score.
    """

    def __init__(self, processors: Sequence[Any], *, greedy: bool) -> None:
        self._torch = require("torch", extra="multi_draft")
        self._processors = list(processors)
        self._greedy = greedy
        self._of_tokens = any(_name(processor) in _OF_TOKENS for processor in self._processors)

    def __call__(
        self, logits: Any, rows: Sequence[int], prefixes: Callable[[int], NDArray[np.int64]]
    ) -> NDArray[np.float32]:
        """Return float32 [nodes, V].

        Parameters
        ----------
        logits
            [nodes, V].
        rows
            The row of each node in the batch as `generate` was given it.
        prefixes
            From the number of a node to all tokens before the next one, padding in front; called only where a processor
            looks at them.
        """
        torch = self._torch
        scores = logits.to(torch.float32)
        if self._of_tokens:
            tokens = [prefixes(node) for node in range(len(rows))]
            lengths = np.array([len(prefix) for prefix in tokens])
            for length in np.unique(lengths).tolist():
                nodes = np.flatnonzero(lengths == length)
                ids = torch.from_numpy(np.stack([tokens[node] for node in nodes])).to(scores.device)
                index = torch.from_numpy(nodes).to(scores.device)
                scores[index] = self._processed(ids, scores[index], [rows[node] for node in nodes.tolist()])
        else:
            scores = self._processed(None, scores, rows)
        if self._greedy:
            laws = torch.zeros_like(scores).scatter_(1, scores.argmax(dim=1, keepdim=True), 1.0)
        else:
            laws = torch.softmax(scores, dim=1)
        return np.asarray(laws.cpu().numpy())

    def _processed(self, ids: Any, scores: Any, rows: Sequence[int]) -> Any:
        for processor in self._processors:
            scores = self._of_rows(processor, rows)(ids, scores)
        return scores

    def _of_rows(self, processor: Any, rows: Sequence[int]) -> Any:
        """Return the processor for a choice of rows: the repetition penalty knows the padding of each."""
        ignored = getattr(processor, "prompt_ignore_length", None)
        if not isinstance(ignored, self._torch.Tensor):
            return processor
        chosen = copy.copy(processor)
        chosen.prompt_ignore_length = ignored[list(rows)]
        return chosen
