"""The choices of a run, and the card of the method."""

from __future__ import annotations

from dataclasses import dataclass

from pybench.errors import InvalidInputError
from pybench.harness.fields import parameter, validate
from pybench.harness.method import Method, Paper

__all__ = ["DATA", "METHOD", "SCHEMES", "Config"]

#: As `pybench.kernels.draft.SCHEMES`, which is not imported here to keep this file light; a test compares them.
SCHEMES = (
    "optimal",
    "importance",
    "k_seq",
    "recursive",
    "recursive_without_replacement",
    "token_matching",
    "greedy",
    "single",
    "top_k",
)
#: What `Config.data` may be.
DATA = ("synthetic", "gemma", "recorded")


@dataclass(frozen=True, kw_only=True)
class Config:
    """One point: which models, which drafts, which verification.

    Raises
    ------
    InvalidInputError
        Naming the field, the value and the rule.
    """

    data: str = parameter(
        "synthetic",
        doc="the laws: synthetic (generated, LLM-like), gemma (Gemma 3 270M on real prompts; extra gemma) or recorded "
        "(a folder of logged logits)",
        choices=DATA,
    )
    scheme: str = parameter("optimal", doc="verification of the drafts of one position", choices=SCHEMES)
    alphabet_size: int = parameter(
        40,
        doc="for the scheme importance, also where schemes are compared: tokens that are ordered",
        unit="tokens",
        minimum=1,
        maximum=2**24,
    )
    program_size: int = parameter(
        5,
        doc="for the scheme importance: of how many of these the pairs' weights are solved for; more than the alphabet "
        "holds means all of it",
        unit="tokens",
        minimum=1,
        maximum=64,
    )
    verification: str = parameter(
        "tokens",
        doc="tokens: position by position with the scheme; block: a whole sequence at once, for one draft",
        choices=("tokens", "block"),
    )
    draft_count: int = parameter(
        4, doc="draft sequences of a round, K; with adaptive the most", unit="sequences", minimum=1, maximum=256
    )
    draft_length: int = parameter(
        4, doc="tokens of a draft sequence, L; 1 for recorded data", unit="tokens", minimum=1, maximum=64
    )
    temperature: float = parameter(1.0, doc="of the target", minimum=0.01, maximum=100.0)
    draft_temperature: float = parameter(
        1.2, doc="of the draft; with adaptive that of the law which is calibrated", minimum=0.01, maximum=100.0
    )
    top_k: int = parameter(0, doc="only the most probable tokens of each law; 0: all", unit="tokens", minimum=0)
    top_p: float = parameter(
        1.0, doc="only the most probable tokens of each law that have this mass together", minimum=0.001, maximum=1.0
    )
    adaptive: bool = parameter(
        False, doc="choose K and the draft temperature of each round by the tokens they are predicted to gain"
    )
    adaptive_temperatures: str = parameter(
        "1.0,1.2,1.6", doc="for adaptive: draft temperatures that may be chosen, with commas between"
    )
    draft_cost: float = parameter(
        0.05, doc="cost of one draft token", unit="calls of the target", minimum=0.0, maximum=10.0
    )
    prompts: int = parameter(32, doc="requests", unit="requests", minimum=2, maximum=1_000_000)
    new_tokens: int = parameter(
        32, doc="tokens that each request puts out at least; rounds are whole", unit="tokens", minimum=1, maximum=4096
    )
    batch: int = parameter(8, doc="requests that are decoded together", unit="requests", minimum=1, maximum=4096)
    compared_positions: int = parameter(
        2,
        doc="positions of each request at whose laws every scheme is compared; 0: none",
        unit="positions",
        minimum=0,
        maximum=4096,
    )
    compared_samples: int = parameter(
        20,
        doc="draws at each of them for a scheme without a closed form; 0: such schemes are left out",
        unit="draws",
        minimum=0,
        maximum=1_000_000,
    )
    vocabulary_size: int = parameter(1_000, doc="for synthetic data: tokens", unit="tokens", minimum=2, maximum=262_144)
    quality: float = parameter(
        0.9,
        doc="for synthetic data: correlation of the noise of the draft's and the target's logits; 1: the same law",
        minimum=0.0,
        maximum=1.0,
    )
    sharpness: float = parameter(
        3.0, doc="for synthetic data: median standard deviation of that noise", minimum=0.0, maximum=20.0
    )
    exponent: float = parameter(
        1.3, doc="for synthetic data: exponent of the Zipf law of the tokens", minimum=0.0, maximum=5.0
    )
    draft: str = parameter(
        "early_exit",
        doc="for gemma: the draft model: early_exit (its first layers, through the final norm and head), temperature "
        "(itself; only the temperatures differ) or ngram (trigrams counted in other text)",
        choices=("early_exit", "temperature", "ngram"),
    )
    exit_layer: int = parameter(
        16, doc="for gemma with early_exit: layers of the draft, of 18", unit="layers", minimum=1, maximum=17
    )
    text: str = parameter(
        "wikitext2",
        doc="for gemma: what the prompts are from; the n-grams are counted in another part of it",
        choices=("wikitext2", "tinyshakespeare"),
    )
    prompt_tokens: int = parameter(
        48, doc="for gemma: tokens of a prompt, the begin token among them", unit="tokens", minimum=2, maximum=1024
    )
    recording: str = parameter("", doc="for recorded data: the folder; see simulators.multi_draft.recorded")
    recorded_draft: int = parameter(
        0, doc="for recorded data: which of the logged draft models, from 0", minimum=0, maximum=4096
    )
    threads: int = parameter(1, doc="threads of the kernels; 0: all cores", minimum=0, maximum=1024)

    def __post_init__(self) -> None:
        validate(self)
        if self.verification == "block" and (self.draft_count != 1 or self.adaptive):
            raise InvalidInputError(
                f"verification is 'block' with draft_count {self.draft_count} and adaptive {self.adaptive}: block "
                "verification is of one draft: draft_count must be 1 and adaptive False"
            )
        if self.scheme == "single" and self.draft_count != 1:
            raise InvalidInputError(f"draft_count is {self.draft_count}: it must be 1 with scheme 'single'")
        if self.data == "recorded":
            if not self.recording:
                raise InvalidInputError("recording is '': it must name a folder with data 'recorded'")
            if self.draft_length != 1 or self.adaptive or self.verification == "block":
                raise InvalidInputError(
                    f"draft_length is {self.draft_length}, adaptive {self.adaptive}, verification "
                    f"{self.verification!r} with data 'recorded': a log has laws at its own tokens only, so they must "
                    "be 1, False and 'tokens'"
                )
            for name in ("temperature", "draft_temperature", "top_k", "top_p"):
                if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                    raise InvalidInputError(
                        f"{name} is {getattr(self, name)!r} with data 'recorded': the log's own is used; leave it out"
                    )
        elif self.recording:
            raise InvalidInputError(f"recording is {self.recording!r} with data {self.data!r}: it is for 'recorded'")
        _ = self.choosable_temperatures

    @property
    def choosable_temperatures(self) -> tuple[float, ...]:
        """The draft temperatures that `adaptive` chooses from."""
        try:
            values = tuple(float(part) for part in self.adaptive_temperatures.split(","))
        except ValueError:
            values = ()
        if not values or not all(0.01 <= value <= 100.0 for value in values):
            raise InvalidInputError(
                f"adaptive_temperatures is {self.adaptive_temperatures!r}: it must be numbers of [0.01, 100] with "
                "commas between"
            )
        return values


METHOD = Method(
    name="multi_draft",
    title="Multi-draft speculative sampling",
    summary="How many tokens a call of a language model yields when several drafts are verified at once, and at best.",
    paper=Paper(
        title="Multi-Draft Speculative Sampling: Canonical Decomposition and Theoretical Limits",
        authors="A. Khisti, M. R. Ebrahimi, H. Dbouk, A. Behboodi, R. Memisevic, C. Louizos",
        year=2025,
        identifier="arXiv:2410.18234",
        reconstruction=(
            "The abstract, its tables as others transcribed them and its reviews could be read; the body of the paper "
            "could not. The truncation of its linear program is our reconstruction, the optimal verifier at full "
            "vocabulary our own derivation, and models, texts and every generator setting are ours."
        ),
    ),
    presets={
        "quick": Config(),
        "standard": Config(data="synthetic", vocabulary_size=32_000, prompts=200, compared_positions=4),
        "full": Config(
            data="gemma", prompts=200, new_tokens=64, batch=16, compared_positions=8, vocabulary_size=262_144
        ),
    },
)
