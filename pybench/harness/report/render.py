"""The page: templates filled, style and script inlined and named by their hashes, sizes held."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from pybench.errors import InvalidInputError
from pybench.harness import wording
from pybench.harness.provenance import Provenance
from pybench.harness.report.page import MethodView
from pybench.harness.report.race_view import JobView, RaceView
from pybench.harness.statistics import LEVEL
from pybench.optional import require

__all__ = ["MAXIMUM_METHOD_BYTES", "render"]

#: What the page may take for each method.
MAXIMUM_METHOD_BYTES = 1_000_000
_MARKS = {"reproduced": "✓", "reproduced at smaller scale": "✓", "not reproduced": "✗", "not measured": "○"}


def render(methods: Sequence[MethodView]) -> bytes:
    """Return the page of some methods; the same methods give the same bytes.

    Raises
    ------
    InvalidInputError
        For a page larger than `MAXIMUM_METHOD_BYTES` a method.
    MissingPackageError
        Without jinja2.
    """
    environment = _environment()
    style, script = (_text(name) for name in ("style.css", "script.js"))
    origins = [origin for method in methods for origin in method.provenances]
    page = environment.get_template("page.html.j2").render(
        methods=methods,
        policy=_policy(style, script),
        style=environment.filters["trusted"](style),
        script=environment.filters["trusted"](script),
        level=f"{LEVEL:.0%}".replace("%", " %"),
        newest=max((origin.time for origin in origins), default=""),
        commits=_distinct(map(_commit, origins)),
        machines=_distinct(f"{origin.machine.get('cpu')}, {origin.machine.get('cores')} cores" for origin in origins),
        versions=_distinct(origin.build.get("version", "") for origin in origins),
        data=_distinct(method.data for method in methods),
    )
    content: bytes = page.encode()
    limit = MAXIMUM_METHOD_BYTES * max(1, len(methods))
    if len(content) > limit:
        raise InvalidInputError(
            f"the report has {len(content):,} bytes: it must have at most {limit:,}, "
            f"{MAXIMUM_METHOD_BYTES:,} for each of {len(methods)} methods"
        )
    return content


def _text(name: str) -> str:
    return (files("pybench.harness.report") / "templates" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Allow this style, this script and embedded images, and nothing else."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _environment() -> Any:
    jinja2, markupsafe = require("jinja2", extra="all"), require("markupsafe", extra="all")
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "bound": wording.bound,
        "code": lambda text: _with_code(text, markupsafe),
        "commit": _commit,
        "date": _date,
        "estimate": wording.estimate,
        "figure": wording.figure,
        "mark": lambda outcome: _MARKS.get(outcome, "–"),
        "mebibytes": lambda size: "" if size is None else f"{size / 2**20:.1f} MiB",
        "noise": wording.noise,
        "ratio": wording.ratio,
        "seconds": wording.seconds,
        "sentence": lambda text: text[:1].upper() + text[1:],
        "shows": lambda row: wording.shows(row.kind, row.comparison),
        "slug": lambda text: text.replace(" ", "-"),
        "trusted": markupsafe.Markup,
        "versions": wording.versions,
    }
    environment.globals |= {"parts": _parts, "loop_first": _opens}
    return environment


def _with_code(text: str, markupsafe: Any) -> Any:
    """Escape a text and set what stands between backticks as code."""
    return markupsafe.Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(markupsafe.escape(text))))


def _commit(origin: Provenance) -> str:
    if origin.commit is None:
        return "not known (an installed copy)"
    return origin.commit[:10] + (" with uncommitted changes" if origin.changed else "")


def _date(time: str) -> str:
    moment = datetime.datetime.fromisoformat(time).astimezone(datetime.UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _parts(method: MethodView) -> list[tuple[str, str]]:
    parts = [("claims", "Claims", bool(method.claims)), ("run", "Run", True), ("speed", "Speed", bool(method.jobs))]
    return [(name, title) for name, title, there in [*parts, ("provenance", "Provenance", True)] if there]


def _opens(view: RaceView, job: JobView) -> bool:
    """Whether a race is unfolded when the page opens: the first of its job."""
    return view is job.races[0]
