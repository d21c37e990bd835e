import inspect

import pytest

from fidle_vae.models.networks import NETWORKS
from fidle_vae.sweeps.grid import KINDS, OPTIONS, SCHEDULES, make_trials, read_over
from fidle_vae.training import schedules as training_schedules
from fidle_vae.training.train import NOT_OF_THE_MODEL, train

SMALL = {"dataset": "digits", "scale": 0.005}


def test_a_grid_has_each_combination_with_each_seed():
    trials = make_trials({"k2": [1e-4, 1e-3], "latent_dim": [2, 5]}, 2, SMALL)
    assert [trial.name for trial in trials] == [
        f"k2-{k2}_latent_dim-{dims}_seed-{seed}"
        for k2 in ("0.0001", "0.001") for dims in (2, 5) for seed in (1, 2)
    ]  # fmt: skip
    assert trials[-1].parameters == {
        **SMALL, "kind": "conv", "latent_dim": 5, "loss_weights": (1.0, 1e-3), "batch_size": 64,
        "epochs": 10, "schedule": "constant", "seed": 2,
    }  # fmt: skip
    assert trials[-1].title == "k2=0.001 latent_dim=5 seed=2"


def test_k2_keeps_the_weight_of_the_reconstruction():
    (trial,) = make_trials({"k2": [1]}, [7], SMALL | {"loss_weights": (2.0, 0.5)})
    assert trial.parameters["loss_weights"] == (2.0, 1.0)


def test_what_is_swept_is_an_option_of_train_with_its_default():
    parameters = inspect.signature(train).parameters
    own = {name: each.default for name, each in parameters.items() if name not in NOT_OF_THE_MODEL}
    assert own == OPTIONS
    assert set(NETWORKS) == set(KINDS)
    assert set(training_schedules.SCHEDULES) == set(SCHEDULES)


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["k2=1e-4,5e-4", "latent-dim=2"], {"k2": [1e-4, 5e-4], "latent_dim": [2]}),
        (["kind=conv,mlp"], {"kind": ["conv", "mlp"]}),
        (["loss_weights=(1,1e-3),(1,1e-2)"], {"loss_weights": [(1, 1e-3), (1, 1e-2)]}),
        (["epochs=3, x"], {"epochs": [3, "x"]}),
    ],
)
def test_the_command_lines_values_are_read(texts, read):
    assert read_over(texts) == read


@pytest.mark.parametrize(
    ("texts", "seeds", "options", "message"),
    [
        (["k2"], 1, {}, r"--over must be NAME=VALUE,VALUE, got 'k2': try latent_dim"),
        (["k2=1", "k2=2"], 1, {}, r"--over has k2 twice"),
        (["latent_dims=2"], 1, {}, r"a swept name must be .*got 'latent_dims': did you mean"),
        (["run_dir=a"], 1, {}, r"a swept name must be .*got 'run_dir'"),
        (["seed=1,2"], 1, {}, r"seed cannot be swept with the others: use --seeds 3"),
        (["k2=1e-3,0.001"], 1, {}, r"k2 has the value 0.001 twice: give it once"),
        (["k2=a,1"], 1, {}, r"k2 must be a number of 0 or more, got 'a'"),
        (["scale=2"], 1, {}, r"scale must be a number in \(0, 1\], got 2"),
        (["latent_dim=2.5"], 1, {}, r"latent_dim must be an integer of 1 or more; got 2.5"),
        (["kind=conv,mpl"], 1, {}, r"kind must be one of .*did you mean 'mlp'"),
        (["dataset=mnits"], 1, {}, r"dataset name must be one of .*did you mean 'mnist'"),
        (["schedule=cosine"], 1, {}, r"schedule must be one of .*got 'cosine'"),
        (["loss_weights=(1,-1),"], 1, {}, r"loss_weights must be two numbers"),
        (["k2=1"], 1, {"loss_weights": "elbo"}, r"k2 is swept, and loss_weights sets it too"),
        (["epochs=1"], 1, {"epochs": 2}, r"epochs is swept, and given as an option: leave out"),
        (["k2=1"], 0, {}, r"seeds must be an integer of 1 or more; got 0"),
        (["k2=1"], (1, 1), {}, r"seeds has the value 1 twice"),
        (["k2=1"], (1, -1), {}, r"seed must be an integer from 0"),
        (["k2=1"], 1, {"dataset": "digits", "scale": 1e-4}, r"scale must leave 2 held-out images"),
    ],
)
def test_bad_input_is_one_sentence_before_any_work(texts, seeds, options, message):
    with pytest.raises(ValueError, match=message) as raised:
        make_trials(read_over(texts), seeds, options)
    assert "\n" not in str(raised.value)
