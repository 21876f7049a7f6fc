"""Do the tokens of a log belong to its logits? The classic mistake is to be off by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.profile_log import rows_of

__all__ = ["SHIFTS", "Alignment", "align"]

#: Shift s: the logits of row t are held against tokens[t + s].
SHIFTS = (-1, 0, 1)
# How many standard errors another shift must be better by.
_CLEAR = 4.0


@dataclass(frozen=True)
class Alignment:
    """How likely the tokens are under the logits, at their own place and one beside it.

    Attributes
    ----------
    log_likelihood
        By shift, the mean log-likelihood of a token, in nats, over the positions that have all three neighbours.
    lead
        By shift, by how many standard errors it is above shift 0.
    per_position
        float64 [T]: log-likelihood of each token at its own place.
    entropy
        Mean entropy of the target laws, in nats: what minus the log-likelihood of sampled tokens is on average.
    z
        Standard score of the log-likelihood under the hypothesis that each token was sampled from its law, without
        top-k and top-p; large where the text was sampled at another temperature, or not sampled from this model.
    """

    log_likelihood: dict[int, float]
    lead: dict[int, float]
    per_position: NDArray[np.float64]
    entropy: float
    z: float

    def complaint(self) -> str:
        """Return what is wrong, in words; "" where nothing is."""
        best = max((-1, 1), key=lambda shift: self.lead[shift])
        if not self.lead[best] > _CLEAR:
            return ""
        place, cure = (
            ("before", "tokens[1:] with both logits[:-1]")
            if best > 0
            else ("after", "tokens[:-1] with both logits[1:]")
        )
        return (
            f"tokens and target_logits are shifted: tokens are likelier under the logits one row {place} their own "
            f"(mean log-likelihood {self.log_likelihood[best]:.3f} there, {self.log_likelihood[0]:.3f} at their own "
            f"row, {self.lead[best]:.1f} standard errors): row t must be what the model said "
            f"before tokens[t]; pass {cure}"
        )


def align(
    target_logits: Any, tokens: NDArray[np.int64], temperature: float, step: int, progress: Callable[[float], None]
) -> Alignment:
    """Read the target's logits once, in chunks, and hold them against the tokens at three shifts."""
    length = len(tokens)
    likelihood = {shift: np.full(length, np.nan) for shift in SHIFTS}
    entropy, variance = np.empty(length), np.empty(length)
    for begin in range(0, length, step):
        progress(begin / length)
        part = slice(begin, min(begin + step, length))
        logs = _log_laws(rows_of("target_logits", target_logits, part), temperature)
        laws = np.exp(logs)
        surprise = np.where(laws > 0, logs, 0.0)
        entropy[part] = -(laws * surprise).sum(axis=1)
        variance[part] = np.maximum((laws * surprise**2).sum(axis=1) - entropy[part] ** 2, 0.0)
        rows = np.arange(part.start, part.stop)
        for shift in SHIFTS:
            at = rows + shift
            inside = (at >= 0) & (at < length)
            likelihood[shift][rows[inside]] = logs[rows[inside] - begin, tokens[at[inside]]]
    # A token of probability 0 counts as very unlikely, so that one of them does not make all shifts alike.
    for values in likelihood.values():
        values[np.isneginf(values)] = -100.0
    inner = slice(1, length - 1)
    own = likelihood[0][inner]
    means = {shift: float(values[inner].mean()) if own.size else float("nan") for shift, values in likelihood.items()}
    lead = {shift: _lead(values[inner] - own) for shift, values in likelihood.items()}
    excess, spread = float((likelihood[0] + entropy).sum()), float(np.sqrt(variance.sum()))
    return Alignment(means, lead, likelihood[0], float(entropy.mean()), excess / spread if spread > 0 else 0.0)


def _log_laws(logits: NDArray[Any], temperature: float) -> NDArray[np.float64]:
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True)))


def _lead(differences: NDArray[np.float64]) -> float:
    """Return a mean in standard errors; 0 where there are too few positions to tell."""
    if differences.size < 8:
        return 0.0
    error = float(differences.std(ddof=1)) / np.sqrt(differences.size)
    return float(differences.mean()) / error if error > 0 else 0.0
