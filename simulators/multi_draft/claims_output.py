"""That no scheme changes what the target says, and that the exact verifier is what it is called, at any vocabulary."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pybench.errors import NotTestableError
from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.claims_theorems import random_laws
from simulators.multi_draft.config import SCHEMES, Config
from simulators.multi_draft.evidence import chi_square_tail, laws_after_prompts, of_any_laws
from simulators.multi_draft.linear_program import acceptance_by_linear_program
from simulators.multi_draft.result import Result

__all__ = ["OUTPUT_CLAIMS"]

Law = NDArray[np.float64]
_SEED = (2410, 18234)
_DRAFTS = 4
_ROWS = 100_000
#: Tokens counted one by one; those less probable are counted in classes of equal mass.
_SINGLE, _CLASSES = 30, 31
#: Vocabulary of the large laws; drafts without replacement take V K operations a row and are tested at the small one.
_LARGE, _SMALL = 32_000, 60
#: The table's sizes: tokens of the top-k law, drafts, the success of Global Resolution in per cent.
_SIZES = ((10, 2, 98), (10, 4, 97), (10, 5, 96), (100, 2, 38), (1_000, 2, 31))
_PAIRS = 40


def _no_runs(_preset: str) -> tuple[Config, ...]:
    return ()


def _laws(vocabulary_size: int, pairs: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    config = Config(vocabulary_size=vocabulary_size, prompts=max(2, pairs))
    return laws_after_prompts(config, seed=_SEED)


def _output_law(_results: Sequence[Result]) -> Estimate:
    worst, notes = 1.0, []
    tests = 0
    for size in (_SMALL, _LARGE):
        draft, target = (law[0] for law in _laws(size, 2))
        for scheme in SCHEMES:
            if scheme == "recursive_without_replacement" and size == _LARGE:
                continue
            tests += 1
            tail = _tail(draft, target, scheme)
            if tail < worst:
                worst, notes = tail, [f"least p-value {tail:.3g}, of {scheme} at V = {size:,}"]
    adjusted = min(1.0, tests * worst)
    note = f"{notes[0]}, of {tests} tests, times which it is judged; {_ROWS:,} rows of {_DRAFTS} drafts each"
    return of_any_laws(adjusted, cases=tests, data="synthetic", note=note)


def _tail(draft: NDArray[np.float32], target: NDArray[np.float32], scheme: str) -> float:
    """Return the p-value of the chi-square test of a scheme's output, over drafting and verification together."""
    from pybench.kernels.draft import draw_drafts, verify

    drafts = draw_drafts(draft, 1 if scheme == "single" else _DRAFTS, scheme=scheme, seed=_SEED, rows=_ROWS)
    tokens = verify(draft, target, drafts, scheme=scheme, seed=_SEED).token
    law = target.astype(np.float64) / target.sum(dtype=np.float64)
    group = _groups(law)
    expected = np.bincount(group, weights=law) * _ROWS
    counted = np.bincount(group[tokens], minlength=expected.size)
    statistic = float(np.sum((counted - expected) ** 2 / expected))
    return chi_square_tail(statistic, expected.size - 1)


def _groups(law: Law) -> NDArray[np.int64]:
    """Return for each token the number of its group: the likeliest are alone, the tail is in groups of like mass."""
    order = np.argsort(-law, kind="stable")
    group = np.empty(law.size, dtype=np.int64)
    group[order[:_SINGLE]] = np.arange(_SINGLE)
    rest = order[_SINGLE:]
    mass = np.cumsum(law[rest])
    group[rest] = _SINGLE + np.minimum((mass / mass[-1] * _CLASSES).astype(np.int64), _CLASSES - 1)
    present = np.unique(group)
    # An odd number of groups, of which none is too rare for the test.
    if present.size % 2 == 0:
        group[group == present[-1]] = present[-2]
    return np.asarray(np.unique(group, return_inverse=True)[1], dtype=np.int64)


def _decomposed(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import plan

    worst, cases = 0.0, 0
    for count, sizes in ((2, range(2, 7)), (3, range(2, 5))):
        for draft, target in random_laws(100, sizes):
            selected = plan(draft, target, count).selection_law
            cases += 1
            program = acceptance_by_linear_program(draft, target, count)
            off = abs(float(np.minimum(selected, target).sum()) - program)
            worst = max(worst, off, _infeasible(draft, selected, count))
    note = "sum of min(beta, q) off the program's optimum, or by how much no selection has the law beta"
    return of_any_laws(worst, cases=cases, data="random laws of 2 to 6 tokens, 2 and 3 drafts", note=note)


def _infeasible(draft: Law, selected: Law, draft_count: int) -> float:
    """Return by how much a law is none of a selected draft: the largest p(S)^K - beta(S), and what its sum is off 1.

    The worst set of each probability has the tokens of the least beta over p.
    """
    drawn = draft > 0.0
    order = np.argsort(selected[drawn] / draft[drawn], kind="stable")
    lacking = np.cumsum(draft[drawn][order]) ** draft_count - np.cumsum(selected[drawn][order])
    return max(float(lacking.max()), abs(float(selected.sum()) - 1.0), float(selected[~drawn].sum()))


def _solved(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import plan

    solved = cases = 0
    notes = []
    for size, count, theirs in _SIZES:
        drafts, targets = (law.astype(np.float64) for law in _laws(size, _PAIRS))
        took = []
        for draft, target in zip(drafts, targets, strict=True):
            draft, target = draft / draft.sum(), target / target.sum()
            began = time.perf_counter()
            made = plan(draft, target, count)
            took.append(time.perf_counter() - began)
            selected, best = made.selection_law, float(made.acceptance)
            cases += 1
            attained = float(np.minimum(selected, target).sum())
            bound = _least_cut(draft, target, count)
            solved += max(abs(attained - best), abs(best - bound), _infeasible(draft, selected, count)) <= 1e-9
        notes.append(f"({size}, {count}) {1e3 * float(np.median(took)):.3f} ms, theirs {theirs} %")
    note = "each with a certificate; (tokens, drafts), median time here, their success: " + "; ".join(notes)
    return of_any_laws(solved / cases, cases=cases, data="synthetic", note=note)


def _least_cut(draft: Law, target: Law, draft_count: int) -> float:
    """Return min over prefixes of the order of q/p of q(S) + 1 - p(S)^K, plainly."""
    drawn = draft > 0.0
    order = np.argsort(target[drawn] / draft[drawn], kind="stable")
    inside = np.concatenate([[0.0], np.cumsum(draft[drawn][order])])
    return float(np.min(np.concatenate([[0.0], np.cumsum(target[drawn][order])]) + 1.0 - inside**draft_count))


def _sampled(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import estimate_acceptance, optimal_acceptance

    draft, target = _laws(_LARGE, 20)
    exact = np.asarray(optimal_acceptance(draft, target, _DRAFTS))
    found = estimate_acceptance(draft, target, _DRAFTS, samples=20_000, seed=_SEED)
    value = float(np.mean(found.value - exact))
    half = 2.576 * float(np.sqrt(np.sum(np.square(found.standard_error)))) / exact.size
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        count=exact.size,
        data=f"synthetic, {_LARGE:,} tokens",
        paper_scale=True,
        note=f"mean optimum {exact.mean():.4f} of {exact.size} pairs of laws; 20,000 rows of {_DRAFTS} drafts each",
    )


def _their_times(_preset: str) -> tuple[Config, ...]:
    raise NotTestableError(
        "times of others' code on another machine, with Llama 3: no implementation of theirs is here to be timed; our "
        "own are in the races"
    )


def _unmeasured(_results: Sequence[Result]) -> Estimate:
    raise NotTestableError("no code of theirs is here")


#: The claims of this file.
OUTPUT_CLAIMS = (
    Claim(
        id="output_law_is_the_target",
        statement="Quality is unchanged: what is put out has the target's law, with every scheme.",
        source="tables of ROUGE-L (XSum, .184 to .191) and BLEU (WMT, .034 to .041), all decoders within error",
        kind="bound",
        unit="p-value",
        at_least=1e-3,
        configs=_no_runs,
        measure=_output_law,
        note="Instead of scores of texts, which see little and need the paper's models: a chi-square test of the "
        "output's law, tail of the vocabulary included, over fresh drafts, at 60 and 32,000 tokens. The p-value is the "
        "least of all tests times their number.",
    ),
    Claim(
        id="canonical_decomposition",
        statement="Selecting a draft well and then verifying that one as a single draft is optimal: with the law beta "
        "of the selected draft, the sum of min(beta, q) is the program's optimum, to 1e-9.",
        source="Theorem 1 and the abstract",
        kind="bound",
        unit="largest difference",
        at_most=1e-9,
        configs=_no_runs,
        measure=_decomposed,
        note="That some selection has the law beta is checked by beta(S) >= p(S)^K, the worst sets suffice.",
    ),
    Claim(
        id="sampler_attains_optimum",
        statement="The exact verifier at 32,000 tokens accepts as often as is optimal.",
        source="this project's derivation",
        ours=True,
        kind="value",
        unit="acceptance",
        figure=0.0,
        tolerance=0.003,
        configs=_no_runs,
        measure=_sampled,
        note="Accepted rows less the optimum, with a 99 % interval of sampling; the tolerance leaves room for that.",
    ),
    Claim(
        id="exact_plan_at_every_size",
        statement="The exact plan is found at each size of Global Resolution's table, where that succeeds in 98 to "
        "31 % of cases.",
        source="arXiv 2511.15898 (Global Resolution), table of times and success, read in a third party's notes",
        ours=True,
        kind="value",
        unit="share of cases",
        figure=1.0,
        configs=_no_runs,
        measure=_solved,
        note="Success is a certificate to 1e-9: a selection law that is feasible and attains the least cut. Generated "
        "laws stand for Llama 3's: a certificate holds whatever the laws are. Times are this machine's as it was "
        "loaded.",
    ),
    Claim(
        id="global_resolution_times",
        statement="Global Resolution takes 5.27, 40.3, 70.8, 23.9 and 34.9 ms a token at (10, 2), (10, 4), (10, 5), "
        "(100, 2) and (1,000, 2) tokens and drafts.",
        source="arXiv 2511.15898, table at tolerance 1e-3, read in a third party's notes",
        kind="value",
        unit="ms a token",
        figure=5.27,
        configs=_their_times,
        measure=_unmeasured,
    ),
)
