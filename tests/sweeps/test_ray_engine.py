import functools
import sys

import pytest

from fidle_vae.sweeps.grid import make_trials
from fidle_vae.sweeps.outcomes import read_outcome
from fidle_vae.sweeps.ray_engine import _part_of_a_gpu, ray_engine
from fidle_vae.sweeps.sweep import sweep
from tests.helpers.events import events
from tests.helpers.small_sweep import OVER, SMALL, results

# Ray leaves the sockets and processes of a cluster to be collected
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*:FutureWarning"),
]


def test_without_ray_one_sentence_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ValueError, match=r'needs Ray Tune .*: .*pip install "ray\[tune\]"`.$'):
        sweep(OVER, **SMALL, engine="ray", run_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_cluster_that_cannot_be_reached_is_one_sentence(monkeypatch, tmp_path):
    import ray

    def refuse(**options):
        raise ConnectionError("Failed to connect")

    monkeypatch.setattr(ray, "init", refuse)
    sentence = r"address must be .*, got there:1 \(Failed to connect\): .* RAY_AUTH_MODE=token"
    with pytest.raises(ConnectionError, match=sentence):
        sweep(OVER, **SMALL, engine="ray", address="there:1", run_dir=tmp_path)


@pytest.mark.parametrize(
    ("gpus", "trials", "jobs", "part"),
    [
        (2, 9, 1, 1), (2, 9, 2, 1), (2, 9, 4, 1 / 2), (3, 9, 4, 1 / 2), (1, 9, None, 1 / 8),
        (4, 4, 8, 1),
    ],
)  # fmt: skip
def test_trials_share_the_gpus_of_a_cluster(gpus, trials, jobs, part):
    assert _part_of_a_gpu({"CPU": 8.0, "GPU": float(gpus)}, trials, jobs) == {"gpu": part}


@pytest.mark.parametrize("resources", [{"CPU": 8.0}, {}, {"CPU": 0.5, "memory": 1e9}])
def test_without_a_gpu_a_trial_needs_none(resources):
    assert _part_of_a_gpu(resources, 9, None) == {}


def test_ray_gives_the_same_table_as_plain_processes(whole, tmp_path, capfd, monkeypatch):
    pytest.importorskip("tensorboard")
    import ray
    from ray import tune

    # two GPUs that only Ray believes in: a trial asks for one of them
    asked, with_resources = [], tune.with_resources
    monkeypatch.setattr(ray, "init", functools.partial(ray.init, num_gpus=2))
    monkeypatch.setattr(
        tune, "with_resources", lambda *given: asked.append(given[1]) or with_resources(*given)
    )
    how = {"engine": "ray", "jobs": 1, "tracker": "tensorboard", "run_dir": tmp_path}
    root = sweep({"k2": OVER["k2"][:1]}, **SMALL, **how)
    assert asked == [{"cpu": 1, "gpu": 1}]
    assert results(root) == results(whole)[:2]
    assert [list(events(root / row["trial"] / "logs")) for row in results(root)] == [[1, 2]] * 2
    printed = capfd.readouterr().out.splitlines()
    assert [line[:5] for line in printed[:2]] == ["[1/2]", "[2/2]"]
    assert len([line for line in printed if line]) == 4  # and nothing by Ray


def test_a_node_that_is_killed_in_the_middle_costs_nothing_but_time(whole, tmp_path, capfd):
    from ray.cluster_utils import Cluster

    ray_engine()  # sets what Ray reads as it starts
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    other = cluster.add_node(num_cpus=1)
    options = {name: SMALL[name] for name in SMALL if name != "seeds"}
    trials = make_trials(OVER, 2, options)
    (bad,) = make_trials({"loss_weights": [(3e38, 1.0)]}, 1, options)
    news, in_training = [], set()

    def tell(each):
        news.append((each.trial.name, each.what, each.error))
        if each.what == "epoch":
            in_training.add(each.trial.name)
        if len(in_training) == 2 and len(cluster.list_all_nodes()) == 2:
            cluster.remove_node(other, allow_graceful=False)

    try:
        ray_engine(cluster.address)([*trials, bad], tmp_path, tell, jobs=2, retries=1)
        assert len(cluster.list_all_nodes()) == 1
    finally:
        cluster.shutdown()
    assert in_training & {name for name, what, _ in news if what == "again"}
    for trial, row in zip(trials, results(whole), strict=True):
        outcome = read_outcome(tmp_path, trial)
        assert (outcome.status, str(outcome.elbo)) == ("finished", row["elbo"])

    whats, errors = zip(*[each[1:] for each in news if each[0] == bad.name], strict=True)
    assert whats == ("started", "again", "started", "failed")
    assert errors[-1].startswith(f"the training of run {bad.name} diverged: the loss is inf")
    assert "Traceback" not in capfd.readouterr().err
