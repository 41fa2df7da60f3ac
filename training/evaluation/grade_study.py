"""One study of a whole cohort, answered as the command `grade` answers it, wherever a worker runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from zoo.commands.answers import Answer, read_study
from zoo.commands.grade import Asked, answers_about
from zoo.commands.shared_options import StudySource
from zoo.study.folder_tree import tree_of
from zoo.types import RegisteredModel
from zoo.weights.metadata import sha256

from ..data.prepared_cohort import registry, short_hash
from ..jobs.engine import Execute
from ..jobs.parallel_tasks import run_tasks


@dataclass(frozen=True)
class GradeStudy:
    """A task: the answers about one study.

    raw: whether its scans are as the scanner made them, see `zoo.scanner.load_study`. weights: digests of the models'.
    """

    source: StudySource
    asked: Asked
    raw: bool | None
    weights: Sequence[str]

    @property
    def name(self) -> str:
        asked = [spec.address for spec in self.asked.models], self.asked.prevalence, self.asked.regions, self.raw
        files = [path for path in tree_of(self.source.source).files_below if path.is_file()]
        facts = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        return f"{Path(self.source.label).name}-{short_hash(asked, facts, list(self.weights))}"

    def run(self) -> list[dict[str, Any]]:
        """Return the fields of each `Answer`, in order."""
        read = partial(read_study, registry(), self.source, self.raw)
        return [asdict(answer) for answer in answers_about(self.asked, self.source, read)]


def answers_of_all(
    studies: Sequence[StudySource], asked: Asked, raw: bool | None, run_dir: Path, execute: Execute = map
) -> Iterator[Answer]:
    """Yield the answers about every study, going on where an earlier call was stopped."""
    weights = [digest for spec in asked.models for digest in _digests(spec)]
    tasks = [GradeStudy(study, asked, raw, weights) for study in studies]
    for answers in run_tasks(tasks, run_dir / "answers", execute, "grading"):
        yield from (Answer(**answer) for answer in answers)


def _digests(spec: RegisteredModel) -> Iterator[str]:
    """The sha256 of a model's weights and of its members'."""
    if spec.weights and spec.weights.is_file():
        yield sha256(spec.weights)
    for member in spec.member_specs:
        yield from _digests(member)
