"""What is derived of an ensemble: z-scores that are never NaN, p-values, profiles."""

from __future__ import annotations

import numpy as np
import pytest

from pybench.kernels.graph import CONNECTED_TRIADS, NULL_STATISTICS, Digraph, MixingCurve, NullEnsemble, null_ensemble

COUNT = len(NULL_STATISTICS)


def ensemble(observed: int, samples: list[int]) -> NullEnsemble:
    """One in which every statistic has the same numbers."""
    return NullEnsemble(
        "degree",
        10,
        np.full(COUNT, observed, dtype=np.int64),
        np.repeat(np.array(samples, dtype=np.int64)[:, None], COUNT, axis=1),
        np.full(len(samples), 0.5),
    )


def test_z_and_p_by_hand() -> None:
    found = ensemble(9, [1, 2, 3, 4, 10]).of("030T")
    assert found["mean"] == 4.0
    assert found["standard_deviation"] == pytest.approx(np.sqrt(12.5))
    assert found["z"] == pytest.approx(5 / np.sqrt(12.5))
    assert found["p_at_least"] == pytest.approx(2 / 6)
    assert found["p_at_most"] == pytest.approx(5 / 6)
    assert found["p"] == pytest.approx(4 / 6)
    assert found["constant"] is False


@pytest.mark.parametrize(("observed", "z"), [(7, 0.0), (8, np.inf), (6, -np.inf)])
def test_samples_that_agree_are_reported(observed: int, z: float) -> None:
    found = ensemble(observed, [7, 7, 7])
    assert found.constant.all()
    assert (found.standard_deviation == 0.0).all()
    assert (found.z == z).all()
    assert dict(found.significance_profile) == {}
    assert found.p[0] == (1.0 if observed == 7 else 0.5)


def test_a_star_has_no_other_wiring_and_says_so() -> None:
    star = Digraph([1, 2, 3, 4, 5], [0, 0, 0, 0, 0])
    for preserve in ("degree", "dyad"):
        found = null_ensemble(star, samples=5, preserve=preserve, seed=1)
        assert (found.acceptance == 0.0).all()
        assert found.constant.all()
        assert (found.z == 0.0).all()
        assert not np.isnan(found.z).any()


def test_numbers_beyond_a_double_keep_their_differences() -> None:
    base = 2**62
    found = ensemble(base + 3, [base, base + 1, base + 2])
    assert found.z[0] == pytest.approx(2.0)
    assert found.standard_deviation[0] == pytest.approx(1.0)


def test_profile_is_a_unit_vector_over_the_connected_triads() -> None:
    generator = np.random.default_rng(1)
    samples = generator.poisson(50, (20, COUNT)).astype(np.int64)
    samples[:, NULL_STATISTICS.index("300")] = 4
    found = NullEnsemble("dyad", 1, np.full(COUNT, 60, dtype=np.int64), samples, np.ones(20))
    profile = dict(found.significance_profile)
    assert set(profile) == set(CONNECTED_TRIADS) - {"300"}
    assert sum(value**2 for value in profile.values()) == pytest.approx(1.0)
    with pytest.raises(KeyError):
        found.of("031T")


def test_curve_of_one_chain_has_no_standard_error() -> None:
    curve = MixingCurve(
        "degree", np.array([1.0]), np.zeros(COUNT, dtype=np.int64), np.ones((1, 1, COUNT), dtype=np.int64)
    )
    assert (curve.standard_error == np.inf).all()
    assert curve.of("201").tolist() == [1.0]
    with pytest.raises(KeyError):
        curve.of("nothing")
