"""The check of a swap: which encoder, and then which decoder."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    explain,
    from_arguments,
)

SHAPE, CODE = (4, 4, 1), 3


@exercise
@from_arguments
def swap(my_swap: Callable) -> Result:
    """Check `my_swap(images, encode_thin, encode_bold, decode_thin, decode_bold)`."""
    rng = np.random.default_rng(41)
    pixels = int(np.prod(SHAPE))
    networks = {
        f"{what}_{hand}": _Network(f"{what}_{hand}", into, out, rng)
        for what, into, out in (("encode", pixels, CODE), ("decode", CODE, pixels))
        for hand in ("thin", "bold")
    }
    cases = [{"images": rng.random((n, *SHAPE), dtype="float32")} | networks for n in (5, 3)]
    found = diagnose("swap", my_swap, cases, [_swapped], MISTAKES, _which)
    for errors, mistake, hint in ERRORS:
        found = explain(found, errors, mistake, hint, alone=True)
    return found


class _Network:
    """An encoder or a decoder: a sigmoid of a product with a matrix of its own."""

    def __init__(self, name, into, out, rng):
        self.name, self.weights = name, rng.normal(0, 1, (into, out)).astype("float32")

    def __call__(self, inputs, *args, **kwargs):
        x = np.asarray(ops.convert_to_numpy(inputs))
        encodes = self.name.startswith("encode")
        due = SHAPE if encodes else (CODE,)
        if x.shape[1:] != due:
            raise ValueError(f"{self.name} takes {due}, got {x.shape[1:]}")
        y = x.reshape(len(x), -1) @ self.weights
        return y if encodes else (1 / (1 + np.exp(-y))).reshape(-1, *SHAPE)

    predict = call = predict_on_batch = __call__


def _which(case, index):
    return f"image {index[0] if index else 0} of {len(case['images'])}"


def _swapped(x, encode_thin, encode_bold, decode_thin, decode_bold):
    return decode_bold(encode_thin(x))


ERRORS = [
    (
        r"takes.*got \(\)",
        "swap_composes_networks",
        "a network goes into a network: give it what the other one returns, "
        "decode_bold(encode_thin(images)).",
    ),
    (
        "decode_(thin|bold) takes.*got \\(4, 4",
        "swap_decodes_images",
        "a decoder takes codes, and gets images: encode them first, then decode.",
    ),
    (
        "encode_(thin|bold) takes.*got \\(3",
        "swap_encodes_codes",
        "an encoder takes images, and gets codes: decode them now.",
    ),
]
MISTAKES = [
    Mistake(
        "swap_copies",
        "These are copies in the thin hand: the decoder decides on the hand, so take that of the "
        "bold one.",
        lambda x, et, eb, dt, db: dt(et(x)),
    ),
    Mistake(
        "swap_encoder_of_bold",
        "Thin digits go into the encoder of the bold hand, which has never seen any: encode them "
        "with that of their own hand.",
        lambda x, et, eb, dt, db: db(eb(x)),
    ),
    Mistake(
        "swap_way_back",
        "This is the way back, from bold to thin: exchange the hands of both networks.",
        lambda x, et, eb, dt, db: dt(eb(x)),
    ),
    Mistake(
        "swap_gives_codes",
        "These are codes: decode them.",
        lambda x, et, eb, dt, db: et(x),
    ),
    Mistake(
        "swap_gives_codes_of_bold",
        "These are codes, and by the encoder of the bold hand: take that of the digits' own hand, "
        "and decode.",
        lambda x, et, eb, dt, db: eb(x),
    ),
    Mistake(
        "swap_nothing",
        "These are the thin digits themselves: encode them, then decode.",
        lambda x, et, eb, dt, db: x,
    ),
    Mistake(
        "swap_mean_of_hands",
        "This is the mean of both decoders' images: only the bold hand's is asked.",
        lambda x, et, eb, dt, db: (dt(et(x)) + db(et(x))) / 2,
    ),
    Mistake(
        "swap_mean_of_codes",
        "The codes of both encoders are averaged: the digits are thin, and have one code each, "
        "that of their own encoder.",
        lambda x, et, eb, dt, db: db((et(x) + eb(x)) / 2),
    ),
    Mistake(
        "swap_sum_of_codes",
        "The codes of both encoders are added: the digits are thin, and have one code each, that "
        "of their own encoder.",
        lambda x, et, eb, dt, db: db(et(x) + eb(x)),
    ),
    Mistake(
        "swap_difference_of_codes",
        "One code is subtracted from the other: no arithmetic is due, decode the code as it is.",
        lambda x, et, eb, dt, db: db(et(x) - eb(x)),
    ),
    Mistake(
        "swap_copied_first",
        "The digits are copied first, which loses details: encode them once, decode once.",
        lambda x, et, eb, dt, db: db(et(dt(et(x)))),
    ),
    Mistake(
        "swap_copied_and_encoded_as_bold",
        "The thin copy goes into the encoder of the bold hand, which has never seen a thin digit: "
        "give the code of encode_thin to decode_bold at once.",
        lambda x, et, eb, dt, db: db(eb(dt(et(x)))),
    ),
    Mistake(
        "swap_there_and_back",
        "You swap, and swap back to the thin hand: stop after the first decoder.",
        lambda x, et, eb, dt, db: dt(eb(db(et(x)))),
    ),
    Mistake(
        "swap_bold_copied",
        "The swaps are copied once more by the bold hand's networks: stop after the first decoder.",
        lambda x, et, eb, dt, db: db(eb(db(et(x)))),
    ),
    Mistake(
        "swap_black_and_white",
        "Pixels are rounded to black and white: give the decoder's image as it is.",
        lambda x, et, eb, dt, db: db(et(x)) > 0.5,
    ),
    Mistake(
        "swap_mixed_with_originals",
        "This is the mean of swaps and originals: give the decoder's image as it is.",
        lambda x, et, eb, dt, db: (db(et(x)) + x) / 2,
    ),
]
