"""deepbet's networks are read where it is installed, and no others; its own code is not run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from zoo import StudyError, WeightsError
from zoo.scanner import deepbet_networks
from zoo.scanner.deepbet_networks import BOX, BRAIN, SHA256, expect_deepbet, share_of_brain
from zoo.weights.metadata import sha256

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")  # from the making of networks here


@pytest.fixture(autouse=True)
def _nothing_loaded():
    deepbet_networks._load.cache_clear()
    yield
    deepbet_networks._load.cache_clear()


@pytest.fixture
def installed(tmp_path, monkeypatch) -> Path:
    """A distribution called deepbet whose package must not be imported, and whose networks say 0.25 and 0.75."""
    files = {"deepbet/__init__.py": "raise AssertionError('imported')"}
    files |= {"deepbet-1.0.7.dist-info/METADATA": "Metadata-Version: 2.1\nName: deepbet\nVersion: 1.0.7\n"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "data" / "models").mkdir(parents=True)
    for network in (BOX, BRAIN):
        path = tmp_path / "data" / "models" / network
        torch.jit.save(torch.jit.trace(_Quarters(), torch.zeros(1, 1, 2, 2, 2)), str(path))
        monkeypatch.setitem(SHA256, network, sha256(path))
    listed = [*files, f"data/models/{BOX}", f"data/models/{BRAIN}"]
    record = "".join(f"{name},,\n" for name in listed)
    (tmp_path / "deepbet-1.0.7.dist-info" / "RECORD").write_text(record, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


class _Quarters(torch.nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.cat([images * 0 + 0.25, images * 0 + 0.75], dim=1)


def test_the_second_channel_is_brain(installed):
    assert torch.equal(share_of_brain(BRAIN, torch.ones(1, 1, 3, 4, 5)), torch.full((1, 3, 4, 5), 0.75))
    assert "deepbet" not in sys.modules


def test_a_network_is_loaded_once(installed):
    share_of_brain(BRAIN, torch.ones(1, 1, 2, 2, 2))
    (installed / "data" / "models" / BRAIN).unlink()
    share_of_brain(BRAIN, torch.ones(1, 1, 2, 2, 2))


def test_where_deepbet_is_missing_it_says_how_to_get_it(monkeypatch):
    def missing(name):
        raise deepbet_networks.PackageNotFoundError(name)

    monkeypatch.setattr(deepbet_networks, "distribution", missing)
    with pytest.raises(
        StudyError, match=r"expected the networks of deepbet, .* not installed\. Install it: pip install -e '\.\[raw\]'"
    ):
        expect_deepbet()


def test_another_network_is_not_run(installed):
    path = installed / "data" / "models" / BOX
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(
        WeightsError, match=rf"expected {BOX} of deepbet with the sha256 \w+, found another in .* 1\.0\.7"
    ):
        share_of_brain(BOX, torch.ones(1, 1, 2, 2, 2))


def test_a_network_that_is_not_there_is_named(installed):
    (installed / "data" / "models" / BOX).unlink()
    with pytest.raises(WeightsError, match="found no such file"):
        share_of_brain(BOX, torch.ones(1, 1, 2, 2, 2))
