"""`python -m training grade`: what it asks for, and what it does one after another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.commands.answers import Table, tell_all
from zoo.commands.grade import Asked, Regions, chosen_models
from zoo.commands.shared_options import AsJson, Models, Prevalence, Raw, Sources, StudySource, studies_in
from zoo.weights.prevalence import expect_prevalence

from .options import EngineOptions, RunDir, with_option_groups

if TYPE_CHECKING:
    from zoo.registry import Registry


@with_option_groups
def grade(
    sources: Sources,
    work: EngineOptions,
    model: Models = None,
    prevalence: Prevalence = None,
    as_json: AsJson = False,
    table: Table = None,
    regions: Regions = False,
    raw: Raw = None,
    run_dir: RunDir = Path("runs/grade"),
) -> None:
    """Grade whole cohorts as `glioma-zoo grade` does, on every core, GPU or cluster; repeated, it goes on."""
    from zoo.inference.loaded import requested_registry

    from ..evaluation.grade_study import answers_of_all
    from ..jobs.engine import side_by_side

    expect_prevalence(prevalence)
    registry = requested_registry()
    asked = Asked(chosen_models(registry, model), prevalence, regions, dicom=None)
    studies = _by_whole_paths(registry, sources)
    with side_by_side(work.chosen.for_studies(len(studies)), run_dir) as execute:
        tell_all(answers_of_all(studies, asked, raw, run_dir, execute), as_json, table)


def _by_whole_paths(registry: Registry, sources: list[Path]) -> list[StudySource]:
    """The studies, whose places other machines know from anywhere."""
    return studies_in(registry, [path.absolute() for path in sources])
