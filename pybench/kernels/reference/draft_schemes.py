"""The schemes of multi-draft verification in NumPy, one row at a time, each by the steps that its paper tells.

`conditional` is a scheme as a function: for given drafts, with what probability each is accepted, and the law of the
token where none is. From it follow, by enumeration of all rows of drafts, the acceptance and the law of the output.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft_results import Verification
from pybench.kernels.inputs import mix_seed
from pybench.kernels.reference.draft_importance import PairRule, chances, kept, make_rules, selection_law
from pybench.kernels.reference.draft_random import ACCEPTING, DRAFTING, RESIDUAL, uniforms

__all__ = [
    "Conditional",
    "acceptance",
    "conditional",
    "drafting_law",
    "draw_drafts",
    "enumerated_acceptance",
    "k_seq_scale",
    "rescaled",
    "verify",
]

_Array = NDArray[np.float64]
_Drafts = Sequence[int]
MATCHING = ("token_matching", "top_k")


class Conditional(NamedTuple):
    """What a scheme does with given drafts.

    Attributes
    ----------
    accepted
        float64 [K]: the probability that draft k is accepted, before the residual.
    residual
        float64 [V]: the law of the token where none is.
    matches
        Tokens that count as accepted when the residual lands on them.
    """

    accepted: _Array
    residual: _Array
    matches: frozenset[int]


def rescaled(law: NDArray[Any]) -> _Array:
    """Return a law as float64 that sums to 1."""
    wide = np.asarray(law, dtype=np.float64)
    return np.asarray(wide / wide.sum())


def _law(weights: _Array, otherwise: _Array) -> _Array:
    """Return weights as a law; `otherwise` where there are none: it is then needed with probability 0."""
    total = weights.sum()
    return weights / total if total > 0.0 else otherwise


def _ratio(target: float, bar: float) -> float:
    return 0.0 if target <= 0.0 else 1.0 if target >= bar else target / bar


def _likeliest(draft: NDArray[Any], count: int) -> list[int]:
    """Return up to `count` tokens of positive probability, by descending probability and ascending token."""
    ranked = np.argsort(-draft, kind="stable")
    return [int(token) for token in ranked[:count] if draft[token] > 0.0]


def _filled(tokens: list[int], draft_count: int) -> list[int]:
    return tokens + [tokens[-1]] * (draft_count - len(tokens))


def _greedy(draft: _Array, draft_count: int) -> tuple[list[int], _Array | None]:
    """Return the sure drafts and the law of the last one, None where the draft law has too few tokens for one."""
    likeliest = _likeliest(draft, draft_count)
    if len(likeliest) < draft_count:
        return likeliest, None
    rest = draft.copy()
    rest[likeliest[:-1]] = 0.0
    return likeliest[:-1], rest / rest.sum()


def k_seq_scale(draft: _Array, target: _Array, draft_count: int) -> tuple[float, float]:
    """Return (rho, the probability that one draft is accepted), by bisection."""

    def once(rho: float) -> float:
        return min(1.0, float(np.minimum(draft, target / rho).sum()))

    def too_small(rho: float) -> bool:
        return 1.0 - (1.0 - once(rho)) ** draft_count > rho * once(rho)

    low, high = 1.0, float(draft_count)
    if not too_small(low):
        return low, once(low)
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return high, once(high)


def _k_seq(draft: _Array, target: _Array, drafts: _Drafts) -> tuple[list[float], _Array]:
    rho, once = k_seq_scale(draft, target, len(drafts))
    taken = np.minimum(draft, target / rho) * ((1.0 - (1.0 - once) ** len(drafts)) / once if once > 0.0 else 0.0)
    return [_ratio(target[token], rho * draft[token]) for token in drafts], np.maximum(0.0, target - taken)


def _recursive(draft: _Array, target: _Array, drafts: _Drafts, replacement: bool) -> tuple[list[float], _Array]:
    accepts, law, left = [], target, draft
    for token in drafts:
        if not replacement and left[token] == 0.0:  # the draft law has run out: a copy
            accepts.append(0.0)
            continue
        accepts.append(_ratio(law[token], left[token]))
        law = _law(np.maximum(0.0, law - left), target)
        if not replacement:
            left = left.copy()
            left[token] = 0.0
            left = left / left.sum() if left.any() else left
    return accepts, law


def conditional(
    draft: _Array, target: _Array, drafts: _Drafts, scheme: str, rules: Sequence[PairRule] = ()
) -> Conditional:
    """Return what a scheme does with these drafts; laws float64 [V] that sum to 1, rules for `importance` only."""
    count, nothing = len(drafts), np.zeros(len(drafts))
    if scheme in MATCHING:
        return Conditional(nothing, target, frozenset(drafts))
    if scheme == "importance":
        law = draft
        for rule in rules:
            law = selection_law(law, draft, rule)
        accepts = np.array([_ratio(target[token], law[token]) for token in drafts])
        chance = chances(drafts, rules, len(draft))
        return Conditional(chance * accepts, _law(np.maximum(0.0, target - law), target), frozenset())
    steps, residual, matches = nothing.tolist(), target, frozenset[int]()
    if scheme == "greedy":
        sure, rest = _greedy(draft, count)
        matches = frozenset(sure)
        if rest is not None:
            steps[-1] = _ratio(target[drafts[-1]], rest[drafts[-1]])
            residual = np.maximum(0.0, target - rest)
    elif scheme == "single":
        steps[0] = _ratio(target[drafts[0]], draft[drafts[0]])
        residual = np.maximum(0.0, target - draft)
    elif scheme == "k_seq":
        steps, residual = _k_seq(draft, target, drafts)
    else:
        steps, residual = _recursive(draft, target, drafts, replacement=scheme == "recursive")
    reached = np.concatenate([[1.0], np.cumprod(1.0 - np.array(steps))])
    return Conditional(reached[:-1] * steps, _law(residual, target), matches)


def drafting_law(draft: _Array, draft_count: int, scheme: str) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield every row of drafts that a scheme can draw, with its probability; V^K of them."""
    support = np.flatnonzero(draft).tolist()
    if scheme == "top_k":
        yield tuple(_filled(_likeliest(draft, draft_count), draft_count)), 1.0
    elif scheme == "greedy":
        sure, rest = _greedy(draft, draft_count)
        if rest is None:
            yield tuple(_filled(sure, draft_count)), 1.0
        else:
            yield from (((*sure, int(token)), float(rest[token])) for token in np.flatnonzero(rest))
    elif scheme == "recursive_without_replacement":
        for row in itertools.permutations(support, min(draft_count, len(support))):
            chance, left = 1.0, draft.copy()
            for token in row:
                chance *= left[token] / left.sum()
                left[token] = 0.0
            yield tuple(_filled(list(row), draft_count)), float(chance)
    else:
        for row in itertools.product(support, repeat=draft_count):
            yield row, float(np.prod(draft[list(row)]))


def enumerated_acceptance(
    draft: _Array, target: _Array, draft_count: int, scheme: str, rules: Sequence[PairRule] = ()
) -> float:
    """Return the probability that a draft is accepted, over all rows of drafts; laws as for `conditional`, small V."""
    total = 0.0
    for drafts, chance in drafting_law(draft, draft_count, scheme):
        found = conditional(draft, target, drafts, scheme, rules)
        match = found.residual[list(found.matches)].sum()
        total += chance * (found.accepted.sum() * (1.0 - match) + match)
    return float(total)


def acceptance(
    draft: NDArray[Any],
    target: NDArray[Any],
    draft_count: int,
    scheme: str,
    *,
    alphabet_size: int = 40,
    program_size: int = 5,
) -> float:
    """Return the probability that a scheme accepts one of its drafts; [V] laws, small V only."""
    p, q = rescaled(draft), rescaled(target)
    rules = make_rules(p, q, draft_count, alphabet_size, program_size) if scheme == "importance" else ()
    return enumerated_acceptance(p, q, draft_count, scheme, rules)


def _inverse(weights: _Array, uniform: float) -> int:
    """Return the first token whose cumulative weight exceeds the uniform's share of the total."""
    cumulative = np.cumsum(weights)
    found = int(np.searchsorted(cumulative, uniform * cumulative[-1], side="right"))
    return min(found, int(np.flatnonzero(weights)[-1]))


def _uniform(key: int, request: int, position: int, purpose: int, draw: int) -> float:
    rows = np.array([request], dtype=np.uint64), np.array([position], dtype=np.uint64)
    return float(uniforms(key, *rows, purpose, draw)[0][0])


def draw_drafts(
    draft: NDArray[Any],
    draft_count: int,
    *,
    scheme: str,
    seed: int | tuple[int, ...],
    request: Sequence[int],
    position: Sequence[int],
) -> NDArray[np.int64]:
    """Draw int64 [n, K] drafts of one law [V], for n requests and positions."""
    law, key = rescaled(draft), mix_seed(seed)
    rows = []
    for where in zip(request, position, strict=True):
        row: list[int] = []
        if scheme in ("greedy", "top_k"):
            sure, rest = _greedy(law, draft_count) if scheme == "greedy" else (_likeliest(law, draft_count), None)
            last = [] if rest is None else [_inverse(rest, _uniform(key, *where, DRAFTING, draft_count - 1))]
            rows.append(_filled([*sure, *last], draft_count))
            continue
        left = law.copy()
        for draw in range(draft_count):
            if not left.any():
                break
            row.append(_inverse(left, _uniform(key, *where, DRAFTING, draw)))
            if scheme == "recursive_without_replacement":
                left[row[-1]] = 0.0
        rows.append(_filled(row, draft_count))
    return np.array(rows, dtype=np.int64).reshape(len(rows), draft_count)


def _first_accepted(found: Conditional, accepts: list[float]) -> int:
    """Return the first draft whose uniform is below its probability given that none before was accepted; or -1."""
    left = 1.0
    for draw, chance in enumerate(found.accepted):
        if chance > 0.0 and accepts[draw] < chance / left:
            return draw
        left -= chance
    return -1


def verify(
    draft: NDArray[Any],
    target: NDArray[Any],
    draft_tokens: NDArray[np.int64],
    *,
    scheme: str,
    seed: int | tuple[int, ...],
    request: Sequence[int],
    position: Sequence[int],
    rules: Sequence[PairRule] = (),
) -> Verification:
    """Verify [n, K] drafts of laws [V]; rules for `importance` only."""
    p, q, key = rescaled(draft), rescaled(target), mix_seed(seed)
    tokens, accepted = [], []
    for drafts, where in zip(draft_tokens.tolist(), zip(request, position, strict=True), strict=True):
        found = conditional(p, q, drafts, scheme, rules)
        accepts = [_uniform(key, *where, ACCEPTING, draw) for draw in range(len(drafts))]
        if scheme == "importance":
            index = 0
            for draw, rule in enumerate(rules, 1):
                index = index if accepts[draw] < kept(rule, len(p))[drafts[index], drafts[draw]] else draw
            chance = chances(drafts, rules, len(p))[index]
            index = index if accepts[0] * chance < found.accepted[index] else -1
        else:
            index = _first_accepted(found, accepts)
        token = drafts[index] if index >= 0 else _inverse(found.residual, _uniform(key, *where, RESIDUAL, 0))
        if index < 0 and token in found.matches:
            index = drafts.index(token)
        tokens.append(token)
        accepted.append(index)
    return Verification(np.array(tokens, dtype=np.int64), np.array(accepted, dtype=np.int64))
