"""Where laws come from: the models that a Config names, and the prompts that requests begin with."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pybench.datasets import Dataset
from pybench.errors import InvalidInputError
from simulators.multi_draft.config import Config
from simulators.multi_draft.language_model import LanguageModel

__all__ = ["DATASETS", "Material", "dataset", "open_material", "paragraphs", "written"]

_WIKITEXT_LICENCE = "text of Wikipedia; WikiText is published under CC BY-SA 3.0"
_WIKITEXT_CITATION = "Merity, Xiong, Bradbury, Socher: Pointer Sentinel Mixture Models, ICLR 2017"
_WIKITEXT_COLUMNS = {
    "text": "words with spaces between, a paragraph a line; <unk> for rare words, = Title = for headings"
}
_GITHUB = "Copy it from GitHub {} and pack it with gzip -9n: the checksum is of that file."

#: Everything real that this room knows by name.
DATASETS = (
    Dataset(
        name="wikitext2_test",
        file="text/wikitext2_test.txt.gz",
        title="WikiText-2, test part: 241,211 words of Wikipedia",
        sha256="a2b26b5d2619cc1f6cd34c8e116a451aed09af51479346aadfbf508ceb8b192e",
        obtain=_GITHUB.format("pytorch/examples at 77f55b91, word_language_model/data/wikitext-2/test.txt"),
        licence=_WIKITEXT_LICENCE,
        citation=_WIKITEXT_CITATION,
        columns=_WIKITEXT_COLUMNS,
    ),
    Dataset(
        name="wikitext2_valid",
        file="text/wikitext2_valid.txt.gz",
        title="WikiText-2, validation part: 213,886 words of Wikipedia",
        sha256="3ac34ae2b6509075d52302c50a04a8a1970739ffe1a904f2cd374fefbea3cbf2",
        obtain=_GITHUB.format("pytorch/examples at 77f55b91, word_language_model/data/wikitext-2/valid.txt"),
        licence=_WIKITEXT_LICENCE,
        citation=_WIKITEXT_CITATION,
        columns=_WIKITEXT_COLUMNS,
    ),
    Dataset(
        name="tinyshakespeare",
        file="text/tinyshakespeare.txt.gz",
        title="40,000 lines of Shakespeare's plays",
        sha256="bed00f18e91cda6838950656f0a95e07e0f4dbe8649a4b959f7602a7e53fbc6e",
        licence="repository MIT; the plays are in the public domain",
        citation="A. Karpathy: char-rnn, 2015",
        columns={"text": "speeches with an empty line between, each after its speaker's name and a colon"},
        obtain=_GITHUB.format("karpathy/char-rnn at 6f9487a6, data/tinyshakespeare/input.txt"),
    ),
)
_BY_NAME = {entry.name: entry for entry in DATASETS}

#: What prompting adds to the seed, and what the generated models add.
_PROMPTS, _MODELS = 11, 12
#: Share of the plays, from their beginning, that n-grams are counted in; prompts are from the rest.
_COUNTED_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Material:
    """What a run decodes.

    Attributes
    ----------
    name
        Of the data.
    target, draft
        The models in words.
    model
        The pair.
    prompts
        Of each request.
    decode
        Token ids -> text; None where tokens have none.
    """

    name: str
    target: str
    draft: str
    model: LanguageModel
    prompts: Sequence[NDArray[np.int64]]
    decode: Callable[[NDArray[np.int64]], str] | None = None


def dataset(name: str) -> Dataset:
    """Return this room's data set of that name.

    Raises
    ------
    InvalidInputError
        For a name that it does not have.
    """
    if name not in _BY_NAME:
        raise InvalidInputError(f"data set is {name!r}: those of multi_draft are {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def written(text: str) -> str:
    """Return WikiText as it was written before its words were set apart: ``1 @,@ 000 men ,`` is ``1,000 men,``."""
    for mark in ("-", ",", "."):
        text = text.replace(f" @{mark}@ ", mark)
    for mark in (",", ".", ";", ":", "!", "?", ")", "'s", "%"):
        text = text.replace(f" {mark} ", f"{mark} ")
    return text.replace("( ", "(").strip()


def paragraphs(text: str) -> tuple[str, list[str]]:
    """Return the text in which n-grams are counted, and the paragraphs that prompts begin.

    Parameters
    ----------
    text
        ``wikitext2`` or ``tinyshakespeare``.

    Raises
    ------
    MissingDataError
        Where a file is not here.
    """
    if text == "tinyshakespeare":
        whole = _read("tinyshakespeare")
        cut = whole.index("\n\n", int(_COUNTED_SHARE * len(whole)))
        return whole[:cut], _scenes(whole[cut:])
    lines = [written(line) for line in _read("wikitext2_test").splitlines()]
    return (
        "\n".join(written(line) for line in _read("wikitext2_valid").splitlines()),
        [line for line in lines if line and not line.startswith("=") and "<unk>" not in line],
    )


def open_material(config: Config, *, seed: tuple[int, ...]) -> Material:
    """Return the models and prompts that a Config names.

    Raises
    ------
    MissingPackageError
        For gemma without the packages of the extra `gemma`.
    MissingDataError
        For gemma without the text, or a recording that is not there.
    InvalidInputError
        For more prompts than the text has, or a recording that breaks a rule.
    """
    if config.data == "synthetic":
        return _synthetic(config, seed)
    if config.data == "recorded":
        from simulators.multi_draft.recorded import RecordedModel, open_recording

        recording = open_recording(config.recording)
        log = RecordedModel(recording, draft=config.recorded_draft)
        chosen = np.unique(np.linspace(0, recording.length - 1, min(config.prompts, recording.length)).astype(np.int64))
        prompts = [np.array([position]) for position in chosen]
        return Material(recording.name, recording.target, recording.draft, log, prompts)
    return _gemma(config, seed)


def _synthetic(config: Config, seed: tuple[int, ...]) -> Material:
    from simulators.multi_draft.synthetic import SyntheticModel

    model = SyntheticModel(
        config.vocabulary_size,
        quality=config.quality,
        sharpness=config.sharpness,
        exponent=config.exponent,
        seed=(_MODELS, *seed),
    )
    prompts = [np.array([request, 0]) for request in range(config.prompts)]
    noise = f"generated, correlation {config.quality:g}"
    return Material("synthetic", "generated", noise, model, prompts)


def _gemma(config: Config, seed: tuple[int, ...]) -> Material:
    counted, candidates = paragraphs(config.text)  # the cheap part first: it may be missing
    from simulators.multi_draft.gemma import GemmaModel
    from simulators.multi_draft.gemma_weights import load_gemma
    from simulators.multi_draft.ngram import TrigramModel

    weights = load_gemma()
    tokenizer = weights.tokenizer
    ngram = None
    exit_layer, draft = config.exit_layer, f"Gemma 3 270M, {config.exit_layer} of {len(weights.layers)} layers"
    if config.draft == "ngram":
        ngram = TrigramModel(tokenizer.encode(counted), tokenizer.vocabulary_size)
        draft = f"trigrams of {config.text}"
    elif config.draft == "temperature":
        exit_layer, draft = len(weights.layers), "Gemma 3 270M itself"
    prompts = []
    order = np.random.default_rng((_PROMPTS, *seed)).permutation(len(candidates))
    for number in order:
        tokens = tokenizer.encode(candidates[number])
        if tokens.size >= config.prompt_tokens - 1:
            prompts.append(np.r_[tokenizer.begin, tokens[: config.prompt_tokens - 1]])
        if len(prompts) == config.prompts:
            break
    else:
        raise InvalidInputError(
            f"prompts is {config.prompts}: {config.text} has {len(prompts)} paragraphs of at least "
            f"{config.prompt_tokens - 1} tokens"
        )
    model = GemmaModel(exit_layer=exit_layer, ngram=ngram, weights=weights)
    return Material(f"gemma, {config.text}", "Gemma 3 270M", draft, model, prompts, tokenizer.decode)


def _read(name: str) -> str:
    with gzip.open(dataset(name).path(), "rt", encoding="utf-8") as file:
        return file.read()


def _scenes(text: str, speeches: int = 6) -> list[str]:
    """Return runs of a few speeches: one alone is too short for a prompt."""
    parts = text.strip().split("\n\n")
    return ["\n\n".join(parts[begin : begin + speeches]) for begin in range(0, len(parts), speeches)]
