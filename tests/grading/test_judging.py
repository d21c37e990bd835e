"""What is right is found through plain data alone, and nothing else earns anything."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from fidle_vae import checks as check
from fidle_vae.checks.engine import Spy
from fidle_vae.grading.findings import find
from fidle_vae.grading.judge import draw_other_cases
from fidle_vae.grading.networks import build_network, write_network
from fidle_vae.grading.stand_ins import StandIns
from fidle_vae.grading.wire import read, write
from tests.checks.planted_mistakes import RIGHT
from tests.checks.planted_mistakes import judge as judge_planted
from tests.helpers.small_judge import elsewhere, stand_ins

# Checks whose answers pass in many forms: as a network, a class, a layer of one's own.
OF_MANY_FORMS = {
    "alarms", "autoencoder", "classifier", "clipping", "conditional_networks",
    "convolutional encoder", "denoiser", "encoder", "forward", "generator_step",
    "labelled_batches", "sampling_layer", "train_step", "two_hands", "vae",
}  # fmt: skip

PLAIN = {name: getattr(np.random, name) for name in ("default_rng", "PCG64")}


@pytest.fixture
def other_cases(monkeypatch):
    for name in ("default_rng", "PCG64"):  # to be put back
        monkeypatch.setattr(np.random, name, getattr(np.random, name))
    forget_cases()
    draw_other_cases()
    yield
    forget_cases()


def forget_cases():
    """Empty the caches of the checks: a judge is a new process, whose seeds never change."""
    for name, each in list(sys.modules.items()):
        if name.startswith("fidle_vae.checks"):
            for value in list(vars(each).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


needs_tensorflow = pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="the answers are written with TensorFlow"
)
BY_TENSORFLOW = {"generator_step", "gradient_penalty", "train_step"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=needs_tensorflow if name in BY_TENSORFLOW else ()) for name in RIGHT],
)
def test_right_answers_are_confirmed_from_another_process(name, other_cases):
    answers = RIGHT[name] if name in OF_MANY_FORMS else RIGHT[name][:1]
    found = [judge_planted(name, elsewhere(answer)) for answer in answers]
    assert [result for result in found if result.status != "right"] == []


STEP_OF_PYTORCH = """
import torch
from fidle_vae.models.vae import VAE
from tests.checks.planted_mistakes import judge
from tests.helpers.small_judge import elsewhere

class MyVAE(VAE):
    def train_step(self, x):
        loss = self.factor * self.compute_loss(x=x, y_pred=self(x, training=True))
        weights = [weight.value for weight in self.trainable_variables]
        self.optimizer.apply(torch.autograd.grad(loss, weights), self.trainable_variables)
        return {"loss": loss}

for factor in (1, 2):
    MyVAE.factor = factor
    print(judge("train_step", elsewhere(MyVAE)).ok)
"""


def test_a_training_step_of_pytorch_is_judged():
    done = subprocess.run(
        [sys.executable, "-c", STEP_OF_PYTORCH], capture_output=True, text=True, check=False,
        env=os.environ | {"KERAS_BACKEND": "torch"}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.split() == ["True", "False"], done.stderr[-1000:]


def test_the_cases_are_others_than_a_notebook_shows_and_others_each_time(other_cases):
    def draws():
        seen = []
        check.kl(elsewhere(lambda z_mean, z_log_var: seen.append(np.array(z_mean))))
        return seen[0]

    first = draws()
    draw_other_cases()
    assert first.shape == draws().shape
    assert not np.allclose(first, draws())


@pytest.mark.parametrize(
    "name",
    ["all_obeyed", "best_epoch", "beta", "fresh_noise", "kl", "lean", "pops", "push", "word_rows"],
)
def test_a_table_of_values_of_the_notebook_is_not_right(name, other_cases, monkeypatch):
    """The table is made of all cases of a notebook, by a right answer."""
    table, right = {}, RIGHT[name][-1 if name == "all_obeyed" else 0]

    def key(arguments):
        return str([np.asarray(each).tolist() for each in arguments if not callable(each)])

    def noted(*arguments):
        table[key(arguments)] = right(*arguments)
        return table[key(arguments)]

    def looked_up(*arguments):
        return table.get(key(arguments), 0)

    with monkeypatch.context() as patch:  # as in a notebook
        for each in ("default_rng", "PCG64"):
            patch.setattr(np.random, each, PLAIN[each])
        judge_planted(name, noted)
        assert judge_planted(name, looked_up).ok
    assert not judge_planted(name, elsewhere(looked_up)).ok


@pytest.mark.parametrize(
    "answer",
    [
        lambda z_mean, z_log_var: 1 / 0,
        lambda z_mean, z_log_var: os._exit,
        lambda z_mean, z_log_var: np.array([print], dtype=object),
        lambda z_mean, z_log_var: iter(int, 1),  # without end
        lambda z_mean, z_log_var: (_ for _ in ()).throw(SystemExit),
        lambda: 3,
        "check.kl",
        None,
    ],
)
def test_what_is_no_right_answer_is_not_right(answer):
    found = find("check.kl(my_kl)", ["kl"], stand_ins({"my_kl": answer}))["kl"]
    assert found["value"] != "right"
    assert found["message"]


def test_a_name_that_is_not_defined_is_not_right():
    found = find("check.kl(my_kl)", ["kl"], stand_ins({}))["kl"]
    assert found["value"] == "missing"
    assert "my_kl" in found["message"]


def test_only_the_exercises_that_were_asked_for_have_a_finding():
    found = find("check.beta(my_beta)", ["beta", "kl"], stand_ins({"my_beta": beta}))
    assert {name: each["value"] for name, each in found.items()} == {
        "beta": "right", "kl": "not run",
    }  # fmt: skip


def beta(n_pixels, k1, k2):
    return n_pixels * k2 / k1


VALUES = [
    None, True, 3, 10**30, -0.5, float("inf"), "text", [1, (2.0, [None])], {"a": (1,), 2: []},
    np.arange(6, dtype="int16").reshape(2, 3), np.array(2.5), np.float32(1.5), np.bool_(True),
    np.zeros((0, 3)), np.array([1 + 2j]),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_data_arrives_as_it_was_sent(value):
    found = read(json.loads(json.dumps(write(value, None))), None)
    assert type(found) is type(value)
    np.testing.assert_equal(found, value)


def test_a_variable_and_a_tensor_of_half_precision_arrive_as_numbers():
    for value in (keras.Variable([1.5, 2.0]), keras.ops.cast([1.5, 2.0], "bfloat16")):
        found = elsewhere(lambda value=value: value)()
        np.testing.assert_equal(keras.ops.convert_to_numpy(found).astype(float), [1.5, 2.0])


def test_a_tensor_arrives_as_a_tensor():
    found = read(write(keras.ops.ones((2, 3)), None), None)
    assert keras.ops.is_tensor(found)
    assert found.shape == (2, 3)


@pytest.mark.parametrize(
    "words",
    [
        [1, 2], {}, {"list": [1], "tuple": [2]}, {"array": ["|O", [1], ""]}, {"array": ["<f4"]},
        {"array": ["<f4", [10**12], "AAAA"]}, {"array": ["<f4", [-1, -1], "AAAAAAAA"]},
        {"tensor": ["<U1", [1], "AAAAAA=="]},
        {"array": ["<U1", [1], "AAAAAA=="]}, {"scalar": ["<M8[s]", [], "AAAAAAAAAAA="]},
        {"dict": [1]}, {"list": 3},
        {"pickled": "gASVBQ=="}, {"mine": [0, "gASVBQ==", True]},
    ],
)  # fmt: skip
def test_other_words_are_refused(words):
    with pytest.raises((TypeError, ValueError)):
        stand_ins({})._read(words)


class Doubles(keras.layers.Layer):
    """A layer of a student's own."""

    def call(self, x):
        return 2 * x


def network(*inside):
    return keras.Sequential([keras.Input((3,)), *inside])


def test_a_network_of_keras_is_built_again_with_its_weights():
    original = network(layers.Dense(3, activation="relu"), network(layers.Dense(2)))
    original.layers[0].trainable = False
    built = build_network(write_network(original))
    x = np.random.default_rng(1).random((5, 3), dtype="float32")
    expected, found = (keras.ops.stop_gradient(each(x)) for each in (original, built))
    np.testing.assert_allclose(*map(keras.ops.convert_to_numpy, (found, expected)), rtol=1e-6)
    assert len(built.trainable_weights) == len(original.trainable_weights) == 2


@pytest.mark.parametrize(
    "layer",
    [
        Doubles(), layers.Lambda(lambda x: 2 * x), layers.Dense(2, activation=lambda x: 2 * x),
        layers.Dense(2, kernel_constraint=abs),
    ],
)  # fmt: skip
def test_a_network_with_code_of_a_student_is_not_sent(layer):
    assert write_network(network(layer)) is None


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"), ("builtins", "eval"), ("keras.layers", "Lambda"), (None, "system"),
        ("keras.layers", "TFSMLayer"), ("fidle_vae.grading.worker", "Alarm"), ("kerasx", "Dense"),
    ],
)  # fmt: skip
def test_a_config_that_names_other_code_is_refused(module, name):
    other = {"module": module, "class_name": name, "config": {}, "registered_name": name}
    for config in (other, {"module": "keras", "class_name": "Sequential",
                           "config": {"layers": [other]}, "registered_name": None}):  # fmt: skip
        with pytest.raises(ValueError, match="layers that are not Keras's own"):
            build_network({"config": json.dumps(config), "weights": []})


def test_a_function_of_keras_that_is_no_activation_is_refused():
    function = {"module": "keras.utils", "class_name": "function", "config": "get_file",
                "registered_name": "get_file"}  # fmt: skip
    written = write_network(network(layers.Dense(2)))
    config = json.loads(written["config"])
    config["config"]["layers"][1]["config"]["activation"] = function
    with pytest.raises(ValueError, match="not Keras's own"):
        build_network(written | {"config": json.dumps(config)})


def test_an_answer_changes_a_network_of_the_check_only_where_it_is_asked_to():
    def zero(network):
        network.set_weights([0 * weight for weight in network.get_weights()])

    kept, to_change = network(layers.Dense(2)), network(layers.Dense(2))
    to_change.may_change = True
    for each in (kept, to_change):
        stand_ins({"zero": zero})["zero"](each)
    assert np.abs(kept.get_weights()[0]).max() > 0
    assert np.abs(to_change.get_weights()[0]).max() == 0


def test_a_process_that_claims_to_have_changed_another_network_is_not_believed():
    """As weights of 0 would make every image of a decoder the same."""

    def claims(request):
        weights = [write(0 * weight, None) for weight in kept.get_weights()]
        state = {"dict": [["weights", {"list": weights}], ["trainable", {"list": [True]}]]}
        return {"value": 3, "changed": {"0": state} if "call" in request else {}}

    kept = network(layers.Dense(2))
    names = StandIns(claims)
    names.call(names.request(name="f"), kept)
    assert np.abs(kept.get_weights()[0]).max() > 0


class Notes(Spy):
    """A spy of a check."""

    count, _secret = 0, "hidden"

    def step(self):
        """Count a step."""
        self.count += 1
        return self.count


def test_a_spy_stays_with_the_check_and_notes_how_it_is_used():
    notes = Notes()
    assert elsewhere(lambda spy: (spy.step(), spy.step(), spy.count))(notes) == (1, 2, 2)
    assert notes.count == 2


def test_an_answer_gets_nothing_of_a_spy_but_what_is_public():
    with pytest.raises((AttributeError, ValueError)):
        elsewhere(lambda spy: spy._use(0, attribute="_secret"))(Notes())
    with pytest.raises((AttributeError, ValueError)):
        elsewhere(lambda spy: spy._use(0, attribute="__class__"))(Notes())


def test_an_answer_cannot_use_what_is_no_spy():
    """Such as a network, whose method `save` would write a file where the judge is."""

    def saves(network, spy):
        return spy._use(0, attribute="save")

    with pytest.raises((AttributeError, ValueError)):
        elsewhere(saves)(network(layers.Dense(2)), Notes())


def test_nothing_that_comes_back_is_unpickled(monkeypatch):
    names = stand_ins({"answer": lambda: {"a": [1, object()]}})
    monkeypatch.setattr(pickle, "loads", lambda _: pytest.fail("unpickled"))
    assert names["answer"]()["a"][0] == 1


def test_a_stand_in_has_the_parameters_of_its_function_and_no_text():
    def my_loss(x, k1, *, k2=3):
        return x

    stand_in = elsewhere(my_loss)
    from fidle_vae.checks.engine import has_parameters, has_words, required_parameters

    assert has_parameters(stand_in, "x", "k1", "k2")
    assert required_parameters(stand_in) == 2
    assert not has_words(stand_in, "return")
