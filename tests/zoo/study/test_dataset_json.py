"""What a data set's dataset.json says of its channels."""

from __future__ import annotations

import json

import pytest

from zoo import StudyError
from zoo.study import dataset_json
from zoo.study.dataset_json import channel_names

DECATHLON = {"name": "BRATS", "modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}, "labels": {"0": "none"}}
NNUNET = {"channel_names": {"0": "T1", "1": "T2"}, "modality": {"0": "older"}}


@pytest.mark.parametrize(
    ("content", "names"), [(DECATHLON, {0: "FLAIR", 1: "T1w", 2: "t1gd", 3: "T2w"}), (NNUNET, {0: "T1", 1: "T2"})]
)
def test_each_channel_has_its_name(tmp_path, content, names):
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps(content))
    assert channel_names(path) == names


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"modality": ["FLAIR"]}', '{"modality": {"a": "T1"}}', "[" * 10**5]
)
def test_what_does_not_tell_is_refused(tmp_path, content):
    path = tmp_path / "dataset.json"
    path.write_text(content)
    with pytest.raises(StudyError, match=r"^dataset\.json can't be read; expected"):
        channel_names(path)


def test_a_huge_one_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset_json, "MAX_BYTES", 10)
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps(DECATHLON))
    with pytest.raises(StudyError):
        channel_names(path)
