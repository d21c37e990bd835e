"""TensorBoard and Trackio are read back from disk; wandb and mlflow are stand-ins of their API."""

import contextlib
import json
import os
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

import keras
import numpy as np
import pytest

from fidle_vae.cli.main import main
from fidle_vae.data.datasets import Dataset
from fidle_vae.models.networks import build_decoder, build_encoder
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import PrunedError, Run
from fidle_vae.runs.verify import flaws_of
from fidle_vae.training.fit_run import fit_run
from fidle_vae.training.processes import Part
from fidle_vae.training.tracker import TRACKERS, require_tracker, tracked
from fidle_vae.training.train import train
from tests.helpers.events import events

PARAMETERS = {"latent_dim": 2, "loss_weights": [1.0, 1e-3], "kind": "mlp"}
EPOCHS, STOP = 3, 2  # stopped in epoch 2 once it is logged, before the checkpoint has it


class Stop(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.epoch:
            raise KeyboardInterrupt


class FakeWandb(ModuleType):
    def __init__(self, raises=None):
        super().__init__("wandb")
        self.calls, self.raises = [], raises

    def init(self, *, project, name, group, config, id, resume):
        self.calls.append(("init", project, group, name, config, id, resume))
        return SimpleNamespace(id=id or "w1", log=self._log, finish=self._finish)

    def _log(self, data, step=None):
        self.calls.append(("log", step, data))
        if self.raises:
            raise self.raises

    def _finish(self, exit_code=None):
        self.calls.append(("finish", exit_code))


class FakeTrackio(ModuleType):
    def __init__(self):
        super().__init__("trackio")
        self.calls = []

    def init(self, project, *, name, group, config, resume="never"):
        self.calls.append(("init", project, group, name, config, resume))
        return SimpleNamespace(id="t1", log=self._log)

    def _log(self, metrics, step=None):
        self.calls.append(("log", step, metrics))

    def finish(self):
        self.calls.append(("finish",))


class FakeMlflow(ModuleType):
    def __init__(self):
        super().__init__("mlflow")
        self.calls = []

    def set_experiment(self, experiment_name):
        self.calls.append(("experiment", experiment_name))

    def start_run(self, run_id=None, run_name=None, tags=None):
        self.calls.append(("start", run_id, run_name, tags))
        return SimpleNamespace(info=SimpleNamespace(run_id=run_id or "m1"))

    def log_params(self, params):
        self.calls.append(("params", params))

    def log_metrics(self, metrics, step=None):
        self.calls.append(("log", step, metrics))

    def end_run(self, status="FINISHED"):
        self.calls.append(("end", status))


@pytest.fixture(scope="module")
def data():
    x = np.random.default_rng(0).random((40, 8, 8, 1), dtype="float32")
    y = np.arange(40) % 2
    return Dataset(x[:32], y[:32], x[32:], y[32:], "noise", "", "", ("a", "b"))


def fit(run, data, names, stop=None):
    """Train in the trackers of these names, until an epoch after which it is interrupted."""
    keras.utils.set_random_seed(3)
    vae = VAE(build_encoder("mlp", (8, 8, 1), 2), build_decoder("mlp", (8, 8, 1), 2), seed=5)
    vae.compile(keras.optimizers.Adam(1e-2))
    with contextlib.ExitStack() as trackers:
        tracking = [each for name in names for each in trackers.enter_context(tracked(name, run))]
        callbacks = [*tracking, Stop(stop)]
        fit_run(run, vae, data, epochs=EPOCHS, callbacks=callbacks, pictures=False, verbose=0)


def histories(run):
    """Return the metrics of each epoch by its number, as the run has them."""
    history = json.loads((run.logs / "history.json").read_text())
    return {i + 1: {name: each[i] for name, each in history.items()} for i in range(EPOCHS)}


@pytest.fixture(scope="module")
def tracker_of(tmp_path_factory, data):
    """Return a run that was tracked, interrupted and resumed, and the modules of its trackers."""
    folder = tmp_path_factory.mktemp("tracked")
    modules = {"wandb": FakeWandb(), "mlflow": FakeMlflow()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKIO_DIR", str(folder / "trackio"))
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        names = [name for name in TRACKERS if name in modules or find_spec(name)]
        run = Run("tracked", data, root=folder, **PARAMETERS)
        with pytest.raises(KeyboardInterrupt):
            fit(run, data, names, stop=STOP)
        run.resume()
        fit(run, data, names)
        run.finish()
        yield SimpleNamespace(run=run, **modules)


@pytest.mark.core
def test_tensorboard_shows_each_epoch_of_a_resumed_training_once(tracker_of):
    shown = events(tracker_of.run.logs)
    assert shown.keys() == histories(tracker_of.run).keys()
    for step, metrics in histories(tracker_of.run).items():
        assert shown[step] == pytest.approx(metrics, rel=1e-6)
    assert {"elbo", "r_loss", "kl_loss", "val_elbo"} <= shown[1].keys()


def test_tensorboard_shows_the_parameters(tracker_of):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    read = EventAccumulator(str(tracker_of.run.logs)).Reload()
    (content,) = read.PluginTagToContent("hparams").values()
    shown = HParamsPluginData.FromString(content).session_start_info.hparams
    assert shown["latent_dim"].number_value == 2
    assert shown["loss_weights"].string_value == "[1.0, 0.001]"
    assert shown["kind"].string_value == "mlp"


WITHOUT_TENSORFLOW = """
import sys
from fidle_vae.runs.run import Run
from fidle_vae.training.tracker import tracked
run = Run("R", root=sys.argv[1], latent_dim=2)
with tracked("tensorboard", run) as (tracker,):
    tracker.on_epoch_begin(0)
    tracker.on_epoch_end(0, {"loss": 0.5})
print("tensorflow" in sys.modules, *run.logs.iterdir())
"""


def test_tensorboard_works_without_tensorflow(tmp_path, run_python):
    pytest.importorskip("tensorboard")
    env = os.environ | {"KERAS_BACKEND": "torch"}
    loaded, file = run_python(WITHOUT_TENSORFLOW, tmp_path, env=env).split()
    assert loaded == "False"
    assert events(file) == {1: {"loss": 0.5}}


def test_trackio_has_each_epoch_and_the_parameters_in_one_run(tracker_of):
    pytest.importorskip("trackio")
    from trackio.sqlite_storage import SQLiteStorage

    assert SQLiteStorage.get_project_db_path("fidle_vae").parent.name == "trackio"
    (run,) = SQLiteStorage.get_run_records("fidle_vae")
    logs = SQLiteStorage.get_logs("fidle_vae", run_id=run["id"])
    assert run["name"] == f"{tracker_of.run.path.parent.name}/tracked"
    assert [each["step"] for each in logs] == [1, 2, 2, 3]  # what was logged twice is the same
    for each in logs:
        metrics = histories(tracker_of.run)[each["step"]]
        assert {name: each[name] for name in metrics} == metrics
    config = SQLiteStorage.get_run_config("fidle_vae", run_id=run["id"])
    assert PARAMETERS.items() <= config.items()


def test_trackio_goes_on_in_the_run_that_was_interrupted(tmp_path, monkeypatch, data):
    trackio = FakeTrackio()
    monkeypatch.setitem(sys.modules, "trackio", trackio)
    run = Run("R", data, root=tmp_path, **PARAMETERS)
    for epoch in (0, 1):
        with tracked("trackio", run) as (tracker,):
            tracker.on_epoch_begin(epoch)
            tracker.on_epoch_end(epoch, {"loss": np.float32(0.5)})
    first, again = (
        ("init", "fidle_vae", tmp_path.name, f"{tmp_path.name}/R", PARAMETERS, resume)
        for resume in ("never", "allow")
    )
    assert trackio.calls == [
        first, ("log", 1, {"loss": 0.5}), ("finish",),
        again, ("log", 2, {"loss": 0.5}), ("finish",),
    ]  # fmt: skip


def test_wandb_goes_on_in_the_run_that_was_interrupted(tracker_of):
    first, *logs, end = tracker_of.wandb.calls
    epochs, group = histories(tracker_of.run), tracker_of.run.path.parent.name
    assert first == ("init", "fidle_vae", group, "tracked", PARAMETERS, None, "allow")
    again = ("init", "fidle_vae", group, "tracked", PARAMETERS, "w1", "allow")
    assert logs == [
        *[("log", step, epochs[step]) for step in range(1, STOP + 1)], ("finish", 1), again,
        *[("log", step, epochs[step]) for step in range(STOP, EPOCHS + 1)],
    ]  # fmt: skip
    assert end == ("finish", 0)


def test_mlflow_goes_on_in_the_run_that_was_interrupted(tracker_of):
    epochs, tags = histories(tracker_of.run), {"group": tracker_of.run.path.parent.name}
    begin, again = (
        [("experiment", "fidle_vae"), ("start", id, "tracked", tags), ("params", PARAMETERS)]
        for id in (None, "m1")
    )
    assert tracker_of.mlflow.calls == [
        *begin, *[("log", step, epochs[step]) for step in range(1, STOP + 1)], ("end", "KILLED"),
        *again, *[("log", step, epochs[step]) for step in range(STOP, EPOCHS + 1)],
        ("end", "FINISHED"),
    ]  # fmt: skip


def test_a_tracked_run_is_whole_and_its_manifest_names_what_tracked_it(tracker_of):
    assert flaws_of(tracker_of.run.path) == []
    assert tracker_of.run.manifest["parameters"] == PARAMETERS
    assert {"wandb": "w1", "mlflow": "m1"}.items() <= tracker_of.run.manifest["tracker"].items()


def test_of_several_processes_only_the_first_tracks(tmp_path, monkeypatch, data):
    monkeypatch.setitem(sys.modules, "wandb", FakeWandb())
    run = Run("R", data, root=tmp_path, **PARAMETERS)
    for index, callbacks in ((0, 1), (1, 0)):
        monkeypatch.setattr("fidle_vae.training.tracker.part_of_job", lambda i=index: Part(i, 2))
        with tracked("wandb", run) as tracking:
            assert len(tracking) == callbacks


def fail(name, run, error):
    with tracked(name, run) as (tracker,):
        tracker.on_epoch_begin(0)
        raise error


@pytest.mark.parametrize(
    ("error", "status"),
    [(OSError("the disk is full"), "FAILED"), (PrunedError("pruned at epoch 1"), "KILLED")],
)
def test_a_run_that_fails_or_is_pruned_is_tracked_as_such(
    tmp_path, monkeypatch, data, error, status
):
    modules = {"wandb": FakeWandb(), "mlflow": FakeMlflow()}
    run = Run("R", data, root=tmp_path, **PARAMETERS)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
        with pytest.raises(type(error)):
            fail(name, run, error)
    assert modules["wandb"].calls[-1] == ("finish", 1)
    assert modules["mlflow"].calls[-1] == ("end", status)


def test_an_error_of_a_tracker_is_one_line_and_the_training_goes_on(
    tmp_path, monkeypatch, data, capsys
):
    wandb = FakeWandb(raises=ConnectionError("no\nnetwork"))
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    run = Run("R", data, root=tmp_path, **PARAMETERS)
    fit(run, data, ["wandb"])
    assert histories(run).keys() == {1, 2, 3}
    assert capsys.readouterr().out == (
        "wandb has failed (ConnectionError: no network): the training goes on without it\n"
    )
    assert [call[0] for call in wandb.calls] == ["init", "log", "finish"]


def test_a_tracker_that_cannot_start_does_not_stop_the_training(
    tmp_path, monkeypatch, data, capsys
):
    monkeypatch.setitem(sys.modules, "wandb", ModuleType("wandb"))
    run = Run("R", data, root=tmp_path, **PARAMETERS)
    fit(run, data, ["wandb"])
    assert histories(run).keys() == {1, 2, 3}
    assert capsys.readouterr().out.count("wandb has failed (AttributeError") == 1


def test_an_unknown_or_missing_tracker_is_refused_before_any_work(tmp_path, monkeypatch, capsys):
    with pytest.raises(ValueError, match=r"^tracker must be one of tensorboard, trackio, wandb, m"):
        require_tracker("tensorbord")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    command = ["train", "--tracker", "mlflow", "--run-dir", str(tmp_path / "runs")]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert told.startswith("fidle-vae: tracker mlflow cannot be imported (")
    assert told.endswith(
        "install it with `python -m pip install mlflow`, or train without a tracker.\n"
    )
    assert told.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_an_untracked_training_may_be_resumed_in_a_tracker(tmp_path):
    pytest.importorskip("tensorboard")
    small = {"dataset": "digits", "scale": 0.005, "kind": "mlp", "epochs": 3}
    with pytest.raises(KeyboardInterrupt):
        train(
            **small, run_dir=tmp_path, callbacks=[keras.callbacks.Callback(), Stop(2)], at_end=print
        )
    before = Run("train", root=tmp_path).manifest["parameters"]
    run = train(resume="train", tracker="tensorboard", run_dir=tmp_path, at_end=lambda *_: None)
    assert events(run.logs) == {
        step: pytest.approx(histories(run)[step], rel=1e-6) for step in (2, 3)
    }
    assert run.manifest["parameters"] == before
    assert flaws_of(run.path) == []
