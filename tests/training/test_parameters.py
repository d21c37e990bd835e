import pytest

from fidle_vae.models.loss_weights import resolve_loss_weights
from fidle_vae.training.parameters import require_parameters, with_defaults

GOOD = {
    "dataset": "mnist", "scale": 1, "seed": 0, "latent_dim": 2, "loss_weights": (1, 0.0),
    "batch_size": 64, "epochs": 1,
}  # fmt: skip


def test_valid_values_and_unknown_names_pass():
    require_parameters(**GOOD)
    require_parameters(model="auto", loss_weights="elbo")
    require_parameters()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("dataset", "emnist", "dataset name must be one of .* got 'emnist'"),
        ("scale", 0, r"scale must be a number in \(0, 1\], got 0"),
        ("seed", -1, "seed must be an integer from 0 to 4294967295, got -1"),
        ("seed", 2**32, "seed must be an integer from 0 to 4294967295, got 4294967296: try 123"),
        ("latent_dim", 0, "latent_dim must be an integer of 1 or more; got 0: try 2"),
        ("batch_size", 6.4, "batch_size must be an integer of 1 or more; got 6.4: try 64"),
        ("epochs", True, "epochs must be an integer of 1 or more; got True: try 10"),
        ("loss_weights", (1, -1), r"loss_weights must be two numbers .* got \(1, -1\)"),
        ("loss_weights", (0, 0), r"loss_weights must be two numbers .* got \(0, 0\)"),
        ("loss_weights", "beta", "loss_weights must be two numbers .* got 'beta'"),
    ],
)
def test_an_invalid_value_raises_one_sentence(name, value, sentence):
    with pytest.raises(ValueError, match=sentence) as told:
        require_parameters(**GOOD | {name: value})
    assert "\n" not in str(told.value)


def test_the_elbo_weights_make_beta_one():
    k1, k2 = resolve_loss_weights("elbo", n_pixels=784)
    assert 784 * k2 / k1 == pytest.approx(1)


def test_what_is_left_open_suits_the_images():
    left_open = {"scale": None, "kind": None, "loss_weights": None, "epochs": 3}
    digits = with_defaults(left_open | {"dataset": "auto"})
    assert digits == {
        "dataset": "auto", "scale": 0.1, "kind": "conv", "loss_weights": (1.0, 1e-3), "epochs": 3
    }  # fmt: skip
    pictures = with_defaults(left_open | {"dataset": "folder:here", "scale": 0.5})
    assert pictures["scale"] == 0.5
    assert (pictures["kind"], pictures["loss_weights"]) == ("deep", "elbo")
