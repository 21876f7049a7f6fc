"""Decoding with several drafts: rounds of drafting, a call of the target, and verification.

What a request puts out is a function of (seed, its number in the run, its prompt): which requests share its batch does
not matter, except through the rounding of a real model's matrix products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import probabilities
from simulators.multi_draft.drafting import Request, draw_trees
from simulators.multi_draft.language_model import LanguageModel, NewNodes, Session
from simulators.multi_draft.verification import Verified, Visit, verify_blocks, verify_trees

__all__ = ["Chooser", "Observer", "Rules", "decode"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How to decode; the fields are those of `Config`."""

    scheme: str
    alphabet_size: int
    program_size: int
    blocks: bool
    draft_count: int
    draft_length: int
    temperature: float
    draft_temperature: float
    top_k: int | None
    top_p: float | None
    new_tokens: int
    threads: int | None

    @property
    def importance(self) -> dict[str, int]:
        """The options of the scheme importance, as the kernels take them."""
        return {"alphabet_size": self.alphabet_size, "program_size": self.program_size}

    def law(self, logits: NDArray[np.float32], temperature: float | NDArray[np.float64]) -> NDArray[np.float32]:
        """Return laws [n, V] at a temperature, or one for each row, within the top-k and top-p tokens."""
        law: NDArray[np.float32] = probabilities(
            logits, temperature=temperature, top_k=self.top_k, top_p=self.top_p, threads=self.threads
        )
        return law

    def target_laws(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the target's laws."""
        return self.law(logits, self.temperature)


class Observer(Protocol):
    """What hears of decoding as it goes."""

    def visited(self, session: Session, requests: Request, visit: Visit) -> None:
        """Hear of the verification at some nodes."""

    def ended(self, requests: Request, verified: Verified) -> None:
        """Hear of a whole round."""


class Chooser(Protocol):
    """What chooses how many drafts each request gets, and at which temperature, before they are drawn."""

    def choose(
        self, numbers: NDArray[np.int64], logits: NDArray[np.float32]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return draft count and draft temperature of each request, from the draft's logits at its last token."""

    def learn(self, requests: Request, visit: Visit) -> None:
        """Hear of the laws that verification saw."""


def decode(
    model: LanguageModel,
    prompts: Sequence[NDArray[np.int64]],
    rules: Rules,
    *,
    numbers: NDArray[np.int64],
    seed: tuple[int, ...],
    observer: Observer,
    chooser: Chooser | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[NDArray[np.int64]]:
    """Decode some requests together.

    Parameters
    ----------
    prompts
        The tokens of each request so far, at least one.
    numbers
        int64 [requests]: the number of each in the run.
    progress
        Called with the fraction done.

    Returns
    -------
    list
        Of each request the tokens of its rounds: `Rules.new_tokens` or, as rounds are whole, a few more.
    """
    session = model.begin(prompts)
    put_out: list[list[int]] = [[] for _ in prompts]
    last = np.array([prompt[-1] for prompt in prompts], dtype=np.int64)
    done = np.zeros(len(prompts), dtype=np.int64)
    while (rows := np.flatnonzero(done < rules.new_tokens)).size:
        session.extend(NewNodes(rows, np.full(rows.size, -1, dtype=np.int64), last[rows]))
        logits = session.draft_logits(np.arange(rows.size))
        if chooser is None:
            counts = np.full(rows.size, rules.draft_count, dtype=np.int64)
            temperatures = np.full(rows.size, rules.draft_temperature)
        else:
            counts, temperatures = chooser.choose(numbers[rows], logits)
        requests = Request(rows, numbers[rows], done[rows], last[rows], counts, temperatures)
        verified = _round(model, session, requests, logits, rules, seed, observer, chooser)
        session.commit(verified.last)
        observer.ended(requests, verified)
        for row, tokens in zip(rows, verified.tokens, strict=True):
            put_out[row] += tokens[tokens >= 0].tolist()
            done[row], last[row] = len(put_out[row]), put_out[row][-1]
        if progress is not None:
            progress(float(np.minimum(done, rules.new_tokens).mean()) / rules.new_tokens)
    return [np.array(tokens, dtype=np.int64) for tokens in put_out]


def _round(
    model: LanguageModel,
    session: Session,
    requests: Request,
    logits: NDArray[np.float32],
    rules: Rules,
    seed: tuple[int, ...],
    observer: Observer,
    chooser: Chooser | None,
) -> Verified:
    generations = draw_trees(
        session,
        requests,
        rules.draft_length,
        scheme="single" if rules.blocks else rules.scheme,
        laws=rules.law,
        root_logits=logits,
        seed=seed,
        threads=rules.threads,
    )
    session.run_target()

    def visit(seen: Visit) -> None:
        if chooser is not None:
            chooser.learn(requests, seen)
        observer.visited(session, requests, seen)

    if rules.blocks:
        return verify_blocks(
            session, requests, generations, laws=rules.target_laws, seed=seed, threads=rules.threads, visit=visit
        )
    return verify_trees(
        session,
        requests,
        generations,
        scheme=rules.scheme,
        importance=rules.importance,
        laws=rules.target_laws,
        continues=model.continues,
        seed=seed,
        threads=rules.threads,
        visit=visit,
    )
