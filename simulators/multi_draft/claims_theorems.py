"""What the paper proves of any laws, held against its definitions: a linear program, all subsets, known answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pybench.harness.claim import Claim, Estimate
from simulators.multi_draft.config import Config
from simulators.multi_draft.evidence import of_any_laws
from simulators.multi_draft.linear_program import acceptance_by_linear_program
from simulators.multi_draft.result import Result

__all__ = ["THEOREM_CLAIMS", "random_laws"]

Law = NDArray[np.float64]
_SEED = 2410_18234
#: Spread of a law's logits or Dirichlet weights, from nearly one token to nearly flat.
_CONCENTRATIONS = (0.1, 0.3, 1.0, 5.0)


def random_laws(cases: int, sizes: Sequence[int], *, seed: int = _SEED) -> Iterator[tuple[Law, Law]]:
    """Yield pairs of a draft and a target law, some with zeros, some with the target close to the draft."""
    generator = np.random.default_rng(seed)
    for case in range(cases):
        size = sizes[case % len(sizes)]
        draft, target = (generator.dirichlet(np.full(size, generator.choice(_CONCENTRATIONS))) for _ in range(2))
        if case % 3 == 1:
            target = draft + generator.uniform() * (target - draft)
        if case % 5 == 2:
            draft, target = (_some_zero(law, generator) for law in (draft, target))
        yield draft, target


def _some_zero(law: Law, generator: np.random.Generator) -> Law:
    kept = np.where(generator.uniform(size=law.size) < 0.7, law, 0.0)
    return np.asarray(kept / kept.sum()) if kept.sum() > 0.0 else law


def _subset_sums(law: Law) -> Law:
    sums = np.zeros(1)
    for mass in law:
        sums = np.concatenate([sums, sums + mass])
    return sums


def _no_runs(_preset: str) -> tuple[Config, ...]:
    return ()


def _closed_form(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import optimal_acceptance

    program = kernel = 0.0
    cases = 300
    for draft, target in random_laws(cases, range(2, 8)):
        inside = _subset_sums(draft)
        formula = float(np.min(_subset_sums(target) + (1.0 - inside) ** 2 + 2.0 * inside * (1.0 - inside)))
        program = max(program, abs(formula - acceptance_by_linear_program(draft, target, 2)))
        kernel = max(kernel, abs(formula - float(optimal_acceptance(draft, target, 2))))
    note = f"formula against the program {program:.1e}, against the kernel {kernel:.1e}; at the program's tolerance"
    return of_any_laws(max(program, kernel), cases=cases, data="random laws of 2 to 7 tokens", note=note)


def _condition(draft_counts: Sequence[int], sizes: Sequence[int], results: Sequence[Result]) -> Estimate:
    cases = agreed = whole = 0
    for draft, target in random_laws(240, sizes):
        for count in draft_counts:
            margin = float(np.min(_subset_sums(target) - _subset_sums(draft) ** count))
            if -1e-7 < margin < -1e-12:
                continue  # less than a program of these tolerances can tell
            cases += 1
            certain = acceptance_by_linear_program(draft, target, count) > 1.0 - 1e-8
            whole += certain
            agreed += certain == (margin >= -1e-12)
    note = f"{whole} of {cases} programs accept for certain, {agreed} as the condition says"
    return of_any_laws(agreed / cases, cases=cases, data=f"random laws of {sizes[0]} to {sizes[-1]} tokens", note=note)


def _condition_two(results: Sequence[Result]) -> Estimate:
    return _condition((2,), range(2, 8), results)


def _condition_more(results: Sequence[Result]) -> Estimate:
    return _condition((3, 4), range(2, 5), results)


def _curves(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import acceptance

    steps = 24
    draft = np.full(3, 1.0 / 3.0)
    grid = [
        tuple(Fraction(part, steps) for part in (first, second, steps - first - second))
        for first in range(steps + 1)
        for second in range(steps + 1 - first)
    ]
    targets = np.array([[float(part) for part in target] for target in grid])
    drafts = np.broadcast_to(draft, targets.shape).copy()
    known: dict[str, Callable[[Sequence[Fraction]], Fraction | float]] = {
        "optimal": _known_optimal,
        "k_seq": _known_k_seq,
        "recursive": _known_recursive,
    }
    errors = {
        scheme: float(np.max(np.abs(acceptance(drafts, targets, 2, scheme) - [float(answer(q)) for q in grid])))
        for scheme, answer in known.items()
    }
    note = ", ".join(f"{scheme} {error:.1e}" for scheme, error in errors.items())
    return of_any_laws(
        max(errors.values()), cases=len(grid), data=f"targets on 3 tokens in steps of 1/{steps}", note=note
    )


def _known_optimal(target: Sequence[Fraction]) -> Fraction:
    order = sorted(target)
    return min(Fraction(1), order[0] + Fraction(8, 9), order[0] + order[1] + Fraction(5, 9))


def _known_recursive(target: Sequence[Fraction]) -> Fraction:
    refused, law = Fraction(1), list(target)
    for _ in range(2):
        kept = sum((min(part, Fraction(1, 3)) for part in law), Fraction(0))
        refused *= 1 - kept
        if kept == 1:
            break
        law = [max(part - Fraction(1, 3), Fraction(0)) / (1 - kept) for part in law]
    return 1 - refused


def _known_k_seq(target: Sequence[Fraction]) -> float:
    """Solve ``b = 2 - rho`` with b the mass accepted at scale rho, by the number of tokens that are always accepted."""
    for certain in range(4):
        order = sorted(target)
        rest = float(sum(order[: 3 - certain], Fraction(0)))
        # certain / 3 + rest / rho = 2 - rho
        half = 1.0 - certain / 6.0
        if half * half < rest:
            continue
        for rho in (half + math.sqrt(half * half - rest), half - math.sqrt(half * half - rest)):
            sure = sum(float(part) >= rho / 3.0 - 1e-12 for part in order)
            ties = sum(abs(float(part) - rho / 3.0) < 1e-12 for part in order)
            if 1.0 - 1e-12 <= rho <= 2.0 and sure - ties <= certain <= sure:
                return 1.0 - (rho - 1.0) ** 2
    raise AssertionError("no scale solves it")  # pragma: no cover


def _k_seq_ratio(_results: Sequence[Result]) -> Estimate:
    from pybench.kernels.draft import acceptance

    least, where, cases = math.inf, "", 0
    for draft, target, count in _pairs_for_ratio():
        best = acceptance(draft, target, count)
        # Below this the optimum, a difference of numbers of size 1, has no digits left.
        ratio = (acceptance(draft, target, count, "k_seq") / np.maximum(best, 1e-9))[best >= 1e-9]
        cases += ratio.size
        if ratio.min() < least:
            least, where = float(ratio.min()), f"V = {draft.shape[1]}, K = {count}"
    note = f"the least of all at {where}; the paper's bound is 0.632"
    return of_any_laws(least, cases=cases, data="random laws of 2 to 16 tokens", note=note)


def _pairs_for_ratio() -> Iterator[tuple[Law, Law, int]]:
    """Yield batches of random laws, and of those whose acceptance has just become certain, where SpecTr loses most."""
    generator = np.random.default_rng(_SEED)
    for size, count, spread in itertools.product((2, 3, 4, 8, 16), (2, 3, 4, 8, 32), _CONCENTRATIONS):
        draft = generator.dirichlet(np.full(size, spread), size=1_000)
        yield draft, generator.dirichlet(np.full(size, generator.choice(_CONCENTRATIONS)), size=1_000), count
    for count in (2, 4, 8, 32, 128, 1_000):
        rare = np.linspace(0.01, 4.0, 400) / (2.0 * count)
        missed = (1.0 - rare) ** count
        yield np.stack([rare, 1.0 - rare], axis=1), np.stack([1.0 - missed, missed], axis=1), count


_ANY = "Read in the abstract and in reviews; the paper's proof could not be read."

#: The claims of this file.
THEOREM_CLAIMS = (
    Claim(
        id="closed_form_of_two_drafts",
        statement="With two drafts the largest acceptance is min over sets S of q(S) + (1 - p(S))^2 + 2 p(S) (1 - "
        "p(S)): what the linear program over pairs finds, to 1e-9.",
        source="Theorem 3",
        kind="bound",
        unit="largest difference",
        at_most=1e-9,
        configs=_no_runs,
        measure=_closed_form,
        note=_ANY,
    ),
    Claim(
        id="condition_for_one_two_drafts",
        statement="With two drafts acceptance can be certain exactly where q(S) >= p(S)^2 for every set S.",
        source="Theorem 2",
        kind="value",
        unit="share of cases",
        figure=1.0,
        configs=_no_runs,
        measure=_condition_two,
        note=_ANY,
    ),
    Claim(
        id="condition_for_one_more_drafts",
        statement="With K drafts acceptance can be certain exactly where q(S) >= p(S)^K for every set S.",
        source="a conjecture of the paper, by its reviews; it follows from the minimum cut of the program",
        kind="value",
        unit="share of cases",
        figure=1.0,
        configs=_no_runs,
        measure=_condition_more,
        note="Three and four drafts. " + _ANY,
    ),
    Claim(
        id="curves_of_uniform_drafts",
        statement="With drafts uniform on three tokens the acceptance of the optimal scheme, SpecTr and SpecInfer is "
        "what rational arithmetic and a quadratic equation give, to 1e-12.",
        source="Figure 2, whose curves we could not read off",
        kind="bound",
        unit="largest difference",
        at_most=1e-12,
        configs=_no_runs,
        measure=_curves,
        note="Two drafts, over a grid of all targets on three tokens, which holds whichever line of targets the figure "
        "draws.",
    ),
    Claim(
        id="k_seq_within_one_less_one_over_e",
        statement="SpecTr accepts at least (1 - 1/e) times as often as the optimal scheme.",
        source="Theorem of arXiv 2310.15141 (SpecTr), quoted by the paper",
        kind="bound",
        unit="least ratio",
        figure=1.0 - math.exp(-1.0),
        at_least=1.0 - math.exp(-1.0),
        configs=_no_runs,
        measure=_k_seq_ratio,
    ),
)
