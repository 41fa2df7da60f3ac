"""What a Structured Report says of a study, as named items in sections; how DICOM writes them is another's matter."""

from __future__ import annotations

from dataclasses import dataclass

from zoo import DISCLAIMER, ModelResult, Segmentation, StudyAnswers
from zoo.render.grade_facts import grade_facts
from zoo.render.region_accuracy import how_good
from zoo.render.region_facts import REGION_TITLES, SOURCE

PROBABILITY, VOLUME = "p_hgg", "ml"
"""Keys of items that are numbers: from 0 to 1, and in ml."""


@dataclass(frozen=True)
class Item:
    """One thing that is told. key: what it is, for programs; name: for people. value: a sentence or a number."""

    key: str
    name: str
    value: str | float


@dataclass(frozen=True)
class Section:
    """Items that belong together."""

    key: str
    name: str
    items: tuple[Item | Section, ...]


def report_of(answers: StudyAnswers) -> Section:
    """All that is told of a study: the disclaimer, a section a model, and the regions if there is a word of them."""
    disclaimer = Item("disclaimer", "Disclaimer", DISCLAIMER)
    models = [Section("answer", "Answer of a model", _of_model(result)) for result in answers.results]
    regions = _of_regions(answers)
    last = [Section("regions", "Tumour regions", regions)] if regions else []
    return Section("report", "Glioma grades", (disclaimer, *models, *last))


def _of_model(result: ModelResult) -> tuple[Item, ...]:
    """Every fact of a grade, or why there is none."""
    if result.grade is None:
        title = f"{result.spec.title} ({result.spec.id})"
        return Item("model", "Model", title), Item("no_grade", "No grade", result.problem)
    facts = grade_facts(result.grade, result.spec)
    return tuple(
        Item(fact.key, fact.label, fact.value if fact.key == PROBABILITY else fact.text) for fact in facts if fact.text
    )


def _of_regions(answers: StudyAnswers) -> tuple[Item | Section, ...]:
    if answers.no_regions:
        return (Item("no_regions", "No regions", answers.no_regions),)
    return _of_segmentation(answers.segmentation) if answers.segmentation else ()


def _of_segmentation(found: Segmentation) -> tuple[Item | Section, ...]:
    """What the regions rest on, how large they are, and what is doubtful."""
    told = (
        Item("source", "Source", SOURCE),
        Item("model", "Model", found.model),
        Item("trained_on", "Trained on", found.trained_on),
        Item("weights", "Weights", found.weights),
        Item("accuracy", "How good such regions are", "; ".join(how_good(found.model, found.weights))),
        Item("remarks", "Remarks", " ".join(found.remarks)),
        Item("warnings", "Warnings", " ".join(found.warnings)),
    )
    volumes = [
        Section(region, title, (Item(VOLUME, "Volume", found.measurements[region].ml),))
        for region, title in REGION_TITLES.items()
    ]
    return (*(item for item in told if item.value), *volumes)
