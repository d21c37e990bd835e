import keras
import numpy as np
import pytest

from fidle_vae.common.validation import require_choice, require_count, require_seed


@pytest.mark.parametrize("value", [0, 1.5, True, "many"])
def test_a_count_is_an_integer_of_1_or_more(value):
    with pytest.raises(ValueError) as caught:  # noqa: PT011, the whole text is compared
        require_count("codes", value, 2000)
    text = f"codes must be an integer of 1 or more; got {value!r}: try 2000."
    assert str(caught.value) == text


def test_integers_of_numpy_are_counts_and_seeds():
    require_count("codes", np.int64(1))
    require_seed(np.uint32(7))


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_a_seed_that_passes_is_one_that_keras_takes(seed):
    require_seed(seed)
    keras.utils.set_random_seed(seed)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True])
def test_a_seed_that_keras_cannot_take_is_refused(seed):
    with pytest.raises(ValueError, match=r"seed must be an integer from 0 to 4294967295, got .* 1"):
        require_seed(seed)


@pytest.mark.parametrize(
    ("value", "mend"), [("cirle", "did you mean 'circle'"), ("zigzag", "choose one"), (3, "choose")]
)
def test_a_choice_is_one_of_its_names(value, mend):
    require_choice("path", "line", ["line", "circle"])
    with pytest.raises(ValueError, match=rf"path must be one of line, circle; got .*: {mend}"):
        require_choice("path", value, ["line", "circle"])
