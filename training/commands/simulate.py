"""`python -m training simulate`, `example` and `references`: studies without a patient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import EngineOptions, expect_path, in_checkout, with_option_groups

EXAMPLE_SEED, EXAMPLE_HGG, EXAMPLE_LGG = 2026, 49, 16
REFERENCE_SEED = 6
EXAMPLES, REFERENCES = in_checkout("zoo/assets/examples"), in_checkout("zoo/assets/references")


@with_option_groups
def simulate(
    out: Annotated[Path, typer.Option(help="Folder to fill, in BraTS layout.", resolve_path=True)],
    work: EngineOptions,
    cases: Annotated[int, typer.Option(help="How many studies; half of each grade.", min=2)] = 100,
    seed: Annotated[int, typer.Option(help="Another seed gives other patients.", min=0)] = 0,
    spacing: Annotated[float, typer.Option(help="Voxel size in mm.", min=1, max=4)] = 2.0,
    sites: Annotated[int, typer.Option(help="Hospitals with a scanner each; 0: every study its own scanner.")] = 0,
    site_grade_correlation: Annotated[
        float, typer.Option(help="How strongly hospitals follow grade.", min=0, max=1)
    ] = 0.0,
    simulator: Annotated[
        str, typer.Option(help="Which one: template, or physics, which training never sees.")
    ] = "template",
) -> None:
    """Simulate gliomas: four modalities, tumour mask and drawn signs for each study."""
    from ..simulation import write_cohort

    write_cohort(out, cases, seed, spacing, work.chosen, sites, site_grade_correlation, simulator)


def example(
    out: Annotated[Path | None, typer.Option(help="Folder that gets a folder and a picture for each.")] = EXAMPLES,
    seed: Annotated[int, typer.Option(help="As in simulate.", min=0)] = EXAMPLE_SEED,
    hgg: Annotated[int, typer.Option(help="Which study of the seed is the high-grade one.")] = EXAMPLE_HGG,
    lgg: Annotated[int, typer.Option(help="Which study of the seed is the low-grade one.")] = EXAMPLE_LGG,
) -> None:
    """Write the two simulated studies that the page offers, and their pictures."""
    from ..simulation.example import write_example

    folder = expect_path(out, "--out")
    for index, grade in ((hgg, "HGG"), (lgg, "LGG")):
        typer.echo(write_example(folder, seed, index, grade))


def references(
    out: Annotated[Path | None, typer.Option(help="Folder that gets a folder for each.")] = REFERENCES,
    seed: Annotated[int, typer.Option(help="As in simulate.", min=0)] = REFERENCE_SEED,
    count: Annotated[int, typer.Option(help="How many.", min=1)] = 4,
) -> None:
    """Write the brains without a tumour that explainers compare with."""
    from ..simulation.example import write_reference

    folder = expect_path(out, "--out")
    for index in range(count):
        typer.echo(write_reference(folder, seed, index))
