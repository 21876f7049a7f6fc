"""JSON to dataclasses: the round trip, and what does not get through."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pybench.errors import InvalidInputError
from pybench.harness.decoding import decode
from pybench.harness.encoding import to_json


@dataclass(frozen=True)
class Inner:
    value: float
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    flag: bool
    inner: Inner
    items: tuple[Inner, ...] = ()
    table: dict[str, int | float | str] = field(default_factory=dict)
    maybe: Inner | None = None
    anything: Any = None


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INNERS = st.builds(Inner, value=FLOATS, kind=st.sampled_from(["a", "b"]))
OUTERS = st.builds(
    Outer,
    name=st.text(),
    count=st.integers(),
    flag=st.booleans(),
    inner=INNERS,
    items=st.lists(INNERS).map(tuple),
    table=st.dictionaries(st.text(), st.integers() | FLOATS | st.text()),
    maybe=st.none() | INNERS,
    anything=st.none() | st.booleans() | st.lists(st.integers()),
)


@given(OUTERS)
def test_what_was_written_comes_back(value: Outer) -> None:
    assert decode(Outer, json.loads(json.dumps(to_json(value))), where="file") == value


GOOD = {"name": "n", "count": 1, "flag": True, "inner": {"value": 1}}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": 1}, "file.name is 1: it must be a text"),
        ({"count": True}, "file.count is True: it must be a whole number"),
        ({"count": 1.0}, "file.count is 1.0: it must be a whole number"),
        ({"flag": 1}, "file.flag is 1: it must be true or false"),
        ({"inner": []}, "file.inner is []: it must be an object"),
        ({"inner": {}}, "file.inner lacks 'value'"),
        ({"inner": {"value": True}}, "file.inner.value is True: it must be a finite number"),
        ({"inner": {"value": 10**400}}, "it must be a finite number"),
        ({"inner": {"value": 1, "kind": "c"}}, "file.inner.kind is 'c': it must be one of a, b"),
        ({"inner": {"value": 1, "kind": []}}, "file.inner.kind is []: it must be one of a, b"),
        ({"items": {}}, "file.items is {}: it must be a list"),
        ({"items": [{"value": 1}, None]}, "file.items[1] is None: it must be an object"),
        ({"table": {"x": None}}, "file.table.x is None"),
        ({"maybe": 3}, "file.maybe is 3: it must be an object"),
        ({"other": 3}, "file has 'other': it may have name, count"),
        ({"name": ["x" * 1000]}, "...: it must be a text"),
    ],
)
def test_what_breaks_a_rule_is_named(change: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        decode(Outer, {**GOOD, **change}, where="file")
    assert text in str(caught.value)
    assert len(str(caught.value)) < 200
