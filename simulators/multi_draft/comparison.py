"""The acceptance of every scheme at the same laws, for several numbers of drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pybench.kernels.draft import acceptance, estimate_acceptance
from simulators.multi_draft.config import SCHEMES

__all__ = ["COMPARED_COUNTS", "Compared", "compare", "has_closed_form"]

#: The numbers of drafts; the paper's tables have 2, 4 and 8.
COMPARED_COUNTS = (1, 2, 4, 8)

#: What comparing adds to the seed.
_COMPARING = 4


class Compared(NamedTuple):
    """One scheme with one number of drafts.

    Attributes
    ----------
    scheme, draft_count
        Which.
    acceptance
        float64 [n]: at each position, exact or estimated.
    """

    scheme: str
    draft_count: int
    acceptance: NDArray[np.float64]


def has_closed_form(scheme: str, draft_count: int) -> bool:
    """Tell whether `acceptance` answers at any vocabulary; else it takes sampling."""
    return scheme != "recursive_without_replacement" or draft_count == 1


def compare(
    draft: NDArray[np.float32],
    target: NDArray[np.float32],
    *,
    numbers: NDArray[np.int64],
    offsets: NDArray[np.int64],
    samples: int,
    seed: tuple[int, ...],
    importance: Mapping[str, int],
    threads: int | None,
) -> Iterator[Compared]:
    """Yield the acceptance of every scheme at some positions.

    Parameters
    ----------
    draft, target
        [n, V]: the laws.
    numbers, offsets
        int64 [n]: request and tokens before, which address the draws of the schemes without a closed form.
    samples
        Such draws at each position; 0 leaves those schemes out.
    importance
        The options of that scheme.
    """
    for scheme in SCHEMES:
        for count in COMPARED_COUNTS if scheme != "single" else (1,):
            if has_closed_form(scheme, count):
                exact = acceptance(draft, target, count, scheme, **importance, threads=threads)
                yield Compared(scheme, count, np.asarray(exact, dtype=np.float64))
            elif samples:
                estimates = [
                    estimate_acceptance(
                        draft[row],
                        target[row],
                        count,
                        scheme,
                        samples=samples,
                        seed=(*seed, _COMPARING, int(numbers[row]), int(offsets[row])),
                        threads=threads,
                    ).value
                    for row in range(numbers.size)
                ]
                yield Compared(scheme, count, np.array(estimates, dtype=np.float64))
