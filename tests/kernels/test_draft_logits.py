"""Laws from logits: against softmax in float64, the restrictions against their definitions, the fused plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pybench.kernels.draft import plan, plan_from_logits, probabilities

pytestmark = pytest.mark.native

#: Units in the last place: exp is good to some, and a float32 logit over a temperature is rounded once more.
RELATIVE = {"float32": 2e-5, "float64": 1e-13}


@st.composite
def rows_of_logits(draw: st.DrawFn) -> np.ndarray:
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(1, 3)), draw(st.sampled_from([1, 2, 15, 16, 17, 300, 1000]))
    logits = random.normal(0.0, draw(st.sampled_from([0.0, 1.0, 5.0, 40.0])), shape)
    logits[random.random(shape) < draw(st.sampled_from([0.0, 0.3]))] = -np.inf
    logits[:, 0] = np.where(np.isfinite(logits[:, 0]), logits[:, 0], 0.0)
    if draw(st.booleans()):
        logits = np.round(logits)  # ties
    return np.asarray(logits, dtype=draw(st.sampled_from(["float32", "float64"])))


def by_definition(
    logits: np.ndarray, law: np.ndarray, temperature: float, top_k: int | None, top_p: float | None
) -> np.ndarray:
    """The law in float64; which tokens tie is read from `law`, made without restrictions."""
    wide = logits.astype(np.float64) / temperature
    weights = np.exp(wide - wide.max())
    if top_k is not None and top_k < len(weights):
        weights[law < np.sort(law)[-top_k]] = 0.0
    if top_p is not None and top_p < 1.0:
        held = np.where(weights > 0, law, 0.0).astype(np.float64)
        order = np.argsort(-held, kind="stable")
        fewest = int(np.searchsorted(np.cumsum(held[order]), top_p * held.sum() * (1 - 1e-9))) + 1
        weights[held < held[order[fewest - 1]]] = 0.0
    return weights / weights.sum()


@given(
    logits=rows_of_logits(),
    temperature=st.sampled_from([0.1, 0.7, 1.0, 1.3, 10.0]),
    top_k=st.sampled_from([None, 1, 2, 50]),
    top_p=st.sampled_from([None, 0.1, 0.8, 0.999, 1.0]),
)
@example(
    logits=np.array([[3.5, -3.7]], np.float32), temperature=0.1, top_k=None, top_p=None
)  # far below 1e-30, and a number still
@settings(max_examples=150)
def test_laws_are_softmax(
    simd_path: str, logits: np.ndarray, temperature: float, top_k: int | None, top_p: float | None
) -> None:
    found = probabilities(logits, temperature=temperature, top_k=top_k, top_p=top_p)
    free = probabilities(logits, temperature=temperature)
    slack = RELATIVE[str(logits.dtype)] * max(1.0, 1.0 / temperature)
    assert found.dtype == logits.dtype
    for row, law, whole in zip(logits, found, free, strict=True):
        assert law.sum(dtype=np.float64) == pytest.approx(1.0, abs=1e-5)
        expected = by_definition(row, whole, temperature, top_k, top_p)
        seen = expected > (1e-30 if logits.dtype == np.float32 else 1e-290)
        border = np.isclose(expected, expected[seen].min(), rtol=1e-5) | (expected > 0.0) & ~seen
        assert np.all((law > 0)[~border] == seen[~border])
        both = seen & (law > 0)
        assert np.abs(law[both] / expected[both] - 1.0).max() < slack


@given(logits=rows_of_logits(), temperature=st.sampled_from([0.5, 1.0]), draft_temperature=st.sampled_from([None, 1.7]))
def test_a_plan_from_logits_is_the_plan_of_their_laws(
    logits: np.ndarray, temperature: float, draft_temperature: float | None
) -> None:
    drafted = logits[:, ::-1].copy()
    drafted[:, 0], options = 0.0, {"top_k": 40, "top_p": 0.95}
    fused = plan_from_logits(
        drafted, logits, 3, temperature=temperature, draft_temperature=draft_temperature, **options
    )
    draft = probabilities(drafted, temperature=draft_temperature or temperature, **options)
    plain = plan(draft, probabilities(logits, temperature=temperature, **options), 3)
    assert np.array_equal(fused.acceptance, plain.acceptance)
    assert np.array_equal(fused.selection_law, plain.selection_law)


def test_each_row_may_have_its_own_options() -> None:
    logits = np.random.default_rng(1).normal(0.0, 2.0, (4, 300))
    options: dict[str, Any] = {
        "temperature": np.array([0.5, 1.0, 1.5, 2.0]),
        "top_k": np.array([0, 5, 0, 300]),
        "top_p": np.array([1.0, 0.5, 0.9, 1.0]),
    }
    together = probabilities(logits, **options, threads=2)
    for row in range(4):
        single = {name: values[row] for name, values in options.items()}
        single["top_k"] = int(single["top_k"]) or None
        assert np.array_equal(together[row], probabilities(logits[row], **single))


def test_paths_agree_to_the_bit(monkeypatch: pytest.MonkeyPatch, simd_path: str) -> None:
    logits = np.random.default_rng(1).normal(0.0, 5.0, 4_099).astype(np.float32)
    here = probabilities(logits)
    monkeypatch.setenv("PYBENCH_SIMD", "portable")
    assert np.array_equal(here, probabilities(logits))
