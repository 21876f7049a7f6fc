"""What may stand in the page of an SVG, and how it comes out."""

from __future__ import annotations

import re

import pytest

from pybench.errors import InvalidInputError
from pybench.harness.report import svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def inline(inside: str, name: str = "f") -> str:
    return svg.inline(f"{HEAD}{inside}</svg>".encode(), name=name, label='a "label"')


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<script>alert(1)</script>", "element 'script' may not stand"),
        ("<foreignObject/>", "element 'foreignObject'"),
        ("<a href='#x'><path d='M 0 0'/></a>", "element 'a'"),
        ("<animate attributeName='x'/>", "element 'animate'"),
        ("<g onclick='alert(1)'/>", "attribute 'onclick' of 'g'"),
        ("<g ONLOAD='alert(1)'/>", "attribute 'ONLOAD'"),
        ("<use href='other.svg#x'/>", "address 'other.svg#x' of 'use'"),
        ("<use xlink:href='data:image/svg+xml,x'/>", "address 'data:image"),
        ("<image href='http://a/b.png'/>", "address 'http://a/b.png' of 'image'"),
        ("<image href='data:image/svg+xml;base64,AAAA'/>", "address 'data:image/svg"),
        ("<path fill='url(http://a#b)'/>", "fill is 'url"),
        ("<path style='fill: url(x.svg#b)'/>", "fill is 'url"),
        ("<path style='fill: URL(#nothing)'/>", "fill is 'URL"),
        ("<path style='background: red'/>", "style 'background'"),
        ("<path style='fill: \\75rl(x)'/>", "must name nothing outside"),
        ("<g>" * 100 + "</g>" * 100, "nested deeper than"),
        ("<g>", "must be SVG"),
    ],
)
def test_what_runs_or_loads_is_refused(inside: str, text: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"figure f\b.*{re.escape(text)}"):
        inline(inside)


def test_entities_are_refused() -> None:
    source = b'<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1"/>'
    with pytest.raises(InvalidInputError, match="must declare no entities"):
        svg.inline(source, name="f", label="")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (b"<p/>", "its root is 'p'"),
        (b"<svg/>", "viewBox '': it must have one of four numbers"),
        (b'<svg viewBox="0 0 a 1"/>', "viewBox '0 0 a 1'"),
        (b"x", "must be SVG"),
    ],
)
def test_what_is_no_drawing_is_refused(source: bytes, text: str) -> None:
    with pytest.raises(InvalidInputError, match=text):
        svg.inline(source, name="f", label="")


def test_a_figure_over_its_budget_is_refused_by_name_size_and_limit() -> None:
    with pytest.raises(InvalidInputError, match=r"figure f has [\d,]+ bytes: it must have at most 400,000"):
        inline("<text>" + "x" * 400_000 + "</text>")


def test_a_source_of_any_size_is_not_parsed() -> None:
    with pytest.raises(InvalidInputError, match="it must have at most 8,388,608"):
        svg.inline(b" " * (9 << 20), name="f", label="")


def test_it_has_a_name_and_its_label_is_escaped() -> None:
    assert inline("").startswith('<svg viewBox="0 0 9 9" role="img" aria-label="a &quot;label&quot;"')


def test_ids_of_two_figures_never_meet() -> None:
    inside = "<defs><path id='m' d='M 0 0'/><clipPath id='c'/></defs><g clip-path='url(#c)'><use xlink:href='#m'/></g>"
    first, second = inline(inside, "one"), inline(inside, "two")
    ids = [set(re.findall(r'id="([^"]+)"', page)) for page in (first, second)]
    assert len(ids[0]) == 2
    assert not ids[0] & ids[1]
    assert set(re.findall(r"#(one-\d+)", first)) == ids[0]


def test_greys_turn_with_the_theme_white_is_paper_and_colours_stay() -> None:
    page = inline("<path style='fill: #ffffff; stroke: #222222'/><path fill='#0072b2' stroke='#000'/>")
    assert 'fill="var(--paper)" stroke="light-dark(#222222,#d1d1d1)"' in page
    assert 'fill="#0072b2" stroke="light-dark(#000,#ededed)"' in page
    assert "style=" not in page


def test_a_figure_with_an_image_keeps_its_colours() -> None:
    page = inline("<image href='data:image/png;base64,AAAA'/><path fill='#ffffff'/>")
    assert 'fill="#ffffff"' in page


def test_texts_are_escaped_and_numbers_rounded() -> None:
    page = inline("<text style=\"font: italic bold 10px 'A B', serif\">a &lt;b&gt; &amp;</text><path d='M 1.23456 2'/>")
    assert 'font-style="italic" font-weight="bold" font-size="10px">a &lt;b&gt; &amp;</text>' in page
    assert 'd="M 1.23 2"' in page


@pytest.mark.parametrize(("width", "wide"), [(540, False), (541, True)])
def test_a_figure_wider_than_a_portrait_page_is_marked(width: int, wide: bool) -> None:
    source = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 9"/>'.encode()
    assert ('class="wide"' in svg.inline(source, name="f", label="l")) is wide
