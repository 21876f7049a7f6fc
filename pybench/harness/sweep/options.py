"""Text to axes: ``--grid field=1,2,3`` and ``--random field=loguniform:1e-3:1``, typed from the Config's own fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from pybench.errors import InvalidInputError
from pybench.harness.options import parse_value, split_setting
from pybench.harness.sweep.laws import Choice, Law, LogUniform, Uniform

__all__ = ["parse_grid", "parse_random"]

_LAWS: dict[str, type[Uniform] | type[LogUniform]] = {"uniform": Uniform, "loguniform": LogUniform}
_FORMS = "uniform:LOW:HIGH, loguniform:LOW:HIGH or choice:VALUE,VALUE"


def parse_grid(base: Any, texts: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Return the axes of ``field=value,value`` texts; values that hold commas are separated by semicolons.

    Raises
    ------
    InvalidInputError
        For a text without ``=``, a field that the Config lacks or that is named twice, or a value that is not of its
        type.
    """
    axes: dict[str, tuple[Any, ...]] = {}
    for setting in texts:
        name, text = split_setting(setting, "--grid")
        values = _values(base, name, text, "--grid")
        _refuse_twice(name, axes, "--grid")
        axes[name] = values
    return axes


def parse_random(base: Any, texts: Sequence[str]) -> dict[str, Law]:
    """Return the laws of ``field=law:...`` texts.

    Raises
    ------
    InvalidInputError
        As `parse_grid`; also for a law that is none, limits that break its rules, or limits of what is no number.
    """
    laws: dict[str, Law] = {}
    for setting in texts:
        name, text = split_setting(setting, "--random")
        kind, _, rest = text.partition(":")
        if kind == "choice" and rest:
            law: Law = Choice(_values(base, name, rest, "--random"))
        else:
            law = _between(base, name, kind, rest, setting)
        _refuse_twice(name, laws, "--random")
        laws[name] = law
    return laws


def _between(base: Any, name: str, kind: str, rest: str, setting: str) -> Law:
    limits = rest.split(":")
    if kind not in _LAWS or len(limits) != 2:
        raise InvalidInputError(f"--random is {setting!r}: it must be field={_FORMS}")
    low, high = (parse_value(base, name, limit, "--random") for limit in limits)
    field_type = next(type(item.default) for item in dataclasses.fields(base) if item.name == name)
    if field_type not in (int, float):
        raise InvalidInputError(f"--random is {setting!r}: {name} is no number, so its law must be choice:VALUE,VALUE")
    try:
        return _LAWS[kind](low, high)
    except InvalidInputError as error:
        raise InvalidInputError(f"--random is {setting!r}: {error}") from None


def _values(base: Any, name: str, text: str, option: str) -> tuple[Any, ...]:
    separator = ";" if ";" in text else ","
    return tuple(parse_value(base, name, part, option) for part in text.split(separator))


def _refuse_twice(name: str, axes: Any, option: str) -> None:
    if name in axes:
        raise InvalidInputError(f"{option} names field {name!r} twice")
