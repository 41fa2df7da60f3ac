"""A page that waits for visitors."""

from __future__ import annotations

import asyncio

import gradio as gr
from gradio import queueing

from zoo.page.serve import IDLE_SECONDS, queued

LOOKS = 3


def test_a_page_without_visitors_rests(monkeypatch):
    with gr.Blocks() as blocks:
        pass
    queue, rests = queued(blocks)._queue, []

    async def rest(seconds):
        rests.append(seconds)
        queue.stopped = len(rests) == LOOKS

    monkeypatch.setattr(queueing.asyncio, "sleep", rest)
    asyncio.run(queue.start_processing())
    assert rests == [IDLE_SECONDS] * LOOKS
