"""Answers to the exercises of AE3: slant, swap, model of two hands, score, batch."""

import keras
import numpy as np
from keras import layers

from fidle_vae import checks as check
from tests.checks.planted import called, right, wrong
from tests.checks.planted.programs import MENDED

SHAPE = (6, 6, 1)
called("two_hands", lambda answer: check.two_hands(answer, SHAPE))


def numpy(answer):
    """Return the answer with its arguments as NumPy's arrays, as the lesson makes them."""
    return lambda *arguments: answer(*map(np.array, arguments))


# A slant

LEAN = {
    "lean_left": lambda x, y, s, m: x + s * (m - y),
    "lean_about_the_top": lambda x, y, s, m: x + s * y,
    "lean_left_about_the_top": lambda x, y, s, m: x - y * s,
    "lean_rows": lambda x, y, s, m: y + s * (x - m),
    "lean_upwards": lambda x, y, s, m: y - s * (x - m),
    "lean_row_moved": lambda x, y, s, m: y + s * (y - m),
    "lean_divided": lambda x, y, s, m: x + (y - m) / s,
    "lean_same_everywhere": lambda x, y, s, m: x + s,
    "lean_stretched": lambda x, y, s, m: x + (x - m) * s,
    "lean_x_about_the_middle": lambda x, y, s, m: (x - m) + s * (y - m),
    "lean_way_alone": lambda x, y, s, m: s * (y - m),
    "lean_bent": lambda x, y, s, m: x + s * (y - m) ** 2,
    "lean_folded": lambda x, y, s, m: x + s * abs(y - m),
    "lean_middle_added": lambda x, y, s, m: x + s * (y + m),
    "lean_brackets": lambda x, y, s, m: x + s * y - m,
    "lean_brackets_about_x": lambda x, y, s, m: (x + y - m) * s,
    "lean_multiplied": lambda x, y, s, m: x * s * (y - m),
    "lean_without_slant": lambda x, y, s, m: x + (y - m),
    "lean_nothing": lambda x, y, s, m: x.copy(),
    "values_rounded": lambda x, y, s, m: np.round(x + s * (y - m), 1),
    "combination": lambda x, y, s, m: x + 2 * s * (y - m),
}
for name, answer in LEAN.items():
    wrong("lean", name)(numpy(answer))
right("lean")(numpy(lambda x, y, s, m: x + s * (y - m)))
right("lean")(numpy(lambda x, y, s, m: x - s * m + s * y))
right("lean")(numpy(lambda x, y, s, m: np.tensordot([1, s], np.stack([x, y - m]), 1)))

# A swap

SWAP = {
    "swap_copies": lambda x, et, eb, dt, db: dt(et(x)),
    "swap_encoder_of_bold": lambda x, et, eb, dt, db: db(eb(x)),
    "swap_way_back": lambda x, et, eb, dt, db: dt(eb(x)),
    "swap_gives_codes": lambda x, et, eb, dt, db: et(x),
    "swap_gives_codes_of_bold": lambda x, et, eb, dt, db: eb.predict(x),
    "swap_nothing": lambda x, et, eb, dt, db: x,
    "swap_mean_of_hands": lambda x, et, eb, dt, db: 0.5 * dt(et(x)) + 0.5 * db(et(x)),
    "swap_mean_of_codes": lambda x, et, eb, dt, db: db(np.mean([et(x), eb(x)], axis=0)),
    "swap_sum_of_codes": lambda x, et, eb, dt, db: db(et(x) + eb(x)),
    "swap_difference_of_codes": lambda x, et, eb, dt, db: db(et(x) - eb(x)),
    "swap_copied_first": lambda x, et, eb, dt, db: db(et(dt(et(x)))),
    "swap_copied_and_encoded_as_bold": lambda x, et, eb, dt, db: db(eb(dt(et(x)))),
    "swap_composes_networks": lambda x, et, eb, dt, db: db(et)(x),
    "swap_there_and_back": lambda x, et, eb, dt, db: dt(eb(db(et(x)))),
    "swap_bold_copied": lambda x, et, eb, dt, db: db(eb(db(et(x)))),
    "swap_black_and_white": lambda x, et, eb, dt, db: np.round(db(et(x))),
    "swap_mixed_with_originals": lambda x, et, eb, dt, db: (x + db(et(x))) / 2,
    "swap_decodes_images": lambda x, et, eb, dt, db: db(x),
    "swap_encodes_codes": lambda x, et, eb, dt, db: db(eb(et(x))),
    "first_only": lambda x, et, eb, dt, db: db(et(x))[0],
    "several_values": lambda x, et, eb, dt, db: (dt(et(x)), db(et(x))),
}
for name, answer in SWAP.items():
    wrong("swap", name)(answer)
right("swap")(lambda x, et, eb, dt, db: db(et(x)))
right("swap")(lambda x, et, eb, dt, db: db.predict(et.predict(x, verbose=0), batch_size=250))
right("swap")(
    lambda x, et, eb, dt, db: np.concatenate([db(et(x[i : i + 1])) for i in range(len(x))])
)

# A model of two hands


def two_inputs():
    return [keras.Input(SHAPE), keras.Input(SHAPE)]


def model_of(make, inputs=two_inputs):
    """Return a function that builds a model of what `make` returns for images and builders."""

    def build(build_encoder, build_decoder):
        images = inputs()
        return keras.Model(images, make(*images, build_encoder, build_decoder))

    return build


def shared(a, b, be, bd):
    encoder = be()
    return [bd()(encoder(a)), bd()(encoder(b))]


def one_decoder(a, b, be, bd):
    encoder, decoder = be(), bd()
    return [decoder(encoder(a)), decoder(encoder(b))]


def two_encoders_one_decoder(a, b, be, bd):
    decoder = bd()
    return [decoder(be()(a)), decoder(be()(b))]


def frozen(a, b, be, bd):
    encoder = be()
    encoder.trainable = False
    return [bd()(encoder(a)), bd()(encoder(b))]


def mixed(a, b, be, bd):
    encoder = be()
    code = layers.average([encoder(a), encoder(b)])
    return [bd()(code), bd()(code)]


def crossed(a, b, be, bd):
    return shared(b, a, be, bd)


def same_image(a, b, be, bd):
    return shared(a, a, be, bd)


def codes(a, b, be, bd):
    encoder = be()
    return [encoder(a), encoder(b)]


def own_networks(a, b, be, bd):
    flat, pixels = layers.Flatten(), layers.Dense(36, activation="sigmoid")
    code = layers.Dense(2)
    return [layers.Reshape(SHAPE)(pixels(code(flat(each)))) for each in (a, b)]


def copied_twice(a, b, be, bd):
    encoder, thin, bold = be(), bd(), bd()
    return [thin(encoder(thin(encoder(a)))), bold(encoder(bold(encoder(b))))]


def flat(a, b, be, bd):
    return [layers.Flatten()(each) for each in shared(a, b, be, bd)]


def cloned(a, b, be, bd):
    encoder = be()
    clone = keras.models.clone_model(encoder)
    clone.name = "clone"
    return [bd()(encoder(a)), bd()(clone(b))]


def cloned_with_its_name(a, b, be, bd):
    encoder = be()
    return [bd()(encoder(a)), bd()(keras.models.clone_model(encoder)(b))]


def all_four(a, b, be, bd):
    encoder, thin, bold = be(), bd(), bd()
    return [thin(encoder(a)), bold(encoder(b)), bold(encoder(a)), thin(encoder(b))]


def apart(a, b, be, bd):
    return [bd()(be()(a)), bd()(be()(b))]


def two_models(be, bd):
    encoder, (a, b) = be(), two_inputs()
    return keras.Model(a, bd()(encoder(a))), keras.Model(b, bd()(encoder(b)))


TWO_HANDS = {
    "two_hands_apart": model_of(apart),
    "two_hands_one_decoder": model_of(one_decoder),
    "two_hands_wrong_half": model_of(two_encoders_one_decoder),
    "two_hands_crossed": model_of(crossed),
    "two_hands_same_image": model_of(same_image),
    "two_hands_mixed": model_of(mixed),
    "two_hands_frozen": model_of(frozen),
    "two_hands_codes": model_of(codes),
    "two_hands_shape": model_of(flat),
    "two_hands_not_built": model_of(own_networks),
    "two_hands_other_way": model_of(copied_twice),
    "two_hands_outputs": model_of(all_four),
    "two_hands_one_output": model_of(lambda a, b, be, bd: layers.add(shared(a, b, be, bd))),
    "two_hands_one_input": model_of(
        lambda a, be, bd: shared(a, a, be, bd), lambda: [keras.Input(SHAPE)]
    ),
    "two_hands_inputs": model_of(
        lambda a, b, c, be, bd: shared(a, b, be, bd), lambda: [*two_inputs(), keras.Input((3,))]
    ),
    "two_hands_two_models": two_models,
    "two_hands_not_wrapped": lambda be, bd: shared(*two_inputs(), be, bd),
    "two_hands_no_model": lambda be, bd: "a model",
    "two_hands_decodes_images": model_of(lambda a, b, be, bd: [be()(bd()(a)), be()(bd()(b))]),
    "two_hands_encodes_codes": model_of(lambda a, b, be, bd: [be()(be()(a)), be()(be()(b))]),
    "two_hands_not_called": model_of(lambda a, b, be, bd: [bd()(be(a)), bd()(be(b))]),
    "two_hands_arguments": model_of(lambda a, b, be, bd: [bd()(be()(a, b, True)), bd()(be()(b))]),
    "two_hands_input": lambda be, bd: model_of(
        lambda a, b, be, bd: shared(a, b, be, bd),
        lambda: [keras.Input((6, 6, 3)), keras.Input((6, 6, 3))],
    )(builder_of(be), bd),
    "two_hands_cloned": model_of(cloned),
    "two_hands_same_name": model_of(cloned_with_its_name),
}


def builder_of(be):
    """Return a builder of encoders that take three channels."""

    def build():
        image, encoder = keras.Input((6, 6, 3)), be()
        return keras.Model(image, encoder(layers.Conv2D(1, 1)(image)))

    return build


for name, answer in TWO_HANDS.items():
    wrong("two_hands", name)(answer)
right("two_hands")(model_of(shared))


@right("two_hands")
def in_a_loop(build_encoder, build_decoder):
    encoder, images = build_encoder(), two_inputs()
    return keras.Model(images, [build_decoder()(encoder(image)) for image in images])


@right("two_hands")
def both_hands_in_one_batch(build_encoder, build_decoder):
    """Put both hands into one batch for the encoder, and part the codes again."""
    encoder, (a, b) = build_encoder(), two_inputs()
    z = encoder(layers.Concatenate(axis=0)([a, b]))
    first, second = keras.ops.split(z, 2)
    return keras.Model([a, b], [build_decoder()(first), build_decoder()(second)])


@right("two_hands")
def with_spare_networks(build_encoder, build_decoder):
    build_encoder()
    encoder, decoders = build_encoder(), [build_decoder() for _ in range(3)]
    a, b = two_inputs()
    return keras.Model((a, b), (decoders[2](encoder(a)), decoders[0](encoder(b))))


# Program 11


def mended_11(build_encoder, build_decoder):
    encoder, images = build_encoder(), [keras.Input((28, 28, 1)) for _ in range(2)]
    return keras.Model(images, [build_decoder()(encoder(image)) for image in images])


def of_large_images(make):
    return model_of(make, lambda: [keras.Input((28, 28, 1)), keras.Input((28, 28, 1))])


called("program 11", lambda answer: check.program(11, answer))
MENDED[11] = [mended_11, of_large_images(shared)]
for answer in MENDED[11]:
    right("program 11")(answer)
wrong("program 11", "not_mended")(of_large_images(apart))
wrong("program 11", "two_hands_one_decoder")(of_large_images(one_decoder))
wrong("program 11", "two_hands_wrong_half")(of_large_images(two_encoders_one_decoder))

# A score


def mse(a, b, **how):
    return np.square(a - b).mean(**how)


BY_IMAGE = {"axis": (1, 2, 3)}
SCORE = {
    "score_upside_down": lambda o, s, t: mse(o, t) / mse(s, t),
    "score_not_relative": lambda o, s, t: mse(s, t),
    "score_of_nothing": lambda o, s, t: mse(o, t),
    "score_of_change": lambda o, s, t: mse(s, o) / mse(t, o),
    "score_of_change_alone": lambda o, s, t: mse(s, o),
    "score_by_change": lambda o, s, t: mse(s, t) / mse(s, o),
    "score_by_the_truth": lambda o, s, t: mse(s, t) / np.mean(t**2),
    "score_difference": lambda o, s, t: mse(s, t) - mse(o, t),
    "score_gain": lambda o, s, t: 1 - mse(s, t) / mse(o, t),
    "score_absolute": lambda o, s, t: np.abs(s - t).mean() / np.abs(o - t).mean(),
    "score_signed": lambda o, s, t: (s - t).mean() / (o - t).mean(),
    "score_square_of_mean": lambda o, s, t: ((s - t).mean() / (o - t).mean()) ** 2,
    "score_root": lambda o, s, t: np.sqrt(mse(s, t) / mse(o, t)),
    "score_of_images": lambda o, s, t: mse(s, t, **BY_IMAGE) / mse(o, t, **BY_IMAGE),
    "score_mean_of_ratios": lambda o, s, t: np.mean(mse(s, t, **BY_IMAGE) / mse(o, t, **BY_IMAGE)),
    "score_mean_of_pixels": lambda o, s, t: np.mean(((s - t) / (o - t)) ** 2),
    "score_of_pixels": lambda o, s, t: ((s - t) / (o - t)) ** 2,
    "score_divided_twice": lambda o, s, t: ((s - t) ** 2).sum() / mse(o, t),
    "score_percent": lambda o, s, t: 100 * mse(s, t) / mse(o, t),
    "score_first_image": lambda o, s, t: mse(s[0], t[0]) / mse(o[0], t[0]),
}
for name, answer in SCORE.items():
    wrong("swap_score", name)(numpy(answer))
right("swap_score")(numpy(lambda o, s, t: mse(s, t) / mse(o, t)))
right("swap_score")(numpy(lambda o, s, t: ((s - t) ** 2).sum() / ((o - t) ** 2).sum()))
right("swap_score")(numpy(lambda o, s, t: (np.linalg.norm(s - t) / np.linalg.norm(o - t)) ** 2))

# A batch


def batch(question=lambda x, c, w: w(x[c]), answer=lambda x, c, w: x[c]):
    """Return the answer that makes question and answer of each hand in this way."""

    def my_batch(thin, bold, chosen, warp):
        return tuple([make(x, chosen, warp) for x in (thin, bold)] for make in (question, answer))

    return my_batch


def by_hand(thin, bold, chosen, warp):
    return [warp(thin[chosen]), thin[chosen]], [warp(bold[chosen]), bold[chosen]]


BATCH = {
    "batch_not_two": lambda t, b, c, w: [w(t[c]), w(b[c]), t[c], b[c]],
    "batch_no_lists": lambda t, b, c, w: (w(np.concatenate([t[c], b[c]])), t[c]),
    "batch_of_all": batch(question=lambda x, c, w: w(x)),
    "batch_of_the_first": batch(lambda x, c, w: w(x[: len(c)]), lambda x, c, w: x[: len(c)]),
    "batch_not_warped": batch(question=lambda x, c, w: x[c]),
    "batch_answers_warped": batch(answer=lambda x, c, w: w(x[c])),
    "batch_exchanged": batch(lambda x, c, w: x[c], lambda x, c, w: w(x[c])),
    "batch_warped_twice": batch(question=lambda x, c, w: w(w(x[c]))),
    "batch_one_hand_warped": lambda t, b, c, w: ([w(t[c]), b[c]], [t[c], b[c]]),
    "batch_one_answer_warped": lambda t, b, c, w: ([w(t[c]), w(b[c])], [t[c], w(b[c])]),
    "batch_crossed": lambda t, b, c, w: ([w(t[c]), w(b[c])], [b[c], t[c]]),
    "batch_order": lambda t, b, c, w: ([w(b[c]), w(t[c])], [b[c], t[c]]),
    "batch_by_hand": by_hand,
    "batch_one_hand": lambda t, b, c, w: ([w(t[c]), w(t[c])], [t[c], b[c]]),
    "batch_other": lambda t, b, c, w: ([w(t[c]), w(b[c])], [t[c], 1 - b[c]]),
}
for name, answer in BATCH.items():
    wrong("warped_batch", name)(answer)
wrong("warped_batch", "batch_no_lists")(lambda t, b, c, w: (1, 2))
wrong("warped_batch", "batch_other")(lambda t, b, c, w: (["thin", "bold"], [t[c], b[c]]))
wrong("warped_batch", "batch_of_all")(batch(answer=lambda x, c, w: x))
wrong("warped_batch", "batch_warped_twice")(
    batch(lambda x, c, w: w(w(x[c])), lambda x, c, w: w(x[c]))
)
wrong("warped_batch", "batch_one_hand_warped")(lambda t, b, c, w: ([t[c], w(b[c])], [t[c], b[c]]))
wrong("warped_batch", "batch_crossed")(lambda t, b, c, w: ([w(b[c]), w(t[c])], [t[c], b[c]]))
wrong("warped_batch", "batch_other")(lambda t, b, c, w: ([w(t)[c - 1], w(b)[c]], [t[c], b[c]]))
right("warped_batch")(batch())
right("warped_batch")(batch(question=lambda x, c, w: w(x)[c]))
right("warped_batch")(lambda t, b, c, w: [(w(t[c]), w(b[c])), (t[c], b[c])])
right("warped_batch")(
    lambda t, b, c, w: (
        np.stack([w(t.take(c, axis=0)), w(b.take(c, axis=0))]),
        [t.take(c, axis=0), b.take(c, axis=0)],
    )
)
