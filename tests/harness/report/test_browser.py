"""The report in a real browser: nothing is asked of any network, nothing is complained of, and it can be used."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pybench.harness.registry import RegisteredMethod
from pybench.harness.report.write import write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (360, 1280)
#: The name that the browser itself computes for everything that is an image.
NAMELESS = """() => [...document.querySelectorAll('img, [role=img]')]
  .filter((part) => !(part.getAttribute('aria-label') || part.getAttribute('alt') || '').trim()).length"""
LEVELS = "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((part) => Number(part.tagName[1]))"
GROUND = "() => getComputedStyle(document.body).backgroundColor"
UNNAMED_REGIONS = """() => [...document.querySelectorAll('[role=region]')]
  .filter((part) => part.tabIndex !== 0 || !part.getAttribute('aria-label')).length"""
#: Scroll areas that the keyboard cannot reach.
UNREACHABLE = """() => [...document.querySelectorAll('main *')].filter((part) =>
  part.scrollWidth > part.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(part).overflowX)
  && part.tabIndex !== 0).length"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the system's browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="driving a browser needs the extra test")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on PATH: `make .venv/.browser` installs it, or says how")
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page_file(sorting: RegisteredMethod, out: Path) -> Path:
    return Path(write_report([sorting], out).path)


@pytest.fixture
def open_page(browser: Any, page_file: Path) -> Iterator[Callable[..., Any]]:
    """Open the report; at the end hold it to its silence."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def start(width: int, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
        page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))")
        page.goto(page_file.as_uri())
        return page

    yield start
    for context in contexts:
        context.close()
    assert said == []
    assert set(asked) == {page_file.as_uri()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_and_everything_has_a_name(open_page: Callable[..., Any], width: int, scheme: str) -> None:
    page = open_page(width, color_scheme=scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    assert page.locator("svg[role=img]:visible").count() >= 3
    assert page.evaluate(NAMELESS) == 0
    assert page.evaluate(UNNAMED_REGIONS) == 0
    assert page.evaluate(UNREACHABLE) == 0
    levels = page.evaluate(LEVELS)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.evaluate("() => document.documentElement.lang") == "en"


@pytest.mark.parametrize("width", WIDTHS)
def test_contents_lead_there_by_keyboard(open_page: Callable[..., Any], width: int) -> None:
    page = open_page(width)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.hash") == "#sorting-speed":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("() => location.hash") == "#sorting-speed"
    page.wait_for_function("() => document.querySelector('#sorting-speed').getBoundingClientRect().top < 400")


def test_the_theme_follows_the_system_and_turns_by_keyboard(open_page: Callable[..., Any]) -> None:
    light, dark = open_page(1280, color_scheme="light"), open_page(1280, color_scheme="dark")
    grounds = light.evaluate(GROUND), dark.evaluate(GROUND)
    assert grounds[0] != grounds[1]
    button = dark.locator("#theme")
    assert button.get_attribute("aria-pressed") == "true"
    button.focus()
    dark.keyboard.press("Enter")
    assert dark.evaluate(GROUND) == grounds[0]
    assert button.get_attribute("aria-pressed") == "false"
    dark.keyboard.press("Space")
    assert dark.evaluate(GROUND) == grounds[1]


def test_greys_of_figures_turn_with_the_theme(open_page: Callable[..., Any]) -> None:
    colour = "() => getComputedStyle(document.querySelector('.plot use')).stroke"
    light, dark = (open_page(1280, color_scheme=scheme).evaluate(colour) for scheme in ("light", "dark"))
    assert (light, dark) == ("rgb(34, 34, 34)", "rgb(209, 209, 209)")


def test_it_is_read_without_script(open_page: Callable[..., Any]) -> None:
    page = open_page(360, java_script_enabled=False)
    assert page.locator("#theme").is_hidden()
    assert page.locator("#sorting-claims").is_visible()


def test_folded_parts_are_printed(open_page: Callable[..., Any]) -> None:
    page = open_page(1280)
    assert page.locator("details:not([open])").count() > 0
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
