"""A real browser for the tests of the page: Chromium, a page of its own per test, and no request to the outside."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np
import pytest

from page_actions import draw_nothing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the lightest first
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL2 without a graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).parents[2]
START_SECONDS = 60
COLD = "from zoo.page import serve; serve._warm_up = lambda worker: None; serve.serve()"
EDGE = 8
LIT = 40
COLOURED = 50


@dataclass(frozen=True)
class Picture:
    """What the user sees of one element: rgb int [H, W, 3]."""

    rgb: np.ndarray

    @property
    def lit(self) -> int:
        """Pixels that are not black."""
        return int((self.rgb.max(axis=2) > LIT).sum())

    @property
    def warm(self) -> int:
        """Pixels clearly more red than blue: the heat map where it speaks for HGG."""
        return int((self.rgb[..., 0] - self.rgb[..., 2] > COLOURED).sum())

    @property
    def cool(self) -> int:
        """Pixels clearly more blue than red: the heat map where it speaks for LGG."""
        return int((self.rgb[..., 2] - self.rgb[..., 0] > COLOURED).sum())

    @property
    def brightness(self) -> float:
        """Mean grey level, 0 to 255."""
        return float(self.rgb.mean())


def is_local(url: str) -> bool:
    """Whether a request for this URL stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    return _missing(f"found none of {', '.join(CHROMIUM_NAMES)}: apt-get install chromium")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the module, with software WebGL2; for longer, its event loop would forbid others asyncio.run."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("found no playwright: pip install playwright")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """What the module's pages share: scripts once fetched and compiled, which takes half of the time of a page."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as shared:
        yield shared


@pytest.fixture
def requests() -> list[str]:
    """URLs that `page` has asked for so far, in order."""
    return []


@pytest.fixture
def outside(requests: list[str]) -> Callable[[], list[str]]:
    """outside() → the requests so far that left this machine."""
    return lambda: [url for url in requests if not is_local(url)]


@pytest.fixture
def page(
    context: BrowserContext, requests: list[str], outside: Callable[[], list[str]], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A fresh page, 1280 x 900; fails at the end if any request left this machine.

    It draws no study unless the test takes `look` or `drawn`: without a graphics card that takes longer than all else.
    """
    with context.new_page() as fresh:
        if {"look", "drawn"}.isdisjoint(request.fixturenames):
            draw_nothing(fresh)
        fresh.on("request", lambda asked: requests.append(asked.url))
        yield fresh
    assert not outside(), f"requests left this machine: {outside()}"


@pytest.fixture
def drawn() -> None:
    """Asks for a page that draws studies."""


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """serve(blocks, **launch arguments) → URL of the running app; all are closed after the module."""
    running = []

    def start(blocks, **launch) -> str:
        running.append(blocks)
        defaults = {"server_name": "127.0.0.1", "server_port": _free_port(), "prevent_thread_lock": True, "quiet": True}
        return blocks.launch(**(defaults | launch))[1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        yield start
        for blocks in running:
            blocks.close()


@pytest.fixture
def look() -> Callable[..., Picture]:
    """look(page, selector="canvas") → Picture of that element as it is on the screen now, less its rounded edge."""
    from PIL import Image

    def take(page: Page, selector: str = "canvas") -> Picture:
        shot = Image.open(io.BytesIO(page.locator(selector).screenshot())).convert("RGB")
        return Picture(np.asarray(shot).astype(int)[EDGE:-EDGE, EDGE:-EDGE])

    return take


def _missing(sentence: str) -> NoReturn:
    """Fails where everything has to be tested (the variable CI is set), skips elsewhere."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(sentence)


@pytest.fixture(scope="session")
def start_app() -> Callable[..., AbstractContextManager[str]]:
    """with start_app(python, NAME="value") as url: `python app.py` runs with these variables added to ours.

    warm_up=False: its compute process is started and loads a model when that is asked for, which is less in all.
    """
    return _running_app


@contextmanager
def _running_app(python: str = sys.executable, warm_up: bool = True, **environment: str) -> Iterator[str]:
    port = _free_port()
    variables = os.environ | {"GRADIO_SERVER_PORT": str(port)} | environment
    variables.pop("GRADIO_TEMP_DIR", None)
    program = ["app.py"] if warm_up else ["-c", COLD]
    process = subprocess.Popen([python, *program], cwd=ROOT, env=variables)
    try:
        yield _answering(f"http://127.0.0.1:{port}/", process)
    finally:
        process.terminate()  # the way a user would end it
        process.wait(20)


def _answering(url: str, process: subprocess.Popen[bytes]) -> str:
    """The URL, once the process answers there."""
    for _ in range(START_SECONDS * 4):
        with suppress(OSError):
            urlopen(url).close()
            return url
        assert process.poll() is None, "app.py ended by itself"
        time.sleep(0.25)
    raise TimeoutError(f"app.py did not answer on {url} within {START_SECONDS} s")


@pytest.fixture(scope="session")
def site(start_app) -> Iterator[str]:
    """URL of the app as it is installed here, for all who leave it as it is; others start one of their own."""
    with start_app() as url:
        yield url


@pytest.fixture
def visit(page, site):
    page.goto(site)
    page.wait_for_selector("#grade")
    return page


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
