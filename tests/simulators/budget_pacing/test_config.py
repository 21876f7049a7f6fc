"""What a Config accepts, and how it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from pybench.errors import InvalidInputError, MissingDataError
from simulators.budget_pacing import METHOD, Config, simulate


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"data": "avito"}, r"data is 'avito': it must be one of synthetic, ipinyou, or a path that ends in \.csv"),
        ({"instance": "night"}, r"instance is 'night': it must be one of stationary"),
        ({"policy": "best"}, r"policy is 'best': it must be one of one_sample"),
        ({"horizon": 99}, r"horizon is 99: it must be at least 100"),
        ({"budget": -1.0}, r"budget is -1.0: it must be at least 0"),
        ({"budget": float("nan")}, r"budget is nan: it must be finite"),
        ({"noise": -0.1}, r"noise is -0.1: it must be at least 0"),
        ({"step_scale": -1.0}, r"step_scale is -1.0: it must be at least 0"),
        ({"alarm_band": 0.0}, r"alarm_band is 0.0: it must be at least 0.1"),
        ({"plan_segments": -1}, r"plan_segments is -1: it must be at least 0"),
        ({"campaign": "1458"}, r"campaign is '1458' with data 'synthetic': it is for a log"),
        ({"data": "ipinyou", "campaign": "1"}, r"campaign is '1': it must be one of 1458"),
        ({"data": "ipinyou", "policy": "expected_plan"}, r"policy is 'expected_plan' .* it must know the law"),
        ({"data": "a.csv", "policy": "static_optimal"}, r"policy is 'static_optimal' .* it must know the law"),
        ({"sample": "mine"}, r"sample is 'mine': it must be independent, live, or a path"),
        ({"sample": "mine.csv"}, r"sample is 'mine.csv' with data 'synthetic': a path is for another path"),
        ({"policy": "no_pacing", "restart": "uniform"}, r"restart is 'uniform' with policy 'no_pacing'"),
        ({"policy": "hindsight", "plan_segments": 3}, r"plan_segments is 3 with policy 'hindsight'"),
        ({"policy": "uniform_cold", "regulariser": "entropy"}, r"regulariser is 'entropy' with policy 'uniform_cold'"),
    ],
)
def test_what_is_refused(settings: dict[str, object], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        Config(**settings)  # type: ignore[arg-type]


def test_the_card_says_what_is_reconstructed() -> None:
    assert "abstract" in METHOD.paper.reconstruction
    assert list(METHOD.presets) == ["quick", "standard", "full"]


@pytest.mark.native
def test_a_live_trace_is_no_sample_unless_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="logs need the extra budget_pacing")
    log = tmp_path / "day.csv"
    log.write_text("t,value,price\n" + "".join(f"{t},{1 + t % 7},{1 + t % 3}\n" for t in range(200)))
    same = tmp_path / "copy.csv"
    same.write_bytes(log.read_bytes())
    for path in (log, same):
        with pytest.raises(InvalidInputError, match=r"sample is '.*' and holds the live trace itself.*sample='live'"):
            simulate(Config(data=str(log), sample=str(path), studies=0))
    assert simulate(Config(data=str(log), sample="live", studies=0)).spend > 0.0
    assert simulate(Config(sample="live", horizon=1_000, studies=0)).sample_multiplier > 0.0


def test_a_log_that_is_not_here_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYBENCH_DATA", raising=False)
    with pytest.raises(MissingDataError, match="rlb-dp"):
        simulate(Config(data="ipinyou", studies=0))
