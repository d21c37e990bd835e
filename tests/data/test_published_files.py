import contextlib
import hashlib
import http.server
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fidle_vae.data import published_files
from fidle_vae.data.checked_array import DamagedFileError
from fidle_vae.data.published_files import places
from tests.helpers.small_datasets import FILES, in_blocks, read, write_archive, write_folder


@pytest.fixture
def server(tmp_path, machine):
    """A folder whose files are served at the address that datasets are downloaded from."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            pass

    with serving(Handler) as address:
        for name in ("mnist", "fashion_mnist"):
            machine.know(name, origin=address)
        yield folder


@contextlib.contextmanager
def serving(handler):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def sending(machine, send, length):
    """Announce `length` bytes at the address of MNIST; let `send(stream)` send them as it likes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def do_GET(self):
            self.do_HEAD()
            with contextlib.suppress(ConnectionError):
                send(self.wfile)

        def log_message(self, *arguments):
            pass

    with serving(Handler) as address:
        machine.know("mnist", origin=address)
        yield address


def publish_archive(machine, path):
    """Write a small MNIST as the archive that is downloaded, and pin its hash."""
    arrays = machine.publish()
    write_archive(path, arrays)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    machine.know("mnist", downloads={"mnist.npz": f"sha256:{sha256}"})
    return arrays


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_places_are_searched_in_order(machine):
    arrays = machine.publish()
    expected = []
    for place in (machine.keras, machine.data, machine.named):
        write_archive(place / "mnist.npz", arrays)
        expected.insert(0, place / "mnist.npz")
    for path in expected:
        assert machine.find().place == path
        path.unlink()
    assert machine.find() is None


def test_the_environment_moves_the_places(machine, monkeypatch):
    monkeypatch.setenv("FIDLE_DATASETS_DIR", "shelf")  # counts from the project folder
    assert places() == [machine.project / "shelf", machine.data, machine.keras]
    for name in ("FIDLE_DATASETS_DIR", "KERAS_HOME"):
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(machine.project))
    assert places() == [machine.data, machine.project / ".keras" / "datasets"]


def test_a_folder_with_some_of_the_files_is_not_passed_over(machine):
    arrays = machine.publish()
    write_folder(machine.data / "mnist", arrays)
    write_archive(machine.keras / "mnist.npz", arrays)
    (machine.data / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DamagedFileError, match=r"expected 4 files, found 3.*t10k-labels") as caught:
        machine.find()
    assert str(machine.data / "mnist") in str(caught.value)


def test_mnist_is_downloaded_into_keras_cache_once(machine, server, capfd):
    arrays = publish_archive(machine, server / "mnist.npz")
    found = machine.fetch()
    assert found.place == machine.keras / "mnist.npz"
    np.testing.assert_array_equal(read(found)["x_train"], arrays["x_train"])
    assert names_in(machine.keras) == ["mnist.npz"]  # nothing temporary is left
    assert str(machine.keras) not in "".join(capfd.readouterr())
    (server / "mnist.npz").unlink()
    assert machine.fetch() == found  # from now on without the network


@pytest.mark.parametrize("missing", [None, "t10k-labels-idx1-ubyte"])
def test_fashion_mnist_is_downloaded_whole_or_not_at_all(machine, server, missing):
    arrays = machine.publish("fashion_mnist")
    write_folder(server, arrays)
    md5s = {
        key: hashlib.md5((server / f"{file}.gz").read_bytes()).hexdigest()
        for key, file in FILES.items()
    }
    downloads = {f"fashion-mnist/{file}.gz": f"md5:{md5s[key]}" for key, file in FILES.items()}
    machine.know("fashion_mnist", checksums=md5s, downloads=downloads)
    if missing:
        (server / f"{missing}.gz").unlink()
        with pytest.raises(FileNotFoundError, match=rf"404.*{missing}"):
            machine.fetch("fashion_mnist")
        assert names_in(machine.keras) == []
    else:
        found = machine.fetch("fashion_mnist")
        assert found.place == machine.keras / "fashion-mnist"
        np.testing.assert_array_equal(read(found)["x_test"], arrays["x_test"])
        assert names_in(machine.keras) == ["fashion-mnist"]


def test_a_download_of_something_else_is_refused_and_leaves_nothing(machine, server):
    publish_archive(machine, server / "mnist.npz")
    (server / "mnist.npz").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(FileNotFoundError, match=r"downloaded: what http://\S+ sent is not mnist\."):
        machine.fetch()
    assert names_in(machine.keras) == []


def test_a_download_cut_short_is_refused_and_leaves_nothing(machine):
    machine.know("mnist", downloads={"mnist.npz": None})
    with (
        sending(machine, lambda stream: stream.write(b"x" * 1000), 1_000_000) as address,
        pytest.raises(FileNotFoundError, match=rf"the connection to {address} broke off\. Put"),
    ):
        machine.fetch()
    assert names_in(machine.keras) == []


def test_downloads_started_together_do_no_harm(machine, server):
    arrays = publish_archive(machine, server / "mnist.npz")
    with ThreadPoolExecutor(3) as pool:
        founds = list(pool.map(machine.fetch, ["mnist"] * 3))
    for found in founds:
        np.testing.assert_array_equal(read(found)["x_train"], arrays["x_train"])
    assert names_in(machine.keras) == ["mnist.npz"]


def test_a_name_that_is_never_resolved_is_given_up(machine, monkeypatch):
    answer = threading.Event()
    monkeypatch.setattr(published_files, "PATIENCE", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **kwargs: answer.wait(60) or [])
    start = time.monotonic()
    with pytest.raises(FileNotFoundError, match="no answer from"):
        machine.fetch()
    assert time.monotonic() - start < 10
    assert not machine.keras.exists()
    answer.set()


def test_a_server_that_never_answers_is_given_up_within_ten_seconds(machine):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        machine.know("mnist", origin=address)
        start = time.monotonic()
        with pytest.raises(FileNotFoundError, match=rf"no answer from {address}\. Put"):
            machine.fetch()
        assert time.monotonic() - start < 10


def test_a_download_that_stalls_is_given_up_and_leaves_nothing(machine, monkeypatch):
    end = threading.Event()

    def send(stream):
        stream.write(b"x" * 100_000)
        end.wait(60)

    monkeypatch.setattr(published_files, "PATIENCE", 0.3)
    with sending(machine, send, 1_000_000):
        start = time.monotonic()
        with pytest.raises(FileNotFoundError, match="no answer from"):
            machine.fetch()
        assert time.monotonic() - start < 10
        assert names_in(machine.keras) == []
        end.set()


def test_a_slow_download_is_waited_for(machine, tmp_path, monkeypatch):
    """What counts is that bytes keep coming, not how long it takes in all."""
    arrays = publish_archive(machine, tmp_path / "mnist.npz")
    contents = (tmp_path / "mnist.npz").read_bytes()
    parts = 8

    def send(stream):
        size = -(-len(contents) // parts)
        for start in range(0, len(contents), size):
            stream.write(contents[start : start + size])
            time.sleep(0.1)

    monkeypatch.setattr(published_files, "PATIENCE", 0.5)
    with sending(machine, send, len(contents)):
        start = time.monotonic()
        np.testing.assert_array_equal(read(machine.fetch())["x_test"], arrays["x_test"])
        assert time.monotonic() - start > published_files.PATIENCE


def test_what_cannot_be_had_is_said_with_the_places_and_the_mend(machine):
    with pytest.raises(FileNotFoundError) as caught:
        machine.fetch()
    message = str(caught.value)
    for part in (
        str(machine.named),
        str(machine.data),
        str(machine.keras),
        "could not be downloaded: no answer from http://127.0.0.1:9.",
        "mnist/ or mnist.npz or mnist/mnist.npz",
        "FIDLE_DATASETS_DIR",
        "load_dataset('digits')",
        "load_dataset('auto')",
    ):
        assert part in message
    assert "\n" not in message


def test_the_frey_faces_are_not_downloaded_but_asked_for(machine):
    with pytest.raises(FileNotFoundError, match=r"no address.*frey_faces/frey_faces\.npz"):
        machine.fetch("frey_faces")


def test_the_digits_are_made_once_as_the_files_of_mnist_with_their_checksums(machine):
    arrays = machine.publish("digits")
    found = machine.fetch("digits")
    assert found.place.parent == machine.data / "digits"
    assert names_in(found.place.parent) == [found.place.name]
    assert names_in(found.place) == sorted(["SHA256SUMS", *(f"{f}.gz" for f in FILES.values())])
    machine.pin("mnist", arrays)
    write_folder(machine.data / "mnist", arrays)  # the oracle: made here, by other means
    expected = read(machine.fetch("mnist"))
    for key, array in read(found).items():
        np.testing.assert_array_equal(array, expected[key])

    machine.know("digits", make=lambda: pytest.fail("made again"))
    assert machine.fetch("digits") == found
    path = found.arrays["x_train"].path
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DamagedFileError, match=r"delete .* to have it made again"):
        read(machine.fetch("digits"))


def test_a_new_version_of_the_digits_leaves_the_old_aside(machine):
    machine.publish("digits")
    old = machine.fetch("digits").place
    machine.know("digits", folders=("digits/v999",))
    assert machine.fetch("digits").place == old.with_name("v999")


def test_making_that_is_interrupted_leaves_nothing(machine):
    arrays = machine.publish("digits")

    def interrupted():
        yield "x_train", [arrays["x_train"]]
        raise KeyboardInterrupt

    machine.know("digits", make=interrupted)
    with pytest.raises(KeyboardInterrupt):
        machine.fetch("digits")
    assert names_in(machine.data / "digits") == []


def test_two_processes_that_make_the_digits_together_do_no_harm(machine):
    """The second begins before the first has ended, and ends before it."""
    arrays = machine.publish("digits")
    second = []

    def overtaken():
        machine.pin("digits", arrays)
        second.append(machine.fetch("digits"))
        return in_blocks(arrays)

    machine.know("digits", make=overtaken)
    first = machine.fetch("digits")
    assert second == [first]
    np.testing.assert_array_equal(read(first)["x_train"], arrays["x_train"])
    assert names_in(first.place.parent) == [first.place.name]


def test_the_digits_go_where_they_can_be_written(machine):
    machine.publish("digits")
    machine.project.mkdir()
    machine.data.write_text("a file where the folder should be")
    assert machine.fetch("digits").place.parent == machine.keras / "digits"


def test_where_nothing_can_be_written_the_mend_is_said(machine):
    machine.publish("digits")
    for folder in (machine.data, machine.keras):
        folder.parent.mkdir()
        folder.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"cannot be written anywhere.*set KERAS_HOME"):
        machine.fetch("digits")
