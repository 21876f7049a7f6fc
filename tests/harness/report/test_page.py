"""What the page says, of good files, missing ones and hostile ones."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pybench.errors import InvalidInputError, MissingPackageError
from pybench.harness.registry import RegisteredMethod
from pybench.harness.report import charts, render
from pybench.harness.report.write import write_report

Report = Callable[[Path], str]


class Outline(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_it_says_what_was_measured(out: Path, report: Report) -> None:
    text = Outline(report(out)).text
    assert "1 not reproduced" in text
    assert "1 not testable here" in text
    assert "1 not measured" in text
    assert "12.3× faster than stable (sorter 1.17) (11.1–13), count=1000" in text
    assert "1 [0.5, 1.5] on synthetic" in text
    assert "12.3 [11.1, 13]" in text
    assert "at least 2,000" in text
    assert "sorted runs" in text
    assert "A. Nobody (2000)" in text
    assert "pybench claims sorting measures it" in text.replace("  ", " ")


def test_nothing_of_it_comes_from_elsewhere(out: Path, report: Report) -> None:
    page = report(out)
    assert re.findall(r"https?:|//\w+\.|@import|url\((?!#)|src=|xmlns", page.replace("&lt;img src=x", "")) == []
    assert "secret" not in page
    assert "default-src &#39;none&#39;" in page


def test_texts_of_files_come_out_as_text(out: Path, report: Report) -> None:
    page = report(out)
    outline = Outline(page)
    assert outline.tags.count("script") == 1
    assert outline.tags.count("img") == 0
    assert [name for name, _ in outline.attributes if name.startswith("on") or name == "style"] == []
    assert page.count("<script") == page.count("</script>") == 1
    assert html.unescape("alert(2)") in outline.text


def test_ids_are_unique_and_links_lead_somewhere(out: Path, report: Report) -> None:
    outline = Outline(report(out))
    assert len(set(outline.ids)) == len(outline.ids)
    targets = {value[1:] for name, value in outline.attributes if name == "href" and value}
    assert targets <= set(outline.ids)
    named = [value for name, value in outline.attributes if name in ("aria-labelledby", "aria-describedby")]
    assert set(named) <= set(outline.ids)


def test_headings_are_in_order(out: Path, report: Report) -> None:
    levels = [int(tag[1]) for tag in Outline(report(out)).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_same_files_give_the_same_bytes(out: Path, report: Report) -> None:
    first = report(out)
    assert report(out) == first


def test_an_empty_folder_gives_a_page_that_says_how_to_fill_it(
    sorting: RegisteredMethod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = write_report([sorting], tmp_path / "none")
    text = Outline(Path(written.path).read_text()).text
    assert "3 not measured" in text
    for command in ("pybench run sorting", "pybench claims sorting", "pybench race sorting --workload sort"):
        assert command in text
    assert len(written.missing["sorting"]) == 3


def test_a_file_alone_is_enough(out: Path, report: Report) -> None:
    (out / "sorting" / "run.json").unlink()
    (out / "sorting" / "claims.json").unlink()
    text = Outline(report(out)).text
    assert "12.3× faster" in text
    assert "Not run;" in text


def test_what_the_method_does_not_know_is_said(out: Path, report: Report, change: Callable[..., None]) -> None:
    change("races", lambda value: value["races"][0].update(revision=1))
    change("claims", lambda value: value["verdicts"][0].update(claim="older"))
    text = Outline(report(out)).text
    assert "races.json has 'sort' revision 1, which the method lacks" in text
    assert "claims.json has claim 'older', which the method lacks" in text
    assert "12.3× faster" not in text


def test_without_matplotlib_the_page_has_its_tables_and_says_so(
    out: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(module: str, *, extra: str) -> Any:
        raise MissingPackageError(f"package {module!r} is not usable here")

    monkeypatch.setattr(charts, "require", absent)
    text = Outline(report(out)).text
    assert "charts are left out, their numbers stand in the tables" in text
    assert "12.3 [11.1, 13]" in text


def test_a_page_over_its_size_is_refused_and_the_old_one_stays(
    out: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = report(out)
    monkeypatch.setattr(render, "MAXIMUM_METHOD_BYTES", 5_000)
    with pytest.raises(InvalidInputError, match=r"the report has [\d,]+ bytes: it must have at most 5,000"):
        report(out)
    assert (out / "report.html").read_text() == before
    assert sorted(path.name for path in out.iterdir()) == ["report.html", "sorting"]
