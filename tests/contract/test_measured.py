"""CI tells 'nothing was measured' apart from a failure: .ci/measured.py exits with 4 on a count of zero."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "measured.py"

JUNIT = '<testsuites><testsuite tests="{tests}" skipped="{skipped}" failures="0" errors="0"/></testsuites>'


def browser_tests(inside):
    case = f'<testcase classname="tests.report.test_browser">{inside}</testcase>'
    return f"<testsuites><testsuite>{case}</testsuite></testsuites>"


def benchmark(*, verified, rounds):
    return json.dumps({"benchmarks": [{"extra_info": {"verified": verified}, "stats": {"rounds": rounds}}]})


def races(status):
    return json.dumps([{"rows": [{"status": status}]}])


def measured(kind, path):
    return subprocess.run([sys.executable, SCRIPT, kind, path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("kind", "empty", "full"),
    [
        ("tests", JUNIT.format(tests=3, skipped=3), JUNIT.format(tests=3, skipped=1)),
        ("browser", browser_tests("<skipped/>"), browser_tests("")),
        ("benchmarks", benchmark(verified=False, rounds=3), benchmark(verified=True, rounds=3)),
        ("races", races("wrong answer"), races("timed")),
    ],
)
def test_zero_exits_with_four_and_some_with_zero(tmp_path, kind, empty, full):
    path = tmp_path / "measured"
    path.write_text(empty)
    assert measured(kind, path).returncode == 4
    path.write_text(full)
    assert measured(kind, path).returncode == 0


@pytest.mark.parametrize(("row", "code"), [([[0.5, None]], 0), ([[None, None]], 4), (None, 4)])
def test_asv_counts_timed_points(tmp_path, row, code):
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "machine.json").write_text("{}")
    if row is not None:
        (tmp_path / "machine" / "result.json").write_text(json.dumps({"results": {"class.time_job": row}}))
    assert measured("asv", tmp_path).returncode == code


@pytest.mark.parametrize("kind", ["tests", "browser", "benchmarks", "asv", "races"])
def test_a_file_that_was_never_written_is_nothing_measured(tmp_path, kind):
    assert measured(kind, tmp_path / "absent").returncode == 4
