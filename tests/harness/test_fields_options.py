"""Fields of a Config, their rules, and texts that set them."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from pybench.harness.fields import parameter, quantity, validate
from pybench.harness.options import apply_settings


@dataclass(frozen=True, kw_only=True)
class Config:
    count: int = parameter(100, doc="how many", unit="numbers", minimum=2, maximum=1000)
    scale: float = parameter(1.0, doc="how large", minimum=0.0)
    order: str = parameter("random", doc="how", choices=("random", "sorted"))
    folded: bool = parameter(False, doc="whether")
    text: str = parameter("", doc="anything")

    def __post_init__(self) -> None:
        validate(self)


def test_fields_keep_their_words() -> None:
    fields = {field.name: field for field in dataclasses.fields(Config)}
    assert fields["count"].metadata["doc"] == "how many"
    assert fields["count"].metadata["unit"] == "numbers"
    assert fields["scale"].metadata["unit"] == ""

    @dataclass
    class Result:
        total: int = quantity(doc="all", unit="numbers")

    (total,) = dataclasses.fields(Result)
    assert total.metadata == {"doc": "all", "unit": "numbers", "detail": False}
    with pytest.raises(TypeError, match="total"):
        Result()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"count": 1}, "count is 1: it must be at least 2"),
        ({"count": 1001}, "count is 1001: it must be at most 1000"),
        ({"count": 2.0}, "count is 2.0: it must be of type int"),
        ({"count": True}, "count is True: it must be of type int"),
        ({"count": None}, "count is None: it must be of type int"),
        ({"scale": -0.5}, "scale is -0.5: it must be at least 0.0"),
        ({"scale": "1"}, "scale is '1': it must be of type float"),
        ({"scale": True}, "scale is True: it must be of type float"),
        ({"scale": math.nan}, "scale is nan: it must be finite"),
        ({"scale": math.inf}, "scale is inf: it must be finite"),
        ({"scale": 10**400}, "it must be finite"),
        ({"order": "up"}, "order is 'up': it must be one of random, sorted"),
        ({"folded": 1}, "folded is 1: it must be of type bool"),
        ({"text": np.float64(1.0)}, "it must be of type str"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_with_field_value_and_rule(change: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match="it must") as caught:
        Config(**change)
    assert isinstance(caught.value, InvalidInputError)
    assert text in str(caught.value)


def test_the_limits_themselves_and_whole_numbers_for_floats_are_accepted() -> None:
    assert Config(count=2).count == 2
    assert Config(count=1000, scale=0).scale == 0


@pytest.mark.parametrize(
    ("setting", "field", "value"),
    [
        ("count=7", "count", 7),
        ("count=1_000", "count", 1000),
        ("scale=0.25", "scale", 0.25),
        ("scale=3", "scale", 3.0),
        ("scale=1e-3", "scale", 0.001),
        ("order=sorted", "order", "sorted"),
        ("folded=true", "folded", True),
        ("folded=Yes", "folded", True),
        ("folded=0", "folded", False),
        ("text=a=b", "text", "a=b"),
        ("text=", "text", ""),
    ],
)
def test_a_text_becomes_a_value_of_the_fields_type(setting: str, field: str, value: object) -> None:
    changed = apply_settings(Config(), [setting])
    assert getattr(changed, field) == value
    assert type(getattr(changed, field)) is type(value)
    assert dataclasses.replace(changed, **{field: getattr(Config(), field)}) == Config()


def test_a_float_that_a_preset_states_as_a_whole_number_is_still_a_float() -> None:
    assert apply_settings(Config(scale=2), ["scale=0.5"]).scale == 0.5


def test_all_settings_are_applied_and_none_changes_nothing() -> None:
    assert apply_settings(Config(), ["count=7", "order=sorted"]) == Config(count=7, order="sorted")
    assert apply_settings(Config(count=5), []) == Config(count=5)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (["count"], "--set is 'count': it must be field=value"),
        (["", "count=7"], "--set is '': it must be field=value"),
        (["size=7"], "--set names field 'size': the fields are count, scale, order, folded, text"),
        (["=7"], "--set names field ''"),
        (["count=7", "scale=1", "count=7"], "--set names field 'count' twice"),
        (["count=7.0"], "count is '7.0': it must be of type int"),
        (["count="], "count is '': it must be of type int"),
        (["count=" + "9" * 5000], "it must be of type int"),
        (["scale=much"], "scale is 'much': it must be of type float"),
        (["scale=nan"], "scale is nan: it must be finite"),
        (["scale=1e999"], "scale is inf: it must be finite"),
        (["folded=maybe"], "folded is 'maybe': it must be true or false"),
        (["order=up"], "order is 'up': it must be one of random, sorted"),
        (["count=1"], "count is 1: it must be at least 2"),
    ],
)
def test_a_bad_setting_is_refused(settings: list[str], text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^") as caught:
        apply_settings(Config(), settings)
    assert text in str(caught.value)
