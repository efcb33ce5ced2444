"""Debian's Chromium, driven by Playwright; without it, the tests are skipped with a reason."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

# `.ci/run` sets it, so that a missing browser fails there instead of skipping the tests.
REQUIRED = "JUNHENG_TEST_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium on this machine (Debian: apt-get install chromium)"
# Turns off requests that Chromium sends by itself.
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
    """Return the path of Chromium, None if it is missing."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


needs_chromium = pytest.mark.skipif(
    found() is None and not os.environ.get(REQUIRED), reason=MISSING
)


@contextmanager
def running() -> Iterator[Browser]:
    """Yield a browser; raises RuntimeError if Chromium is missing."""
    path = found()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
