import numpy as np
import pytest

from fidle_vae.evaluation.classifier import look
from fidle_vae.evaluation.copying import copied_share
from fidle_vae.evaluation.draw_quality import judge_draws
from fidle_vae.evaluation.mmd import kid
from fidle_vae.evaluation.neighbourhoods import precision_recall
from fidle_vae.evaluation.samples import class_coverage, confident_share, frechet_distance
from tests.helpers.small_evaluation import small_classifier, small_dataset


@pytest.fixture(scope="module")
def data():
    return small_dataset(train=900, test=300)


@pytest.fixture(scope="module")
def judge(data):
    classifier = small_classifier()
    return lambda drawn: judge_draws(drawn, data.x_test, data.x_train, classifier)


@pytest.fixture(scope="module")
def fresh():
    return small_dataset(train=900, test=300, seed=5)


def test_each_measure_is_that_of_equally_many_images(data, judge, fresh):
    """Of 250 draws, 250 held-out images and as many of the training images."""
    drawn, classifier = fresh.x_test[:250], small_classifier()
    features, probabilities = look(classifier, drawn)
    real, train = (look(classifier, x[:250])[0] for x in (data.x_test, data.x_train))
    found = judge(drawn)
    assert found.images == 250
    assert found.distance == pytest.approx(frechet_distance(real, features), rel=1e-5)
    assert found.floor == pytest.approx(frechet_distance(real, train), rel=1e-5)
    assert found.kid == pytest.approx(kid(features, real), rel=1e-4)
    assert (found.precision, found.recall) == precision_recall(real, features)
    assert found.coverage == class_coverage(probabilities)
    assert found.confident == confident_share(probabilities)
    assert found.copied == copied_share(drawn, data.x_train, data.x_test[:250])


def test_real_images_are_as_good_as_the_floor(judge, fresh):
    found = judge(fresh.x_test)
    assert found.distance < 5 * found.floor + 0.05
    assert abs(found.kid.value) < 3 * found.kid.error
    assert min(found.precision.value, found.recall.value) > 0.6
    assert found.copied < 0.15


def test_copies_are_called_copies_wherever_they_are_in_the_training_images(data, judge):
    assert judge(data.x_train[500:800]).copied == 1


def test_one_class_is_precise_and_no_more(judge, fresh):
    found, usual = judge(fresh.x_train[fresh.y_train == 1][:300]), judge(fresh.x_test)
    assert found.coverage < 2 < usual.coverage
    assert found.distance > 3 * usual.distance
    assert found.kid.value > 3 * found.kid.error
    assert found.precision.value > 0.6
    assert found.recall.value < usual.recall.value - 0.1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda x: 2 * x - 1, r"drawn must hold values in \[0, 1\]; .*: after a tanh, take"),
        (lambda x: x[:5], "drawn must hold at least 20 images, got 5: try 2,000"),
        (lambda x: x[..., 0], r"drawn must hold images of shape \(4, 4, 1\), .* reshape it"),
        (lambda x: x * np.nan, r"drawn must hold values in \[0, 1\]; got values from nan to nan"),
    ],
)
def test_what_are_no_images_raises(judge, fresh, change, says):
    with pytest.raises(ValueError, match=says):
        judge(change(fresh.x_test))
