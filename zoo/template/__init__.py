"""A plugin to begin with: the files of one folder beside this one, with the author's name for it filled in."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path
from string import Template
from typing import Literal

from zoo.checkout import TRAINING, ZOO
from zoo.errors import PluginError
from zoo.registry import load_registry

FILES = Path(__file__).parent
SHARED = "every"  # the folder of what plugins of all kinds have
SUFFIX = ".template"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
Kind = Literal["model", "explainer"]
NOUNS: dict[Kind, str] = {"model": "a grader", "explainer": "an explainer"}


def write_plugin(name: str, out: Path, kind: Kind = "model") -> Path:
    """Write a package that can be installed at once into the new folder `out`/`name`; `PluginError` if it can't be."""
    _refuse_unfit(name)
    folder = out / name
    if folder.exists():
        raise PluginError(f"{folder} is there already and is left as it is: choose another name, or another --out.")
    names = _names(name, kind)
    for part in (FILES / SHARED, FILES / kind):
        for source in sorted(part.rglob(f"*{SUFFIX}")):
            target = folder / str(source.relative_to(part)).removesuffix(SUFFIX).replace("package", names["package"])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(Template(source.read_text(encoding="utf-8")).substitute(names), encoding="utf-8")
    return folder


def _names(name: str, kind: Kind) -> dict[str, str]:
    """my-grader → what it is called in each place."""
    words = name.split("-")
    package = _package(name)
    data = f'\n\n[tool.setuptools.package-data]\n{package} = ["weights/*"]'
    return {
        "name": name,
        "package": package,
        "title": " ".join(words).capitalize(),
        "network": "".join(word.capitalize() for word in words),
        "kind": NOUNS[kind],
        "data": data if kind == "model" else "",
        "zoo": ZOO,
        "training": TRAINING,
    }


def _package(name: str) -> str:
    return name.replace("-", "_")


def _refuse_unfit(name: str) -> None:
    if not NAME.fullmatch(name):
        raise PluginError(f"Expected a name of lower-case letters, digits and hyphens like my-grader, found {name!r}.")
    registry = load_registry()
    if name in {model_id.partition(".")[0] for model_id in registry.models}:
        raise PluginError(f"A model is called {name!r} already: choose another name.")
    if name in registry.explainers:
        raise PluginError(f"An explainer is called {name!r} already: choose another name.")
    package = _package(name)
    if keyword.iskeyword(package) or importlib.util.find_spec(package):
        raise PluginError(f"Python knows {package!r} as something else already: choose another name.")
