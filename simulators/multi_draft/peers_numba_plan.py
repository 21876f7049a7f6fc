"""The optimal verifier for numba, first half: from the laws to the optimum and its levels.

The same algorithm as the native kernel, written for numba's compiler: one pass in blocks that it turns into wide code,
buckets of the ratio by the upper bits of a float, and sorting of the buckets that someone asks for. It trusts its input
(no checks, no copy) and wants two drafts or more. `peers_numba` compiles the functions; arrays live in a `Workspace`
that calls share, so that no call waits for fresh memory.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BLOCK",
    "KEYS",
    "Levels",
    "Workspace",
    "bucket_pass",
    "find_levels",
    "gather",
    "least_rejection",
    "limits",
    "make_buckets",
    "make_workspace",
    "put_in_order",
]

KEYS = 8192  # 128 to an octave, ratios 2^-32 to 2^32; one key more for what cannot be drawn
KEY_OFFSET = (127 - 32) << 7
BLOCK = 512
SLACK = 1e-7  # a ratio may lie outside its bucket by the rounding of a float


class Workspace(NamedTuple):
    """Arrays for one vocabulary size."""

    keys: NDArray[np.uint16]  # [V]: each token's bucket
    ratios: NDArray[np.float32]  # [BLOCK]
    masses: NDArray[np.float64]  # [KEYS + 1, 2]: draft and target probability, then rescaled
    bucket_of: NDArray[np.int32]  # [KEYS + 1]: key -> place among the buckets that are not empty
    key_of: NDArray[np.int32]  # [buckets]
    edges: NDArray[np.float64]  # [buckets + 1, 2]: draft and target probability before each
    found: NDArray[np.int64]  # [buckets, 2]: begin and end of its tokens below; begin -1: not gathered
    tokens: NDArray[np.int64]  # [V]: of gathered buckets, each in order of the ratio
    order: NDArray[np.float64]  # [V, 4]: ratio, draft, target probability, draft probability before
    parts: NDArray[np.float64]  # [V, 2]: surplus and deficit before each, filled by the second half
    slots: NDArray[np.int64]  # [buckets]: 1 where its parts are filled
    segments: NDArray[np.float64]  # [buckets + 3, 2]: surplus and deficit before each segment
    scales: NDArray[np.float64]  # [2]: what rescales draft and target
    residual: NDArray[np.float64]  # [V / BLOCK]: residual probability of the blocks up to each, filled when asked for
    used: NDArray[np.int64]  # [2]: how much of `tokens` is used; 1 where `residual` is filled


class Levels(NamedTuple):
    """The optimum: what it rejects, the limits of the ratio, and where the clipped tokens end and begin."""

    rejected: float
    low: float
    high: float
    low_bucket: int  # all buckets before it are raised to `low`, and of it so many tokens
    low_tokens: int
    high_bucket: int  # all buckets after it are lowered to `high`, and of it the tokens from this one on
    high_tokens: int
    low_mass: float
    high_mass: float


def make_workspace(size: int) -> Workspace:
    """Allocate for a vocabulary."""
    return Workspace(
        keys=np.zeros(size, np.uint16),
        ratios=np.zeros(BLOCK, np.float32),
        masses=np.zeros((KEYS + 1, 2)),
        bucket_of=np.zeros(KEYS + 1, np.int32),
        key_of=np.zeros(KEYS + 1, np.int32),
        edges=np.zeros((KEYS + 2, 2)),
        found=np.zeros((KEYS + 1, 2), np.int64),
        tokens=np.zeros(size, np.int64),
        order=np.zeros((size, 4)),
        parts=np.zeros((size + KEYS, 2)),
        slots=np.zeros(KEYS + 1, np.int64),
        segments=np.zeros((KEYS + 3, 2)),
        scales=np.zeros(2),
        residual=np.zeros(size // BLOCK + 1),
        used=np.zeros(2, np.int64),
    )


def bucket_pass(draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> None:
    """Give each token its key and sum the probabilities of each bucket."""
    masses, keys, ratios = work.masses, work.keys, work.ratios
    for key in range(KEYS + 1):
        masses[key, 0], masses[key, 1] = 0.0, 0.0
    bits = ratios.view(np.int32)
    for begin in range(0, len(draft), BLOCK):
        count = min(BLOCK, len(draft) - begin)
        p, q, own = draft[begin : begin + count], target[begin : begin + count], keys[begin : begin + count]
        for i in range(count):
            ratios[i] = q[i] / p[i]
        for i in range(count):
            place = min(max((bits[i] >> 16) - KEY_OFFSET, 0), KEYS - 1)
            own[i] = np.uint16(place if p[i] > 0 else KEYS)
        for i in range(count):
            masses[own[i], 0] += np.float64(p[i])
            masses[own[i], 1] += np.float64(q[i])


def make_buckets(work: Workspace) -> int:
    """Rescale, drop empty buckets, sum what is before each; return how many there are."""
    masses, edges = work.masses, work.edges
    draft_sum, target_sum = 0.0, 0.0
    for key in range(KEYS + 1):
        draft_sum, target_sum = draft_sum + masses[key, 0], target_sum + masses[key, 1]
    work.scales[0], work.scales[1] = 1.0 / draft_sum, 1.0 / target_sum
    buckets = 0
    edges[0, 0], edges[0, 1] = 0.0, 0.0
    for key in range(KEYS):
        if masses[key, 0] > 0.0:
            work.bucket_of[key], work.key_of[buckets] = buckets, key
            edges[buckets + 1, 0] = edges[buckets, 0] + masses[key, 0] * work.scales[0]
            edges[buckets + 1, 1] = edges[buckets, 1] + masses[key, 1] * work.scales[1]
            work.found[buckets, 0], work.slots[buckets] = -1, 0
            buckets += 1
    work.used[0], work.used[1] = 0, 0
    return buckets


def limits(bucket: int, work: Workspace) -> tuple[float, float]:
    """Return the least and the largest ratio that a bucket can hold."""
    scale = work.scales[1] / work.scales[0]
    key = work.key_of[bucket]
    low = 2.0 ** ((key >> 7) - 32) * (1.0 + (key & 127) / 128.0) * scale if key > 0 else 0.0
    high = 2.0 ** (((key + 1) >> 7) - 32) * (1.0 + ((key + 1) & 127) / 128.0) * scale if key < KEYS - 1 else np.inf
    return low * (1.0 - SLACK), high * (1.0 + SLACK)


def gather(bucket: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> tuple[int, int]:
    """Collect the tokens of a bucket in order of the ratio, once; return where they are."""
    if work.found[bucket, 0] >= 0:
        return work.found[bucket, 0], work.found[bucket, 1]
    begin = end = work.used[0]
    key = np.uint16(work.key_of[bucket])
    for start in range(0, len(draft), BLOCK):
        keys = work.keys[start : start + BLOCK]
        equal = np.uint16(0)
        for i in range(len(keys)):  # wide: most blocks hold none
            equal += np.uint16(keys[i] == key)
        if equal > 0:
            for i in range(len(keys)):
                if keys[i] == key:
                    work.tokens[end] = start + i
                    end += 1
    put_in_order(bucket, begin, end, draft, target, work)
    work.used[0] = end
    return begin, end


def put_in_order(bucket: int, begin: int, end: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> None:
    """Sort a bucket's tokens, by Shell's method, and write what is known of each."""
    tokens, order = work.tokens, work.order
    rescale = work.scales[1] / work.scales[0]  # as score() does: it looks for the same bits
    for i in range(begin, end):
        order[i, 0] = np.float64(target[tokens[i]]) / np.float64(draft[tokens[i]]) * rescale
    gap = 1
    while 9 * gap < 4 * (end - begin):
        gap = (9 * gap) // 4 + 1
    while gap > 0:
        for i in range(begin + gap, end):
            ratio, token, place = order[i, 0], tokens[i], i
            while place >= begin + gap and order[place - gap, 0] > ratio:
                order[place, 0], tokens[place] = order[place - gap, 0], tokens[place - gap]
                place -= gap
            order[place, 0], tokens[place] = ratio, token
        gap = 0 if gap == 1 else max(1, (4 * gap) // 9)
    before = work.edges[bucket, 0]
    for i in range(begin, end):
        order[i, 1], order[i, 2] = draft[tokens[i]] * work.scales[0], target[tokens[i]] * work.scales[1]
        order[i, 3] = before
        before += order[i, 1]
    work.found[bucket, 0], work.found[bucket, 1] = begin, end


def least_rejection(buckets: int, count: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> float:
    """Return the largest of P^K - Q over all prefixes of the order; only buckets that can hold it are sorted."""
    edges = work.edges
    best = 0.0
    for bucket in range(1, buckets + 1):
        best = max(best, edges[bucket, 0] ** count - edges[bucket, 1])
    for bucket in range(buckets):
        low, high = limits(bucket, work)
        mass, own = edges[bucket + 1, 0] - edges[bucket, 0], edges[bucket + 1, 1] - edges[bucket, 1]
        # at most: through the bucket first at its least ratio, then at its largest
        turn = min(max((high * mass - own) / (high - low), 0.0), mass) if high < np.inf else mass
        if (edges[bucket, 0] + turn) ** count - edges[bucket, 1] - low * turn <= best:
            continue
        begin, end = gather(bucket, draft, target, work)
        p, q = edges[bucket, 0], edges[bucket, 1]
        for i in range(begin, end):
            p, q = p + work.order[i, 1], q + work.order[i, 2]
            best = max(best, p**count - q)
    return best


def find_levels(
    buckets: int, rejected: float, count: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace
) -> Levels:
    """Return the levels at which what is added below, and what is taken above, is what is rejected."""
    edges, order = work.edges, work.order
    low, low_mass, low_bucket, low_tokens = 0.0, 0.0, 0, 0
    if rejected > 0.0:
        low_bucket = buckets - 1
        for bucket in range(buckets):
            reached = (rejected + edges[bucket + 1, 1]) / edges[bucket + 1, 0]
            if bucket + 1 == buckets or reached <= limits(bucket + 1, work)[0]:
                low_bucket = bucket
                break
        begin, end = gather(low_bucket, draft, target, work)
        low_mass, q = edges[low_bucket, 0], edges[low_bucket, 1]
        for i in range(begin, end):
            if low_mass > 0.0 and (rejected + q) / low_mass <= order[i, 0]:
                break
            low_mass, q, low_tokens = low_mass + order[i, 1], q + order[i, 2], i + 1 - begin
        low = (rejected + q) / low_mass
    high, high_mass, high_bucket, high_tokens = np.inf, 0.0, buckets, 0
    above = 1.0 - edges[buckets, 1]  # what cannot be drawn
    if rejected > 0.0 and rejected > above:
        high_bucket = 0
        for bucket in range(buckets - 1, -1, -1):
            mass, q = edges[buckets, 0] - edges[bucket, 0], 1.0 - edges[bucket, 1]
            if bucket == 0 or (q - rejected) / mass >= limits(bucket - 1, work)[1]:
                high_bucket = bucket
                break
        begin, end = gather(high_bucket, draft, target, work)
        high_mass = edges[buckets, 0] - edges[high_bucket + 1, 0]
        q, high_tokens = 1.0 - edges[high_bucket + 1, 1], end - begin
        for i in range(end - 1, begin - 1, -1):
            if high_mass > 0.0 and (q - rejected) / high_mass >= order[i, 0]:
                break
            high_mass, q, high_tokens = high_mass + order[i, 1], q + order[i, 2], i - begin
        high = (q - rejected) / high_mass
    high = max(high, low)
    return Levels(rejected, low, high, low_bucket, low_tokens, high_bucket, high_tokens, low_mass, high_mass)
