"""The list of models needs nothing that computes or reads scans."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {"torch", "timm", "nibabel", "gradio"}
LIST = f"""
import sys
from typer.testing import CliRunner
from zoo.__main__ import app

print(CliRunner().invoke(app, ["models"]).stdout)
print(sorted({HEAVY!r} & set(sys.modules)))
"""


def test_nothing_heavy_is_loaded():
    printed = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True).stdout
    assert "guided-dual-attention.paper" in printed
    assert "1,794.4" in printed, "its GFLOPs"
    assert printed.splitlines()[-1] == "[]"
