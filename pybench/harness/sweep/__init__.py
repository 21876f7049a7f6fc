"""Sweeps: grids, random draws and replications over any method's Config, here, on local cores or on a cluster.

>>> from pybench.harness.sweep import LogUniform, Sweep, run_sweep
>>> sweep = Sweep(  # doctest: +SKIP
...     method="multi_draft", grid={"scheme": ["optimal", "k_seq"]}, random={"temperature": LogUniform(0.5, 2.0)},
...     draws=10, replications=4, seed=1,
... )
>>> finished = run_sweep(sweep, "out/sweep/schemes", jobs=2)  # or cluster="tcp://10.0.0.5:8786"  # doctest: +SKIP
>>> finished.table.column("block_efficiency")  # doctest: +SKIP
"""

from __future__ import annotations

from pybench.harness.sweep.laws import Choice, Law, LogUniform, Uniform
from pybench.harness.sweep.points import Point, Sweep
from pybench.harness.sweep.run import Finished, run_sweep
from pybench.harness.sweep.table import Cell, Summary, Table, summarise

__all__ = [
    "Cell",
    "Choice",
    "Finished",
    "Law",
    "LogUniform",
    "Point",
    "Summary",
    "Sweep",
    "Table",
    "Uniform",
    "run_sweep",
    "summarise",
]
