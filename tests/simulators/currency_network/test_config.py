"""What a Config accepts, and how it refuses."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pybench.errors import InvalidInputError
from simulators.currency_network import METHOD, Config


@pytest.mark.parametrize("data", ["auto", "synthetic", "sarafu", "polblogs", "a.csv", "b.CSV.GZ", "c.parquet"])
def test_data_that_is_accepted(data: str) -> None:
    assert Config(data=data).data == data


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"data": "bitcoin_otx"}, r"data is 'bitcoin_otx': it must be one of auto.*\.parquet"),
        ({"data": "links.txt"}, r"data is 'links.txt'"),
        ({"data": 3}, r"data is 3: it must be of type str"),
        ({"accounts": 499}, r"accounts is 499: it must be at least 500"),
        ({"accounts": 1e4}, r"accounts is 10000.0: it must be of type int"),
        ({"community_size": 1}, r"community_size is 1"),
        ({"reply_probability": 1.5}, r"reply_probability is 1.5: it must be at most 1"),
        ({"reply_probability": float("nan")}, r"reply_probability is nan: it must be finite"),
        ({"threads": -1}, r"threads is -1: it must be at least 0"),
        ({"null_models": "erdos"}, r"null_models is 'erdos': it must be one of degree,dyad, degree, dyad, none"),
        ({"null_models": "dyad,degree"}, r"null_models is 'dyad,degree': it must be one of"),
        ({"null_samples": 1}, r"null_samples is 1: it must be at least 2"),
        ({"tries_per_link": 0}, r"tries_per_link is 0: it must be above 0"),
        ({"tries_per_link": -0.5}, r"tries_per_link is -0.5: it must be above 0"),
        ({"tries_per_link": float("inf")}, r"tries_per_link is inf: it must be finite"),
        ({"tries_per_link": 2e6}, r"tries_per_link is 2000000.0: it must be at most 1000000.0"),
        ({"mixing_chains": -1}, r"mixing_chains is -1: it must be at least 0"),
        ({"data": "polblogs", "weight_column": "w"}, r"weight_column is 'w' with data 'polblogs'"),
        ({"source_column": "payer"}, r"source_column is 'payer' with data 'auto': it may be set for a path only"),
        ({"data": "a.csv", "source_column": ""}, r"source_column is '': it must name a column"),
        ({"data": "a.csv", "target_column": "source"}, r"target_column is 'source': it must differ from source_column"),
        (
            {"data": "a.csv", "weight_column": "x", "time_column": "x"},
            r"time_column is 'x': it must differ from weight",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused(settings: dict[str, object], text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        Config(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "models"), [("degree,dyad", ("degree", "dyad")), ("dyad", ("dyad",)), ("none", ())])
def test_null_models_one_by_one(text: str, models: tuple[str, ...]) -> None:
    assert Config(null_models=text).models == models


def test_null_models_can_be_typed() -> None:
    from pybench.harness.options import apply_settings

    config = apply_settings(METHOD.preset("quick"), ["null_models=dyad", "null_samples=7", "tries_per_link=3"])
    assert (config.models, config.null_samples, config.tries_per_link) == (("dyad",), 7, 3.0)


def test_the_ladder_of_presets() -> None:
    assert tuple(METHOD.presets) == ("quick", "standard", "full")
    assert METHOD.preset("quick").data == "auto"
    assert METHOD.preset("full").accounts == 55_000
    assert [METHOD.preset(name).null_samples for name in METHOD.presets] == [40, 100, 1_000]


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, simulators.currency_network as room; room.METHOD; room.Config(); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'numpy', 'scipy', 'networkx', 'igraph', 'networkit', 'matplotlib', 'pyarrow', 'pandas'}))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_unknown_attribute() -> None:
    import simulators.currency_network as room

    assert "simulate" in dir(room)
    with pytest.raises(AttributeError, match="has no attribute 'census'"):
        room.census  # noqa: B018
