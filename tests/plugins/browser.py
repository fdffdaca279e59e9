"""The system's Chromium for journeys: one browser a file, one fresh context a test, quiet and offline."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = {"wide": 1280, "narrow": 320}


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """Skips, loudly, where there is no Chromium (bin/test installs it when it may).

    It ends with its file: while it lives, an event loop runs in this thread, in which nothing that follows in the same
    process may run one of its own (sealing does).
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("NO CHROMIUM: browser journeys were not run; install Debian's chromium")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous face runs an event loop in this thread; the tests use the database from it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_context(chromium: "Browser", live_server: object) -> "Iterator[Callable[..., BrowserContext]]":
    """``new_context(width=320, language="en", javascript=False)``; closed after the test."""
    opened = []

    def make(*, width: int = 1280, language: str = "zh-Hans", javascript: bool = True) -> "BrowserContext":
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            base_url=live_server.url,  # type: ignore[attr-defined]
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
