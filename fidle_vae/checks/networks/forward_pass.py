"""The check of a forward pass through an encoder that draws z itself."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine.diagnosis import outcome
from fidle_vae.checks.engine.result import Result
from fidle_vae.checks.engine.small_vae import LATENT_DIM, PIXELS, SHAPE
from fidle_vae.checks.engine.summary import recorded

CHECK = "forward"
BATCH = 5
RIGHT = ("z_mean", "z_log_var", "x_hat")
TIMES = {2: "twice", 3: "three times"}


@recorded
def forward(my_forward: Callable) -> Result:
    """Check `my_forward(encoder, decoder, x)`: (z_mean, z_log_var, x_hat) of one call.

    The encoder gives z_mean, z_log_var and z, drawn inside, anew at each call; x_hat is the
    decoder's image at z.
    """
    x = np.random.default_rng(11).random((BATCH, *SHAPE), dtype="float32")
    encoder, decoder = _Encoder(), _Decoder()
    found = outcome(CHECK, lambda x: my_forward(encoder, decoder, x), x)
    if isinstance(found, Result):
        return found
    found = tuple(found.values()) if isinstance(found, dict) else found
    if not isinstance(found, list | tuple) or len(found) != 3:
        count = len(found) if isinstance(found, list | tuple) else 1
        given = f"{count} where three are expected: return z_mean, z_log_var and x_hat."
        return Result(CHECK, "forward_outputs", f"The number of values it gives is {given}")
    if not encoder.given:
        given = "The encoder is never called: z_mean and z_log_var come from it."
        return Result(CHECK, "forward_without_encoder", given)
    try:
        arrays = [np.asarray(ops.convert_to_numpy(value), float) for value in found]
    except (TypeError, ValueError, RuntimeError):
        kinds = ", ".join(type(value).__name__ for value in found)
        return Result(CHECK, "no_number", f"It gives {kinds} and not three tensors of numbers.")
    whats, calls = zip(*(_origin(array, encoder, decoder) for array in arrays), strict=True)
    return Result(CHECK, *_of_origins(whats, calls, encoder, decoder))


def _of_origins(whats, calls, encoder, decoder):
    """Name what is wrong, from what each value is and the call of the encoder that it is of."""
    count, last = len(encoder.given), whats[2]
    if sorted(map(str, whats)) == sorted(RIGHT) and whats != RIGHT:
        return "forward_order", f"The order is {', '.join(whats)}: it must be {', '.join(RIGHT)}."
    if whats[:2] != RIGHT[:2]:
        names = " and ".join(what or "none of the encoder's values" for what in whats[:2])
        given = f"The first two values are {names}: z_mean and z_log_var are expected."
        return "forward_other_codes", given
    if last in WRONG_IMAGES:
        return WRONG_IMAGES[last]
    if last is None and decoder.given:
        return "forward_other_z", (
            "What is decoded is none of the z that this encoder drew: it draws z itself, and what "
            "it gives third is to be decoded as it is."
        )
    if last is None:
        return "forward_without_decoder", "The decoder is never called: x_hat is its image at z."
    if len(set(calls)) > 1:
        places = ", ".join(f"{n} of call {c}" for n, c in zip(RIGHT, calls, strict=True))
        return "forward_three_calls" if len(set(calls)) == 3 else "forward_two_calls", (
            f"The encoder is called {TIMES.get(count, f'{count} times')}, and it draws anew at "
            f"each call: {places}. So the z that is decoded is not the one that the KL measures. "
            "Call it once, and keep its three outputs."
        )
    if count > 1:
        return "forward_calls_wasted", (
            f"What you give belongs together, but the encoder runs {TIMES.get(count, count)}: "
            "call it once, and keep its three outputs."
        )
    if encoder.predicted or decoder.predicted:
        network = "encoder" if encoder.predicted else "decoder"
        return "forward_by_predict", (
            f"predict gives arrays, through which no gradient passes: call the {network}."
        )
    return None, "The encoder is called once, and the z that it drew is the one decoded."


WRONG_IMAGES = {  # what the third value is: the mistake, and what to say of it
    "image of z_mean": (
        "forward_decodes_mean",
        "z_mean is decoded, so that there is no noise: the decoder would never learn to give "
        "images between the means. Decode z.",
    ),
    "image of z_log_var": (
        "forward_decodes_log_variance",
        "z_log_var is decoded: the decoder takes z, the third output of this encoder.",
    ),
    "z": (
        "forward_gives_z",
        "The third value is z itself: give the decoder's image at z, x_hat.",
    ),
    "x": (
        "forward_gives_x",
        "The third value is x, the image that went in: give the one that comes out of the decoder.",
    ),
}


class _Network:
    """A network that notes its inputs, or what it gave, at each call."""

    def __init__(self):
        self.given, self.predicted = [], False

    def __call__(self, inputs, **how):
        return [ops.convert_to_tensor(array) for array in self._arrays(inputs)]

    def predict(self, inputs, *arguments, **how):
        self.predicted = True
        return self._arrays(inputs)

    predict_on_batch = predict


class _Encoder(_Network):
    """Gives z_mean, z_log_var and z; all three are noisy, as if there were a dropout inside."""

    def _arrays(self, inputs):
        x = _array(inputs).reshape(-1, PIXELS)
        weights = np.random.default_rng(12).normal(0, 0.5, (2, PIXELS, LATENT_DIM))
        noise = np.random.default_rng(20 + len(self.given)).normal(size=(3, len(x), LATENT_DIM))
        z_mean, z_log_var = x @ weights + 0.3 * noise[:2]
        codes = z_mean, z_log_var, z_mean + np.exp(z_log_var / 2) * noise[2]
        self.given.append(dict(zip(("z_mean", "z_log_var", "z"), codes, strict=True)) | {"x": x})
        return [code.astype("float32") for code in codes]


class _Decoder(_Network):
    """Gives an image of z, always the same one for the same z."""

    def __call__(self, inputs, **how):
        return super().__call__(inputs)[0]

    def predict(self, inputs, *arguments, **how):
        return super().predict(inputs)[0]

    predict_on_batch = predict

    def _arrays(self, inputs):
        z = _array(inputs)
        self.given.append(z)
        return [self.image(z).astype("float32")]

    def image(self, z):
        weights = np.random.default_rng(13).normal(0, 0.5, (LATENT_DIM, PIXELS))
        return (1 / (1 + np.exp(-z @ weights))).reshape(-1, *SHAPE)


def _array(values):
    return np.asarray(ops.convert_to_numpy(values), float)


def _origin(array, encoder, decoder):
    """Find what an array is, and of which call of the encoder, counted from 1."""
    for call, codes in enumerate(encoder.given, 1):
        known = {"x": codes["x"].reshape(-1, *SHAPE)}
        for name in ("z_mean", "z_log_var", "z"):
            known[name] = codes[name]
            known["x_hat" if name == "z" else f"image of {name}"] = decoder.image(codes[name])
        for name, values in known.items():
            if array.shape == values.shape and np.allclose(array, values, atol=1e-4):
                return name, call
    return None, 0
