"""Whether this zoo runs from a checkout or from where it is installed, and what its commands are called there.

Installed, `plugins` and `training` lie inside `zoo`: these are anybody's names, and a stranger's package of such a name
must neither be hidden by ours nor be taken for it. In a checkout they lie beside it. Their modules import each other
relatively, which holds under either roof.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoo.types import RegisteredModel

PACKAGE = Path(__file__).parent
CHECKOUT = None if (PACKAGE / "plugins").is_dir() else PACKAGE.parent
"""The folder that holds `zoo`, `plugins` and `training` side by side, if there is one."""
ZOO = "python -m zoo" if CHECKOUT else "glioma-zoo"
TRAINING = "python -m training" if CHECKOUT else "glioma-zoo-train"
INSTALL_TRAINING = "pip install -e '.[training]'" if CHECKOUT else "pip install 'glioma-zoo[training]'"
INSTALL_DICOM = INSTALL_TRAINING.replace("training", "dicom")
INSTALL_RAW = INSTALL_TRAINING.replace("training", "raw")


def training_commands(spec: RegisteredModel) -> tuple[str, ...]:
    """What to type so that a model can grade, in this order; empty when it can."""
    return tuple(f"{TRAINING} fit {part.id} --cohort DIR" for part in spec.untrained_parts())
