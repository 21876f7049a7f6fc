"""docs/pacer.md works as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.native

PAGE = Path(__file__).parents[2] / "docs" / "pacer.md"


def test_all_snippets_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed: list[tuple[Any, ...]] = []
    names: dict[str, Any] = {"print": lambda *values: printed.append(values)}
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    for number, text in enumerate(snippets, 1):
        exec(compile(text, f"{PAGE.name}, snippet {number}", "exec"), names)
    assert len([line for line in snippets[0].splitlines() if line.strip()]) <= 15
    (sentence,), segments, (expired,) = printed
    spent = re.fullmatch(r"(\d+) of 1600 spent, (\d+) won", sentence)
    assert spent is not None
    assert 1500 <= int(spent[1]) <= 1600
    assert segments == (48, 24)
    assert expired == [2]
    assert names["pacer"].budget == 1_800.0
