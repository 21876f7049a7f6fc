"""docs/decoding-loop.md works as it stands, and its loop has the law of the target."""

import re
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the page needs torch, of the extra multi_draft")
pytest.importorskip("transformers", reason="the page needs transformers, of the extra multi_draft")
stats = pytest.importorskip("scipy.stats", reason="the chi-square test needs scipy, of the extra multi_draft")

PAGE = Path(__file__).parents[3] / "docs" / "decoding-loop.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Run the page's snippets in order, in one namespace, and return it with what was printed."""
    names, printed = {}, []
    # On tensors this small a second thread only waits.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    names["print"] = lambda *values: printed.append(" ".join(map(str, values)))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for number, text in enumerate(re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)):
            exec(compile(text, f"{PAGE.name}, snippet {number + 1}", "exec"), names)
        names["rows"] = Path("profile.csv").read_text().splitlines()
    torch.set_num_threads(threads)
    return names | {"printed": printed}


def test_all_snippets_run(page):
    assert re.fullmatch(r"[123]\.\d\d tokens a call of the target", page["printed"][0])
    assert page["printed"][1].startswith("torch.Size([2, 44]) ")
    assert page["printed"][2].startswith("500 positions, 4 drafts; ")
    assert len(page["rows"]) == 501


def test_the_loop_saves_calls(page):
    tokens, calls = page["decode"]([7], 300)
    assert len(tokens) == 301
    assert calls < 300 / 1.5


def test_the_loop_has_the_law_of_the_target(page):
    """The first three tokens of many requests, against the chain's own laws."""
    runs = np.array([page["decode"]([7], 3, draft_length=2, request=request)[0] for request in range(4_000)])
    table = page["target_table"].astype(float)
    chain = np.exp(table) / np.exp(table).sum(axis=1, keepdims=True)
    law = np.eye(50)[7]
    for step in (1, 2, 3):
        law = law @ chain
        assert fits(np.bincount(runs[:, step], minlength=50), law)
    assert fits(np.bincount(runs[:, 1] * 50 + runs[:, 2], minlength=2500), (chain[7][:, None] * chain).ravel())
    assert not fits(np.bincount(runs[:, 2], minlength=50), np.eye(50)[7] @ chain)


def fits(counts, law):
    """Tell whether a chi-square test, its cells of fewer than 5 taken together, finds nothing at 1e-6."""
    expected = law * counts.sum()
    many = expected >= 5
    observed, expected = (np.append(part[many], part[~many].sum()) for part in (counts, expected))
    kept = expected > 0
    return stats.chisquare(observed[kept], expected[kept]).pvalue > 1e-6
