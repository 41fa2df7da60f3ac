"""Where a visitor gives a study."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block

from zoo.assets.examples import EXAMPLES, Example
from zoo.render.cards import example_button
from zoo.types import MODALITIES, MODALITY_TITLES, Unpacked


@dataclass(frozen=True)
class StudyWidgets:
    """Where a visitor gives a study: files, the examples' pictures, and the table that says which file is which.

    unpacked: an `Unpacked`, what was made of the files that were dropped. pictures: of the files, in the table.
    preparation: how raw scans were prepared; rendered where there is room for it.
    """

    scans: gr.File
    unpacked: gr.State
    examples: dict[Example, gr.HTML]
    table: gr.Accordion
    slots: list[gr.Dropdown]
    pictures: gr.HTML
    preparation: gr.HTML

    @property
    def given(self) -> list[Block]:
        """What tells the study to `ComputeClient.read`, in its order."""
        return [self.scans, self.unpacked, *self.slots]


def study_widgets() -> StudyWidgets:
    # Of any type: files that a scanner exports often have no suffix, which Gradio can't be told to let through.
    scans = gr.File(label="Scans of one study (NIfTI, DICOM, zip, …)", file_count="multiple", elem_id="scans")
    gr.Markdown("Or try a simulated study (no patient):")
    with gr.Row(elem_id="examples"):
        examples = {each: gr.HTML(example_button(each), elem_id=each.name, min_width=130) for each in EXAMPLES}
    with gr.Accordion("Which file is which", open=False, elem_id="assignment") as table:
        slots = [_slot(name) for name in MODALITIES]
        pictures = gr.HTML(elem_id="series")
    preparation = gr.HTML(elem_id="preparation", render=False)
    return StudyWidgets(scans, gr.State(Unpacked([])), examples, table, slots, pictures, preparation)


def _slot(modality: str) -> gr.Dropdown:
    """Takes any text: Gradio would fail on the choice of an earlier upload, which a fast visitor still sends."""
    return gr.Dropdown([], label=MODALITY_TITLES[modality], allow_custom_value=True, elem_id=f"slot-{modality}")
