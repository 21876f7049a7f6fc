"""Replaying a log: the kernels' acceptances at each position, whatever the form of the arrays, and their means."""

import csv
import re

import numpy as np
import pytest

from pybench.kernels.draft import acceptance, estimate_acceptance, probabilities
from simulators.multi_draft import profile
from simulators.multi_draft.profile import PROFILED, profile_logits

POSITIONS, VOCABULARY = 300, 40


def make_log(seed=0, positions=POSITIONS, vocabulary=VOCABULARY, temperature=1.0, dtype=np.float32):
    """Return logits of a draft near its target, and tokens sampled from the target."""
    random = np.random.default_rng(seed)
    target = random.normal(0, 2.5, (positions, vocabulary)).astype(dtype)
    draft = (target + random.normal(0, 1, target.shape)).astype(dtype)
    noise = random.gumbel(size=target.shape)
    return draft, target, (target / temperature + noise).argmax(axis=1)


@pytest.fixture(scope="module")
def log():
    return make_log()


def same(first, second):
    return all(np.array_equal(first.acceptance[name], second.acceptance[name]) for name in first.acceptance)


def test_it_is_what_the_kernels_say_of_each_position(log):
    draft, target, tokens = log
    found = profile_logits(draft, target, tokens, draft_count=3)
    assert set(found.acceptance) == set(PROFILED)
    p, q = probabilities(draft), probabilities(target)
    for name, values in found.acceptance.items():
        assert np.array_equal(values, [acceptance(*pair, 3, name) for pair in zip(p, q, strict=True)])


def test_temperature_top_k_and_top_p_are_the_servers(log):
    draft, target, tokens = log
    options = {"top_k": 9, "top_p": 0.8}
    found = profile_logits(draft, target, tokens, temperature=1.2, draft_temperature=1.5, schemes="k_seq", **options)
    p, q = probabilities(draft, temperature=1.5, **options), probabilities(target, temperature=1.2, **options)
    assert np.array_equal(found.acceptance["k_seq"], acceptance(p, q, 4, "k_seq"))
    assert set(found.acceptance) == {"optimal", "k_seq"}


def test_what_has_no_closed_form_is_simulated(log):
    draft, target, tokens = (part[:5] for part in log)
    found = profile_logits(draft, target, tokens, schemes=["recursive_without_replacement"], samples=4_000)
    exact = acceptance(probabilities(draft), probabilities(target), 4, "optimal")
    value, error = estimate_acceptance(
        probabilities(draft), probabilities(target), 4, "recursive_without_replacement", samples=4_000, seed=99
    )
    difference = found.acceptance["recursive_without_replacement"] - value
    assert (np.abs(difference) < 8 * error + 1e-9).all()
    assert np.array_equal(found.acceptance["optimal"], exact)


def test_chunks_do_not_show(log, monkeypatch):
    whole = profile_logits(*log)
    for rows in (1, 7, 299):
        monkeypatch.setattr(profile, "_CHUNK", rows * VOCABULARY)
        parts = profile_logits(*log)
        assert same(whole, parts)
        assert parts.alignment.log_likelihood == whole.alignment.log_likelihood


def test_files_in_memory_maps_and_half_precision(log, tmp_path):
    draft, target, tokens = log
    for dtype in (np.float16, np.float32, np.float64):
        for name, values in (("draft", draft), ("target", target)):
            np.save(tmp_path / name, values.astype(dtype))
        mapped = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("draft", "target")]
        wide = np.float64 if dtype == np.float64 else np.float32
        plain = [values.astype(dtype).astype(wide) for values in (draft, target)]
        assert same(profile_logits(*mapped, tokens), profile_logits(*plain, tokens))


def test_tensors(log):
    torch = pytest.importorskip("torch", reason="tensors need torch, of the extra multi_draft")
    draft, target = (torch.from_numpy(part).bfloat16() for part in log[:2])
    expected = profile_logits(draft.float().numpy(), target.float().numpy(), log[2])
    assert same(profile_logits(draft, target, torch.from_numpy(log[2])), expected)


def test_no_scheme_of_independent_drafts_is_above_the_optimum(log):
    found = profile_logits(*log)
    for name in ("k_seq", "recursive", "token_matching", "single"):
        assert (found.gap(name) >= -1e-9).all()
    assert [row.scheme for row in found.rows][-1] in ("single", "token_matching")
    assert all(row.acceptance_low <= row.acceptance <= row.acceptance_high for row in found.rows)
    assert {row.scheme: row.gap for row in found.rows}["optimal"] == 0.0


def test_threads_change_nothing(log):
    assert same(profile_logits(*log), profile_logits(*log, threads=2))


def test_intervals_are_those_of_a_mean(log):
    """Positions of this log are independent, so blocks change nothing and the interval is the normal one."""
    found = profile_logits(*make_log(positions=2_000), schemes=("single",), block_length=5)
    (row,) = [row for row in found.rows if row.scheme == "single"]
    half = 1.96 * found.acceptance["single"].std() / np.sqrt(2_000)
    assert row.acceptance_high - row.acceptance_low == pytest.approx(2 * half, rel=0.12)


def test_blocks_see_that_neighbours_are_alike():
    """Each position stands five times in a row: the interval must be that of a fifth of the positions."""
    draft, target, tokens = (np.repeat(part, 5, axis=0) for part in make_log(positions=400))
    widths = []
    for block in (1, 40):
        (row,) = profile_logits(draft, target, tokens, schemes=(), block_length=block).rows
        widths.append(row.acceptance_high - row.acceptance_low)
    assert widths[1] / widths[0] == pytest.approx(np.sqrt(5), rel=0.2)


def test_a_log_of_one_position_has_no_interval():
    (row,) = profile_logits(*make_log(positions=1), schemes=()).rows
    assert np.isnan(row.acceptance_low)
    assert 0 < row.acceptance <= 1


def test_the_table_is_compact(log):
    text = str(profile_logits(*log))
    lines = text.splitlines()
    assert len(lines) == 3 + len(PROFILED)
    assert max(map(len, lines)) <= 120
    assert re.match(r"300 positions, 4 drafts; 95 % intervals", lines[0])
    assert lines[3].startswith("optimal") or lines[3].startswith("greedy")


def test_the_file_holds_every_position(log, tmp_path):
    found = profile_logits(*log)
    found.to_csv(tmp_path / "profile.csv")
    with (tmp_path / "profile.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["token"]) for row in rows] == log[2].tolist()
    assert [float(row["optimal"]) for row in rows] == found.acceptance["optimal"].tolist()
    assert [path.name for path in tmp_path.iterdir()] == ["profile.csv"]


def test_nothing_half_written_is_left(log, tmp_path, monkeypatch):
    found = profile_logits(*log)
    (tmp_path / "profile.csv").write_text("as it was")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(OSError, match="no space"):
        found.to_csv(tmp_path / "profile.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("profile.csv", "as it was")]


def test_progress_goes_up_to_one(log, monkeypatch):
    monkeypatch.setattr(profile, "_CHUNK", 20 * VOCABULARY)
    heard = []
    profile_logits(*log, progress=lambda done, step: heard.append((done, step)))
    fractions = [done for done, _ in heard]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert len(fractions) == 31
