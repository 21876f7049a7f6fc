"""The choices of a run, and the card of the method."""

from __future__ import annotations

from dataclasses import dataclass

from pybench.errors import InvalidInputError
from pybench.harness.fields import parameter, validate
from pybench.harness.method import Method, Paper

__all__ = ["METHOD", "NAMES", "STORED", "SUFFIXES", "Config"]

#: The stored graphs, files under ``$PYBENCH_DATA``.
STORED = ("bitcoin_otc", "bitcoin_alpha", "uc_messages", "pgp_strong_2009", "polblogs")
#: Everything that `Config.data` may be, other than a path.
NAMES = ("auto", "synthetic", "sarafu", *STORED)
#: How the name of a file ends that `read_network` reads.
SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, kw_only=True)
class Config:
    """One point: which network, and for a generated one how large.

    Raises
    ------
    InvalidInputError
        Naming the field, the value and the rule.
    """

    data: str = parameter(
        "auto",
        doc="which network: auto (bitcoin_otc where its file is under $PYBENCH_DATA, otherwise synthetic), synthetic, "
        "sarafu (licensed; your own copy), bitcoin_otc, bitcoin_alpha, uc_messages, pgp_strong_2009, polblogs, "
        "or the path of a .csv, .csv.gz or .parquet file",
    )
    source_column: str = parameter("source", doc="for a path: the column of the account that pays")
    target_column: str = parameter("target", doc="for a path: the column of the account that is paid")
    weight_column: str = parameter("", doc="for a path: the column of the amount, at least 0; empty: there is none")
    time_column: str = parameter(
        "", doc="for a path: the column of the time, in seconds since 1970 or ISO 8601; empty: there is none"
    )
    accounts: int = parameter(
        55_000,
        doc="for synthetic data: registered accounts; about three in four of them ever transact",
        unit="accounts",
        minimum=500,
        maximum=20_000_000,
    )
    community_size: int = parameter(
        500,
        doc="for synthetic data: mean number of accounts that mostly trade among themselves",
        minimum=20,
        unit="accounts",
    )
    reply_probability: float = parameter(
        0.74,
        doc="for synthetic data: probability that a regular account is paid back by a partner at least once",
        minimum=0.0,
        maximum=1.0,
    )
    null_models: str = parameter(
        "degree,dyad",
        doc="what random rewirings preserve: degree, the in- and out-degree of every account; dyad, besides, with how "
        "many others it is linked both ways; both side by side; or none",
        choices=("degree,dyad", "degree", "dyad", "none"),
    )
    null_samples: int = parameter(
        100,
        doc="random networks of each null model",
        unit="samples",
        minimum=2,
        maximum=1_000_000,
    )
    tries_per_link: float = parameter(
        5.0, doc="length of a chain of rewirings, rejected tries included", unit="tries per link", maximum=1e6
    )
    mixing_chains: int = parameter(
        20,
        doc="chains that are followed to 10 tries per link, to see how long a chain must be; below 2: none",
        unit="chains",
        minimum=0,
        maximum=100_000,
    )
    threads: int = parameter(1, doc="threads of the triad census and the null models; 0: all cores", minimum=0)

    def __post_init__(self) -> None:
        validate(self)
        if self.data not in NAMES and not self.data.lower().endswith(SUFFIXES):
            raise InvalidInputError(
                f"data is {self.data!r}: it must be one of {', '.join(NAMES)}, or a path that ends in "
                f"{', '.join(SUFFIXES)}"
            )
        if self.tries_per_link <= 0.0:
            raise InvalidInputError(f"tries_per_link is {self.tries_per_link!r}: it must be above 0")
        self._check_columns()

    @property
    def models(self) -> tuple[str, ...]:
        """The null models asked for, one by one."""
        return () if self.null_models == "none" else tuple(self.null_models.split(","))

    def _check_columns(self) -> None:
        columns = {
            name: getattr(self, name) for name in ("source_column", "target_column", "weight_column", "time_column")
        }
        if self.data in NAMES:
            for name, value in columns.items():
                if value != type(self).__dataclass_fields__[name].default:
                    raise InvalidInputError(
                        f"{name} is {value!r} with data {self.data!r}: it may be set for a path only"
                    )
            return
        for name in ("source_column", "target_column"):
            if not columns[name]:
                raise InvalidInputError(f"{name} is {columns[name]!r}: it must name a column")
        seen: dict[str, str] = {}
        for name, value in columns.items():
            if value and value in seen:
                raise InvalidInputError(f"{name} is {value!r}: it must differ from {seen[value]}")
            seen[value] = name


METHOD = Method(
    name="currency_network",
    title="Topological components of a currency network",
    summary="Which accounts of a payment network lie on cycles, where the others stand around them, in which triads.",
    paper=Paper(
        title="Topological components of a currency network",
        authors="T. Criscione",
        year=2024,
        identifier="arXiv:2409.13674",
        reconstruction=(
            "The abstract and the opening of the introduction could be read; the definitions of the component types, "
            "the cleaning of the data and every generator setting are our reconstruction."
        ),
    ),
    presets={
        "quick": Config(accounts=5_000, null_samples=40),
        "standard": Config(data="synthetic", accounts=20_000),
        "full": Config(data="synthetic", accounts=55_000, null_samples=1_000),
    },
)
