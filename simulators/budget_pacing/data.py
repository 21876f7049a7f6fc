"""The two traces of a run: the live one, and the sample that the plan is learned from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pybench.datasets import Dataset
from pybench.errors import InvalidInputError
from pybench.optional import require
from simulators.budget_pacing.config import CAMPAIGNS, Config
from simulators.budget_pacing.instances import INSTANCES
from simulators.budget_pacing.logs import EXTRA, read_log
from simulators.budget_pacing.noise import NOISY_SHARE, exact_distance, measured_distance, with_noise

__all__ = ["DATASETS", "Traces", "open_traces"]

Trace = NDArray[np.float32]

#: Everything real that this room knows by name.
DATASETS = (
    Dataset(
        name="ipinyou",
        file="budget_pacing/ipinyou_validation_9campaigns.parquet",
        title="iPinYou: 100,000 real bid requests of each of nine campaigns, with the price that won",
        sha256="06787453f0e19c5e3f3e15a785d030dd75324d841589315072713c63d6d60b3e",
        licence="not stated by the repository; the data are of the iPinYou contest, for research; not redistributed",
        citation="Zhang, Yuan, Wang, Shen: Real-time bidding benchmarking with iPinYou dataset, arXiv:1407.7073; "
        "extract of Cai et al.: Real-time bidding by reinforcement learning in display advertising, WSDM 2017",
        columns={
            "campaign": "number of the advertiser",
            "episode": "1 to 100, of 1,000 bid requests each, in the original order",
            "click": "1 if the impression was clicked",
            "market_price": "highest competing bid, whole units of 1/1000 CNY per thousand impressions",
            "pctr": "predicted probability of a click",
        },
        obtain="Copy data/1000/<campaign>.validation.txt of GitHub han-cai/rlb-dp at d5f4ef1; each file has "
        "header lines between episodes of 1,000 rows, which become the column episode; write one parquet file with the declared "
        "columns. The checksum is of our conversion.",
    ),
)

#: What the random streams add to the seed.
_LIVE, _SAMPLE = 21, 22


@dataclass(frozen=True, slots=True)
class Traces:
    """What a run is about."""

    name: str
    """Of the data."""
    synthetic: bool
    campaign: str
    value: Trace
    price: Trace
    sample_value: Trace
    """With the sampling noise in it."""
    sample_price: Trace
    distance: float
    """Sum over steps of the Wasserstein distance between the laws of sample and live trace, in the prices' unit."""

    @property
    def horizon(self) -> int:
        """Live auctions."""
        return self.value.size


def open_traces(config: Config, *, seed: tuple[int, ...]) -> Traces:
    """Return the traces of a Config.

    Raises
    ------
    InvalidInputError
        For a log that breaks a rule, or a live trace that is its own sample without being asked for.
    MissingDataError, MissingPackageError
        For a log that is not here, or cannot be read here.
    """
    traces = _generated(config, seed) if config.data == "synthetic" else _logged(config)
    same = np.array_equal(traces.value, traces.sample_value) and np.array_equal(traces.price, traces.sample_price)
    if same and config.sample != "live":
        raise InvalidInputError(
            f"sample is {config.sample!r} and holds the live trace itself: a plan learned from what it is tested on "
            "proves nothing; say sample='live' if you mean it"
        )
    if config.noise:
        noisy = with_noise(traces.sample_value, config.noise)
        traces = replace(traces, sample_value=noisy)
    return replace(traces, distance=_distance(config, traces))


def _generated(config: Config, seed: tuple[int, ...]) -> Traces:
    value_scale, price_scale = _scales(config.instance, config.horizon)

    def draw(stream: int) -> tuple[Trace, Trace]:
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence((stream, *seed))))
        return (
            value_scale * generator.random(config.horizon, dtype=np.float32),
            price_scale * generator.random(config.horizon, dtype=np.float32),
        )

    value, price = draw(_LIVE)
    sample = (value, price) if config.sample == "live" else draw(_SAMPLE)
    return Traces(f"synthetic, {config.instance}", True, "", value, price, *sample, 0.0)


@lru_cache(maxsize=16)
def _scales(instance: str, horizon: int) -> tuple[Trace, Trace]:
    value_scale, price_scale = INSTANCES[instance].scales(horizon)
    return value_scale.astype(np.float32), price_scale.astype(np.float32)


def _logged(config: Config) -> Traces:
    if config.data == "ipinyou":
        campaign = config.campaign or CAMPAIGNS[0]
        value, price = _ipinyou(str(DATASETS[0].path()))[campaign]
        name = "ipinyou"
    else:
        log = read_log(config.data, config.campaign)
        name, campaign, value, price = log.name, log.campaign, log.value, log.price
    if config.sample not in ("independent", "live"):
        earlier = read_log(config.sample, config.campaign)
        _need_auctions(config.sample, earlier.value.size, 1)
        _need_auctions(name, value.size, 1)
        return Traces(name, False, campaign, value, price, earlier.value, earlier.price, 0.0)
    _need_auctions(name, value.size, 2)
    half = value.size // 2
    live = value[value.size - half :], price[price.size - half :]
    sample = live if config.sample == "live" else (value[:half], price[:half])
    return Traces(name, False, campaign, *live, *sample, 0.0)


def _need_auctions(name: str, found: int, least: int) -> None:
    if found < least:
        raise InvalidInputError(f"log {name!r} has {found} auctions of the campaign: it must have at least {least}")


@lru_cache(maxsize=2)
def _ipinyou(path: str) -> dict[str, tuple[Trace, Trace]]:
    table = require("pyarrow.parquet", extra=EXTRA).read_table(path, columns=["campaign", "market_price", "pctr"])
    campaign, price, rate = (table.column(name).to_numpy() for name in table.column_names)
    return {name: _one_unit(rate[campaign == int(name)], price[campaign == int(name)]) for name in CAMPAIGNS}


def _one_unit(rate: NDArray[Any], price: NDArray[Any]) -> tuple[Trace, Trace]:
    """Return values and prices; a click is worth what makes the mean value of the log its mean price."""
    worth = price.mean(dtype=np.float64) / rate.mean(dtype=np.float64)
    return (rate * worth).astype(np.float32), price.astype(np.float32)


def _distance(config: Config, traces: Traces) -> float:
    if not traces.synthetic:
        return measured_distance(traces.value, traces.price, traces.sample_value, traces.sample_price)
    value_scale: Any = _scales(config.instance, config.horizon)[0]
    return exact_distance(value_scale, config.noise, NOISY_SHARE)
