"""Bid logs: what is read, and how bad files are refused."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from pybench.errors import InvalidInputError
from simulators.budget_pacing import Config, read_log, simulate
from simulators.budget_pacing.data import DATASETS

pa = pytest.importorskip("pyarrow", reason="logs need the extra budget_pacing")

needs_ipinyou = pytest.mark.skipif(
    not os.environ.get("PYBENCH_DATA") or not DATASETS[0].available, reason="the iPinYou log is not here"
)


def write(folder: Path, text: str, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_sorted_by_time_and_ties_stay(tmp_path: Path) -> None:
    log = read_log(write(tmp_path, "price,t,other,value\n1,5,a,10\n2,-1,b,20\n3,5,c,30\n4,0.5,d,40\n"))
    assert log.value.tolist() == [20.0, 40.0, 10.0, 30.0]
    assert log.price.tolist() == [2.0, 4.0, 1.0, 3.0]
    assert log.value.dtype == log.price.dtype == np.float32
    assert (log.name, log.campaign) == ("log.csv", "")


def test_gzip_and_parquet_are_the_same(tmp_path: Path) -> None:
    import pyarrow.parquet

    text = "t,value,price,campaign\n1,2,3,x\n0,4,5,x\n2,6,0,y\n"
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(text.encode()))
    columns = {"t": [1, 0, 2], "value": [2.0, 4.0, 6.0], "price": [3, 5, 0], "campaign": ["x", "x", "y"]}
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "log.parquet")
    for campaign in ("x", "y"):
        logs = [read_log(tmp_path / name, campaign) for name in ("log.csv.gz", "log.parquet")]
        assert logs[0].value.tolist() == logs[1].value.tolist()
        assert logs[0].price.tolist() == logs[1].price.tolist()


def test_a_parquet_with_nan_is_refused(tmp_path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(pa.table({"t": [1], "value": [float("nan")], "price": [1]}), tmp_path / "log.parquet")
    with pytest.raises(
        InvalidInputError, match=r"column 'value' .* is nan in row 1 of the campaign: it must be finite"
    ):
        read_log(tmp_path / "log.parquet")


def test_campaigns_may_be_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "t,value,price,campaign\n1,2,3,07\n2,4,5,7\n")
    assert read_log(path, "07").value.tolist() == [2.0]
    assert read_log(path, "7").value.tolist() == [4.0]


@pytest.mark.parametrize(
    ("text", "campaign", "error"),
    [
        ("", "", r"the file is empty"),
        ("t,value\n1,2\n", "", r"it must have one column price, has t, value"),
        ("t,value,price,price\n1,2,3,4\n", "", r"it must have one column price"),
        ("t,value,price\n1,2,nan\n", "", r"column 'price' of 'log.csv' has empty rows"),
        ("t,value,price\n1,2,inf\n", "", r"column 'price' of 'log.csv' is inf in row 1 of the campaign: .* finite"),
        ("t,value,price\n1,2,3\n2,-1,3\n", "", r"column 'value' of 'log.csv' is -1.0 in row 2 .* in \[0, 2\^120\]"),
        ("t,value,price\n1,1e39,3\n", "", r"column 'value' .* is 1e\+39 in row 1"),
        ("t,value,price\ninf,1,3\n", "", r"column 't' .* must be finite"),
        ("t,value,price\n1,,3\n", "", r"column 'value' of 'log.csv' has empty rows"),
        ("t,value,price\n1,x,3\n", "", r"column 'value' of 'log.csv' is of type string"),
        ("t,value,price\n1,2\n", "", r"cannot be read"),
        ("t,value,price\n1,2,3\n", "a", r"campaign is 'a': 'log.csv' has no column campaign"),
        ("t,value,price,campaign\n1,2,3,a\n1,2,3,b\n", "", r"campaign is '': it must be one of .*: a, b"),
        ("t,value,price,campaign\n1,2,3,a\n", "z", r"campaign is 'z': it must be one of .*: a"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, campaign: str, error: str) -> None:
    with pytest.raises(InvalidInputError, match=error):
        read_log(write(tmp_path, text), campaign)


def test_paths_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="it must be a file that exists"):
        read_log(tmp_path / "none.csv")
    with pytest.raises(InvalidInputError, match=r"it must end in \.csv"):
        read_log(tmp_path / "log.txt")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_log(tmp_path / "bad.parquet")


@pytest.mark.native
def test_a_users_log_is_paced(tmp_path: Path) -> None:
    generator = np.random.default_rng(2)
    rows = "".join(f"{t},{v:.6f},{d:.6f}\n" for t, (v, d) in enumerate(generator.random((20_001, 2))))
    path = write(tmp_path, "t,value,price\n" + rows)
    result = simulate(Config(data=str(path)))
    assert (result.data, result.synthetic, result.horizon) == ("log.csv", False, 10_000)
    assert result.share_of_bound > 0.97
    assert result.policy_shares["one_sample"] == result.share_of_bound
    assert result.policy_shares["no_pacing"] < 0.6
    assert "expected_plan" not in result.policy_shares
    earlier = write(tmp_path, "t,value,price\n" + rows[: len(rows) // 3].rpartition("\n")[0] + "\n", "earlier.csv")
    with_day = simulate(Config(data=str(path), sample=str(earlier), studies=0))
    assert with_day.horizon == 20_001
    assert with_day.share_of_bound > 0.9


@pytest.mark.native
@pytest.mark.parametrize("text", ["t,value,price\n", "t,value,price\n1,2,3\n"])
def test_a_log_without_two_auctions_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"log 'log.csv' has . auctions .* it must have at least 2"):
        simulate(Config(data=str(write(tmp_path, text))))


@pytest.mark.native
def test_a_log_that_would_spend_nothing_needs_a_budget(tmp_path: Path) -> None:
    path = write(tmp_path, "t,value,price\n1,0,1\n2,0,2\n3,0,3\n4,0,4\n")
    with pytest.raises(InvalidInputError, match="budget is 0 and bidding the values would spend nothing"):
        simulate(Config(data=str(path)))
    assert simulate(Config(data=str(path), budget=1.0)).wins == 0


@needs_ipinyou
@pytest.mark.native
def test_ipinyou_is_one_unit_and_one_campaign_fails() -> None:
    result = simulate(Config(data="ipinyou", campaign="2997"))
    assert result.horizon == 50_000
    assert result.share_of_bound < 0.5
    assert result.restart_shares["relearn"] > 0.7
    assert {campaign for campaign, row in result.campaign_shares.items() if row["one_sample"] < 0.9} == {"2997"}


@pytest.mark.native
def test_the_order_of_rows_and_of_campaigns_does_not_matter(tmp_path: Path) -> None:
    generator = np.random.default_rng(8)
    rows = [
        f"{t},{v:.6f},{d:.6f},{name}\n"
        for name in ("one", "two")
        for t, (v, d) in enumerate(generator.random((600, 2)) * (2.0 if name == "two" else 1.0))
    ]
    shuffled = [rows[place] for place in generator.permutation(len(rows))]
    found = []
    for order in (rows, rows[::-1], shuffled):
        path = write(tmp_path, "t,value,price,campaign\n" + "".join(order))
        found.append([simulate(Config(data=str(path), campaign=name, studies=1)) for name in ("one", "two")])
    assert found[0] == found[1] == found[2]
    assert found[0][0] != found[0][1]
