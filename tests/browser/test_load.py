"""Forty visitors at once on the running page: each gets their own answer or hears that the queue is full."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import psutil
import pytest

from tests_support import brain_affine, brain_image, save_scan

STUDIES, VISITORS, QUEUE = 8, 40, 32
PATIENCE_SECONDS = 600
SETTLING_SECONDS = 10
MORE_MEMORY = 200 * 2**20


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """T1ce of different brains: each has a bright spot of a size of its own, by which its grade tells them apart."""
    folder = tmp_path_factory.mktemp("scans")
    return [_scan(folder / f"patient{size}_t1ce.nii.gz", 3 + 2 * size) for size in range(STUDIES)]


def _scan(path, size):
    image = brain_image("t1ce", brain_affine()).astype(np.int16)
    middle = tuple(slice(length // 2 - size // 2, length // 2 + size - size // 2) for length in image.shape)
    image[middle] *= 2
    return save_scan(path, image, brain_affine())


def _grade(site, scan):
    """p(HGG), or what the page said instead."""
    with httpx.Client(base_url=site, timeout=PATIENCE_SECONDS) as http:
        stored = http.post("gradio_api/upload", files={"files": (scan.name, scan.read_bytes())}).json()[0]
        file = {"path": stored, "orig_name": scan.name, "meta": {"_type": "gradio.FileData"}}
        asked = {"data": ["single-t1ce.compact", None, file, None, None, None, False]}
        joined = http.post("gradio_api/call/grade", json=asked)
        if joined.status_code != 200:
            return joined.text
        told = http.get(f"gradio_api/call/grade/{joined.json()['event_id']}").text
    return json.loads(re.search(r"event: complete\ndata: (.*)", told)[1])[0]["p_hgg"]


def _memory():
    """Bytes of the page and of its compute process."""
    children = psutil.Process().children(recursive=True)
    ours = [one for one in children if {"app.py", "zoo.compute.worker"} & set(one.cmdline())]
    return sum(one.memory_info().rss for one in ours)


@pytest.mark.long
def test_forty_visitors_at_once_get_their_own_answers(site, scans):
    alone = [_grade(site, scan) for scan in scans]
    assert len(set(alone)) == STUDIES
    before = _memory()
    turns = [number % STUDIES for number in range(VISITORS)]
    with ThreadPoolExecutor(VISITORS) as pool:
        answers = list(pool.map(lambda study: _grade(site, scans[study]), turns))
    served = [(answer, alone[study]) for answer, study in zip(answers, turns, strict=True) if isinstance(answer, float)]
    assert all(answer == expected for answer, expected in served)
    assert len(served) >= QUEUE
    assert all("Queue is full" in answer for answer in answers if not isinstance(answer, float))
    deadline = time.monotonic() + SETTLING_SECONDS
    while _memory() >= before + MORE_MEMORY and time.monotonic() < deadline:
        time.sleep(0.5)
    assert _memory() < before + MORE_MEMORY
    print(f"{len(served)} of {VISITORS} served, memory {before / 2**20:.0f} to {_memory() / 2**20:.0f} MiB")
