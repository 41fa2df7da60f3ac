"""The versions that are compared: this tree, and another commit laid beside it for as long as it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent


class StepError(Exception):
    """A version could not do a step."""


@contextmanager
def beside(commit: str, folder: Path, repository: Path = ROOT) -> Iterator[dict[str, Path]]:
    """Yield the root of each version, "before" as a worktree in `folder`; "now" alone, with a sentence on stderr, where
    git or the commit is missing."""
    before = folder / "before"
    git = ["git", "-C", str(repository), "worktree"]
    try:
        subprocess.run([*git, "add", "--detach", before, commit], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "").strip() or error
        print(f"Only this tree is measured, since git could not lay {commit} beside it: {reason}", file=sys.stderr)
        yield {"now": repository}
        return
    try:
        yield {"before": before, "now": repository}
    finally:
        subprocess.run([*git, "remove", "--force", before], check=True)


class StepProcess:
    """A process in which one version does one step as often as it is asked; a context manager."""

    def __init__(self, root: Path, task: str) -> None:
        paths = [str(root), str(TESTS), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.answer", task],  # -P: these paths alone say whose zoo it is
            cwd=root,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> StepProcess:
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(BrokenPipeError):  # of one that crashed
            self._process.__exit__(*error)  # closes its input, at which it ends, and waits

    def figures(self, study: Path) -> list[float]:
        """Do the step once, with a study's folder; `StepError` when it fails or the process crashes."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(study, file=self._process.stdin, flush=True)
            answer = json.loads(self._process.stdout.readline() or '{"error": "its process crashed"}')
        except BrokenPipeError:
            answer = {"error": "its process crashed"}
        if "error" in answer:
            raise StepError(answer["error"])
        return answer["figures"]
