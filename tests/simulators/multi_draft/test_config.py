"""What a Config accepts, and how it refuses."""

from __future__ import annotations

import inspect

import pytest

from pybench.errors import InvalidInputError
from pybench.kernels import draft
from pybench.kernels.draft_inputs import MAX_VOCABULARY
from pybench.kernels.draft_schemes import MAX_PROGRAM_SIZE
from simulators.multi_draft import METHOD, Config
from simulators.multi_draft.config import SCHEMES


def test_schemes_are_those_of_the_kernels():
    assert SCHEMES == draft.SCHEMES


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"data": "opt"}, r"data is 'opt': it must be one of synthetic, gemma, recorded"),
        ({"scheme": "best"}, r"scheme is 'best': it must be one of optimal"),
        ({"alphabet_size": 0}, r"alphabet_size is 0: it must be at least 1"),
        ({"alphabet_size": 2**24 + 1}, r"alphabet_size is 16777217: it must be at most 16777216"),
        ({"program_size": 0}, r"program_size is 0: it must be at least 1"),
        ({"program_size": 65}, r"program_size is 65: it must be at most 64"),
        ({"verification": "tree"}, r"verification is 'tree': it must be one of tokens, block"),
        ({"verification": "block"}, r"verification is 'block' with draft_count 4 .* draft_count must be 1"),
        ({"verification": "block", "draft_count": 1, "adaptive": True}, r"adaptive True: .* adaptive False"),
        ({"scheme": "single"}, r"draft_count is 4: it must be 1 with scheme 'single'"),
        ({"draft_count": 0}, r"draft_count is 0: it must be at least 1"),
        ({"draft_length": 0}, r"draft_length is 0: it must be at least 1"),
        ({"draft_length": True}, r"draft_length is True: it must be of type int"),
        ({"temperature": 0.0}, r"temperature is 0.0: it must be at least 0.01"),
        ({"draft_temperature": float("nan")}, r"draft_temperature is nan: it must be finite"),
        ({"top_p": 0.0}, r"top_p is 0.0: it must be at least 0.001"),
        ({"top_k": -1}, r"top_k is -1: it must be at least 0"),
        ({"quality": 1.1}, r"quality is 1.1: it must be at most 1.0"),
        ({"vocabulary_size": 1}, r"vocabulary_size is 1: it must be at least 2"),
        ({"prompts": 1}, r"prompts is 1: it must be at least 2"),
        ({"exit_layer": 18}, r"exit_layer is 18: it must be at most 17"),
        ({"adaptive_temperatures": "1,x"}, r"adaptive_temperatures is '1,x': it must be numbers"),
        ({"adaptive_temperatures": ""}, r"adaptive_temperatures is ''"),
        ({"adaptive_temperatures": "1,nan"}, r"adaptive_temperatures is '1,nan'"),
        ({"data": "recorded"}, r"recording is '': it must name a folder"),
        ({"data": "recorded", "recording": "a"}, r"draft_length is 4, .* they must be 1, False and 'tokens'"),
        (
            {"data": "recorded", "recording": "a", "draft_length": 1, "temperature": 0.5},
            r"temperature is 0.5 with data 'recorded': the log's own is used",
        ),
        ({"recording": "a"}, r"recording is 'a' with data 'synthetic': it is for 'recorded'"),
    ],
)
def test_what_is_refused(settings, text):
    with pytest.raises(InvalidInputError, match=text):
        Config(**settings)


def test_the_options_of_importance_are_those_of_the_kernels():
    fields = Config.__dataclass_fields__
    for function in (draft.acceptance, draft.verify):
        for name in ("alphabet_size", "program_size"):
            assert fields[name].default == inspect.signature(function).parameters[name].default
    assert fields["alphabet_size"].metadata["maximum"] == MAX_VOCABULARY
    assert fields["program_size"].metadata["maximum"] == MAX_PROGRAM_SIZE


def test_the_card_says_what_is_reconstructed():
    assert "could not" in METHOD.paper.reconstruction
    assert list(METHOD.presets) == ["quick", "standard", "full"]
    assert METHOD.preset("quick").data == "synthetic"
