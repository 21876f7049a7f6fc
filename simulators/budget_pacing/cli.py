"""The command ``pybench budget_pacing``: plans by the hour, for who paces with another system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pybench.harness.output import write_whole
from simulators.budget_pacing.config import Config
from simulators.budget_pacing.plan import hourly_plan

__all__ = ["app"]

app = typer.Typer(
    name="budget_pacing",
    help="Plans of the method budget_pacing.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def main() -> None:
    """Plans of the method budget_pacing."""


@app.command()
def plan(
    data: Annotated[str, typer.Argument(metavar="DATA", help="ipinyou, synthetic, or the path of a log.")],
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="The CSV file to write.")],
    campaign: Annotated[str, typer.Option("--campaign", help="Which one of the log.")] = "",
    budget: Annotated[float, typer.Option("--budget", help="Of the day; 0: the method's default.")] = 0.0,
    instance: Annotated[str, typer.Option("--instance", help="For synthetic data.")] = "twophase",
    seed: Annotated[int, typer.Option("--seed", min=0, help="For synthetic data.")] = 0,
) -> None:
    """Write what a sample says should be spent in each hour of the day, as CSV."""
    config = Config(data=data, campaign=campaign, budget=budget, instance=instance)
    hourly = hourly_plan(config, seed=seed)
    write_whole(out, hourly.csv().encode())
    spend = sum(hourly.spend)
    typer.echo(f"wrote {out}: 24 hours, {spend:,.6g} to spend, first multiplier {hourly.multiplier:.6g}")
