"""Measured records that are kept: claims and races appended to results/, and the page that sums them up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pybench.errors import CheckFailedError
from pybench.harness.encoding import to_json
from pybench.harness.measure import measure_claim
from pybench.harness.output import write_whole
from pybench.harness.provenance import commit_of, provenance, repository, require_clean, without_paths
from pybench.harness.races import ProgressFor, RaceOptions, run_races
from pybench.harness.records import SCHEMAS, append, read
from pybench.harness.registry import RegisteredMethod
from pybench.harness.summary import summarise
from pybench.harness.workload import format_params

__all__ = ["record_method"]


def record_method(
    method: RegisteredMethod,
    options: RaceOptions,
    *,
    preset: str,
    sizes: tuple[str, ...],
    progress_for: ProgressFor,
) -> Iterator[str]:
    """Measure the claims and races of a method as the lines are asked for: append a record of each, give its line.

    The tree is looked at before each record: what was measured is what the commit says.

    Raises
    ------
    InvalidInputError
        At once, for a preset, size, workload or contender that is none, or too few rounds.
    CheckFailedError
        Where the tree differs from its commit outside results/ and docs/, or another commit was checked out meanwhile.
    MissingDataError
        Outside a git checkout.
    """
    method.card.preset(preset)
    races = [run_races(method, options, size=size, progress_for=progress_for) for size in dict.fromkeys(sizes)]
    root = repository()
    require_clean(root)
    commit = commit_of(root)

    def run() -> Iterator[str]:
        known: dict[str, Any] = {}
        measured = _measured_before(root / "results" / f"claims/{method.name}.jsonl", commit, preset, options.seed)
        for claim in method.claims:
            if claim.id in measured:
                yield f"claim {claim.id}: recorded before, at this commit"
                continue
            with progress_for(claim.id) as progress:
                verdict = measure_claim(method, claim, preset=preset, seed=options.seed, progress=progress, known=known)
            facts = {"method": method.name, "preset": preset, "seed": options.seed, **to_json(verdict)}
            yield from _keep(root, commit, f"claims/{method.name}.jsonl", "pybench/claim", facts)
            yield f"claim {claim.id}: {verdict.outcome}"
        for result in itertools.chain.from_iterable(races):
            yield from _keep(root, commit, f"races/{method.name}.jsonl", "pybench/race", to_json(result))
            yield f"race {result.workload} ({format_params(result.params)}): {result.verified} contenders timed"

    return run()


def _measured_before(path: Path, commit: str, preset: str, seed: int) -> set[str]:
    """Return the claims that a record of this commit decides: they would come out the same."""
    return {
        record["claim"]
        for record in read(path).records
        if (record["provenance"]["commit"], record["preset"], record["seed"]) == (commit, preset, seed)
        and record["outcome"] != "not testable here"  # what was missing may be here now
    }


def _keep(root: Path, commit: str, file: str, schema: str, facts: dict[str, Any]) -> Iterator[str]:
    """Append one record and renew the page; give a line where the file was broken before."""
    require_clean(root)
    if commit_of(root) != commit:
        raise CheckFailedError(f"HEAD was {commit[:10]} when measuring began and is not any more: measure again")
    results = root / "results"
    record = without_paths(
        {"schema": schema, "version": SCHEMAS[schema], **facts, "provenance": provenance(commit)},
    )
    problem = append(results / file, record)
    if problem is not None:
        yield f"repaired: {problem}"
    write_whole(results / "RESULTS.md", summarise(results).encode())
