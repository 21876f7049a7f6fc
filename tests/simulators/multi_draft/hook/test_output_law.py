"""What comes out has the law of plain sampling: the joint law of the first tokens, enumerated."""

import numpy as np
import pytest

from pybench.kernels.draft import SCHEMES
from simulators.multi_draft.hook import transformers_generate

torch = pytest.importorskip("torch", reason="the hook needs torch, of the extra multi_draft")
VOCABULARY, LENGTH, ROWS = 11, 3, 4_000
PROMPT = [3, 7, 1]
WARPERS = [{"temperature": 0.6}, {"top_k": 4}, {"top_p": 0.7}, {"temperature": 1.7, "top_k": 6, "top_p": 0.9}]


def sampled(model, *, rows=ROWS, length=LENGTH, seed=11, prompt=PROMPT, **options):
    """Return how often each run of tokens came out: [V] * length."""
    options = {"do_sample": True, "top_k": 0, "eos_token_id": None, **options}
    ids = model.generate(
        torch.tensor([prompt] * rows),
        max_new_tokens=length,
        custom_generate=transformers_generate,
        seed=seed,
        **options,
    )
    new = np.full((rows, length), 0)
    new[:, : ids.shape[1] - len(prompt)] = ids[:, len(prompt) :].numpy()
    return np.bincount(
        np.ravel_multi_index(tuple(new.T), (VOCABULARY,) * length), minlength=VOCABULARY**length
    ).reshape((VOCABULARY,) * length)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_is_lossless(tiny, law_of, fits, scheme):
    model, draft = tiny(), tiny(layers=1, seed=5)
    counts = sampled(model, draft_model=draft, draft_count=3, draft_length=2, scheme=scheme)
    assert fits(counts, law_of(model, PROMPT, LENGTH))


@pytest.mark.parametrize("warpers", WARPERS)
def test_with_temperature_top_k_and_top_p(tiny, law_of, fits, warpers):
    model, draft = tiny(), tiny(layers=1, seed=5)
    counts = sampled(model, draft_model=draft, draft_count=4, draft_length=3, draft_temperature=1.3, **warpers)
    assert fits(counts, law_of(model, PROMPT, LENGTH, **warpers))


@pytest.mark.slow
@pytest.mark.parametrize(("draft_count", "draft_length"), [(1, 1), (1, 4), (5, 1), (2, 3), (16, 2)])
def test_any_shape_of_tree(tiny, law_of, fits, draft_count, draft_length):
    model, draft = tiny(), tiny(layers=1, seed=5)
    counts = sampled(model, draft_model=draft, draft_count=draft_count, draft_length=draft_length)
    assert fits(counts, law_of(model, PROMPT, LENGTH))


@pytest.mark.slow
def test_drafts_by_early_exit_and_by_temperature(tiny, law_of, fits):
    model = tiny()
    law = law_of(model, PROMPT, LENGTH)
    assert fits(sampled(model, draft_layers=1), law)
    assert fits(sampled(model, draft_temperature=2.0), law)


def test_rows_end_at_an_end_of_sequence(tiny, law_of, fits):
    model, draft = tiny(), tiny(layers=1, seed=5)
    counts = sampled(model, draft_model=draft, draft_length=2, eos_token_id=4, pad_token_id=0)
    assert fits(counts, law_of(model, PROMPT, LENGTH, eos=4))


def test_one_token_alone(tiny, law_of, fits):
    model = tiny()
    assert fits(sampled(model, draft_layers=1, length=1), law_of(model, PROMPT, 1))


def test_a_prompt_of_one_token(tiny, law_of, fits):
    model, draft = tiny(), tiny(layers=1, seed=5)
    assert fits(sampled(model, draft_model=draft, prompt=[6]), law_of(model, [6], LENGTH))


@pytest.mark.slow
@pytest.mark.parametrize("family", ["gpt2", "mistral_window", "gemma3_window", "qwen2", "gpt_neox", "opt"])
def test_of_other_families(tiny, law_of, fits, family):
    model, draft = tiny(family), tiny("llama", layers=1, seed=5)
    prompt = [3, 7, 1, 2, 9, 4, 8]
    counts = sampled(model, prompt=prompt, draft_model=draft, draft_count=3, draft_length=2)
    assert fits(counts, law_of(model, prompt, LENGTH))


def test_in_bfloat16(tiny, law_of, fits):
    # The law is the model's own, whose rounding differs a little with the shape of a pass: few samples see none of it.
    model, draft = tiny(dtype=torch.bfloat16), tiny(layers=1, seed=5, dtype=torch.bfloat16)
    counts = sampled(model, draft_model=draft)
    assert fits(counts, law_of(model, PROMPT, LENGTH))


def test_the_test_sees_a_law_that_is_wrong(tiny, law_of, fits):
    model = tiny()
    counts = sampled(model, draft_layers=1)
    assert not fits(counts, law_of(model, PROMPT, LENGTH, temperature=1.2))
    assert not fits(counts, law_of(tiny(seed=1), PROMPT, LENGTH))
