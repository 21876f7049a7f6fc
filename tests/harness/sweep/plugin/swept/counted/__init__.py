"""A method that keeps count of its own simulations in a file beside, takes its time, fails and kills its process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pybench.errors import InvalidInputError
from pybench.harness import Method, Paper, parameter, quantity, validate

__all__ = ["METHOD", "Config", "Result", "simulate"]


@dataclass(frozen=True, kw_only=True)
class Config:
    """One point."""

    level: int = parameter(1, doc="any", unit="steps", minimum=0, maximum=1_000_000)
    noise: float = parameter(1.0, doc="of what is drawn", minimum=0.0)
    kind: str = parameter("one", doc="any", choices=("one", "two", "a,b"))
    folded: bool = parameter(False, doc="any")
    log: str = parameter("", doc="a file that gets a line for each simulation: its seed, its process, start or end")
    pause_s: float = parameter(0.0, doc="how long it takes", minimum=0.0)
    failing: int = parameter(-1, doc="the level that fails while the file `log`.broken exists")
    killing: int = parameter(-1, doc="the level that kills its process")

    def __post_init__(self) -> None:
        validate(self)
        if self.level == 13 and self.kind == "two":
            raise InvalidInputError("level is 13 with kind 'two': nobody wants that many")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was found."""

    level: int = quantity(doc="as in the Config")
    value: float = quantity(doc="a number", unit="steps")
    huge: int = quantity(doc="a whole number beyond any float")
    odd: bool = quantity(doc="whether the level is odd")
    word: str = quantity(doc="a text")
    lost: float = quantity(doc="a number that is not finite")
    numpys: np.float32 = quantity(doc="a scalar of NumPy's")  # noqa: RUF009
    numbers: npt.NDArray[np.float64] = quantity(doc="many numbers")  # noqa: RUF009
    aside: float = quantity(doc="a detail", detail=True)
    shares: Mapping[str, float] = field(default_factory=dict, metadata={"doc": "a mapping", "unit": ""})


def _note(config: Config, seed: object, what: str) -> None:
    if config.log:
        descriptor = os.open(config.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{seed}|{os.getpid()}|{what}\n".encode())
        os.close(descriptor)


def simulate(
    config: Config,
    *,
    seed: int | tuple[int, ...] = 0,
    progress: Callable[[float, str], None] | None = None,
) -> Result:
    """Draw a number."""
    del progress
    _note(config, seed, "start")
    print("noise")
    time.sleep(config.pause_s)
    if config.level == config.killing:
        os.kill(os.getpid(), signal.SIGKILL)
    if config.level == config.failing and Path(f"{config.log}.broken").exists():
        raise RuntimeError(f"no such level: {config.level}")
    value = config.level + float(np.random.default_rng(seed).normal(scale=config.noise))
    _note(config, seed, "end")
    return Result(
        level=config.level,
        value=value,
        huge=10**400 + config.level,
        odd=config.level % 2 == 1,
        word=config.kind,
        lost=float("nan"),
        numpys=np.float32(0.1),
        numbers=np.arange(3.0),
        aside=1.0,
    )


METHOD = Method(
    name="counted",
    title="Counted",
    summary="A number.",
    paper=Paper(title="Counts", authors="A. Nobody", year=2000, identifier="none", reconstruction=""),
    presets={"quick": Config(), "standard": Config(noise=2.0)},
)
