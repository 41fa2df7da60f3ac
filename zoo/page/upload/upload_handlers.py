"""The handler of what a visitor drops: files become scans, and the table says which is which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block

from zoo.errors import StudyError, ZooError
from zoo.page.compute_client import ComputeClient
from zoo.page.events import Updates
from zoo.page.upload.assignment import candidates, complaints, unambiguous
from zoo.page.upload.unpacking import is_packed, remarks_still_true, unpacked
from zoo.page.upload.upload_widgets import StudyWidgets
from zoo.render.cards import empty_card, message_card, progress_card
from zoo.render.series_pictures import series_pictures
from zoo.types import MODALITIES, Unpacked

NOTHING = Unpacked([])


class Uploading:
    """Handlers of an upload. study: where the files are dropped. card: where it says what the visitor has to settle."""

    def __init__(self, client: ComputeClient, study: StudyWidgets, card: gr.HTML) -> None:
        self.client = client
        self.study = study
        self.card = card

    @property
    def outputs(self) -> list[Block]:
        return [*self.study.given, self.study.table, self.card]

    def assign(self, scans: list[str] | None, before: Unpacked) -> Iterator[Updates]:
        """Fill the table from the files' names, and open it when it has questions.

        Zips, DICOM files and other formats are replaced by the scans in them. before: what was made of earlier ones.
        """
        files = [Path(scan) for scan in scans or []]
        if packed := is_packed(files):
            yield self._assigned(NOTHING) | {self.card: progress_card(0.2, "Unpacking")}
        try:
            found = unpacked(self.client.registry, files, self.client.cache) if files else NOTHING
        except StudyError as error:
            yield self._assigned(NOTHING) | {self.card: message_card("error", "That did not work", str(error))}
            return
        remarks = dict.fromkeys([*remarks_still_true(before, files), *found.remarks])
        scans = [str(path) for path in found.scans]
        replaced: dict[Block, Any] = {self.study.scans: scans} if found.scans != files else {}
        unpacking_done = {self.card: empty_card()} if packed else {}
        yield unpacking_done | self._assigned(Unpacked(found.scans, tuple(remarks))) | replaced

    def looked_at(self, scans: list[str] | None) -> Updates:
        """Show a small picture of each scan, or say why there are none."""
        files = [Path(scan) for scan in scans or []]
        try:
            seen = self.client.worker.result("zoo.compute.tasks:look", files=files) if files else {}
        except ZooError as error:
            return {self.study.pictures: message_card("error", "No pictures", str(error))}
        return {self.study.pictures: series_pictures(seen)}

    def _assigned(self, found: Unpacked) -> dict[Block, Any]:
        """The table for these scans, and its questions on the card."""
        files = found.scans
        possible = candidates(self.client.registry, files)
        chosen = unambiguous(self.client.registry, possible)
        names = [path.name for path in files]
        questions = complaints(files, possible, chosen)
        slots: dict[Block, Any] = {
            slot: gr.Dropdown(choices=names, value=chosen[modality].name if modality in chosen else None)
            for slot, modality in zip(self.study.slots, MODALITIES, strict=True)
        }
        asked = {self.card: message_card("question", "Which file is which?", " ".join(questions))} if questions else {}
        assigned: dict[Block, Any] = {self.study.unpacked: found, **slots}
        return assigned | {self.study.table: gr.Accordion(open=bool(questions))} | asked
