"""Text to Config: ``--set field=value``, typed from the Config's own fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

from pybench.errors import InvalidInputError

__all__ = ["apply_settings", "parse_value", "split_setting"]

ConfigT = TypeVar("ConfigT")

_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def apply_settings(config: ConfigT, settings: Sequence[str]) -> ConfigT:
    """Return the Config with the fields of ``field=value`` texts replaced.

    Raises
    ------
    InvalidInputError
        For a text without ``=``, a field that the Config lacks, a field set twice, a value that is not of the field's
        type, or one that breaks a rule of the Config.
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        name, text = split_setting(setting, "--set")
        value = parse_value(config, name, text, "--set")
        if name in changes:
            raise InvalidInputError(f"--set names field {name!r} twice")
        changes[name] = value
    return dataclasses.replace(config, **changes)  # type: ignore[type-var]


def split_setting(setting: str, option: str) -> tuple[str, str]:
    """Return the two sides of ``field=value``.

    Raises
    ------
    InvalidInputError
        For a text without ``=``.
    """
    name, equals, text = setting.partition("=")
    if not equals:
        raise InvalidInputError(f"{option} is {setting!r}: it must be field=value")
    return name, text


def parse_value(config: Any, name: str, text: str, option: str) -> Any:
    """Return a text as a value of a field's type.

    Raises
    ------
    InvalidInputError
        For a field that the Config lacks, or a text that is not of the field's type.
    """
    fields = {field.name: field for field in dataclasses.fields(config)}
    if name not in fields:
        raise InvalidInputError(f"{option} names field {name!r}: the fields are {', '.join(fields)}")
    return _parse(name, text, type(fields[name].default))


def _parse(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in _TRUTH:
            raise InvalidInputError(f"{name} is {text!r}: it must be true or false")
        return _TRUTH[text.lower()]
    try:
        return kind(text)
    except ValueError:
        raise InvalidInputError(f"{name} is {text!r}: it must be of type {kind.__name__}") from None
