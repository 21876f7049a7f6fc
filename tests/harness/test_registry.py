"""Which methods are installed, and what happens where a plug-in is broken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pybench.errors import InvalidInputError
from pybench.harness import registry
from pybench.harness.describe import describe
from pybench.harness.registry import RegisteredMethod

Distribution = Callable[..., Path]


def test_the_methods_of_every_distribution_are_found_in_order(plugin_path: Path) -> None:
    found = registry.methods()
    assert list(found) == sorted(found)
    assert {"currency_network", "sorting", "trouble"} <= set(found)
    assert found["sorting"] == RegisteredMethod("sorting", "rooms.sorting", "rooms")
    assert found["currency_network"].distribution == "pybench-papers"


def test_listing_imports_nothing(plugin_path: Path) -> None:
    code = (
        "import sys; from pybench.harness.registry import methods; names = list(methods());"
        "print([name for name in sys.modules if name.partition('.')[0] in ('rooms', 'simulators')], names)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("[] ['budget_pacing'")


def test_an_unknown_name_is_answered_with_the_known_ones(sorting: RegisteredMethod) -> None:
    with pytest.raises(InvalidInputError, match=r"method is 'nothing': installed are .*sorting.*trouble"):
        registry.find("nothing")
    with pytest.raises(InvalidInputError, match="workload is 'w': method sorting has sort"):
        sorting.workload("w")
    with pytest.raises(InvalidInputError, match="contender is 'c': workload sort has reference, numpy"):
        sorting.workload("sort").contender("c")
    with pytest.raises(InvalidInputError, match="size is 'large': workload sort has quick, standard"):
        sorting.workload("sort").points("large")


def test_files_are_optional(trouble: RegisteredMethod) -> None:
    assert (trouble.claims, trouble.figures) == ((), {})
    assert not trouble.has("claims")
    assert trouble.has("workloads")


def test_a_description_is_plain_values(sorting: RegisteredMethod) -> None:
    described = describe(sorting)
    assert json.loads(json.dumps(described, allow_nan=False)) == described
    assert described["fields"][0] == {
        "field": "count",
        "type": "int",
        "unit": "numbers",
        "doc": "how many numbers",
        "presets": {"quick": 20, "standard": 100},
    }
    assert [claim["id"] for claim in described["claims"]] == ["one_run", "untestable", "absent"]
    assert described["workloads"][0]["points"]["standard"] == ["count=2000", "count=3000"]


def test_two_distributions_with_one_name_are_an_error(distribution: Distribution) -> None:
    distribution("first", "first_rooms", "first_rooms/__init__.py", "first_rooms/same/__init__.py")
    distribution("second", "second_rooms", "second_rooms/__init__.py", "second_rooms/same/__init__.py")
    with pytest.raises(InvalidInputError, match=r"method 'same' is brought by \w+ and by \w+: names must differ"):
        registry.methods()


def test_one_package_declared_twice_is_no_error(distribution: Distribution) -> None:
    distribution("first", "shared_rooms", "shared_rooms/__init__.py", "shared_rooms/only/__init__.py")
    distribution("second", "shared_rooms")
    assert registry.find("only").module == "shared_rooms.only"


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ("nowhere", ()),
        ("nowhere.at.all", ()),
        ("module", ("module.py",)),
        ("rooms_of:attribute", ("rooms_of/__init__.py",)),
    ],
)
def test_an_entry_point_that_names_no_package_is_an_error_that_names_it(
    distribution: Distribution, value: str, files: tuple[str, ...]
) -> None:
    distribution("broken", value, *files)
    with pytest.raises(InvalidInputError, match=r"entry point 'broken' of broken is '.*': it must name an importable"):
        registry.methods()


def test_folders_without_an_init_are_no_methods(distribution: Distribution) -> None:
    folder = distribution("plain", "plain_rooms", "plain_rooms/__init__.py", "plain_rooms/method/__init__.py")
    (folder / "plain_rooms" / "data").mkdir()
    (folder / "plain_rooms" / "helper.py").write_text("")
    mine = [method.name for method in registry.methods().values() if method.distribution == "plain"]
    assert mine == ["method"]
