"""The checks of exercises: predictions, programs to mend, questions; and what all of them cover."""

import re
import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from fidle_vae import checks as check
from fidle_vae.checks.engine.summary import forget
from fidle_vae.checks.networks.inspect_layers import convolves
from fidle_vae.checks.quiz import answers
from fidle_vae.course.catalogue import programs, questions
from tests.checks.planted.choices import KEYS, MEASURED, TRUE
from tests.checks.planted.measures import metrics_of
from tests.checks.planted.programs import MENDED, program_4, program_5
from tests.checks.planted_mistakes import WRONG

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "fidle_vae" / "course" / "course.toml"

# Known mistakes in circulating material, by their number, and planted mistakes that stand for them.
CIRCULATING = {
    1: [  # KL without its 1/2, or averaged over latent dimensions
        ("kl", "kl_without_half"),
        ("kl", "kl_mean_over_dimensions"),
        ("loss", "loss_kl_without_half"),
        ("train_step", "step_kl_mean_over_dimensions"),
        ("program 2", "still_there"),
    ],
    2: [  # sigma^2 used as sigma
        ("sampling_layer", "sigma_is_the_variance"),
        ("program 1", "still_there"),
    ],
    3: [("kl", "kl_sign_slip")],  # 1 + log sigma^2 + mu^2 - sigma^2
    4: [("kl", "kl_half_on_log_variance")],  # 1 + z_log_var / 2 - z_var - mean^2
    5: [  # sums over the batch; both terms averaged per element; a collapse, a prior ignored
        ("kl", "kl_sum_over_batch"),
        ("reconstruction", "nll_sum_over_batch"),
        ("loss", "loss_sum_over_batch"),
        ("program 3", "still_there"),
        ("loss", "loss_kl_per_pixel"),
        ("loss", "loss_kl_mean_over_dimensions"),
        ("vae", "vae_collapsed"),
        ("vae", "vae_without_prior"),
    ],
    6: [  # a log-variance called sigma, a variance called standard deviation
        ("sampling_layer", "sigma_is_the_log_variance"),
        ("kl", "kl_log_variance_as_sigma"),
        ("kl", "kl_log_variance_as_variance"),
        ("kl", "kl_sigma_for_variance"),
    ],
    7: [  # the last batch as the epoch; the training loss watched; training images measured
        ("epoch_loss", "epoch_last_batch"),
        ("epoch_loss", "epoch_mean_of_means"),
        ("best_epoch", "best_epoch_on_training"),
        ("held_out", "held_out_on_training"),
        ("held_out", "held_out_train_and_test"),
        ("program 5", "still_there"),
    ],
    8: [("forward", "forward_three_calls"), ("program 4", "still_there")],
    9: [("film", "film_fresh_noise")],  # a fresh random z at every epoch
    10: [("grid", "grid_infinite"), ("film", "film_not_finite")],  # ppf(0) and ppf(1)
    11: [  # importance weights with a softmax over +loss
        ("importance", "importance_weights_upside_down"),
        ("importance", "importance_softmax_upside_down"),
    ],
}


def test_each_known_mistake_of_circulating_material_is_recognised():
    assert list(CIRCULATING) == list(range(1, 12))
    for mistakes in CIRCULATING.values():
        for name, mistake in mistakes:  # each gets this diagnosis: see test_checks.py
            assert mistake in WRONG[name]


# Programs to mend


@pytest.mark.parametrize("number", programs())
def test_a_mended_program_is_explained(number):
    found = check.program(int(number), MENDED[int(number)][0])
    assert (found.check, found.message) == (f"program {number}", programs()[number].says)


@pytest.mark.parametrize("number", programs())
def test_a_program_as_it_stands_gets_a_question_that_does_not_say_it(number):
    found = check.program(int(number), WRONG[f"program {number}"]["still_there"][0])
    assert found.message.startswith("The mistake is still there. ")
    assert found.message.endswith("?")
    given_away = "mean average variance deviation sum total once several train concatenate"
    assert not set(re.findall(r"\w+", found.message.lower())) & set(given_away.split())


def test_a_program_is_in_the_summary_under_its_own_name_only():
    forget()
    check.program(4, program_4)
    check.program(5, program_5)
    assert [result.check for result in check.summary()] == ["program 4", "program 5"]
    forget()


@pytest.mark.parametrize("number", [0, 99, "one"])
def test_a_program_that_there_is_not_is_refused(number):
    with pytest.raises(ValueError, match=f"number must be one of {', '.join(programs())}; got"):
        check.program(number, program_4)


def test_no_two_programs_are_described_in_the_same_words():
    said = [words for each in programs().values() for words in (each.asks, each.says)]
    assert len(set(said)) == len(said)


# Predictions


@pytest.mark.parametrize("prediction", [None, ..., TRUE | {"largest elbo": ...}, {"x": None}])
def test_a_prediction_comes_before_its_test(prediction):
    for measured in (None, MEASURED):
        found = check.balance(prediction, measured)
        assert found.status == "to do"
        assert found.message.startswith("Predict first")


@pytest.mark.parametrize("measured", [None, ..., MEASURED | {1.0: ...}])
def test_a_prediction_is_then_to_be_tested(measured):
    found = check.balance(TRUE | {"largest elbo": 0}, measured)
    assert found.status == "to do"
    assert found.message.startswith("It is predicted; now test it")


def test_each_prediction_is_shown_beside_what_was_measured():
    prediction = TRUE | {"smallest kl_loss": 0, "largest elbo": 1}
    found = check.balance(prediction, MEASURED)
    assert found.mistake == "balance_prediction"
    assert "smallest kl_loss at k2 = 0; measured: 0 nats at k2 = 1, 310 at k2 = 0." in found.message
    assert "the largest elbo at k2 = 1; measured: -163 nats at k2 = 0.001, -206" in found.message
    assert "r_loss" not in found.message
    assert "active" not in found.message


def test_a_right_prediction_is_shown_with_its_numbers():
    assert "from 310 nats at k2 = 0 to 0 at k2 = 1" in check.balance(TRUE, MEASURED).message


def test_what_is_true_comes_from_what_was_measured():
    other = MEASURED | {0.0: MEASURED[0.0] | {"r_loss": 0.24, "elbo": -100.0}}
    assert "r_loss at k2 = 0; measured: 0.2 at k2 = 0.001" in check.balance(TRUE, other).message
    turned = TRUE | {"smallest r_loss": 1e-3, "largest elbo": 0}
    assert check.balance(turned, other).ok


def test_values_that_differ_by_less_than_a_hundredth_are_one():
    for r_loss, right in ((0.1815, True), (0.1820, False)):
        near = MEASURED | {1e-3: MEASURED[1e-3] | {"r_loss": r_loss}}
        assert check.balance(TRUE | {"smallest r_loss": 1e-3}, near).ok == right


# Questions


def test_every_question_has_its_answer_and_a_hint_of_its_own():
    assert set(questions()) >= set(KEYS)  # the solved lessons show that none is missing
    assert len({each.digest for each in questions().values()}) == len(questions())
    assert len({each.hint for each in questions().values()}) == len(questions())
    for key, value in KEYS.items():
        assert check.answer(key, value).check == f"answer {key}"


def test_a_wrong_answer_gets_its_hint():
    found = check.answer("VAE1-1", "a")
    assert found.message == "Not this one. Section 3: what does the gradient have to pass?"
    assert check.answer("VAE1-3", 0.3).message.endswith(" Three significant digits count.")


def test_the_hash_of_a_letter_is_not_that_of_another_question():
    same = [key for key, value in KEYS.items() if value == "b"]
    assert len({answers.hash_answer(key, "b") for key in same}) == len(same)
    assert answers.hash_answer("VAE1-1", "b") != answers.hash_answer("VAE1-1", "c")


@pytest.mark.parametrize(
    "some",
    [
        ("b", " B ", "(b)", "b.", "B)"),
        (1, 1.0, True, np.float32(1), np.bool_(True), "1", " 1.000 ", np.array([1]), 1.0004),
        (0, -0.0, False, "0"),
        (0.392, 0.39249, 784 * 5e-4, "0.392"),
        (1234, "1230", 1.23e3),
    ],
)
def test_answers_that_mean_the_same_are_one(some):
    assert len({answers.normalised(value) for value in some}) == 1


def test_a_question_that_there_is_not_is_refused_with_those_that_are_near():
    with pytest.raises(ValueError, match=r"must be one of .*VAE1-1, .* did you mean 'VAE2-1'\?"):
        check.answer("VAE2-11", "b")


def test_the_tool_prints_the_lines_that_stand_in_the_table(monkeypatch, capsys):
    tool = ROOT / "tools" / "hash_answer.py"
    monkeypatch.setattr("sys.argv", [str(tool), "VAE1-3", "0.392"])
    runpy.run_path(str(tool), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.count("\n") == 4
    assert printed in TABLE.read_text(encoding="utf-8")


def test_no_answer_stands_in_the_table_in_clear():
    table = TABLE.read_text(encoding="utf-8")
    assert "0.392" not in table
    assert not re.search(r"""["'][abcd]["']""", table)


# The small VAE's measures


@pytest.mark.parametrize("kind", [int, np.int64, ops.array])
def test_the_worst_image_may_be_any_kind_of_whole_number(kind):
    def my_worst(vae, images):
        x_hat = np.clip(vae.reconstruct(images), 1e-7, 1 - 1e-7)
        cost = -images * np.log(x_hat) - (1 - images) * np.log(1 - x_hat)
        return kind(int(np.argmax(cost.sum(axis=(1, 2, 3)))))

    assert check.worst(my_worst).ok


def test_a_student_gets_arrays_as_the_lessons_have_them():
    seen = []
    check.worst(lambda vae, images: seen.append(images))
    check.epoch_loss(seen.extend)
    assert all(isinstance(array, np.ndarray) for array in seen)
    assert [len(array) for array in seen[1:]] == [3, 3, 1]


def test_the_noise_of_the_small_vae_does_not_matter():
    found = []

    def my_measure(vae, data):
        for _ in range(25):
            found.append(metrics_of(vae, data.x_test)["elbo"])
        return found[0]

    assert check.held_out(my_measure).ok
    assert len(set(found)) > 1
    assert np.ptp(found) < 1e-3


def test_the_forward_pass_says_which_value_is_of_which_call():
    found = check.forward(program_4)
    assert "z_mean of call 1, z_log_var of call 2, x_hat of call 3" in found.message


def test_a_shape_beside_one_number_is_described_in_words():
    message = check.beta(lambda n_pixels, k1, k2: [k1, n_pixels]).message
    assert message == "It gives values of shape (2,) where one number is expected."
    message = check.kl(lambda z_mean, z_log_var: 1.0).message
    assert message == "It gives one number where values of shape (5,) are expected."


def test_each_of_several_best_epochs_will_do_but_no_third():
    def choose(place):
        def my_choice(history):
            values = history["val_loss"]
            return [epoch for epoch, value in enumerate(values, 1) if value == min(values)][place]

        return my_choice

    assert check.best_epoch(choose(0)).ok
    assert check.best_epoch(choose(-1)).ok
    assert check.best_epoch(lambda history: 3).mistake == "constant"


def test_the_best_epoch_is_shown_beside_the_losses_that_decide():
    found = check.best_epoch(lambda history: len(history["loss"]))
    assert 'For history["val_loss"] = [0.43, 0.38, 0.39, 0.36, 0.39, 0.44]: 6' in found.message


def test_importance_weights_are_shown_of_the_image_that_is_wrong():
    seen = []

    def my_nll(log_p, log_q):
        seen.append(ops.convert_to_numpy(log_p - log_q))
        nll = np.log(len(log_p)) - np.logaddexp.reduce(seen[-1].astype(float), axis=0)
        return nll + np.array([0, 1, 0]) if len(seen) == 1 else nll

    message = check.importance(my_nll).message
    assert f"For log p - log q = [{seen[0][0, 1]:.3g}, {seen[0][1, 1]:.3g}, " in message


def test_large_numbers_are_written_out():
    message = check.importance(WRONG["importance"]["importance_out_of_range"][0]).message
    assert re.search(r"= \[-[34]\d{3}, ", message)


def test_the_training_images_are_those_that_look_better():
    def my_measure(vae, data):
        return vae.evaluate(data.x_train, verbose=0, return_dict=True)["elbo"]

    found, due = re.search(
        r": (-[\d.]+) where (-[\d.]+) is", check.held_out(my_measure).message
    ).groups()
    assert float(found) > float(due) + 1


def test_labels_may_be_given_and_are_not_used():
    def my_measure(vae, data):
        return vae.evaluate(data.x_test, data.y_test, verbose=0, return_dict=True)["elbo"]

    assert check.held_out(my_measure).ok


def test_an_encoder_needs_no_convolution_unless_it_is_asked():
    dense = WRONG["convolutional encoder"]["encoder_without_convolution"][0]
    assert check.encoder(dense, 2).ok
    found = check.encoder(dense, 2, convolutional=True)
    assert (found.check, found.mistake) == ("encoder", "encoder_without_convolution")


def test_layers_that_know_each_other_are_looked_through_once():
    one, other = keras.layers.Layer(), keras.layers.Layer()
    one.other, other.other = other, one
    assert not convolves(one)
    other.convolution = keras.layers.Conv2D(1, 3)
    assert convolves(one)


def test_an_encoder_as_a_class_that_cannot_be_followed_is_checked_all_the_same():
    class Odd(keras.Model):
        def call(self, x):
            if keras.backend.is_keras_tensor(x):
                raise RuntimeError("This works with values only.")
            return x[:, 4, :2, 0], x[:, 5, :2, 0]

    assert check.encoder(Odd(), 2).ok
