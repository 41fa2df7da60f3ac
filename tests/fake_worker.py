"""A compute process that answers from a list, for tests of what the page does with the answers."""

from __future__ import annotations

from pathlib import Path

from zoo import MODALITIES
from zoo.compute.worker import Update, finished
from zoo.report.store import region_map, store_regions
from zoo.types import DISCLAIMER, MEASURED


class FakeWorker:
    """Answers each task by name: an update, then the answer or the error; a function is asked with the arguments."""

    def __init__(self, **answers):
        regions = {"segment": write_regions, "segment_in_study_space": region_map}
        self.answers = {"read": None, "copy": write_copies, **regions, **answers}
        self.asked = []
        self.closed = 0

    def run(self, task, most_seconds=None, **arguments):
        name = task.split(":")[1]
        self.asked.append(name)
        try:
            yield Update(0.5, "working")
        except GeneratorExit:
            self.closed += 1
            raise
        answer = self.answers[name]
        answer = answer(**arguments) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def result(self, task, **arguments):
        return finished(self.run(task, **arguments))

    def wait_until_idle(self):
        self.asked.append("wait")


def write_copies(folder: Path):
    for name in MODALITIES:
        (folder / f"{name}.nii.gz").touch()


def write_regions(folder: Path, model_id: str):
    """One ml of each region, at the places 1, 2 and 3, and no more of the whole than a speck."""
    told = {
        "model": model_id,
        "regions": {name: _region(place) for place, name in enumerate(MEASURED, 1)},
        "source": "made up",
        "trained_on": "nothing",
        "weights": "none",
        "warnings": [],
        "words": [],
        "accuracy": {},
        "disclaimer": DISCLAIMER,
    }
    region_map(folder, model_id).touch()
    store_regions(folder, told)
    return told


def _region(place):
    return {
        "ml": 1.0, "share": 0.25, "diameter_mm": None, "perpendicular_mm": None, "diameter_centre_mm": None,
        "centre_mm": [place, 0, -1.5],
    }  # fmt: skip
