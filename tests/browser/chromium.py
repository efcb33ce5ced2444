"""Debian's Chromium, driven by Playwright; a machine without it is told so, once."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

# `.ci/run` sets it: there a skipped test would hide that nobody looked.
REQUIRED = "JUNHENG_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium on this machine (Debian: apt-get install chromium)"
# What keeps it from asking for anything by itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """Return where Chromium lies, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


needs_chromium = pytest.mark.skipif(
    found() is None and not os.environ.get(REQUIRED), reason=MISSING
)


@contextmanager
def running() -> Iterator[Browser]:
    """Yield one browser for as long as it is needed; raises RuntimeError where there is none."""
    path = found()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
