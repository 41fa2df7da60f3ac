"""The process in which one version does one step: `python -m bench.answer MODULE:FUNCTION`.

It reads a study's folder a line, and answers each by a line of JSON: the figures, or the error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any


def main(task: str) -> None:
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        for line in sys.stdin:
            print(json.dumps(_answer(task, Path(line.rstrip("\n")))), file=answers, flush=True)


def _answer(task: str, study: Path) -> dict[str, Any]:
    module, function = task.split(":")
    try:
        figures = getattr(importlib.import_module(module), function)(study)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"figures": figures if isinstance(figures, tuple) else [figures]}


if __name__ == "__main__":
    main(sys.argv[1])
