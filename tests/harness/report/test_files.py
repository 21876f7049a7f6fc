"""Files that break a rule are refused by name; nothing is written then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.write import write_report

Edit = Callable[[Any], Any]

BROKEN: list[tuple[str, Edit, str]] = [
    ("run", lambda value: value.pop("schema"), r"run\.json: schema is None: it must be 'pybench/run'"),
    ("run", lambda value: value.update(schema="pybench/race"), r"schema is 'pybench/race'"),
    ("run", lambda value: value.update(version=2), r"version is 2: it must be a whole number in \[1, 1\]"),
    ("run", lambda value: value.update(version=True), r"version is True"),
    ("run", lambda value: value.update(method="other"), r"method is 'other': it must be its folder's, 'sorting'"),
    ("run", lambda value: value.update(more=1), r"run has 'more'"),
    ("run", lambda value: value.pop("seed"), r"run lacks 'seed'"),
    ("run", lambda value: value.update(seed="0"), r"run\.seed is '0': it must be a whole number"),
    ("run", lambda value: value.update(result=[]), r"run\.result is \[\]: it must be an object"),
    ("run", lambda value: value["provenance"].update(time="now"), r"time is 'now': it must be of ISO 8601"),
    ("run", lambda value: value["provenance"].update(time="2026-01-01"), r"time is '2026-01-01'"),
    ("run", lambda value: value["figures"][0].update(file="../x.svg"), r"file is '\.\./x\.svg': it must lie in"),
    ("run", lambda value: value["figures"][0].update(file="/etc/x"), r"file is '/etc/x': it must lie in"),
    ("run", lambda value: value["figures"][0].update(sha256="0"), r"runs\.svg is not the file that run\.json names"),
    ("run", lambda value: value["figures"][0].update(file="none.svg"), r"none\.svg cannot be read"),
    ("run", lambda value: value["figures"][0].update(name="a b"), r"figure is 'a b': names must be in lower_case"),
    ("run", lambda value: value["figures"].append(value["figures"][0]), r"figure is 'runs': names must .* differ"),
    ("claims", lambda value: value["verdicts"][0].update(outcome="true"), r"outcome is 'true': it must be one of"),
    ("claims", lambda value: value["verdicts"][0]["estimate"].update(value=9), r"verdicts\[0\]\.estimate: estimate 9"),
    (
        "claims",
        lambda value: value["verdicts"][0]["estimate"].update(low="x"),
        r"low is 'x': it must be a finite number",
    ),
    ("races", lambda value: value["races"][0].update(rows=[]), r"the first row must be the baseline 'numpy'"),
    ("races", lambda value: value["races"][0].update(noise=-1), r"noise is -1\.0: it must be at least 0"),
    (
        "races",
        lambda value: value["races"][0]["rows"][1].update(total=None),
        r"'stable' was timed: it must have a ratio",
    ),
    ("races", lambda value: value["races"][0]["rows"][1]["total"].update(low=0), r"ratio 12\.34 with interval \[0"),
    ("races", lambda value: value["races"][0]["rows"][1].update(kind="x"), r"kind is 'x': it must be one of"),
    ("races", lambda value: value["races"][0]["rows"][2].update(at_least=0), r"at_least is 0\.0: it must be above 0"),
    ("races", lambda value: value["races"][0].update(params={"count": []}), r"params\.count is \[\]"),
]


@pytest.mark.parametrize(("name", "edit", "text"), BROKEN, ids=range(len(BROKEN)))
def test_a_file_that_breaks_a_rule_is_refused(
    sorting: RegisteredMethod, out: Path, change: Callable[..., None], name: str, edit: Edit, text: str
) -> None:
    change(name, edit)
    with pytest.raises(InvalidInputError, match=text) as caught:
        write_report([sorting], out)
    assert "sorting" in str(caught.value)
    assert not (out / "report.html").exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"schema": NaN}', b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_object_is_refused(sorting: RegisteredMethod, out: Path, content: bytes) -> None:
    (out / "sorting" / "races.json").write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"races\.json must be"):
        write_report([sorting], out)


def test_a_file_of_any_size_is_not_read(sorting: RegisteredMethod, out: Path) -> None:
    with (out / "sorting" / "run.json").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(InvalidInputError, match="it must have at most"):
        write_report([sorting], out)
