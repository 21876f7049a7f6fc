"""JSON back to the harness's own dataclasses, by their annotations; nothing that breaks a rule gets through."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from pybench.errors import InvalidInputError

__all__ = ["decode"]

T = TypeVar("T")


def decode(kind: type[T], value: Any, *, where: str) -> T:
    """Return a dataclass made of a JSON object; fields with a default may be left out.

    Parameters
    ----------
    kind
        A dataclass whose fields are of str, bool, int, float, Literal, None, Any, tuple[X, ...], dict[str, X] (or
        Mapping), unions of these, and dataclasses of the same sort.
    where
        What the value is, for the text of errors.

    Raises
    ------
    InvalidInputError
        Naming the place, the value and the rule.
    """
    made: T = _decode(kind, value, where)
    return made


def _decode(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, value, where)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(kind), value, where)
    if origin is typing.Literal:
        choices = typing.get_args(kind)
        if value not in choices:
            raise _refusal(where, value, f"one of {', '.join(map(str, choices))}")
        return value
    if origin is tuple:
        return tuple(
            _decode(typing.get_args(kind)[0], item, f"{where}[{index}]")
            for index, item in enumerate(_checked(list, value, where, "a list"))
        )
    if origin in (dict, Mapping):
        item_kind = typing.get_args(kind)[1]
        items = _checked(dict, value, where, "an object")
        return {name: _decode(item_kind, item, f"{where}.{name}") for name, item in items.items()}
    if kind is float:
        return _decode_float(value, where)
    names = {str: "a text", bool: "true or false", int: "a whole number", types.NoneType: "null"}
    return _checked(kind, value, where, names[kind])


def _decode_dataclass(kind: Any, value: Any, where: str) -> Any:
    items = _checked(dict, value, where, "an object")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for name in items:
        if name not in fields:
            raise InvalidInputError(f"{where} has {name!r}: it may have {', '.join(fields)}")
    hints = typing.get_type_hints(kind)
    for name, field in fields.items():
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and name not in items:
            raise InvalidInputError(f"{where} lacks {name!r}")
    try:
        return kind(**{name: _decode(hints[name], item, f"{where}.{name}") for name, item in items.items()})
    except InvalidInputError as error:
        text = str(error)
        raise error if text.startswith(where) else InvalidInputError(f"{where}: {text}") from error


def _decode_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and types.NoneType in kinds:
        return None
    others = [kind for kind in kinds if kind is not types.NoneType]
    for kind in others:
        if type(value) is kind:
            return _decode(kind, value, where)
    return _decode(others[-1], value, where)


def _decode_float(value: Any, where: str) -> float:
    try:
        if type(value) in (int, float) and math.isfinite(value):
            return float(value)
    except OverflowError:  # a whole number that no float can hold
        pass
    raise _refusal(where, value, "a finite number")


def _checked(kind: type, value: Any, where: str, rule: str) -> Any:
    if type(value) is not kind:
        raise _refusal(where, value, rule)
    return value


def _refusal(where: str, value: Any, rule: str) -> InvalidInputError:
    shown = repr(value)
    return InvalidInputError(f"{where} is {shown if len(shown) <= 60 else shown[:57] + '...'}: it must be {rule}")
