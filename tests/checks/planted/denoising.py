"""Answers to the exercises of AE2: PSNR, noisy pairs, noise layers, colours, the contraction."""

import keras
import numpy as np
from keras import layers, ops
from skimage.metrics import peak_signal_noise_ratio

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.programs import MENDED


def numpy(answer):
    """Return the answer with its arguments as NumPy's arrays, as the lesson makes them."""
    return lambda *arguments: answer(*map(np.array, arguments))


PIXELS = (1, 2, 3)


def mse(x, y, axis=PIXELS):
    return np.mean(np.square(x - y), axis=axis)


PSNR = {
    "psnr_negative": lambda x, y: 10 * np.log10(mse(x, y)),
    "psnr_twenty": lambda x, y: -20 * np.log10(mse(x, y)),
    "psnr_of_root": lambda x, y: -10 * np.log10(np.sqrt(mse(x, y))),
    "psnr_leaves_channels": lambda x, y: -10 * np.log10(mse(x, y, (1, 2))),
    "psnr_natural": lambda x, y: -10 * np.log(mse(x, y)),
    "psnr_binary": lambda x, y: -10 * np.log2(mse(x, y)),
    "psnr_bels": lambda x, y: -np.log10(mse(x, y)),
    "psnr_no_logarithm": mse,
    "psnr_sum": lambda x, y: -10 * np.log10(np.square(x - y).sum(axis=PIXELS)),
    "psnr_absolute": lambda x, y: 10 * np.log10(1 / np.abs(x - y).mean(axis=PIXELS)),
    "psnr_square_of_mean": lambda x, y: -20 * np.log10(np.abs((x - y).mean(axis=PIXELS))),
    "psnr_mean_of_logarithms": lambda x, y: -20 * np.log10(np.abs(x - y)).mean(axis=PIXELS),
    "psnr_of_pixels": lambda x, y: -20 * np.log10(np.abs(x - y)),
    "psnr_of_everything": lambda x, y: -10 * np.log10(mse(x, y, None)),
    "psnr_mean_of_images": lambda x, y: -10 * np.log10(mse(x, y)).mean(),
    "psnr_over_images": lambda x, y: -10 * np.log10(mse(x, y, 0)),
    "psnr_keeps_axes": lambda x, y: (
        -10 * np.log10(np.square(x - y).mean(axis=PIXELS, keepdims=True))
    ),
    "psnr_bytes": lambda x, y: 10 * np.log10(255**2 / mse(x, y)),
    "psnr_peak_of_the_images": lambda x, y: 10 * np.log10(x.max() ** 2 / mse(x, y)),
    "psnr_signal_to_noise": lambda x, y: 10 * np.log10(np.mean(x**2, axis=PIXELS) / mse(x, y)),
}
for name, answer in PSNR.items():
    wrong("psnr", name)(numpy(answer))
right("psnr")(numpy(lambda x, y: -10 * np.log10(mse(x, y))))
right("psnr")(numpy(lambda x, y: -20 * np.log10(np.sqrt(mse(x, y)))))
right("psnr")(numpy(lambda x, y: 10 * np.log10(1 / mse(x, y))))
right("psnr")(
    numpy(
        lambda x, y: [peak_signal_noise_ratio(*two, data_range=1) for two in zip(x, y, strict=True)]
    )
)
right("psnr")(lambda x, y: -10 * ops.log10(ops.mean(ops.square(x - y), axis=(-1, -2, -3))))


def normal(x, level, rng):
    return level * rng.standard_normal(x.shape)


def in_place(x, level, rng):
    noisy = np.asarray(x)
    noisy += normal(x, level, rng)
    return noisy, x


def two_noises(x, level, rng):
    return x + normal(x, level, rng), x + normal(x, level, rng)


def noise_in_answer(x, level, rng):
    noisy = x + normal(x, level, rng)
    return noisy, noisy


def noise_as_answer(x, level, rng):
    noise = normal(x, level, rng)
    return x + noise, noise


def noise(make):
    """Return the function that adds the noise that is made."""
    return lambda x, level, rng: (x + make(x, level, rng), x)


PAIRS = {
    "pairs_not_two": lambda x, level, rng: x + normal(x, level, rng),
    "pairs_no_arrays": lambda x, level, rng: (x + normal(x, level, rng), "clean"),
    "pairs_shape": lambda x, level, rng: (x + normal(x, level, rng), x[..., 0]),
    "pairs_in_place": in_place,
    "pairs_exchanged": lambda x, level, rng: (x, x + normal(x, level, rng)),
    "pairs_no_noise": lambda x, level, rng: (x, x),
    "pairs_noise_in_answer": noise_in_answer,
    "pairs_answer_is_noise": noise_as_answer,
    "pairs_other_noise_in_answer": two_noises,
    "pairs_answer": lambda x, level, rng: (x + normal(x, level, rng), 1 - x),
    "pairs_without_image": lambda x, level, rng: (normal(x, level, rng), x),
    "pairs_clipped": lambda x, level, rng: ((x + normal(x, level, rng)).clip(0, 1), x),
    "pairs_one_noise_for_all": noise(lambda x, level, rng: normal(x[0], level, rng)),
    "pairs_one_number_an_image": noise(lambda x, level, rng: normal(x[:, :1, :1], level, rng)),
    "pairs_positive": noise(lambda x, level, rng: level * rng.random(x.shape)),
    "pairs_multiplied": noise(lambda x, level, rng: x * normal(x, level, rng)),
    "pairs_uniform": noise(lambda x, level, rng: rng.uniform(-level, level, x.shape)),
    "pairs_variance": noise(lambda x, level, rng: normal(x, level**2, rng)),
    "pairs_root": noise(lambda x, level, rng: rng.normal(0, np.sqrt(level), x.shape)),
    "pairs_without_level": noise(lambda x, level, rng: rng.standard_normal(x.shape)),
    "pairs_mean": noise(lambda x, level, rng: rng.normal(0.5, level, x.shape)),
    "pairs_spread": noise(lambda x, level, rng: normal(x, level / 2, rng)),
    "pairs_ignore_rng": noise(lambda x, level, rng: normal(x, level, np.random.default_rng())),
    "pairs_fixed_seed": noise(lambda x, level, rng: normal(x, level, np.random.default_rng(1))),
}
for name, answer in PAIRS.items():
    wrong("pairs", name)(answer)
right("pairs")(lambda x, level, rng: (x + rng.normal(0, level, x.shape), x))
right("pairs")(lambda x, level, rng: [rng.normal(x, level).astype("float32"), x.copy()])
right("pairs")(lambda x, level, rng: (np.add(x, normal(x, level, rng)), np.asarray(x)))
right("pairs")(lambda x, level, rng: (ops.convert_to_tensor(x + normal(x, level, rng)), x))


class Noise(layers.Layer):
    """Makes something of its input by a function of (x, noise, training)."""

    def __init__(self, make, level, seed=None):
        super().__init__()
        self.make, self.level = make, level
        self.seed = seed or keras.random.SeedGenerator(1)

    def call(self, x, training=False):
        eps = keras.random.normal(ops.shape(x), seed=self.seed)
        return self.make(x, self.level * eps, training)


def through(make, seed=None, to_level=lambda level: level):
    """Return the function that puts a layer of this kind in front of an autoencoder."""

    def build(autoencoder, level):
        image = keras.Input(autoencoder.input_shape[1:])
        layer = Noise(make, to_level(level), seed)
        return keras.Model(image, autoencoder(layer(image)))

    return build


def front(layer_of):
    """Return the function that puts a layer of Keras in front of an autoencoder."""

    def build(autoencoder, level):
        image = keras.Input(autoencoder.input_shape[1:])
        return keras.Model(image, autoencoder(layer_of(level)(image)))

    return build


def model_of(output):
    """Return the function that builds a model with this output of (image, autoencoder, level)."""

    def build(autoencoder, level):
        image = keras.Input(autoencoder.input_shape[1:])
        return keras.Model(image, output(image, autoencoder, level))

    return build


def if_training(x, noise, training):
    return x + noise if training else x


def cloned(image, autoencoder, level):
    return keras.models.clone_model(autoencoder)(layers.GaussianNoise(level)(image))


DENOISERS = {
    "denoiser_not_wrapped": lambda autoencoder, level: autoencoder(np.zeros((2, 6, 5, 1))),
    "denoiser_fails": lambda autoencoder, level: keras.Sequential(
        [keras.Input((3,)), layers.GaussianNoise(level)]
    ),
    "denoiser_shape": model_of(lambda x, a, level: layers.Flatten()(a(x))),
    "denoiser_only_in_use": through(lambda x, n, training: x if training else x + n),
    "denoiser_always_on": through(lambda x, n, training: x + n),
    "denoiser_on_when_called": model_of(
        lambda x, a, level: a(layers.GaussianNoise(level)(x, training=True))
    ),
    "denoiser_without_autoencoder": model_of(lambda x, a, level: layers.GaussianNoise(level)(x)),
    "denoiser_same_noise": through(lambda x, n, training: x + n, seed=3),
    "denoiser_other_output": model_of(lambda x, a, level: a(a(layers.GaussianNoise(level)(x)))),
    "denoiser_clone": model_of(cloned),
    "denoiser_no_noise": model_of(lambda x, a, level: a(x)),
    "denoiser_training_not_random": through(if_training, seed=3),
    "denoiser_dropout": front(layers.Dropout),
    "denoiser_multiplied": front(layers.GaussianDropout),
    "denoiser_one_noise_for_all": through(lambda x, n, t: x + n[:1] if t else x),
    "denoiser_noise_behind": model_of(lambda x, a, level: layers.GaussianNoise(level)(a(x))),
    "denoiser_noise_on_both_sides": model_of(
        lambda x, a, level: layers.GaussianNoise(level)(a(layers.GaussianNoise(level)(x)))
    ),
    "denoiser_variance": front(lambda level: layers.GaussianNoise(level**2)),
    "denoiser_root": front(lambda level: layers.GaussianNoise(level**0.5)),
    "denoiser_without_level": front(lambda level: layers.GaussianNoise(1.0)),
    "denoiser_spread": front(lambda level: layers.GaussianNoise(level / 2)),
}
for name, answer in DENOISERS.items():
    wrong("denoiser", name)(answer)
right("denoiser")(front(layers.GaussianNoise))
right("denoiser")(through(if_training))
right("denoiser")(
    lambda autoencoder, level: keras.Sequential(
        [keras.Input(autoencoder.input_shape[1:]), layers.GaussianNoise(level), autoencoder]
    )
)


class InTraining(keras.Model):
    """A model of its own class."""

    def __init__(self, autoencoder, level):
        super().__init__()
        self.autoencoder, self.noise = autoencoder, layers.GaussianNoise(level)

    def call(self, x, training=False):
        return self.autoencoder(self.noise(x, training=training))


right("denoiser")(InTraining)


def colors(y, wheel):
    return np.array([wheel[k] for k in y]).reshape(len(y), 1, 1, 3)


PAINTINGS = {
    "painting_by_column": lambda x, y, wheel: x * wheel[y],
    "painting_by_row": lambda x, y, wheel: x * wheel[y].reshape(-1, 1, 3),
    "painting_background": lambda x, y, wheel: np.tile(colors(y, wheel), (1, *x.shape[1:3], 1)),
    "painting_added": lambda x, y, wheel: x + colors(y, wheel),
    "painting_added_and_clipped": lambda x, y, wheel: np.clip(x + colors(y, wheel), 0, 1),
    "painting_by_number": lambda x, y, wheel: x * colors(range(len(y)), wheel),
    "painting_one_color": lambda x, y, wheel: x * colors([y[0]], wheel),
    "painting_last_color": lambda x, y, wheel: x * colors(y[-1:], wheel),
    "painting_inverted": lambda x, y, wheel: (1 - x) * colors(y, wheel),
    "painting_opposite": lambda x, y, wheel: x * colors(y, 1 - wheel),
    "painting_turned": lambda x, y, wheel: x * colors(y, wheel[:, ::-1]),
    "painting_grey": lambda x, y, wheel: np.concatenate([x, x, x], axis=-1),
    "painting_mean_color": lambda x, y, wheel: x * wheel.mean(axis=0),
    "painting_class_before": lambda x, y, wheel: x * colors(y - 1, wheel),
    "painting_flat": lambda x, y, wheel: np.where(x > 0, colors(y, wheel), 0),
    "painting_black_and_white": lambda x, y, wheel: np.round(x) * colors(y, wheel),
    "painting_colors_only": lambda x, y, wheel: wheel[y],
    "painting_extra_axis": lambda x, y, wheel: x[..., None] * colors(y, wheel)[:, None],
    "painting_first_image": lambda x, y, wheel: x[0] * wheel[y[0]],
    "painting_last_image": lambda x, y, wheel: x[-1] * wheel[y[-1]],
}

for name, answer in PAINTINGS.items():
    wrong("painting", name)(answer)
right("painting")(lambda x, y, wheel: x * wheel[y][:, None, None])
right("painting")(lambda x, y, wheel: np.einsum("nhwc,nd->nhwd", x, wheel[y]))
right("painting")(lambda x, y, wheel: np.stack([i * wheel[k] for i, k in zip(x, y, strict=True)]))
right("painting")(lambda x, y, wheel: x * np.eye(len(wheel))[y].dot(wheel)[:, None, None, :])


def slope(h):
    return h * (1 - h)


def derivatives(h, w):
    """Return dh_j/dx_i of each image, (n, inputs, units)."""
    return slope(h)[:, None] * w


CONTRACTIONS = {
    "contraction_slope_not_squared": lambda h, w: slope(h) @ (w**2).sum(axis=0),
    "contraction_weights_not_squared": lambda h, w: slope(h) ** 2 @ w.sum(axis=0),
    "contraction_nothing_squared": lambda h, w: derivatives(h, w).sum(axis=(1, 2)),
    "contraction_absolute": lambda h, w: np.abs(derivatives(h, w)).sum(axis=(1, 2)),
    "contraction_square_of_sums": lambda h, w: (derivatives(h, w).sum(axis=1) ** 2).sum(axis=1),
    "contraction_wrong_axis": lambda h, w: slope(h) ** 2 @ (w**2).sum(axis=1),
    "contraction_root": lambda h, w: np.linalg.norm(derivatives(h, w), axis=(1, 2)),
    "contraction_of_h": lambda h, w: h**2 @ (w**2).sum(axis=0),
    "contraction_of_one_minus_h": lambda h, w: (1 - h) ** 2 @ (w**2).sum(axis=0),
    "contraction_of_tanh": lambda h, w: (1 - h**2) ** 2 @ (w**2).sum(axis=0),
    "contraction_sigmoid_twice": lambda h, w: slope(1 / (1 + np.exp(-h))) ** 2 @ (w**2).sum(axis=0),
    "contraction_slopes_only": lambda h, w: (slope(h) ** 2).sum(axis=1),
    "contraction_weight_decay": lambda h, w: (w**2).sum(),
    "contraction_of_units": lambda h, w: (derivatives(h, w) ** 2).sum(axis=1),
    "contraction_over_images": lambda h, w: (derivatives(h, w) ** 2).sum(axis=(0, 1)),
    "contraction_of_the_batch": lambda h, w: (derivatives(h, w) ** 2).sum(),
    "contraction_mean_of_images": lambda h, w: (derivatives(h, w) ** 2).sum() / len(h),
    "contraction_mean": lambda h, w: (derivatives(h, w) ** 2).mean(axis=1).sum(axis=1),
    "contraction_mean_of_both": lambda h, w: (derivatives(h, w) ** 2).mean(axis=(1, 2)),
}
for name, answer in CONTRACTIONS.items():
    wrong("contraction", name)(numpy(answer))
right("contraction")(lambda h, w: ops.sum((h * (1 - h)) ** 2 * ops.sum(w**2, axis=0), axis=1))
right("contraction")(numpy(lambda h, w: (derivatives(h, w) ** 2).sum(axis=(1, 2))))
right("contraction")(numpy(lambda h, w: np.einsum("nj,ij->n", (h - h**2) ** 2, w**2)))
right("contraction")(numpy(lambda h, w: np.linalg.norm(derivatives(h, w), axis=(1, 2)) ** 2))


def in_another_array(x, level, rng):
    noisy_images = np.array(x)
    noisy_images += level * rng.standard_normal(x.shape)
    return noisy_images, x


MENDED[9] = [in_another_array, noise(normal)]


@wrong("program 9", "still_there")
def program_9(x, level, rng):
    """Return noisy images, and what a network should make of them."""
    noisy_images = np.asarray(x)
    noisy_images += level * rng.standard_normal(x.shape)
    return noisy_images, x


called("program 9", lambda answer: check.program(9, answer))
wrong("program 9", "pairs_noise_in_answer")(noise_in_answer)
wrong("program 9", "pairs_no_noise")(lambda x, level, rng: (x, x))
for answer in MENDED[9]:
    right("program 9")(answer)

MENDED[10] = [through(if_training), front(layers.GaussianNoise)]


@wrong("program 10", "still_there")
def program_10(autoencoder, level):
    """Put noise in front of an autoencoder, in training only."""

    class Noise(layers.Layer):
        """Adds noise."""

        def __init__(self):
            super().__init__()
            self.noise = keras.random.SeedGenerator(1)

        def call(self, x, training=False):
            eps = keras.random.normal(ops.shape(x), seed=self.noise)
            with_noise = x + level * eps
            return with_noise

    image = keras.Input(autoencoder.input_shape[1:])
    return keras.Model(image, autoencoder(Noise()(image)))


called("program 10", lambda answer: check.program(10, answer))
wrong("program 10", "denoiser_only_in_use")(through(lambda x, n, t: x if t else x + n))
wrong("program 10", "denoiser_no_noise")(model_of(lambda x, a, level: a(x)))
for answer in MENDED[10]:
    right("program 10")(answer)
