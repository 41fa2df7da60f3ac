"""dataset.json of the Medical Segmentation Decathlon and of nnU-Net: what each channel of a scan is called."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from zoo.errors import StudyError

DATASET_JSON = "dataset.json"
IMAGE_FOLDERS = ("imagesTr", "imagesTs")  # of a data set, whose dataset.json lies above
MAX_BYTES = 2**24  # it lists every training case


def dataset_json_of(path: Path, given: Iterable[Path], folders: Collection[str] = IMAGE_FOLDERS) -> Path | None:
    """The dataset.json that a scan's channels are named by: given with it, beside it, or one folder above.

    folders: the names of those that it may lie above; above any if there are none.
    """
    folder = path.parent.absolute()
    above = [folder.parent / DATASET_JSON] if not folders or folder.name in folders else []
    tables = (*(each for each in given if each.name == DATASET_JSON), folder / DATASET_JSON, *above)
    return next((table for table in tables if table.is_file()), None)


def channel_names(path: Path) -> dict[int, str]:
    """The name of each channel; `StudyError` where the file doesn't tell them."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        if path.stat().st_size <= MAX_BYTES:
            content = json.loads(path.read_text(encoding="utf-8"))
            said = content.get("channel_names") or content.get("modality") or {}
            return {int(number): str(name) for number, name in said.items()}
    raise StudyError(f'{DATASET_JSON} can\'t be read; expected "modality" or "channel_names" with a name per channel.')
