"""The conformance suite: what every method and contender must keep, with no code for any of them.

Each check takes an installed method and raises `CheckFailedError`. A plug-in's own tests can run it:

>>> from pybench.harness import conformance, registry
>>> for check in conformance.CHECKS:  # doctest: +SKIP
...     check(registry.find("my_method"))
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from pybench.errors import CheckFailedError, MissingError, NotTestableError
from pybench.harness.child import missing_packages
from pybench.harness.encoding import config_from_json, to_json
from pybench.harness.method import PRESETS, Method
from pybench.harness.output import FIGURE_NAME, caption_of
from pybench.harness.registry import RegisteredMethod
from pybench.harness.workload import Contender, Params, Workload

__all__ = ["CHECKS", "HEAVY_PACKAGES", "QUICK_LIMIT_S", "check_contender", "contender_cases"]

#: The quick preset must end within this time on two cores.
QUICK_LIMIT_S = 20.0

#: What importing a method's package must not load.
HEAVY_PACKAGES = frozenset(
    {"asv", "cupy", "graphblas", "igraph", "jax", "jinja2", "matplotlib", "networkit", "networkx", "pandas", "pyarrow"}
    | {"rich", "scipy", "torch", "typer", "web3"}
)


def _require(condition: bool, text: str) -> None:
    if not condition:
        raise CheckFailedError(text)


def check_contract(method: RegisteredMethod) -> None:
    """Config, Result, simulate and METHOD exist and are of the right kind; names and presets agree."""
    package = method.package
    for name in ("Config", "Result", "simulate", "METHOD"):
        _require(hasattr(package, name), f"{method.module} lacks {name}")
    card = package.METHOD
    _require(isinstance(card, Method), f"{method.module}.METHOD must be a Method")
    _require(card.name == method.name, f"METHOD.name is {card.name!r}: it must be the folder's name {method.name!r}")
    _require("quick" in card.presets, f"{method.name} needs a preset 'quick'")
    for preset, config in card.presets.items():
        _require(preset in PRESETS, f"preset {preset!r} of {method.name} is none of {', '.join(PRESETS)}")
        _require(isinstance(config, package.Config), f"preset {preset!r} of {method.name} must be a Config")
    _require("data" not in _defaults(package.Config) or isinstance(_defaults(package.Config)["data"], str), "data: str")
    parameters = inspect.signature(package.simulate).parameters
    _require(list(parameters) == ["config", "seed", "progress"], "simulate must be simulate(config, *, seed, progress)")


def check_config(method: RegisteredMethod) -> None:
    """A Config is frozen, its defaults validate, every field is documented, and it survives JSON."""
    config_type = method.package.Config
    _require(dataclasses.is_dataclass(config_type), "Config must be a dataclass")
    _require(config_type.__dataclass_params__.frozen, "Config must be frozen")
    for field in dataclasses.fields(config_type):
        _require(bool(field.metadata.get("doc")), f"Config.{field.name} needs parameter(doc=...)")
        _require("unit" in field.metadata, f"Config.{field.name} needs parameter(unit=...)")
    for config in (config_type(), *method.card.presets.values()):
        text = json.dumps(to_json(config))
        _require(config_from_json(config_type, json.loads(text)) == config, "a Config must survive a JSON round trip")


def check_simulation(method: RegisteredMethod) -> None:
    """The quick preset ends in time, obeys its seed, and its Result is finite and documented.

    Where the quick preset runs on real data, the seed may change nothing; the data `synthetic` is then used too, if the
    Config has it.
    """
    package = method.package
    config = _random_config(method)
    _in_time(method, method.card.preset("quick"))
    first = _in_time(method, config)
    _require(isinstance(first, package.Result), "simulate must return a Result")
    for field in dataclasses.fields(first):
        _require(bool(field.metadata.get("doc")), f"Result.{field.name} needs quantity(doc=...)")
        _require("unit" in field.metadata, f"Result.{field.name} needs quantity(unit=...)")
        _require(_finite(getattr(first, field.name)), f"Result.{field.name} must be finite")
    _require(_same(first, package.simulate(config, seed=1)), "the same seed must give the same Result")
    _require(not _same(first, package.simulate(config, seed=2)), "another seed must give another Result")
    seen: list[float] = []
    package.simulate(config, seed=(1, 2), progress=lambda fraction, text: seen.append(fraction))
    _require(bool(seen), "simulate must tell progress how far it is")
    _require(seen == sorted(seen), f"progress must never go back, was told {seen}")
    _require(all(0.0 <= fraction <= 1.0 for fraction in seen), f"progress must be told fractions in [0, 1], not {seen}")


def check_import_cost(method: RegisteredMethod) -> None:
    """Importing the package, and each of its files but ``cli``, which is made of typer, loads no heavy package."""
    names = [method.module, *(f"{method.module}.{name}" for name in _files(method) if name != "cli")]
    code = f"import importlib, sys; [importlib.import_module(name) for name in {names!r}]; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    _require(done.returncode == 0, f"importing {method.module} failed: {done.stderr.strip()[-300:]}")
    loaded = sorted(set(done.stdout.split()) & HEAVY_PACKAGES)
    _require(not loaded, f"importing the files of {method.module} loads {', '.join(loaded)}: import them where used")


def check_documentation(method: RegisteredMethod) -> None:
    """Every file has a docstring and ``__all__``; every public function, class, method and property has a docstring."""
    for name in ("", *_files(method)):
        module = importlib.import_module(f"{method.module}.{name}" if name else method.module)
        _require(bool(module.__doc__), f"{module.__name__} needs a docstring")
        _require(hasattr(module, "__all__"), f"{module.__name__} needs __all__")
        for public, value in _public(module):
            text = value.__doc__ or ""
            automatic = text.startswith(f"{value.__name__}(")  # what a dataclass gets that has none of its own
            _require(bool(text) and not automatic, f"{public} needs a docstring")


def check_claims(method: RegisteredMethod) -> None:
    """Claim ids are unique; each names its source; its Configs are Configs, or it says why it is not testable here."""
    ids = [claim.id for claim in method.claims]
    _require(len(set(ids)) == len(ids), f"claim ids must be unique, got {', '.join(ids)}")
    for claim in method.claims:
        _require(bool(claim.statement and claim.source), f"claim {claim.id} needs a statement and a source")
        try:
            configs = claim.configs("quick")
        except (MissingError, NotTestableError):
            continue
        except Exception as error:
            raise CheckFailedError(f"claim {claim.id}: configs('quick') raised {error!r}") from error
        for config in configs:
            _require(isinstance(config, method.package.Config), f"claim {claim.id}: configs must be Configs")


def check_workloads(method: RegisteredMethod) -> None:
    """Workload ids are unique, each has quick points, a native contender and configurations in words."""
    ids = [workload.id for workload in method.workloads]
    _require(len(set(ids)) == len(ids), f"workload ids must be unique, got {', '.join(ids)}")
    for workload in method.workloads:
        _require(bool(workload.sizes.get("quick")), f"workload {workload.id} needs points of size 'quick'")
        _require(workload.baseline.kind == "native", f"workload {workload.id} needs a native contender")
        for contender in workload.contenders:
            _require(bool(contender.configuration), f"contender {contender.id} needs its configuration in words")


def check_figures(method: RegisteredMethod) -> None:
    """Every figure has a caption, the first line of its function's docstring; every description is of one, in words."""
    figures, descriptions = method.figures, method.descriptions
    for name, draw in figures.items():
        _require(bool(FIGURE_NAME.fullmatch(name)), f"figure {name!r} must be named in lower_case")
        _require(bool(caption_of(draw)), f"figure {name} needs a caption: a docstring of its function")
    for name in descriptions:
        _require(name in figures, f"DESCRIPTIONS has {name!r}: the figures are {', '.join(figures)}")
    if descriptions:
        result = method.package.simulate(_random_config(method), seed=1)
        for name, describe in descriptions.items():
            text = describe(result)
            _require(isinstance(text, str) and bool(text.strip()), f"description of figure {name} must be a text")


def check_contender(workload: Workload, contender: Contender, params: Params) -> None:
    """Hold one contender's answer on one quick point against the workload's check.

    Raises
    ------
    MissingPackageError, MissingDataError
        Where this machine cannot tell.
    CheckFailedError
        For a wrong answer, a case that changes from one making to the next, or a case that the contender wrote to.
    """
    case = workload.make(params, 0)
    _require(_same(case, workload.make(params, 0)), f"workload {workload.id}: make must be deterministic")
    answer = contender.run(contender.convert(case))
    workload.check(case, answer)
    _require(_same(case, workload.make(params, 0)), f"contender {contender.id} of {workload.id} wrote to its case")
    work = workload.work(case)
    _require(work.items > 0 and work.minimal_bytes > 0, f"workload {workload.id}: work must be counted")


def contender_cases(methods: Mapping[str, RegisteredMethod]) -> Iterator[tuple[str, Workload, Contender, Params]]:
    """Yield every contender of every workload on its quick points: method, workload, contender, point."""
    for name, method in methods.items():
        for workload in method.workloads:
            for params in workload.sizes["quick"]:
                for contender in workload.contenders:
                    if not missing_packages(contender):
                        yield name, workload, contender, params


#: Every check of a method.
CHECKS: tuple[Callable[[RegisteredMethod], None], ...] = (
    check_contract,
    check_config,
    check_simulation,
    check_import_cost,
    check_documentation,
    check_claims,
    check_workloads,
    check_figures,
)


def _in_time(method: RegisteredMethod, config: Any) -> Any:
    started = time.process_time()
    result = method.package.simulate(config, seed=1)
    spent = time.process_time() - started
    _require(spent < QUICK_LIMIT_S, f"quick took {spent:.1f} s of processor time: the limit is {QUICK_LIMIT_S:g} s")
    return result


def _defaults(config_type: Any) -> dict[str, Any]:
    return {field.name: field.default for field in dataclasses.fields(config_type)}


def _random_config(method: RegisteredMethod) -> Any:
    """The quick preset, on generated data where the Config can choose it."""
    config = method.card.preset("quick")
    if "data" in _defaults(type(config)):
        return dataclasses.replace(config, data="synthetic")
    return config


def _files(method: RegisteredMethod) -> list[str]:
    return [module.name for module in pkgutil.iter_modules(method.package.__path__)]


def _public(module: Any) -> Iterator[tuple[str, Any]]:
    for name in getattr(module, "__all__", ()):
        value = getattr(module, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            yield f"{module.__name__}.{name}", value
        for member, part in vars(value).items() if inspect.isclass(value) else ():
            function = part.fget if isinstance(part, property) else getattr(part, "__func__", part)
            if inspect.isfunction(function) and not member.startswith("_"):
                yield f"{module.__name__}.{name}.{member}", function


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return bool(np.isfinite(value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())
    if isinstance(value, Mapping):
        return all(map(_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return all(_finite(getattr(value, field.name)) for field in dataclasses.fields(value))
    return True


def _same(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(left, Mapping):
        return list(left) == list(right) and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(_same, left, right))
    if dataclasses.is_dataclass(left) and not isinstance(left, type):
        return all(_same(getattr(left, field.name), getattr(right, field.name)) for field in dataclasses.fields(left))
    return bool(left == right)
