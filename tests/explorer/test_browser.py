from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.helpers.browser import browser_path, program, watch

PARTS = {
    "an error": ("<script>console.error('oh')</script>", "console: oh"),
    "an exception": ("<script>throw new Error('oh')</script>", "exception: oh"),
    "a promise": ("<script>Promise.reject(new Error('oh'))</script>", "exception: oh"),
    "a picture": ("<img src='http://example.org/oh'>", "asked for http://example.org/oh"),
    "a socket": (
        "<script>new WebSocket('ws://example.org/oh')</script>",
        "asked for ws://example.org/oh",
    ),
    "a worker": (
        "<script>const code = \"fetch('http://example.org/oh').catch(() => 0)\";"
        "new Worker(URL.createObjectURL(new Blob([code])))</script>",
        "asked for http://example.org/oh",
    ),
    "a page inside": (
        "<iframe srcdoc=\"<img src='http://example.org/oh'>\"></iframe>",
        "asked for http://example.org/oh",
    ),
}


@pytest.fixture
def watched(browser):
    """A page, and the list of its problems."""
    context = browser.new_context(offline=True)
    problems = watch(context)
    yield context.new_page(), problems
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("part", PARTS)
def test_every_problem_of_a_page_is_noticed(watched, part):
    (page, problems), (source, expected) = watched, PARTS[part]
    page.set_content(source)
    for _ in range(50):
        page.wait_for_timeout(50)
        if any(problem.startswith(expected) for problem in problems):
            break
    else:
        pytest.fail(f"only {problems}")


@pytest.mark.browser
def test_a_self_contained_page_has_no_problem(watched):
    page, problems = watched
    page.set_content("<p>Quiet</p><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
    page.evaluate("console.warn('a hint')")
    page.wait_for_timeout(200)
    assert problems == []


@pytest.mark.browser
def test_no_host_name_resolves_even_in_an_online_context(browser):
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    Thread(target=server.serve_forever).start()
    page = browser.new_page()
    try:
        said = [
            page.evaluate(
                "url => fetch(url, {mode: 'no-cors'}).then(() => 'there', () => 'not there')",
                f"http://{name}:{server.server_port}",
            )
            for name in ("127.0.0.1", "localhost", "example.org")
        ]
    finally:
        page.close()
        server.shutdown()
        server.server_close()
    assert said == ["there", "not there", "not there"]


@pytest.mark.parametrize(("ci", "end"), [("", pytest.skip), ("true", pytest.fail)])
def test_a_missing_program_skips_a_test_and_fails_it_in_ci(monkeypatch, ci, end):
    monkeypatch.setenv("CI", ci)
    with pytest.raises((pytest.skip.Exception, pytest.fail.Exception)) as ended:
        program("no-such-program", "nor-this")
    assert ended.type is end.Exception
    assert str(ended.value).startswith("no-such-program is not installed: `make browser` installs")


def test_the_first_installed_program_is_used(tmp_path, monkeypatch):
    for name in ("second", "third"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program("first", "second", "third") == str(tmp_path / "second")


def test_a_browser_set_by_the_user_is_used_and_a_wrong_one_is_named(tmp_path, monkeypatch):
    own = tmp_path / "my-browser"
    own.touch(mode=0o755)
    monkeypatch.setenv("FIDLE_BROWSER", str(own))
    assert browser_path() == str(own)
    monkeypatch.setenv("FIDLE_BROWSER", "no-such-browser")
    with pytest.raises(pytest.fail.Exception, match="FIDLE_BROWSER is 'no-such-browser'"):
        browser_path()
