"""Sixteen packages as pip would lay them into a folder, each faulty in its own way.

A process with that folder on PYTHONPATH finds them like installed ones. Eight fail when they are loaded; two answer
with something else when a study is read; six offer a model with weights, and fail when it is to grade.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from zoo.types import ModelSpec

MODEL = """
import ctypes
import time
from pathlib import Path

import zoo


def build():
    import torch

    class Faulty(torch.nn.Module):
        def __init__(self):
            super().__init__()
            {init}
            self.head = torch.nn.Linear(1, 2)

        def forward(self, x, present):
            logits = self.head(x[:, :1].mean((2, 3, 4)))
            return {answer}

    return Faulty()


def hoard():
    kept = []
    while True:
        kept.append(bytearray(b"x") * 2**28)
        time.sleep(0.05)


def offer(model_id):
    card = zoo.Card("Faulty on purpose.", "none", "For tests.", "All.")
    uses = ("t1ce",)
    training = {{"phases": (zoo.Phase("all", uses),), "weights": Path(__file__).with_suffix(".safetensors")}}
    return zoo.ModelSpec(model_id, "Faulty", "test", uses, uses, build, card, **training)


@zoo.hookimpl
def {hook}():
    return {offers}
"""


def _source(
    hook: str = "register_models", offers: str = "[offer(__name__)]", init: str = "pass", answer: str = "logits"
) -> str:
    return MODEL.format(hook=hook, offers=offers, init=init, answer=answer)


AT_LOADING = {
    "broken_import": "import a_package_that_is_not_there",
    "misspelt_hook": _source(hook="register_model"),
    "wrong_type": _source(offers='["resnet"]'),
    "duplicate_id": _source(offers='[offer("single-t1ce.compact")]'),
    "around_others": "import zoo\n\n\n@zoo.hookimpl(wrapper=True)\ndef read_study(source):\n    return (yield)\n",
    "forgotten_mark": "def check_study(volumes):\n    return []\n",
    "preset_arguments": "import functools\n\nimport zoo\n\ncheck_study = zoo.hookimpl(functools.partial(print))\n",
    "lazily_found": """
import zoo


def __getattr__(name):
    if name == "check_study":
        return zoo.hookimpl(lambda volumes: [])
    raise AttributeError(name)
""",
}
REASONS = {
    "broken_import": "ModuleNotFoundError: No module named 'a_package_that_is_not_there'",
    "misspelt_hook": "unknown hook 'register_model'",
    "wrong_type": "register_models must return a list of ModelSpec, found ['resnet']",
    "duplicate_id": "the id 'single-t1ce.compact' is already taken by zoo.plugins.single_encoder",
    "around_others": "read_study is marked wrapper=True: expected a hook that answers by itself",
    "forgotten_mark": "found: check_study is not marked: put @zoo.hookimpl above it",
    "preset_arguments": "found: check_study is a partial: expected a function",
    "lazily_found": "found: check_study comes from a property or __getattr__: define it, or import it, under its name",
}
"""What is said of each that can't be loaded."""
AT_READING = {
    "no_study": "import zoo\n\n\n@zoo.hookimpl\ndef read_study(source):\n    return {'t1ce': source}\n",
    "no_scans": "import zoo\n\n\n@zoo.hookimpl\ndef unpack_scans(source, folder):\n    return str(source)\n",
}
"""Asked before the built-in ones, which must be asked nevertheless."""
AT_GRADING = {
    "crash_in_build": _source(init='raise RuntimeError("out of cheese")'),
    "wrong_shape": _source(answer="logits[:, :1]"),
    "nan_output": _source(answer='logits * float("nan")'),
    "endless": _source(answer="time.sleep(3600)"),
    "segfault": _source(answer="ctypes.string_at(0)"),
    "memory_hog": _source(answer="hoard()"),
}
"""Name of plugin, module and model → source."""


def install_faulty_plugins(folder: Path) -> None:
    """Lay all of them into `folder`, with weights for the models of those that can be loaded."""
    for name, source in (AT_LOADING | AT_READING | AT_GRADING).items():
        (folder / f"{name}.py").write_text(source)
        _describe(folder / f"{name}-1.0.dist-info", name)
    for name in AT_GRADING:
        _write_weights(_offered(folder / f"{name}.py"))


def _describe(folder: Path, name: str) -> None:
    """What `importlib.metadata` reads of an installed package."""
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[glioma_zoo]\n{name} = {name}\n")


def _offered(path: Path) -> ModelSpec:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.register_models()[0]


def _write_weights(spec: ModelSpec) -> None:
    """Weights that fit, so that it is the model's own code that fails."""
    import torch

    from zoo.weights.load import save_weights
    from zoo.weights.record import TrainingRecord

    module = torch.nn.Module()
    module.head = torch.nn.Linear(1, 2)
    save_weights(spec.weights, spec, module, TrainingRecord("test"))
