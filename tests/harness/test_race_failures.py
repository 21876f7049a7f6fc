"""Whatever a contender does becomes its own row, and no more than that."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pybench.harness import runner
from pybench.harness.effort import Effort
from pybench.harness.race import race
from pybench.harness.race_result import Race, Row
from pybench.harness.races import failures
from pybench.harness.registry import RegisteredMethod

EFFORT = Effort(rounds=6, fewest_rounds=5, round_s=0.0, limit_s=1.0, budget_s=2.0)

CRASHES = {
    "segfault": "its process ended by signal SIGSEGV",
    "realtime_signal": "its process ended by signal 37",
    "leave": "its process ended with exit code 3: enough of this",
    "vanish": "its process ended with exit code 0",
    "fork_and_crash": "its process ended by signal SIGKILL",
    "close_all": "it closed the channel of its answers",
}
UNHARMED = ("right", "peer", "chatter", "read_input", "fork_and_return", "spawn", "spawn_daemon")


@dataclass
class Run:
    """A race in which everybody takes part, and what it left."""

    race: Race
    rows: dict[str, Row]
    descriptors_before: int
    descriptors_after: int
    mark: str


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _race(method: RegisteredMethod, workload: str, **options: object) -> Race:
    found = method.workload(workload)
    return race(method, found, found.points("quick")[0], size="quick", effort=EFFORT, **options)


@pytest.fixture(scope="module")
def run(trouble: RegisteredMethod) -> Run:
    before, mark = _descriptors(), secrets.token_hex(16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYBENCH_TEST_TOKEN", mark)
        result = _race(trouble, "every_act", seed=3)
    return Run(result, {row.contender: row for row in result.rows}, before, _descriptors(), mark)


def test_everybody_has_a_row_and_the_baseline_is_first(run: Run, trouble: RegisteredMethod) -> None:
    workload = trouble.workload("every_act")
    assert run.race.rows[0].contender == run.race.baseline == "right"
    assert {*run.rows} == {contender.id for contender in workload.contenders}
    assert len(run.race.rows) == len(workload.contenders)


@pytest.mark.parametrize("name", UNHARMED)
def test_who_answers_rightly_is_timed(run: Run, name: str) -> None:
    row = run.rows[name]
    assert (row.status, row.message) == ("timed", "")
    assert row.rounds >= EFFORT.fewest_rounds
    assert row.seconds is not None
    assert row.seconds > 0


def test_a_peer_beside_all_that_is_still_measured_well(run: Run) -> None:
    row = run.rows["peer"]
    assert row.total is not None
    assert 0.2 < row.total.value < 5.0
    assert run.race.noise is not None


@pytest.mark.parametrize(("name", "text"), CRASHES.items())
def test_who_dies_is_a_row_that_says_how(run: Run, name: str, text: str) -> None:
    assert run.rows[name].status == "crashed"
    assert run.rows[name].message.startswith(text)


def test_who_hangs_did_not_finish_and_has_a_lower_bound(run: Run) -> None:
    row = run.rows["hang"]
    assert (row.status, row.message) == ("did not finish", "no answer within 1 s")
    assert row.at_least == pytest.approx(1.0 / run.rows["right"].seconds)


@pytest.mark.parametrize("name", ["wrong", "shapeless"])
def test_a_wrong_answer_gets_no_time(run: Run, name: str) -> None:
    row = run.rows[name]
    assert row.status == "wrong answer"
    assert row.seconds is row.total is None


def test_who_is_right_at_first_and_wrong_when_timed_is_found_out(run: Run) -> None:
    row = run.rows["wrong_when_timed"]
    assert row.status == "wrong answer"
    assert row.message.startswith("after it was timed: ")
    assert row.total is None


def test_an_error_is_a_row_whatever_its_text(run: Run) -> None:
    row = run.rows["error"]
    assert row.status == "failed"
    assert row.message.startswith("RuntimeError: [bold]no[/nonsense] ?xxx")
    assert len(row.message) < 3000
    row.message.encode()


def test_who_writes_into_the_protocol_only_harms_itself(run: Run) -> None:
    assert run.rows["break_protocol"].status in ("failed", "crashed")


@pytest.mark.parametrize(
    ("act", "status"),
    [("segfault", "crashed"), ("hang", "did not finish"), ("error", "failed"), ("leave", "crashed")],
)
def test_a_failure_when_warmed_or_timed_is_a_row_without_a_bound(run: Run, act: str, status: str) -> None:
    warmed, timed = run.rows[f"{act}_when_warmed"], run.rows[f"{act}_when_timed"]
    assert (warmed.status, timed.status) == (status, status)
    assert timed.message.startswith("while it was timed: ")
    assert warmed.at_least is timed.at_least is None


@pytest.mark.parametrize("when", ["warmed", "timed"])
def test_who_breaks_the_protocol_late_is_a_row(run: Run, when: str) -> None:
    assert run.rows[f"break_protocol_when_{when}"].status in ("failed", "crashed")


def test_a_missing_package_is_a_row_that_says_how_to_install_it(run: Run) -> None:
    row = run.rows["absent"]
    assert row.status == "missing"
    assert row.message == "no-such-package not installed; pip install 'rooms[peers]'"


def test_no_descriptor_is_left_open(run: Run) -> None:
    assert run.descriptors_after == run.descriptors_before


def test_failures_are_ours_and_wrong_answers(run: Run) -> None:
    assert len(failures(run.race)) == 3
    assert all("wrong answer" in text for text in failures(run.race))


def test_nothing_that_a_contender_started_outlives_the_race(run: Run, none_left: Callable[[str], bool]) -> None:
    assert none_left(run.mark)


def test_chosen_contenders_race_beside_the_baseline_once_each(trouble: RegisteredMethod) -> None:
    result = _race(trouble, "every_act", contenders=("peer", "right", "peer"))
    assert [(row.contender, row.status) for row in result.rows] == [("right", "timed"), ("peer", "timed")]


@pytest.mark.parametrize(
    ("act", "status", "prefix"),
    [
        ("segfault", "crashed", ""),
        ("wrong", "wrong answer", ""),
        ("hang", "did not finish", ""),
        ("segfault_when_timed", "crashed", "while it was timed: "),
        ("hang_when_timed", "did not finish", "while it was timed: "),
    ],
)
def test_a_baseline_that_fails_gives_rows_and_no_exception(
    trouble: RegisteredMethod, none_left: Callable[[str], bool], token: str, act: str, status: str, prefix: str
) -> None:
    result = _race(trouble, f"baseline_{act}")
    first, second = result.rows
    assert (first.contender, first.status) == ("bad", status)
    assert first.message.startswith(prefix)
    assert (second.status, second.message) == ("not timed", "the baseline gave no verified, timed answer")
    assert result.noise is None
    assert result.verified == 0
    assert none_left(token)


def test_missing_data_are_rows(trouble: RegisteredMethod) -> None:
    result = _race(trouble, "missing_data")
    assert [row.status for row in result.rows] == ["missing", "missing"]
    assert result.rows[1].message == "data set 'absent' is not here: ask [somebody]"
    assert failures(result) == []


def test_a_case_that_is_never_made_is_a_row_without_a_bound(
    trouble: RegisteredMethod, none_left: Callable[[str], bool], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOAD_LIMIT_S", 1.5)
    started = time.monotonic()
    result = _race(trouble, "endless_case")
    assert time.monotonic() - started < 10
    assert result.rows[0].status == "did not finish"
    assert result.rows[0].at_least is None
    assert none_left(token)
