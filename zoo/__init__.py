"""GliomaZoo: brain-tumour graders, compared honestly. These are the names that a plugin author needs."""

from pathlib import Path

from zoo.errors import Cancelled, PluginError, Refused, StudyError, WeightsError, ZooError, expect_one_of
from zoo.hookspecs import hookimpl
from zoo.types import (
    DISCLAIMER,
    GRADES,
    MODALITIES,
    MODALITY_TITLES,
    Attribution,
    Card,
    ExplainerSpec,
    Explanation,
    Finding,
    Grade,
    ModelInput,
    ModelSpec,
    Phase,
    Question,
    Recipe,
    Study,
    Volumes,
)

# Installed, `plugins` and `training` lie inside `zoo`, so that no other top-level name is taken, nor a stranger's taken
# for ours; in a checkout they lie beside it. Their modules import each other relatively, which holds under either roof.
if not (Path(__file__).parent / "plugins").is_dir():
    __path__.append(str(Path(__file__).parents[1]))

__version__ = "0.1.0"

__all__ = [
    "DISCLAIMER", "GRADES", "MODALITIES", "MODALITY_TITLES",
    "Attribution", "Cancelled", "Card", "ExplainerSpec", "Explanation", "Finding", "Grade", "ModelInput", "ModelSpec",
    "Phase", "PluginError", "Question", "Recipe", "Refused", "Study", "StudyError", "Volumes", "WeightsError",
    "ZooError", "expect_one_of", "hookimpl",
]  # fmt: skip
