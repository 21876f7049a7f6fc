"""Fields of a Config or a Result: documented, with units, checked by the rules they state."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from pybench.errors import InvalidInputError

__all__ = ["parameter", "quantity", "validate"]


def parameter(
    default: Any,
    *,
    doc: str,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[Any] | None = None,
) -> Any:
    """Declare a field of a Config.

    Parameters
    ----------
    default
        The paper's value, or ours where the paper gives none. Config fields are int, float, bool or str.
    doc
        One sentence: what it is.
    unit
        Its unit; empty for a pure number or a name.
    minimum, maximum
        Inclusive limits that `validate` holds it to.
    choices
        The values it may take.
    """
    rules = {"doc": doc, "unit": unit, "minimum": minimum, "maximum": maximum, "choices": choices}
    return dataclasses.field(default=default, metadata=rules)


def quantity(*, doc: str, unit: str = "", detail: bool = False) -> Any:
    """Declare a field of a Result: what it is and its unit (empty for a pure number or a name).

    A `detail` is kept out of the table that a terminal shows, which names it; figures and files have it.
    """
    return dataclasses.field(metadata={"doc": doc, "unit": unit, "detail": detail})


def validate(config: Any) -> None:
    """Hold every field of a Config to its type and rules; call it from ``__post_init__``.

    Raises
    ------
    InvalidInputError
        Naming the field, the value and the rule.
    """
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        _check_type(field.name, value, type(field.default))
        rules = field.metadata
        choices, minimum, maximum = rules.get("choices"), rules.get("minimum"), rules.get("maximum")
        if choices is not None and value not in choices:
            raise InvalidInputError(f"{field.name} is {value!r}: it must be one of {', '.join(map(str, choices))}")
        if minimum is not None and value < minimum:
            raise InvalidInputError(f"{field.name} is {value!r}: it must be at least {minimum}")
        if maximum is not None and value > maximum:
            raise InvalidInputError(f"{field.name} is {value!r}: it must be at most {maximum}")


def _check_type(name: str, value: Any, expected: type) -> None:
    whole_for_float = expected is float and type(value) is int
    if type(value) is not expected and not whole_for_float:
        raise InvalidInputError(f"{name} is {value!r}: it must be of type {expected.__name__}")
    if expected is float and not _finite(value):
        raise InvalidInputError(f"{name} is {value!r}: it must be finite")


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that no float can hold
        return False
