"""The optimal verifier of i.i.d. drafts. Import from `pybench.kernels.draft`."""

from __future__ import annotations

from typing import Any

from pybench._native import draft as _native
from pybench.errors import InvalidInputError
from pybench.kernels import draft_inputs as inputs
from pybench.kernels import draft_sets
from pybench.kernels.draft_results import Verification
from pybench.kernels.inputs import check_threads, mix_seed

__all__ = ["Plan", "optimal_acceptance", "plan"]


class Plan:
    """The optimal verifier for a draft law, a target law and a draft count; made by `plan` or `plan_from_logits`.

    It keeps its own copy of the laws: what later happens to the arrays does not change it. Any number of threads may
    use one plan; calls of `verify` take turns.
    """

    __slots__ = ("_core", "_laws", "_threads")

    def __init__(self, core: _native.PlanBatch, laws: inputs.LawsShape, threads: int) -> None:
        self._core = core
        self._laws = laws
        self._threads = threads

    @property
    def draft_count(self) -> int:
        """Drafts a row, K."""
        return self._core.draft_count

    @property
    def acceptance(self) -> Any:
        """The probability that one of the K drafts is accepted, the largest there is. float64: scalar, or [B]."""
        values = self._core.acceptance()
        return inputs.like(values if self._laws.batched else values[0], tensors=self._laws.tensors)

    @property
    def selection_law(self) -> Any:
        """The law of the draft that is selected, before it is accepted or not: [V] or [B, V], dtype of the laws.

        It is draft * clip(target / draft), and acceptance = sum of min(selection_law, target). O(V) each time.
        """
        laws = self._core.selection_law(self._threads)
        return inputs.like(laws if self._laws.batched else laws[0], tensors=self._laws.tensors)

    def verify(
        self,
        draft_tokens: Any,
        *,
        seed: int | tuple[int, ...],
        request: Any = None,
        position: Any = 0,
        threads: int | None = 1,
    ) -> Verification:
        """Verify rows of K drafts, each drawn from the draft law independently.

        Parameters
        ----------
        draft_tokens
            Integers [n, K], or [B, n, K] for a batch of laws.
        seed
            An int or a tuple of ints, none negative.
        request, position
            What row this is, for its random numbers: integers that broadcast to [n] or [B, n], requests of [0, 2^64),
            positions of [0, 2^32). A row's answer depends on its laws, its drafts and (seed, request, position) alone,
            not on the batch. Two rows that share all three share their random numbers. `request` None: the row's
            number in this call.
        threads
            1 to 1024; None for all cores. The answer is the same for any number.

        Returns
        -------
        Verification
            `token` and `accepted`, int64 [n] or [B, n]. The law of `token` is exactly the target.

        Raises
        ------
        InvalidInputError
            For a wrong shape or dtype, a token out of range, or one whose draft probability is 0.
        TypeError
            For tokens of another library than the laws.
        RuntimeError
            For a call by a signal handler that interrupted a call on the same plan.

        Notes
        -----
        O(K log V) a row, besides what is sorted of the order when first asked for.
        """
        laws = self._laws
        tokens = inputs.as_tokens(draft_tokens, laws, self._core.draft_count)
        requests, positions = inputs.as_rows(request, position, tokens.shape[:2], batched=laws.batched)
        token, accepted = self._core.verify(tokens, mix_seed(seed), requests, positions, check_threads(threads))
        if not laws.batched:
            token, accepted = token[0], accepted[0]
        return Verification(inputs.like(token, tensors=laws.tensors), inputs.like(accepted, tensors=laws.tensors))


def plan(draft: Any, target: Any, draft_count: int, *, threads: int | None = 1) -> Plan:
    """Make the optimal verifier of K i.i.d. drafts.

    Parameters
    ----------
    draft, target
        Probabilities, float32 or float64, [V] or [B, V]; NumPy arrays, or torch tensors on the CPU (bfloat16 too). Rows
        whose sum is within 1e-3 (float64: 1e-9) of 1 are rescaled.
    draft_count
        K, 1 to 2^20. It may be larger than V.
    threads
        For a batch: 1 to 1024; None for all cores.

    Returns
    -------
    Plan
        With the acceptance, the selection law and the verifier.

    Raises
    ------
    InvalidInputError
        For a probability that is negative, NaN or infinite, a row that does not sum to 1, shapes or dtypes that differ,
        or K out of range.
    TypeError
        For what is no array, or arrays of two libraries.

    Notes
    -----
    O(V) for each row: one pass over the laws, and the sort of the few tokens about the optimum. Memory: a copy of the
    laws and 2 bytes a token. The algorithm is this project's own derivation (docs/multi_draft.md).
    """
    laws = inputs.as_laws(draft, target)
    count, workers = inputs.check_draft_count(draft_count), check_threads(threads)
    core = _native.plan(laws.draft, laws.target, count, laws.batched, workers)
    return Plan(core, inputs.LawsShape(laws.draft.shape[0], laws.batched, laws.tensors), workers)


def optimal_acceptance(
    draft: Any, target: Any, draft_count: int | None = None, *, replacement: bool = True, threads: int | None = 1
) -> Any:
    """Return the largest acceptance that any verifier of K drafts can have.

    Parameters
    ----------
    draft
        The law that K i.i.d. drafts are drawn from, [V] or [B, V]; or a list or tuple of K laws [V], one for each of K
        independent drafts.
    target
        The target law, [V] or [B, V].
    draft_count
        K. It may be left out for a list of laws, whose number it is.
    replacement
        False: no token is drafted twice; each draft is drawn from the draft law without those before it, rescaled.
    threads
        For a batch: 1 to 1024; None for all cores. For a list of laws, and without replacement, it is checked and not
        used.

    Returns
    -------
    float64 scalar, or [B]
        Min over sets S of target(S) + 1 - Pr(all drafts in S).

    Raises
    ------
    InvalidInputError
        As `plan`; and for a list of laws, or drafts without replacement, where the vocabulary is too large: the optimum
        is then a minimum over all sets of tokens. The limit is 24 tokens whose place in the least set is not plain
        for a list of laws, and 22 tokens that can be drawn without replacement.
    TypeError
        For what is no array, or arrays of two libraries.

    Notes
    -----
    O(V) for i.i.d. drafts. Khisti et al. (2024) state the minimum for K = 2 in closed form; for any K and any way
    of drafting it is the minimum cut of their linear program.
    """
    if isinstance(draft, (list, tuple)):
        if draft_count is not None and draft_count != len(draft):
            raise InvalidInputError(f"draft_count is {draft_count}: draft is a list of {len(draft)} laws")
        if not replacement:
            raise InvalidInputError("replacement is False: drafts of different laws are drawn independently")
        return draft_sets.set_acceptance_different(draft, target, threads=threads)
    if draft_count is None:
        raise InvalidInputError("draft_count is None: it may be left out for a list of laws only")
    if not replacement:
        return draft_sets.set_acceptance_without_replacement(draft, target, draft_count, threads=threads)
    laws = inputs.as_laws(draft, target)
    values = _native.optimal_acceptance(
        laws.draft, laws.target, inputs.check_draft_count(draft_count), laws.batched, check_threads(threads)
    )
    return inputs.like(values if laws.batched else values[0], tensors=laws.tensors)
