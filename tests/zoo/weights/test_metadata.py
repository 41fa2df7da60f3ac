"""What a weights file says of itself is read without torch, and only taken when it fits a model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from safetensors.torch import save_file

from zoo import WeightsError
from zoo.weights.metadata import CHECKSUMS, LOCK, METADATA_KEY, checksums, identity, note_checksum, sha256, spec_of

RECORD = {"trained_on": "nothing"}


@pytest.fixture
def write(tmp_path):
    """write(metadata) -> a weights file that says this of itself."""

    def to_file(metadata):
        path = tmp_path / "model.safetensors"
        save_file({"a": torch.zeros(1)}, path, {METADATA_KEY: json.dumps(metadata)})
        return path

    return to_file


def test_the_spec_is_the_files_reading_of_the_model(registry, write):
    reading = registry.model("guided-dual-attention").vary(guidance="gate")
    path = write(identity(reading) | {"record": RECORD})
    spec = spec_of(path, registry.model)
    assert (spec.options["guidance"], spec.weights, spec.plugin) == ("gate", path, "zoo.plugins.guided_dual_attention")


@pytest.mark.parametrize("changes", [{"guidance": "magic"}, {"surprise": 1}, {"secondaries": 3}])
def test_options_that_the_model_does_not_know(registry, write, changes):
    told = identity(registry.model("guided-dual-attention"))
    path = write(told | {"options": told["options"] | changes, "record": RECORD})
    with pytest.raises(WeightsError, match=r"guided-dual-attention\.compact: the weights were made"):
        spec_of(path, registry.model)


@pytest.mark.parametrize(
    "metadata", [[], "model", {"model": "single-t1ce.compact"}, {"model": ["single-t1ce.compact"]}]
)
def test_metadata_of_another_shape(registry, write, metadata):
    with pytest.raises(WeightsError, match=r"model\.safetensors is not a weights file of this project"):
        spec_of(write(metadata), registry.model)


def test_it_needs_no_torch():
    check = "import zoo.weights.metadata, sys; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


ROOT = Path(__file__).parents[3]
NOTE_MANY = """
import sys
from pathlib import Path
from zoo.weights.metadata import note_checksum

folder, mine = Path(sys.argv[1]), sys.argv[2]
files = [folder / f"{mine}-{index}.safetensors" for index in range(25)]
for file in files:
    file.write_text(file.name)
print("ready", flush=True)
sys.stdin.readline()
for file in files:
    note_checksum(file)
"""


def test_processes_that_save_into_one_folder_keep_each_others_lines(tmp_path):
    """And who reads meanwhile finds the whole list as it was just before, or just after."""
    command = [sys.executable, "-c", NOTE_MANY, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    writers = [subprocess.Popen([*command, str(index)], **pipes) for index in range(4)]
    assert all(writer.stdout.readline() == "ready\n" for writer in writers)
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    noted = 0
    while any(writer.poll() is None for writer in writers):
        before, noted = noted, len(checksums(tmp_path))
        assert noted >= before
    assert [writer.communicate() and writer.returncode for writer in writers] == [0] * 4
    assert checksums(tmp_path) == {file.name: sha256(file) for file in tmp_path.glob("*.safetensors")}
    assert len(checksums(tmp_path)) == 100
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", CHECKSUMS], cwd=tmp_path, check=True)


def test_a_folder_that_another_keeps_locked_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr("zoo.weights.metadata.LOCK_SECONDS", 0.1)
    weights = tmp_path / "a.safetensors"
    weights.write_text("weights")
    with (
        FileLock(tmp_path / LOCK),
        pytest.raises(WeightsError, match=r"^a\.safetensors: .*locked by another process.* save again\.$"),
    ):
        note_checksum(weights)
    note_checksum(weights)
    assert checksums(tmp_path) == {"a.safetensors": sha256(weights)}


def test_names_with_spaces_and_the_other_forms_of_sha256sum_are_read(tmp_path):
    (tmp_path / "my weights.safetensors").write_bytes(b"x")
    note_checksum(tmp_path / "my weights.safetensors")
    with (tmp_path / CHECKSUMS).open("a") as file:
        file.write("\nabc *binary.safetensors\n")
    digest = sha256(tmp_path / "my weights.safetensors")
    assert checksums(tmp_path) == {"my weights.safetensors": digest, "binary.safetensors": "abc"}
    subprocess.run(["sha256sum", "--check", "--ignore-missing", CHECKSUMS], cwd=tmp_path, check=True)


def test_a_line_that_is_no_checksum_is_told(tmp_path):
    (tmp_path / CHECKSUMS).write_text("nonsense\n")
    with pytest.raises(WeightsError, match="expected lines of a sha256 and a file name"):
        checksums(tmp_path)
