"""The programs outside Python that tests drive: a browser, node."""

import os
import shutil
from contextlib import contextmanager

import pytest

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # resolve no host name, so that requests to the network fail at once
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
OFF_LINE = ("file:", "data:", "blob:", "about:")


def program(*names: str) -> str:
    """Return the path of the first of these programs that is installed: `program("node")`.

    If none is, the test is skipped, or fails where the variable CI is set, so that a suite that has
    tested nothing does not pass.
    """
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end(
            f"{names[0]} is not installed: `make browser` installs it on Debian and Ubuntu, "
            "CONTRIBUTING.md lists alternatives"
        )
    return path


def browser_path() -> str:
    """Return the path of the browser to drive: FIDLE_BROWSER, or the first Chromium found."""
    chosen = os.environ.get("FIDLE_BROWSER")
    if chosen and not shutil.which(chosen):
        pytest.fail(f"FIDLE_BROWSER is {chosen!r}, which is no program: unset or correct it")
    return chosen or program(*BROWSERS)


@contextmanager
def launched(**options):
    """Launch a headless browser without a network; `options` as for Playwright's `launch`."""
    path = browser_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, **options)
        try:
            yield browser
        finally:
            browser.close()


def watch(context, allowed=OFF_LINE):
    """Return a list that fills with all that goes wrong in the pages of a browser context.

    That is: errors on the console, uncaught exceptions, and requests for addresses that start with
    none of `allowed`.
    """
    problems = []

    def request(address):
        if not address.startswith(tuple(allowed)):
            problems.append(f"asked for {address}")

    def console(message):
        if message.type == "error":
            problems.append(f"console: {message.text} ({message.location['url']})")

    context.on("console", console)
    context.on("weberror", lambda error: problems.append(f"exception: {error.error}"))
    context.on("request", lambda asked: request(asked.url))
    context.on("page", lambda page: page.on("websocket", lambda socket: request(socket.url)))
    return problems


# Playwright keeps an event loop running in this thread for as long as it is open, and asyncio
# allows one only: with a browser for the whole session, no later test could use asyncio.run.
@pytest.fixture(scope="module")
def browser():
    """One browser for the tests of a file."""
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """A page without a network; what goes wrong in it fails the test at its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True)
    problems = watch(context)
    yield context.new_page()
    for left in context.pages:
        left.evaluate("0")  # so that its pending messages arrive first
    context.close()
    assert not problems, "\n".join(problems)
