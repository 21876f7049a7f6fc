"""Tiny models with random weights, and the exact law of what they say next, by enumeration without a cache."""

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the hook needs torch, of the extra multi_draft")
transformers = pytest.importorskip("transformers", reason="the hook needs transformers, of the extra multi_draft")

VOCABULARY = 11
#: An output law that is right is called wrong once in a million runs.
FALSE_ALARM = 1e-6

_SIZES = {"vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
_LLAMA = {**_SIZES, "num_key_value_heads": 1, "max_position_embeddings": 64}
_WINDOW = {"sliding_window": 4}
_MIXED = {"layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}
FAMILIES = {
    "llama": ("Llama", _LLAMA),
    "gpt2": ("GPT2", {"vocab_size": VOCABULARY, "n_embd": 16, "n_head": 2, "n_positions": 64}),
    "mistral_window": ("Mistral", {**_LLAMA, **_WINDOW, "head_dim": 8}),
    "qwen2": ("Qwen2", _LLAMA),
    "gemma3_window": ("Gemma3", {**_LLAMA, **_WINDOW, **_MIXED, "head_dim": 8}),
    "gpt_neox": ("GPTNeoX", {**_SIZES, "max_position_embeddings": 64}),
    "opt": ("OPT", {"vocab_size": VOCABULARY, "hidden_size": 16, "word_embed_proj_dim": 16, "ffn_dim": 32,
                    "num_attention_heads": 2, "max_position_embeddings": 64}),
}  # fmt: skip


def make_model(family="llama", *, layers=2, seed=0, dtype=None, attention="sdpa", scale=0.6):
    """Return a model with weights large enough that its laws are far from flat."""
    name, sizes = FAMILIES[family]
    kind = "TextConfig" if name == "Gemma3" else "Config"
    sizes = dict(sizes)
    if "layer_types" in sizes:
        sizes["layer_types"] = sizes["layer_types"][:layers]
    count = "n_layer" if name == "GPT2" else "num_hidden_layers"
    config = getattr(transformers, name + kind)(
        **sizes, **{count: layers}, pad_token_id=0, bos_token_id=None, eos_token_id=None
    )
    config._attn_implementation = attention
    head = "LMHeadModel" if name == "GPT2" else "ForCausalLM"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = getattr(transformers, name + head)(config).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() > 1:
                    parameter.normal_(0.0, scale)
    return model.to(dtype) if dtype else model


def next_law(logits, *, temperature=1.0, top_k=0, top_p=1.0):
    """Return softmax laws in float64 after temperature, top-k and top-p: [n, V]."""
    scores = logits.astype(np.float64) / temperature
    if top_k:
        scores[scores < np.sort(scores, axis=1)[:, -top_k][:, None]] = -np.inf
    laws = np.exp(scores - scores.max(axis=1, keepdims=True))
    laws /= laws.sum(axis=1, keepdims=True)
    if top_p < 1.0:
        order = np.argsort(laws, axis=1)
        ascending = np.cumsum(np.take_along_axis(laws, order, axis=1), axis=1)
        drop = ascending <= 1.0 - top_p
        drop[:, -1] = False
        removed = np.zeros_like(drop)
        np.put_along_axis(removed, order, drop, axis=1)
        laws[removed] = 0.0
        laws /= laws.sum(axis=1, keepdims=True)
    return laws


def joint_law(model, prompt, length, *, eos=None, **warpers):
    """Return the law of the next tokens, [V] * length, by one pass without a cache for each length; pad 0 after eos."""
    law = np.ones(())
    for step in range(length):
        prefixes = np.array([*itertools.product(range(VOCABULARY), repeat=step)], dtype=int).reshape(
            VOCABULARY**step, step
        )
        ids = torch.tensor([[*prompt, *prefix] for prefix in prefixes.tolist()])
        with torch.no_grad():
            logits = model(ids, use_cache=False).logits[:, -1].float().numpy()
        laws = next_law(logits, **warpers)
        if eos is not None:
            laws[(prefixes == eos).any(axis=1)] = np.eye(VOCABULARY)[0]
        law = law[..., None] * laws.reshape((VOCABULARY,) * (step + 1))
    return law


def p_value(counts, law):
    """Return the p-value of a chi-square test; cells that expect fewer than 5 are one."""
    from scipy import stats

    expected = law.ravel() * counts.sum()
    counts = counts.ravel()
    assert counts[expected == 0].sum() == 0, "a token that has probability 0 came out"
    small = expected < 5
    observed = np.append(counts[~small], counts[small].sum())
    expected = np.append(expected[~small], expected[small].sum())
    if expected[-1] < 5:
        smallest = int(np.argmin(expected[:-1]))
        for values in (observed, expected):
            values[smallest] += values[-1]
        observed, expected = observed[:-1], expected[:-1]
    return stats.chisquare(observed, expected).pvalue if len(expected) > 1 else 1.0


@pytest.fixture(autouse=True)
def one_thread():
    """Let torch use one thread: on tensors this small a second one only waits, many times longer."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def tiny():
    """Give the maker of models."""
    return make_model


@pytest.fixture
def law_of():
    """Give the exact law of the next tokens."""
    return joint_law


@pytest.fixture
def fits():
    """Give the test of counts against a law."""
    return lambda counts, law: p_value(counts, law) > FALSE_ALARM
