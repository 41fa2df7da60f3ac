"""dataset.json of the Medical Segmentation Decathlon and of nnU-Net: what each channel of a scan is called."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from zoo.errors import StudyError

DATASET_JSON = "dataset.json"
MAX_BYTES = 2**24  # it lists every training case


def channel_names(path: Path) -> dict[int, str]:
    """The name of each channel; `StudyError` where the file doesn't tell them."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        if path.stat().st_size <= MAX_BYTES:
            content = json.loads(path.read_text(encoding="utf-8"))
            said = content.get("channel_names") or content.get("modality") or {}
            return {int(number): str(name) for number, name in said.items()}
    raise StudyError(f'{DATASET_JSON} can\'t be read; expected "modality" or "channel_names" with a name per channel.')
