"""A plugin to begin with: the files beside this one, with the author's name for it filled in."""

from __future__ import annotations

import importlib.util
import keyword
import re
from pathlib import Path
from string import Template

from zoo.checkout import TRAINING, ZOO
from zoo.errors import PluginError
from zoo.registry import load_registry

FILES = Path(__file__).parent
SUFFIX = ".template"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def write_plugin(name: str, out: Path) -> Path:
    """Write a package that can be installed at once into the new folder `out`/`name`; `PluginError` if it can't be."""
    _refuse_unfit(name)
    folder = out / name
    if folder.exists():
        raise PluginError(f"{folder} is there already and is left as it is: choose another name, or another --out.")
    names = _names(name)
    for source in sorted(FILES.rglob(f"*{SUFFIX}")):
        target = folder / str(source.relative_to(FILES)).removesuffix(SUFFIX).replace("package", names["package"])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text(encoding="utf-8")).substitute(names), encoding="utf-8")
    return folder


def _names(name: str) -> dict[str, str]:
    """my-grader → what it is called in each place."""
    words = name.split("-")
    return {
        "name": name,
        "package": "_".join(words),
        "title": " ".join(words).capitalize(),
        "network": "".join(word.capitalize() for word in words),
        "zoo": ZOO,
        "training": TRAINING,
    }


def _refuse_unfit(name: str) -> None:
    if not NAME.fullmatch(name):
        raise PluginError(f"Expected a name of lower-case letters, digits and hyphens like my-grader, found {name!r}.")
    if name in {model_id.partition(".")[0] for model_id in load_registry().models}:
        raise PluginError(f"A model is called {name!r} already: choose another name.")
    package = _names(name)["package"]
    if keyword.iskeyword(package) or importlib.util.find_spec(package):
        raise PluginError(f"Python knows {package!r} as something else already: choose another name.")
