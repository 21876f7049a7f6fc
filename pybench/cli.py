"""The command ``pybench``: list, info, run, claims, race, report, record, doctor."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from pybench.errors import CheckFailedError, InvalidInputError, MissingError
from pybench.harness import console
from pybench.harness.encoding import to_json
from pybench.harness.registry import RegisteredMethod, find, methods

__all__ = ["app", "main"]

EXIT_CODES = (
    "Exit codes: 0 done, 1 a claim or check failed, 2 bad input, 3 something is missing (the text says what), "
    "130 interrupted."
)

app = typer.Typer(
    name="pybench",
    help="Research papers as trusted, fast simulators: run them, measure their claims, race their kernels.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Names = Annotated[list[str] | None, typer.Argument(metavar="[METHOD]...", help="As `pybench list` names them.")]
Every = Annotated[bool, typer.Option("--all", help="All installed methods.")]
PresetOption = Annotated[str, typer.Option("--preset", help="quick, standard or full.")]
SizeOption = Annotated[str, typer.Option("--size", help="quick, standard or large.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
OutOption = Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for what is written.")]
WorkloadsOption = Annotated[list[str] | None, typer.Option("--workload", help="Race only these; repeatable.")]
ContendersOption = Annotated[
    list[str] | None, typer.Option("--contender", help="Race only these, and the baseline; repeatable.")
]
RoundsOption = Annotated[int | None, typer.Option("--rounds", help="Pairs for each contender; at least 5.")]


def _chosen(names: Sequence[str] | None, every: bool) -> list[RegisteredMethod]:
    if every and names:
        raise InvalidInputError("--all and METHOD exclude each other")
    if every:
        return list(methods().values())
    if not names:
        raise InvalidInputError(f"METHOD is missing: name some of {', '.join(methods()) or 'none'}, or use --all")
    return [find(name) for name in dict.fromkeys(names)]


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(to_json(value), indent=2, ensure_ascii=False))


@app.command("list", epilog=EXIT_CODES)
def list_methods(as_json: JsonOption = False) -> None:
    """List the installed methods."""
    if as_json:
        _print_json([{"name": method.name, **to_json(method.card)} for method in methods().values()])
    else:
        console.show_methods(list(methods().values()))


@app.command(epilog=EXIT_CODES)
def info(name: Annotated[str, typer.Argument(metavar="METHOD")], as_json: JsonOption = False) -> None:
    """Show a method: its paper, fields, claims and workloads."""
    from pybench.harness.describe import describe

    description = describe(find(name))
    if as_json:
        _print_json(description)
    else:
        console.show_description(description)


@app.command(epilog=EXIT_CODES)
def run(
    names: Names = None,
    every: Every = False,
    preset: PresetOption = "quick",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Set a field of the Config; repeatable.")
    ] = None,
    seed: SeedOption = 0,
    out: OutOption = Path("out"),
    as_json: JsonOption = False,
) -> None:
    """Simulate methods; print what they found, write it and its figures under --out."""
    from pybench.harness.measure import simulate
    from pybench.harness.options import apply_settings
    from pybench.harness.output import dated, write_figures, write_json

    chosen = _chosen(names, every)
    if settings and len(chosen) > 1:
        raise InvalidInputError("--set needs exactly one METHOD: fields belong to one Config")
    for method in chosen:
        apply_settings(method.card.preset(preset), settings or ())
    reports = []
    for method in chosen:
        with console.working(method.name) as progress:
            config, result = simulate(method, preset=preset, settings=settings or (), seed=seed, progress=progress)
        folder = out / method.name
        figures, left_out = write_figures(method, result, folder)
        facts = {"preset": preset, "seed": seed, "config": config, "result": result}
        report = dated("pybench/run", method, {**facts, "figures": figures, "figures_left_out": left_out})
        write_json(folder / "run.json", report)
        reports.append(report)
        if not as_json:
            console.show_result(method, config, result, [folder / figure.file for figure in figures], left_out)
    if as_json:
        _print_json(reports)


@app.command(epilog=EXIT_CODES)
def claims(
    names: Names = None,
    every: Every = False,
    preset: PresetOption = "quick",
    seed: SeedOption = 0,
    out: OutOption = Path("out"),
    as_json: JsonOption = False,
) -> None:
    """Measure the claims of methods; exit 1 where one is not reproduced."""
    from pybench.harness.measure import measure_claim
    from pybench.harness.output import dated, write_json

    failed = False
    reports = []
    chosen = _chosen(names, every)
    for method in chosen:
        method.card.preset(preset)
    for method in chosen:
        pairs = []
        known: dict[str, Any] = {}
        for claim in method.claims:
            with console.working(claim.id) as progress:
                verdict = measure_claim(method, claim, preset=preset, seed=seed, progress=progress, known=known)
            failed |= verdict.outcome == "not reproduced"
            pairs.append((claim, verdict))
        verdicts = [verdict for _, verdict in pairs]
        report = dated("pybench/claims", method, {"preset": preset, "seed": seed, "verdicts": verdicts})
        write_json(out / method.name / "claims.json", report)
        reports.append(report)
        if not as_json:
            console.show_claims(method, pairs)
    if as_json:
        _print_json(reports)
    if failed:
        raise typer.Exit(1)


@app.command(epilog=EXIT_CODES)
def race(
    names: Names = None,
    every: Every = False,
    workloads: WorkloadsOption = None,
    contenders: ContendersOption = None,
    size: SizeOption = "quick",
    rounds: RoundsOption = None,
    seed: SeedOption = 0,
    out: OutOption = Path("out"),
    as_json: JsonOption = False,
) -> None:
    """Race the kernels of methods against their peers; exit 1 where one of ours gives no right answer."""
    from pybench.harness.output import dated, write_json
    from pybench.harness.races import RaceOptions, failures, run_races

    options = RaceOptions.chosen(rounds=rounds, seed=seed, workloads=workloads, contenders=contenders)
    failed = []
    reports = []
    planned = [
        (method, run_races(method, options, size=size, progress_for=console.progress))
        for method in _chosen(names, every)
    ]
    for method, races in planned:
        finished = []
        for result in races:
            finished.append(result)
            write_json(out / method.name / "races.json", dated("pybench/races", method, {"races": finished}))
            failed += failures(result)
            if not as_json:
                console.show_race(result)
        reports += finished
    if as_json:
        _print_json(reports)
    if failed:
        raise CheckFailedError("; ".join(failed))


@app.command(epilog=EXIT_CODES)
def report(
    names: Names = None,
    every: Every = False,
    out: OutOption = Path("out"),
    as_json: JsonOption = False,
) -> None:
    """Write one HTML page of what was run, measured and raced, from the files under --out; it runs nothing."""
    from pybench.harness.report.write import write_report

    chosen = _chosen(names, every or not names)
    with console.working("report") as progress:
        written = write_report(chosen, out, progress=progress)
    if as_json:
        _print_json(written)
    else:
        console.show_report(written)


@app.command(epilog=EXIT_CODES)
def record(
    names: Names = None,
    every: Every = False,
    preset: PresetOption = "standard",
    workloads: WorkloadsOption = None,
    contenders: ContendersOption = None,
    sizes: Annotated[list[str] | None, typer.Option("--size", help="Sizes to race; repeatable.")] = None,
    rounds: RoundsOption = None,
    seed: SeedOption = 0,
) -> None:
    """Measure claims and races on a clean tree and append them to results/."""
    from pybench.harness.races import RaceOptions
    from pybench.harness.recording import record_method

    options = RaceOptions.chosen(rounds=rounds, seed=seed, workloads=workloads, contenders=contenders)
    chosen_sizes = tuple(sizes or ("standard",))
    planned = [
        record_method(method, options, preset=preset, sizes=chosen_sizes, progress_for=console.progress)
        for method in _chosen(names, every)
    ]
    for lines in planned:
        for line in lines:
            typer.echo(line)


@app.command(epilog=EXIT_CODES)
def doctor(as_json: JsonOption = False) -> None:
    """Say what this installation has and lacks, and how to get what it lacks."""
    from pybench.harness.doctor import examine

    findings = examine()
    if as_json:
        _print_json(findings)
    else:
        console.show_findings(findings)
    if any(finding.needed and not finding.present for finding in findings):
        raise typer.Exit(3)


def _stop(code: int, error: BaseException) -> NoReturn:
    typer.echo(f"pybench: {error}", err=True)
    sys.exit(code)


def _add_commands_of(words: Sequence[str]) -> None:
    """Mount the commands of the method that the first word names, if it has any; no other method is imported."""
    method = methods().get(words[0]) if words else None
    if method is not None and (commands := method.commands) is not None:
        app.add_typer(commands, name=method.name)


def main() -> None:
    """Run the command line; errors of pybench become its exit codes."""
    try:
        _add_commands_of(sys.argv[1:])
        app()
    except InvalidInputError as error:
        _stop(2, error)
    except MissingError as error:
        _stop(3, error)
    except CheckFailedError as error:
        _stop(1, error)


if __name__ == "__main__":
    main()
