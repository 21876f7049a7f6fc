"""The command ``pybench sweep``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pybench.errors import CheckFailedError, InvalidInputError
from pybench.harness import console
from pybench.harness.encoding import to_json
from pybench.harness.registry import find

__all__ = ["sweep"]

Texts = list[str] | None


def sweep(
    name: Annotated[str, typer.Argument(metavar="METHOD", help="As `pybench list` names it.")],
    grid: Annotated[
        Texts, typer.Option("--grid", metavar="FIELD=V,V", help="Values of a field; all combinations. Repeatable.")
    ] = None,
    random: Annotated[
        Texts,
        typer.Option(
            "--random",
            metavar="FIELD=LAW",
            help="Draw a field: uniform:LOW:HIGH, loguniform:LOW:HIGH or choice:V,V. Repeatable.",
        ),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=0, help="Draws of all random fields together.")] = 0,
    replications: Annotated[int, typer.Option("--replications", min=1, help="Simulations of each setting.")] = 1,
    paired: Annotated[
        bool, typer.Option("--paired", help="Replication r has the same seed in every setting: common random numbers.")
    ] = False,
    settings: Annotated[
        Texts, typer.Option("--set", metavar="FIELD=VALUE", help="Set a field everywhere; repeatable.")
    ] = None,
    preset: Annotated[str, typer.Option("--preset", help="quick, standard or full.")] = "quick",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")] = 0,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=0, help="Processes on this machine; 0: one a core. [default: this one]")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="A dask scheduler, as tcp://HOST:PORT.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what --out holds of this sweep.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Go on, and simulate failed points again.")
    ] = False,
    fields: Annotated[
        Texts, typer.Option("--field", metavar="FIELD", help="Show and draw this field of the Result; repeatable.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", file_okay=False, help="Folder of this sweep. [default: out/sweep/METHOD]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Simulate a method over grids, random draws and replications; print and write tables and figures."""
    from pybench.harness.sweep.figures import write_sweep_figures
    from pybench.harness.sweep.run import run_sweep
    from pybench.harness.sweep.show import show_sweep, shown_fields
    from pybench.harness.sweep.table import summarise

    plan = _plan(
        name, preset, settings or [], grid or [], random or [],
        {"draws": draws, "replications": replications, "seed": seed, "paired": paired},
    )  # fmt: skip
    _check_fields(name, fields or [])
    folder = out or Path("out") / "sweep" / name
    with console.working(name) as progress:
        finished = run_sweep(
            plan, folder, jobs=jobs, cluster=cluster, resume=resume, retry_failed=retry_failed, progress=progress
        )
    shown = tuple(dict.fromkeys(fields)) if fields else shown_fields(finished.table)
    summary = summarise(plan, finished.table, finished.table.numeric)
    finished.table.write(folder / "points.csv")
    summary.write(folder / "settings.csv")
    of_shown = summarise(plan, finished.table, shown)
    figures, left_out = write_sweep_figures(plan, finished.table, shown, folder / "figures")
    files = [folder / "points.csv", folder / "settings.csv", *figures]
    if as_json:
        typer.echo(json.dumps(to_json(_report(plan, finished, files)), indent=2, ensure_ascii=False))
    else:
        show_sweep(plan, finished, of_shown, files, left_out)
    if finished.table.failed:
        first = finished.table.failed[0]
        text = finished.table.column("error")[finished.table.column("index").index(first)]
        raise CheckFailedError(
            f"{len(finished.table.failed):,} of {plan.size:,} points failed; point {first}: {text}; "
            "use --retry-failed to simulate them again"
        )


def _plan(
    name: str, preset: str, settings: list[str], grid: list[str], random: list[str], choices: dict[str, Any]
) -> Any:
    from pybench.harness.options import apply_settings, split_setting
    from pybench.harness.sweep.options import parse_grid, parse_random
    from pybench.harness.sweep.points import Sweep

    preset_config = find(name).card.preset(preset)
    base = apply_settings(preset_config, settings)
    axes, laws = parse_grid(base, grid), parse_random(base, random)
    for setting in settings:
        field, _ = split_setting(setting, "--set")
        if field in axes or field in laws:
            raise InvalidInputError(f"--set names field {field!r}, which is an axis of the sweep: leave one out")
    return Sweep(method=name, base=base, grid=axes, random=laws, **choices)


def _check_fields(name: str, fields: list[str]) -> None:
    """Refuse a field that the Result lacks, or that is declared as text, before any work."""
    import dataclasses

    known = [
        item.name
        for item in dataclasses.fields(find(name).package.Result)
        if not item.metadata.get("detail") and item.type not in ("str", str)
    ]
    for field in fields:
        if field not in known:
            raise InvalidInputError(f"--field is {field!r}: the fields are {', '.join(known)}")


def _report(plan: Any, finished: Any, files: list[Path]) -> dict[str, Any]:
    table = finished.table
    return {
        "sweep": plan.definition(),
        "computed": finished.computed,
        "failed": table.failed,
        "notes": finished.notes,
        "files": [str(path) for path in files],
        "columns": table.columns,
    }
