import contextlib
import hashlib
import http.server
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fidle_vae.data import digits
from fidle_vae.data import fetch as dataset_fetch
from fidle_vae.data.fetch import fetch
from fidle_vae.data.published_files import DamagedFileError
from tests.helpers.small_datasets import FILES, Machine, write_archive, write_folder


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def small_digits(machine, monkeypatch):
    """Small arrays in the place of the digits, which take a while to make."""
    arrays = machine.publish("digits")
    monkeypatch.setattr(digits, "make_digits", lambda: ((k, [a]) for k, a in arrays.items()))
    return arrays


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A folder whose files are served at the address that datasets are downloaded from."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            pass

    with serving(Handler) as address:
        monkeypatch.setattr(dataset_fetch, "ORIGIN", address)
        yield folder


@contextlib.contextmanager
def serving(handler):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def sender(send, length):
    """A handler that announces so many bytes, and lets `send(stream)` send them as it likes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def do_GET(self):
            self.do_HEAD()
            send(self.wfile)

        def log_message(self, *arguments):
            pass

    return Handler


def read(found, key):
    return np.concatenate(list(found.parts[key].blocks()))


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_mnist_is_downloaded_into_keras_cache(machine, server):
    arrays = machine.publish()
    write_archive(server / "mnist.npz", arrays)
    found = fetch("mnist")
    assert found.place == machine.keras / "mnist.npz"
    np.testing.assert_array_equal(read(found, "x_train"), arrays["x_train"])
    assert names_in(machine.keras) == ["mnist.npz"]  # nothing temporary is left
    (server / "mnist.npz").unlink()
    assert fetch("mnist") == found  # from now on without the network


def test_fashion_mnist_is_downloaded_into_keras_cache(machine, server):
    arrays = machine.publish("fashion_mnist")
    write_folder(server, arrays)
    machine.know(
        "fashion_mnist",
        checksums={
            key: hashlib.md5((server / f"{file}.gz").read_bytes()).hexdigest()
            for key, file in FILES.items()
        },
    )
    found = fetch("fashion_mnist")
    assert found.place == machine.keras / "fashion-mnist"
    np.testing.assert_array_equal(read(found, "x_test"), arrays["x_test"])
    assert names_in(machine.keras) == ["fashion-mnist"]


@pytest.mark.parametrize("sent", ["another file", "half of it", "no such file"])
def test_a_wrong_download_is_refused_and_leaves_nothing(machine, server, sent):
    arrays = machine.publish()
    if sent != "no such file":
        write_archive(server / "mnist.npz", arrays)
        good = (server / "mnist.npz").read_bytes()
        bad = b"<html>Please log in</html>" if sent == "another file" else good[: len(good) // 2]
        (server / "mnist.npz").write_bytes(bad)
    with pytest.raises(FileNotFoundError, match=r"could not be downloaded: (what http|HTTP Error)"):
        fetch("mnist")
    assert not machine.keras.exists() or names_in(machine.keras) == []


def test_a_download_cut_short_is_refused_and_leaves_nothing(machine, monkeypatch):
    machine.publish()

    def send(stream):
        stream.write(b"x" * 1000)

    with serving(sender(send, 1_000_000)) as address:
        monkeypatch.setattr(dataset_fetch, "ORIGIN", address)
        with pytest.raises(FileNotFoundError, match="retrieval incomplete"):
            fetch("mnist")
    assert names_in(machine.keras) == []


def test_downloads_started_together_do_no_harm(machine, server):
    arrays = machine.publish()
    write_archive(server / "mnist.npz", arrays)
    with ThreadPoolExecutor(3) as pool:
        founds = list(pool.map(fetch, ["mnist"] * 3))
    for found in founds:
        np.testing.assert_array_equal(read(found, "x_train"), arrays["x_train"])
    assert names_in(machine.keras) == ["mnist.npz"]


def test_a_name_that_is_never_resolved_is_given_up(machine, monkeypatch):
    answer = threading.Event()
    monkeypatch.setattr(dataset_fetch, "PATIENCE", 0.5)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **kwargs: answer.wait(60) or [])
    start = time.monotonic()
    with pytest.raises(FileNotFoundError, match="no answer from"):
        fetch("mnist")
    assert time.monotonic() - start < 10
    answer.set()


def test_a_server_that_never_answers_is_given_up_within_ten_seconds(machine, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(dataset_fetch, "ORIGIN", address)
        start = time.monotonic()
        with pytest.raises(FileNotFoundError, match=f"no answer from {address}"):
            fetch("mnist")
        assert time.monotonic() - start < 10


def test_a_download_that_stalls_is_given_up_and_leaves_nothing(machine, monkeypatch):
    machine.publish()
    end = threading.Event()

    def send(stream):
        stream.write(b"x" * 100_000)
        end.wait(60)

    monkeypatch.setattr(dataset_fetch, "PATIENCE", 0.5)
    with serving(sender(send, 1_000_000)) as address:
        monkeypatch.setattr(dataset_fetch, "ORIGIN", address)
        start = time.monotonic()
        with pytest.raises(FileNotFoundError, match="no answer from"):
            fetch("mnist")
        assert time.monotonic() - start < 10
        assert names_in(machine.keras) == []
        end.set()


def test_a_slow_download_is_waited_for(machine, server, monkeypatch):
    """What counts is that bytes keep coming, not how long it takes in all."""
    arrays = machine.publish()
    write_archive(server / "mnist.npz", arrays)
    contents = (server / "mnist.npz").read_bytes()

    def send(stream):
        for start in range(0, len(contents), 30_000):
            stream.write(contents[start : start + 30_000])
            time.sleep(0.2)

    monkeypatch.setattr(dataset_fetch, "PATIENCE", 0.8)
    with serving(sender(send, len(contents))) as address:
        monkeypatch.setattr(dataset_fetch, "ORIGIN", address)
        start = time.monotonic()
        np.testing.assert_array_equal(read(fetch("mnist"), "x_test"), arrays["x_test"])
        assert time.monotonic() - start > dataset_fetch.PATIENCE


def test_what_cannot_be_had_is_said_with_the_places_and_the_mend(machine):
    with pytest.raises(FileNotFoundError) as caught:
        fetch("mnist")
    message = str(caught.value)
    for part in (
        str(machine.named),
        str(machine.data),
        str(machine.keras),
        "could not be downloaded",
        "mnist.npz",
        "FIDLE_DATASETS_DIR",
        "load_dataset('digits')",
        "load_dataset('auto')",
    ):
        assert part in message
    assert "\n" not in message


def test_the_frey_faces_are_not_downloaded_but_asked_for(machine):
    with pytest.raises(FileNotFoundError, match=r"no address.*frey_faces/frey_faces\.npz"):
        fetch("frey_faces")


def test_the_digits_are_made_once(machine, small_digits, monkeypatch):
    found = fetch("digits")
    assert found.place == machine.data / "digits" / f"v{digits.VERSION}"
    for key, array in small_digits.items():
        np.testing.assert_array_equal(read(found, key), array)
    assert names_in(found.place.parent) == [found.place.name]
    monkeypatch.setattr(digits, "make_digits", None)
    assert fetch("digits") == found


def test_the_digits_files_are_those_of_mnist_with_their_checksums(machine, small_digits):
    folder = fetch("digits").place
    assert names_in(folder) == sorted(["SHA256SUMS", *(f"{file}.gz" for file in FILES.values())])
    machine.pin("mnist", small_digits)
    write_folder(machine.data / "mnist", small_digits)  # the oracle: made here, by other means
    for key in FILES:
        np.testing.assert_array_equal(read(fetch("mnist"), key), read(fetch("digits"), key))


def test_a_new_version_of_the_digits_leaves_the_old_aside(machine, small_digits):
    old = fetch("digits").place
    machine.know("digits", folders=("digits/v999",))
    assert fetch("digits").place == old.with_name("v999")


def test_making_that_is_interrupted_leaves_nothing(machine, small_digits, monkeypatch):
    whole = digits.make_digits

    def interrupted():
        yield next(whole())
        raise KeyboardInterrupt

    monkeypatch.setattr(digits, "make_digits", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch("digits")
    assert names_in(machine.data / "digits") == []
    monkeypatch.setattr(digits, "make_digits", whole)
    assert read(fetch("digits"), "x_test").shape == small_digits["x_test"].shape


def test_two_processes_that_make_the_digits_together_do_no_harm(machine, small_digits, monkeypatch):
    """The second begins before the first has ended, and ends after it."""
    whole = digits.make_digits
    second = []

    def overtaken():
        monkeypatch.setattr(digits, "make_digits", whole)
        second.append(fetch("digits"))
        return whole()

    monkeypatch.setattr(digits, "make_digits", overtaken)
    first = fetch("digits")
    assert second == [first]
    np.testing.assert_array_equal(read(first, "x_train"), small_digits["x_train"])
    assert names_in(first.place.parent) == [first.place.name]


def test_damaged_digits_are_not_made_again_in_silence(machine, small_digits):
    path = fetch("digits").parts["x_train"].path
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DamagedFileError, match=r"delete .* to have it made again"):
        read(fetch("digits"), "x_train")


def test_where_data_cannot_be_written_the_digits_go_to_keras_cache(machine, small_digits):
    machine.project.mkdir()
    machine.data.write_text("a file where the folder should be")
    assert fetch("digits").place.parent == machine.keras / "digits"


def test_where_nothing_can_be_written_the_mend_is_said(machine, small_digits):
    for folder in (machine.data, machine.keras):
        folder.parent.mkdir()
        folder.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"cannot be written anywhere.*set KERAS_HOME"):
        fetch("digits")
