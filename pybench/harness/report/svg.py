"""SVG that may stand inside the page: known elements and attributes only, nothing that runs or loads, greys that turn.

Matplotlib draws on white. Here its white becomes the page's paper and its greys are given a second value for the dark
theme, so that text, axes and grids stay readable; colours stay as they are. A figure with an embedded image keeps its
white ground.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from pybench.errors import InvalidInputError

__all__ = ["MAXIMUM_FIGURE_BYTES", "has_image", "inline"]

#: What one figure may take of the page.
MAXIMUM_FIGURE_BYTES = 400_000
_MAXIMUM_SOURCE_BYTES = 8 << 20
#: A figure of more points than a portrait page has keeps its size on a phone and scrolls; others shrink to fit.
_WIDEST_ON_A_PHONE = 540.0
_MAXIMUM_DEPTH = 60

_ELEMENT_NAMES = """
    svg g defs path use rect circle ellipse line polyline polygon text tspan image clipPath linearGradient
    radialGradient stop pattern mask marker symbol
"""
_PRESENTATION_NAMES = """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset opacity stop-color stop-opacity clip-path clip-rule mask marker-start marker-mid
    marker-end text-anchor dominant-baseline font-size font-weight font-style image-rendering visibility
"""
_GEOMETRY_NAMES = """
    d x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy width height points transform viewBox preserveAspectRatio offset
    gradientUnits gradientTransform spreadMethod patternUnits patternTransform patternContentUnits clipPathUnits
    maskUnits maskContentUnits markerWidth markerHeight markerUnits orient refX refY
"""
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_PRESENTATION = frozenset(_PRESENTATION_NAMES.split())
_GEOMETRY = frozenset(_GEOMETRY_NAMES.split())
_DROPPED = frozenset({"metadata", "style", "title", "desc"})  # the style of matplotlib stands in the page's own
_IGNORED = frozenset({"version", "class", "type"})
_IGNORED_STYLE = frozenset({"white-space", "line-height", "font-family", "font-stretch", "font-variant"})
_FONT = re.compile(
    r"(?:(?P<style>italic|oblique)\s+)?(?:(?P<weight>bold|normal|[1-9]00)\s+)?(?P<size>[\d.]+(?:px|pt)?)\s"
)
_GREY = re.compile(r"#([0-9a-fA-F]{2})\1\1\Z|#([0-9a-fA-F])\2\2\Z")
_LOCAL = re.compile(r"url\(#([\w.:-]+)\)\Z")
_IMAGE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*\Z")
_REFERENCE = re.compile(r"#([\w.:-]+)")
_DECIMALS = re.compile(r"(\d\.\d{2})\d+")


def inline(source: bytes, *, name: str, label: str, described_by: str = "") -> str:
    """Return the SVG as an element of an HTML page, an image with a name for those who cannot see it.

    Parameters
    ----------
    name
        Its ids begin with it, so that those of several figures never meet; errors name it.
    label
        Its accessible name.
    described_by
        The id of the element that describes it; empty for none.

    Raises
    ------
    InvalidInputError
        Naming the figure and the rule: for what is no SVG, an element, attribute or address that may not stand here,
        or a figure over `MAXIMUM_FIGURE_BYTES`.
    """
    root = _parse(source, name)
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    head = {"role": "img", "aria-label": label, "focusable": "false"}
    if _width(root, name) > _WIDEST_ON_A_PHONE:
        head["class"] = "wide"
    if described_by:
        head["aria-describedby"] = described_by
    used = dict.fromkeys(_REFERENCE.findall(source.decode(errors="replace")))
    short = {identifier: f"{name}-{number}" for number, identifier in enumerate(used)}
    writer = _Writer(name=name, keeps_greys=has_image(source), short=short)
    markup = "".join(writer.write(root, head, 0))
    size = len(markup.encode())
    if size > MAXIMUM_FIGURE_BYTES:
        raise InvalidInputError(f"figure {name} has {size:,} bytes: it must have at most {MAXIMUM_FIGURE_BYTES:,}")
    return markup


def _width(root: ElementTree.Element, name: str) -> float:
    box = root.attrib.get("viewBox", "").split()
    try:
        _, _, width, _ = map(float, box)
    except ValueError as error:
        raise InvalidInputError(
            f"figure {name}: its svg has the viewBox {' '.join(box)!r}: it must have one of four numbers"
        ) from error
    return width


def has_image(source: bytes) -> bool:
    """Return whether an SVG embeds an image, whose colours cannot follow the theme."""
    return b"<image" in source


def _parse(source: bytes, name: str) -> ElementTree.Element:
    if len(source) > _MAXIMUM_SOURCE_BYTES:
        raise InvalidInputError(
            f"figure {name} has {len(source):,} bytes: it must have at most {_MAXIMUM_SOURCE_BYTES:,}"
        )
    if b"<!ENTITY" in source:
        raise InvalidInputError(f"figure {name}: it must declare no entities")
    try:
        root = ElementTree.fromstring(source)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InvalidInputError(f"figure {name} must be SVG: {error}") from error
    if _local(root.tag) != "svg":
        raise InvalidInputError(f"figure {name}: its root is {_local(root.tag)!r}: it must be 'svg'")
    return root


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Writes the elements of one figure."""

    name: str
    keeps_greys: bool
    short: dict[str, str]
    """The ids that something refers to, as they are named in the page; the others are left out."""

    def write(self, element: ElementTree.Element, head: dict[str, str], depth: int) -> Iterator[str]:
        """Yield an element and all that it holds; `head` is added to its attributes."""
        tag = _local(element.tag)
        if tag in _DROPPED:
            return
        if tag not in _ELEMENTS:
            raise self._refusal(f"element {tag!r} may not stand in the page")
        if depth > _MAXIMUM_DEPTH:
            raise self._refusal(f"its elements are nested deeper than {_MAXIMUM_DEPTH}")
        attributes = {**dict(self._attributes(element, tag)), **head}
        bare = tag in ("g", "defs") and not attributes
        if bare and (tag == "g" or len(element) == 0):  # it groups for matplotlib's sake only
            for child in element:
                yield from self.write(child, {}, depth + 1)
            return
        yield f"<{tag}" + "".join(f' {key}="{escape(value)}"' for key, value in attributes.items()) + ">"
        worded = tag in ("text", "tspan")
        if worded and element.text:
            yield escape(element.text)
        for child in element:
            yield from self.write(child, {}, depth + 1)
            if worded and child.tail:
                yield escape(child.tail)
        yield f"</{tag}>"

    def _attributes(self, element: ElementTree.Element, tag: str) -> Iterator[tuple[str, str]]:
        for key, value in element.attrib.items():
            attribute = _local(key)
            if attribute == "id":
                if value in self.short:
                    yield "id", self.short[value]
            elif attribute == "href":
                yield "href", self._address(value, tag)
            elif attribute == "style":
                for declared, text in self._declarations(value):
                    yield declared, self._painted(declared, text)
            elif attribute in _PRESENTATION:
                yield attribute, self._painted(attribute, value)
            elif attribute in _GEOMETRY:
                self._refuse_address(attribute, value)
                if not (attribute == "transform" and value.startswith("rotate(-0 ")):
                    rounded = value if attribute == "transform" else _DECIMALS.sub(r"\1", value)
                    yield attribute, " ".join(rounded.split())
            elif attribute not in _IGNORED:
                raise self._refusal(f"attribute {attribute!r} of {tag!r} may not stand in the page")

    def _address(self, value: str, tag: str) -> str:
        if value.startswith("#") and value[1:] in self.short:
            return f"#{self.short[value[1:]]}"
        if tag == "image" and _IMAGE.match(value):
            return value
        raise self._refusal(f"address {value[:60]!r} of {tag!r} must be '#id' or an embedded PNG or JPEG")

    def _declarations(self, style: str) -> Iterator[tuple[str, str]]:
        """Yield the declarations of a style attribute, which the page's policy would not apply, as attributes."""
        for declaration in filter(None, map(str.strip, style.split(";"))):
            key, _, text = (part.strip() for part in declaration.partition(":"))
            if key == "font":
                font = _FONT.match(text)
                if font is None:
                    raise self._refusal(f"font {text[:60]!r} must be a size and a family")
                for part in ("style", "weight", "size"):
                    if font[part]:
                        yield f"font-{part}", font[part]
            elif key in _PRESENTATION or key == "transform":
                yield key, text
            elif key not in _IGNORED_STYLE:
                raise self._refusal(f"style {key!r} may not stand in the page")

    def _painted(self, key: str, value: str) -> str:
        local = _LOCAL.match(value)
        if local and local[1] in self.short:
            return f"url(#{self.short[local[1]]})"
        self._refuse_address(key, value)
        grey = None if self.keeps_greys else _GREY.match(value)
        if grey is None:
            return value
        light = int(grey[1] or grey[2] * 2, 16)
        if light == 255:
            return "var(--paper)"
        dark = round(237 - 0.82 * light)
        return f"light-dark({value},#{dark:02x}{dark:02x}{dark:02x})"

    def _refuse_address(self, key: str, value: str) -> None:
        if "url(" in value.lower() or ":" in value or "\\" in value:
            raise self._refusal(f"{key} is {value[:60]!r}: it must name nothing outside the figure")

    def _refusal(self, text: str) -> InvalidInputError:
        return InvalidInputError(f"figure {self.name}: {text}")
