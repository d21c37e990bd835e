"""Answers that measure a VAE: its forward pass, held-out ELBO and worst reconstruction."""

import numpy as np
from keras import ops

from fidle_vae.models.losses import bernoulli_nll, gaussian_kl
from tests.checks.planted import right, wrong

# The forward pass


def of_one_call(give):
    """Make an answer from a function of one call's z_mean, z_log_var and z, the decoder and x."""
    return lambda encoder, decoder, x: give(*encoder(x), decoder, x)


def own_noise(encoder, decoder, x):
    z_mean, z_log_var, _ = encoder(x)
    eps = ops.array(np.random.default_rng(0).normal(size=z_mean.shape), "float32")
    z = z_mean + ops.exp(z_log_var / 2) * eps
    return z_mean, z_log_var, decoder(z)


def shape_by_a_call(encoder, decoder, x):
    assert encoder(x)[0].shape[0] == x.shape[0]
    z_mean, z_log_var, z = encoder(x)
    return z_mean, z_log_var, decoder(z)


def by_three_predictions(encoder, decoder, x):
    z_mean, z_log_var, z = (encoder.predict(x)[i] for i in range(3))
    return z_mean, z_log_var, decoder.predict(z)


def z_of_another_call(encoder, decoder, x):
    z_mean, z_log_var, _ = encoder(x)
    return z_mean, z_log_var, decoder(encoder(x)[2])


FORWARDS = {
    "forward_three_calls": lambda encoder, decoder, x: (
        encoder(x)[0], encoder(x)[1], decoder(encoder(x)[2]),
    ),
    "forward_two_calls": z_of_another_call,
    "forward_calls_wasted": shape_by_a_call,
    "forward_decodes_mean": of_one_call(lambda m, v, z, decoder, x: (m, v, decoder(m))),
    "forward_decodes_log_variance": of_one_call(lambda m, v, z, decoder, x: (m, v, decoder(v))),
    "forward_order": of_one_call(lambda m, v, z, decoder, x: (decoder(z), m, v)),
    "forward_draws_again": lambda encoder, decoder, x: (
        *encoder(x)[:2], decoder(SamplingLayer()(encoder(x)[:2])),  # noqa: F821
    ),
    "forward_other_codes": of_one_call(lambda m, v, z, decoder, x: (m, z, decoder(z))),
    "forward_gives_z": of_one_call(lambda m, v, z, decoder, x: (m, v, z)),
    "forward_gives_x": of_one_call(lambda m, v, z, decoder, x: (m, v, x)),
    "forward_other_z": own_noise,
    "forward_without_decoder": of_one_call(lambda m, v, z, decoder, x: (m, v, 0.5 * x)),
    "forward_without_encoder": lambda encoder, decoder, x: (x, x, decoder(x[:, 0, :3, 0])),
    "forward_outputs": of_one_call(lambda m, v, z, decoder, x: decoder(z)),
    "no_number": of_one_call(lambda m, v, z, decoder, x: (m, v, "x_hat")),
    "error_shapes": of_one_call(lambda m, v, z, decoder, x: (m, v, decoder(x))),
    "error": of_one_call(lambda m, v, z, decoder, x: (m, v, decode(z))),  # noqa: F821
}  # fmt: skip
for name, answer in FORWARDS.items():
    wrong("forward", name)(answer)
for change in (lambda x: x[:1], lambda x: x[0], lambda x: 0 * x, lambda x: x / 255):
    wrong("forward", "forward_other_images")(
        lambda encoder, decoder, x, change=change: forward(encoder, decoder, change(x))
    )
wrong("forward", "forward_changes_image")(
    of_one_call(lambda m, v, z, decoder, x: (m, v, ops.round(decoder(z))))
)
wrong("forward", "forward_other_codes")(
    of_one_call(lambda m, v, z, decoder, x: (m, ops.exp(v), decoder(z)))
)
wrong("forward", "forward_dict")(
    of_one_call(lambda m, v, z, decoder, x: {"z_mean": m, "z_log_var": v, "x_hat": decoder(z)})
)


@wrong("forward", "forward_unpacks")
def of_two_values(encoder, decoder, x):
    z_mean, z_log_var = encoder(x)
    return z_mean, z_log_var, decoder(z_mean)


@wrong("forward", "forward_without_gradient")
def without_gradient(encoder, decoder, x):
    z_mean, z_log_var, z = encoder(x)
    return z_mean, z_log_var, decoder(ops.stop_gradient(z))


wrong("forward", "forward_three_calls")(by_three_predictions)
wrong("forward", "forward_order")(of_one_call(lambda m, v, z, decoder, x: (v, m, decoder(z))))
wrong("forward", "forward_outputs")(of_one_call(lambda m, v, z, decoder, x: (m, v, z, decoder(z))))


@right("forward")
def forward(encoder, decoder, x):
    z_mean, z_log_var, z = encoder(x, training=False)
    return z_mean, z_log_var, decoder(z, training=False)


@wrong("forward", "forward_by_predict")
def forward_by_predictions(encoder, decoder, x):
    codes = encoder.predict(ops.convert_to_numpy(x), verbose=0)
    return [codes[0], codes[1], decoder.predict(codes[2], verbose=0)]


@wrong("forward", "forward_by_predict")
def forward_by_one_prediction(encoder, decoder, x):
    z_mean, z_log_var, z = encoder(x)
    return z_mean, z_log_var, decoder.predict_on_batch(z)


@right("forward")
def forward_by_index(encoder, decoder, x):
    codes = encoder(x)
    return (
        codes[0],
        codes[1],
        np.stack([ops.convert_to_numpy(decoder(z[None]))[0] for z in codes[2]]),
    )


# The held-out ELBO


def metrics_of(vae, x):
    return vae.evaluate(x, batch_size=256, verbose=0, return_dict=True)


def of_metrics(formula):
    """Make an answer from a function of the metrics on held-out images, and of the VAE."""
    return lambda vae, data: formula(metrics_of(vae, data.x_test), vae)


def elbos(vae, x):
    z_mean, z_log_var = vae.encode(x)
    nll = bernoulli_nll(x, vae.decode(z_mean))
    return ops.convert_to_numpy(-nll - gaussian_kl(z_mean, z_log_var))


def everything(data):
    return np.concatenate([data.x_train, data.x_test])


def mean_of_batches(vae, data, size=32):
    starts = range(0, len(data.x_test), size)
    return np.mean([elbos(vae, data.x_test[start : start + size]).mean() for start in starts])


HELD_OUT = {
    "held_out_on_training": lambda vae, data: metrics_of(vae, data.x_train)["elbo"],
    "held_out_train_and_test": lambda vae, data: metrics_of(vae, everything(data))["elbo"],
    "held_out_mean_of_train_and_test": lambda vae, data: (
        (elbos(vae, data.x_train).mean() + elbos(vae, data.x_test).mean()) / 2
    ),
    "held_out_loss": of_metrics(lambda m, vae: m["loss"]),
    "held_out_loss_negative": of_metrics(lambda m, vae: -m["loss"]),
    "held_out_loss_times_pixels": of_metrics(lambda m, vae: -vae.n_pixels * m["loss"]),
    "held_out_weighted": of_metrics(
        lambda m, vae: (
            -(vae.loss_weights[0] * 16 * m["r_loss"] + vae.loss_weights[1] * m["kl_loss"])
        )
    ),
    "held_out_sign": of_metrics(lambda m, vae: -m["elbo"]),
    "held_out_kl_added": of_metrics(lambda m, vae: m["kl_loss"] - vae.n_pixels * m["r_loss"]),
    "held_out_r_loss": of_metrics(lambda m, vae: m["r_loss"]),
    "held_out_reconstruction": of_metrics(lambda m, vae: -vae.n_pixels * m["r_loss"]),
    "held_out_kl": of_metrics(lambda m, vae: m["kl_loss"]),
    "held_out_kl_negative": of_metrics(lambda m, vae: -m["kl_loss"]),
    "held_out_without_pixels": of_metrics(lambda m, vae: -(m["r_loss"] + m["kl_loss"])),
    "held_out_without_pixels_and_sign": of_metrics(lambda m, vae: m["r_loss"] + m["kl_loss"]),
    "held_out_for_784_pixels": of_metrics(lambda m, vae: -(784 * m["r_loss"] + m["kl_loss"])),
    "held_out_per_pixel": of_metrics(lambda m, vae: m["elbo"] / vae.n_pixels),
    "held_out_sum": lambda vae, data: elbos(vae, data.x_test).sum(),
    "held_out_every_image": lambda vae, data: elbos(vae, data.x_test),
    "held_out_every_metric": of_metrics(lambda m, vae: m),
    "held_out_mean_of_batches": mean_of_batches,
    "held_out_last_batch": lambda vae, data: elbos(vae, data.x_test[1024:]).mean(),
    "held_out_some_images": lambda vae, data: elbos(vae, data.x_test[:32]).mean(),
    "values": of_metrics(lambda m, vae: 2 * m["elbo"]),
    "no_number": of_metrics(lambda m, vae: {"elbo": m["elbo"]}),
    "error": of_metrics(lambda m, vae: vae.elbo_of_all),
    "held_out_without_names": lambda vae, data: vae.evaluate(data.x_test[:9], verbose=0)["elbo"],
}
for name, answer in HELD_OUT.items():
    wrong("held_out", name)(answer)
wrong("held_out", "held_out_black")(lambda vae, data: metrics_of(vae, data.x_test / 255)["elbo"])
OTHER_IMAGES = np.ones((9, 28, 28, 1), "float32")
wrong("held_out", "made_outside")(lambda vae, data: metrics_of(vae, OTHER_IMAGES)["elbo"])
wrong("held_out", "held_out_divided")(
    lambda vae, data: metrics_of(vae, data.x_test)["elbo"] / len(data.x_test)
)
for n in (100, 1000):
    wrong("held_out", "held_out_some_images")(
        lambda vae, data, n=n: elbos(vae, data.x_test[:n]).mean()
    )
wrong("held_out", "held_out_some_images")(lambda vae, data: elbos(vae, data.x_test[:1])[0])
wrong("held_out", "held_out_key")(lambda vae, data: metrics_of(vae, data.x_test[:9])["val_elbo"])
wrong("held_out", "held_out_attribute")(lambda vae, data: data.test)
wrong("held_out", "held_out_training_among_them")(
    lambda vae, data: metrics_of(vae, everything(data)[::5])["elbo"]
)
wrong("held_out", "held_out_training_among_them")(
    lambda vae, data: elbos(vae, data.x_test).mean() - elbos(vae, data.x_train).mean()
)
right("held_out")(of_metrics(lambda m, vae: m["elbo"]))
right("held_out")(of_metrics(lambda m, vae: -(vae.n_pixels * m["r_loss"] + m["kl_loss"])))
right("held_out")(lambda vae, data: elbos(vae, data.x_test).mean())


@right("held_out")
def part_by_part(vae, data):
    total = 0.0
    for x in np.array_split(data.x_test, 5):
        x_hat, z_mean, z_log_var = vae(x)
        cost = bernoulli_nll(x, x_hat) + gaussian_kl(z_mean, z_log_var)
        total -= ops.convert_to_numpy(cost).sum()
    return total / len(data.x_test)


# The worst reconstruction


def costs(x, x_hat):
    return (-x * np.log(x_hat) - (1 - x) * np.log(1 - x_hat)).reshape(len(x), -1)


def by(cost, find=np.argmax):
    """Make an answer that finds an image by a cost of images and reconstructions."""
    return lambda vae, images: find(cost(images, vae.reconstruct(images), vae))


def total(x, x_hat, vae=None):
    return costs(x, x_hat).sum(axis=1)


def kl(x, x_hat, vae):
    return ops.convert_to_numpy(gaussian_kl(*vae.encode(x)))


WORST = {
    "worst_is_the_best": by(total, np.argmin),
    "worst_by_squared_error": by(lambda x, x_hat, vae: ((x - x_hat) ** 2).mean(axis=(1, 2, 3))),
    "worst_by_absolute_error": by(lambda x, x_hat, vae: abs(x - x_hat).mean(axis=(1, 2, 3))),
    "worst_by_kl": by(kl),
    "worst_by_elbo": by(lambda *given: total(*given) + kl(*given)),
    "worst_pixel": by(lambda x, x_hat, vae: costs(x, x_hat).max(axis=1)),
    "worst_of_all_pixels": by(lambda x, x_hat, vae: costs(x, x_hat)),
    "worst_place_in_the_order": by(lambda *given: np.sort(total(*given))),
    "worst_cost": by(total, np.max),
    "worst_order": by(total, np.argsort),
    "worst_order_reversed": by(total, lambda values: np.argsort(values)[::-1]),
    "worst_of_every_cost": by(total, np.copy),
    "worst_one_too_far": by(total, lambda values: np.argmax(values) + 1),
    "worst_exchanged": by(lambda x, x_hat, vae: total(x_hat, x)),
    "worst_ink_only": by(lambda x, x_hat, vae: -(x * np.log(x_hat)).sum(axis=(1, 2, 3))),
    "worst_ground_only": by(
        lambda x, x_hat, vae: -((1 - x) * np.log(1 - x_hat)).sum(axis=(1, 2, 3))
    ),
    "worst_of_one_number": by(lambda *given: total(*given).mean()),
    "worst_keeps_axis": by(total, lambda values: np.argsort(values)[-1:]),
    "constant": lambda vae, images: 1,
    "worst_of_some_axes": by(lambda x, x_hat, vae: costs(x, x_hat).reshape(x.shape).sum(axis=1)),
    "worst_image": lambda vae, images: images[by(total)(vae, images)],
    "no_number": lambda vae, images: "the last",
    "error": lambda vae, images: vae.reconstruct(images[0]),
}
for name, answer in WORST.items():
    wrong("worst", name)(answer)


def clipped(x, x_hat, vae=None):
    return total(x, np.clip(x_hat, 1e-7, 1 - 1e-7))


def slipped(term):
    """Make an answer of a log-likelihood with a slip, a function of x and x_hat."""
    return by(lambda x, x_hat, vae: -term(x, x_hat).sum(axis=(1, 2, 3)))


SLIPS = {
    "worst_of_weighted_costs": by(lambda x, x_hat, vae: total(x, x_hat) / x.sum(axis=(1, 2, 3))),
    "worst_of_unknown_costs": by(lambda x, x_hat, vae: clipped(x, np.round(x_hat))),
    "worst_of_each_image": by(
        lambda x, x_hat, vae: costs(x, x_hat).reshape(x.shape).sum(axis=(1, 2)),
        lambda values: np.argmax(values, axis=1),
    ),
    "worst_is_a_float": by(clipped, lambda values: float(np.argmax(values))),
    "worst_not_finite": by(total),
    "worst_of_random_copies": lambda vae, images: np.argmax(
        clipped(images, ops.convert_to_numpy(vae(images)[0]))
    ),
    "made_outside": lambda vae, images: np.argmax(vae.reconstruct(OTHER_IMAGES)),
    "worst_decodes_both": lambda vae, images: np.argmax(
        clipped(images, vae.decode(vae.encode(images)))
    ),
}
for name, answer in SLIPS.items():
    wrong("worst", name)(answer)
for term in (
    lambda x, p: x * np.log(p) + 1 - x * np.log(1 - p),
    lambda x, p: x * np.log(p) - (1 - x) * np.log(1 - p),
    lambda x, p: x * np.log10(p) + (1 - x) * np.log(1 - p),
    lambda x, p: x * np.log(p) + (1 - x) * np.log(p),
):
    wrong("worst", "worst_of_other_costs")(slipped(term))


@wrong("worst", "drops_value")
def without_keeping_it(vae, images):
    x_hat = vae.reconstruct(images)
    np.clip(x_hat, 1e-7, 1 - 1e-7)
    return np.argmax(total(images, x_hat))


@wrong("worst", "returns_in_loop")
def the_first_of_all(vae, images):
    worst, most, x_hat = None, 0, vae.reconstruct(images)
    for i in range(len(images)):
        cost = total(images[i : i + 1], x_hat[i : i + 1])
        if cost > most:
            worst, most = i, cost
        return worst


wrong("worst", "error_other_library")(lambda vae, images: np.argmax(images.sum(dim=(1, 2, 3))))
wrong("worst", "error_other_library")(
    lambda vae, images: np.argmax((images - vae.reconstruct(images)).pow(2).sum(axis=(1, 2, 3)))
)
wrong("worst", "error_method")(lambda vae, images: np.argmax(images - vae.reconstruct))
wrong("worst", "worst_not_finite")(by(lambda x, x_hat, vae: total(x, np.clip(x_hat, 0, 1))))


@wrong("worst", "worst_by_predict")
def of_predict(vae, images):
    x_hat = np.clip(vae.predict(images, verbose=0), 1e-7, 1)
    return int(np.argmax(clipped(images, x_hat)))


@wrong("worst", "worst_by_predict")
def of_predict_in_two_lines(vae, images):
    x_hat = vae.predict(images, verbose=0)
    return int(np.argmax(-(images * np.log(x_hat)).sum(axis=(1, 2, 3))))


wrong("worst", "worst_by_evaluate")(lambda vae, images: vae.evaluate(images, verbose=0))
wrong("worst", "worst_of_cheapest_pixel")(
    by(lambda x, x_hat, vae: -(-costs(x, np.clip(x_hat, 1e-7, 1 - 1e-7))).max(axis=1))
)
right("worst")(by(clipped))
right("worst")(by(lambda x, x_hat, vae: ops.argmax(bernoulli_nll(x, x_hat)), lambda index: index))


@right("worst")
def worst_by_a_loop(vae, images):
    worst, most = None, -1.0
    for i in range(len(images)):
        cost = float(bernoulli_nll(images[i : i + 1], vae.reconstruct(images[i : i + 1]))[0])
        if cost > most:
            worst, most = i, cost
    return worst
