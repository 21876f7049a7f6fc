"""The optimal verifier for numba, second half: from the levels to the tokens that rows of drafts put out.

Segment 0 is the pool of the raised tokens, segment 1 + b the tokens of bucket b that no pool has, the last one the pool
of the lowered. Random numbers are numba's own, so its tokens are not the native kernel's, but their law is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.multi_draft.peers_numba_plan import (
    BLOCK,
    KEYS,
    Levels,
    Workspace,
    bucket_pass,
    find_levels,
    gather,
    least_rejection,
    limits,
    make_buckets,
    put_in_order,
)
from simulators.multi_draft.peers_numba_slots import crossing, density, invert_part, parts_until, power_gap

__all__ = [
    "accept",
    "acceptance_and_law",
    "draw_residual",
    "fill_slots",
    "invert",
    "make_segments",
    "score",
    "slot_range",
    "sort_all",
    "sum_residual",
    "verify",
]


def slot_range(bucket: int, begin: int, end: int, levels: Levels) -> tuple[int, int]:
    """Return the tokens of a gathered bucket that no pool has."""
    if bucket == levels.high_bucket:
        end = begin + levels.high_tokens
    if bucket == levels.low_bucket:
        begin += levels.low_tokens
    return begin, max(begin, end)


def fill_slots(
    bucket: int, levels: Levels, count: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace
) -> tuple[int, int]:
    """Sum surplus and deficit token by token, once, from what is before the bucket's segment."""
    begin, end = gather(bucket, draft, target, work)
    first, last = slot_range(bucket, begin, end, levels)
    if work.slots[bucket] == 0:
        more, less = work.segments[1 + bucket, 0], work.segments[1 + bucket, 1]
        shift = bucket  # one entry more than tokens for each bucket
        for i in range(first, last):
            work.parts[shift + i, 0], work.parts[shift + i, 1] = more, less
            start, width, level = work.order[i, 3], work.order[i, 1], work.order[i, 0]
            own = parts_until(start, width, level, crossing(start, width, level, count), count)
            more, less = more + own[0], less + own[1]
        work.parts[shift + last, 0], work.parts[shift + last, 1] = more, less
        work.slots[bucket] = 1
    return first, last


def make_segments(
    buckets: int, levels: Levels, count: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace
) -> None:
    """Sum surplus and deficit segment by segment; a bucket that f crosses is sorted."""
    segments, edges = work.segments, work.edges
    segments[0, 0], segments[0, 1] = 0.0, 0.0
    segments[1, 0], segments[1, 1] = parts_until(
        0.0, levels.low_mass, levels.low, crossing(0.0, levels.low_mass, levels.low, count), count
    )
    for bucket in range(buckets):
        segments[bucket + 2, 0], segments[bucket + 2, 1] = segments[bucket + 1, 0], segments[bucket + 1, 1]
        if bucket < levels.low_bucket or bucket > levels.high_bucket:
            continue
        low, high = limits(bucket, work)
        start, width = edges[bucket, 0], edges[bucket + 1, 0] - edges[bucket, 0]
        own = edges[bucket + 1, 1] - edges[bucket, 1]
        whole = bucket != levels.high_bucket and (bucket != levels.low_bucket or levels.low_tokens == 0)
        if whole and low >= density(start + width, count):
            segments[bucket + 2, 0] += own - power_gap(start, width, count)
        elif whole and high <= density(start, count):
            segments[bucket + 2, 1] += power_gap(start, width, count) - own
        else:
            _, last = fill_slots(bucket, levels, count, draft, target, work)
            segments[bucket + 2, 0], segments[bucket + 2, 1] = (
                work.parts[bucket + last, 0],
                work.parts[bucket + last, 1],
            )
    start = 1.0 - levels.high_mass
    more, less = 0.0, 0.0
    if levels.high_mass > 0.0:
        cross = crossing(start, levels.high_mass, levels.high, count)
        more, less = parts_until(start, levels.high_mass, levels.high, cross, count)
    segments[buckets + 2, 0] = segments[buckets + 1, 0] + more
    segments[buckets + 2, 1] = segments[buckets + 1, 1] + less


def invert(
    mass: float,
    surplus: bool,
    buckets: int,
    levels: Levels,
    count: int,
    draft: NDArray[Any],
    target: NDArray[Any],
    work: Workspace,
) -> float:
    """Return the place of [0, 1] up to which there is so much surplus, or else so much deficit."""
    part = 0 if surplus else 1
    segments = work.segments
    mass = min(mass, segments[buckets + 2, part] * (1.0 - 2.0**-53))
    low, high = 0, buckets + 2
    while high - low > 1:
        middle = (low + high) >> 1
        if segments[middle, part] <= mass:
            low = middle
        else:
            high = middle
    rest = mass - segments[low, part]
    if low == 0:
        return invert_part(0.0, levels.low_mass, levels.low, surplus, rest, count)
    if low == buckets + 1:
        return invert_part(1.0 - levels.high_mass, levels.high_mass, levels.high, surplus, rest, count)
    bucket = low - 1
    low, high = fill_slots(bucket, levels, count, draft, target, work)
    while high - low > 1:
        middle = (low + high) >> 1
        if work.parts[bucket + middle, part] <= mass:
            low = middle
        else:
            high = middle
    rest = mass - work.parts[bucket + low, part]
    return invert_part(work.order[low, 3], work.order[low, 1], work.order[low, 0], surplus, rest, count)


def score(
    token: int,
    buckets: int,
    levels: Levels,
    count: int,
    draft: NDArray[Any],
    target: NDArray[Any],
    work: Workspace,
) -> float:
    """Return the score of a draw."""
    bucket = work.bucket_of[work.keys[token]]
    start, width, level, more, less = 0.0, levels.low_mass, levels.low, 0.0, 0.0
    raised, lowered = bucket < levels.low_bucket, bucket > levels.high_bucket
    place = 0
    if not raised and not lowered:
        first, last = fill_slots(bucket, levels, count, draft, target, work)
        ratio = np.float64(target[token]) / np.float64(draft[token]) * (work.scales[1] / work.scales[0])
        place, after = work.found[bucket, 0], work.found[bucket, 1]
        while place < after:  # the first of this ratio
            middle = (place + after) >> 1
            if work.order[middle, 0] < ratio:
                place = middle + 1
            else:
                after = middle
        while work.tokens[place] != token:
            place += 1
        raised, lowered = place < first, place >= last
    if lowered:
        start, width, level = 1.0 - levels.high_mass, levels.high_mass, levels.high
        more, less = work.segments[buckets + 1, 0], work.segments[buckets + 1, 1]
    elif not raised:
        start, width, level = work.order[place, 3], work.order[place, 1], work.order[place, 0]
        more, less = work.parts[bucket + place, 0], work.parts[bucket + place, 1]
    here = start + width * np.random.random()  # noqa: NPY002 - numba compiles this generator
    coin = np.random.random()  # noqa: NPY002
    difference = level - density(here, count)
    inside = parts_until(start, here - start, level, crossing(start, width, level, count), count)
    if difference == 0.0:
        return here
    mass = more + inside[0] if difference > 0.0 else less + inside[1]
    there = invert(mass, difference < 0.0, buckets, levels, count, draft, target, work)
    gap = abs(density(there, count) - density(here, count))
    return there if coin * gap < abs(difference) else here


def accept(token: int, levels: Levels, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> bool:
    """Say whether the selected draft stays."""
    p, q = draft[token] * work.scales[0], target[token] * work.scales[1]
    selected = max(q, levels.low * p)
    if levels.high < np.inf:
        selected = min(selected, levels.high * p)
    return bool(np.random.random() * selected < q)  # noqa: NPY002


def sum_residual(levels: Levels, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> None:
    """Sum (target - selection law)^+ block by block."""
    total, high = 0.0, min(levels.high, 1e300) * work.scales[0]
    for begin in range(0, len(draft), BLOCK):
        p, q = draft[begin : begin + BLOCK], target[begin : begin + BLOCK]
        block = 0.0
        for i in range(len(p)):
            block += max(q[i] * work.scales[1] - high * p[i], 0.0)
        total += block
        work.residual[begin // BLOCK] = total
    work.used[1] = 1


def draw_residual(levels: Levels, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> int:
    """Draw from (target - selection law)^+: a block, then a token."""
    if work.used[1] == 0:
        sum_residual(levels, draft, target, work)
    low, high = 0, (len(draft) - 1) // BLOCK
    left = np.random.random() * work.residual[high]  # noqa: NPY002
    while low < high:
        middle = (low + high) >> 1
        if work.residual[middle] <= left:
            low = middle + 1
        else:
            high = middle
    if low > 0:
        left -= work.residual[low - 1]
    last = -1
    level = min(levels.high, 1e300) * work.scales[0]
    for token in range(low * BLOCK, min((low + 1) * BLOCK, len(draft))):
        rest = target[token] * work.scales[1] - level * draft[token]
        if rest > 0.0:
            last = token
            left -= rest
            if left < 0.0:
                break
    return last


def sort_all(levels: Levels, buckets: int, draft: NDArray[Any], target: NDArray[Any], work: Workspace) -> None:
    """Gather all buckets that no pool has as a whole, by one counting sort."""
    counts = np.zeros(KEYS + 1, np.int64)
    for token in range(len(draft)):
        counts[work.keys[token]] += 1
    low, high = levels.low_bucket, min(levels.high_bucket, buckets - 1)
    place = work.used[0]
    starts = np.full(KEYS + 1, -1, np.int64)
    for bucket in range(low, high + 1):
        if work.found[bucket, 0] < 0:
            key = work.key_of[bucket]
            starts[key] = place
            place += counts[key]
    work.used[0] = place
    for token in range(len(draft)):
        at = starts[work.keys[token]]
        if at >= 0:
            work.tokens[at] = token
            starts[work.keys[token]] = at + 1
    for bucket in range(low, high + 1):
        if work.found[bucket, 0] < 0:
            end = starts[work.key_of[bucket]]
            put_in_order(bucket, end - counts[work.key_of[bucket]], end, draft, target, work)


def acceptance_and_law(
    draft: NDArray[Any], target: NDArray[Any], count: int, law: NDArray[Any], work: Workspace
) -> float:
    """Return the acceptance, and the selection law where `law` has room for it."""
    bucket_pass(draft, target, work)
    buckets = make_buckets(work)
    rejected = least_rejection(buckets, count, draft, target, work)
    if len(law) > 0:
        levels = find_levels(buckets, rejected, count, draft, target, work)
        low, high = levels.low * work.scales[0], min(levels.high, 1e300) * work.scales[0]
        for i in range(len(law)):
            law[i] = min(max(target[i] * work.scales[1], low * draft[i]), high * draft[i])
    return 1.0 - rejected


def verify(
    draft: NDArray[Any],
    target: NDArray[Any],
    drafts: NDArray[np.int64],
    seed: int,
    token: NDArray[np.int64],
    accepted: NDArray[np.int64],
    work: Workspace,
) -> float:
    """Make the plan, verify all rows of drafts, return the acceptance."""
    np.random.seed(seed)  # noqa: NPY002
    rows, count = drafts.shape
    bucket_pass(draft, target, work)
    buckets = make_buckets(work)
    rejected = least_rejection(buckets, count, draft, target, work)
    levels = find_levels(buckets, rejected, count, draft, target, work)
    make_segments(buckets, levels, count, draft, target, work)
    if rows * count >= 4096:
        sort_all(levels, buckets, draft, target, work)
    for row in range(rows):
        best, chosen = -1.0, 0
        for draw in range(count):
            value = score(drafts[row, draw], buckets, levels, count, draft, target, work)
            if value > best:
                best, chosen = value, draw
        token[row], accepted[row] = drafts[row, chosen], chosen
        if not accept(token[row], levels, draft, target, work):
            token[row], accepted[row] = draw_residual(levels, draft, target, work), -1
    return 1.0 - rejected
