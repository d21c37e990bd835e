"""Answers to the exercises of AE1: autoencoders, their training, PCA, a classifier, draws."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.decomposition import PCA

from fidle_vae import checks as check
from tests.checks.planted import called, on_every_backend, right, wrong
from tests.checks.planted.programs import MENDED

SHAPE = (28, 28, 1)

# An autoencoder


def network(
    code=lambda x, d: layers.Dense(d)(x),
    image=lambda x: layers.Reshape(SHAPE)(layers.Dense(784, activation="sigmoid")(x)),
    hidden="relu",
    names=("encoder", "decoder"),
    around=lambda x, z, x_hat: x_hat,
):
    """Return the function that builds an autoencoder of these parts."""

    def build(latent_dim):
        x = keras.Input(SHAPE)
        z = code(layers.Dense(16, activation=hidden)(layers.Flatten()(x)), latent_dim)
        encoder = keras.Model(x, z, name=names[0])
        z = keras.Input(encoder.outputs[0].shape[1:])
        flat = layers.Flatten()(z) if len(z.shape) > 2 else z
        decoder = keras.Model(z, image(layers.Dense(16, activation="relu")(flat)), name=names[1])
        first = encoder(x)[0] if len(encoder.outputs) > 1 else encoder(x)
        return keras.Model(x, around(x, first, decoder(first)))

    return build


def ends_in(activation):
    return lambda x: layers.Reshape(SHAPE)(layers.Dense(784, activation=activation)(x))


def upsampled(side, filters=1):
    """Return a decoder's end that begins with a square of `side` and doubles it twice."""

    def image(x):
        x = layers.Reshape((side, side, 2))(layers.Dense(side * side * 2)(x))
        x = layers.UpSampling2D()(layers.UpSampling2D()(x))
        return layers.Conv2D(filters, 3, padding="same", activation="sigmoid")(x)

    return image


def program_6(latent_dim):
    return network(code=lambda x, d: layers.Dense(d, activation="relu")(x))(latent_dim)


def program_7(latent_dim):
    """Build an autoencoder whose code is larger than the image."""
    image = keras.Input(SHAPE)
    x = layers.MaxPooling2D()(layers.Conv2D(8, 3, padding="same", activation="relu")(image))
    encoder = keras.Model(image, layers.Flatten()(x), name="encoder")
    code = keras.Input((14 * 14 * 8,))
    decoder = keras.Model(code, ends_in("sigmoid")(code), name="decoder")
    return keras.Model(image, decoder(encoder(image)))


def side_by_side(latent_dim):
    model = network()(latent_dim)
    return model.get_layer("encoder"), model.get_layer("decoder")


AUTOENCODERS = {
    "autoencoder_two_networks": [side_by_side],
    "autoencoder_not_wrapped": [
        lambda latent_dim: network()(latent_dim).outputs[0],
        lambda latent_dim: keras.Input(SHAPE),
    ],
    "autoencoder_encoder_only": [lambda latent_dim: network()(latent_dim).get_layer("encoder")],
    "autoencoder_decoder_only": [lambda latent_dim: network()(latent_dim).get_layer("decoder")],
    "autoencoder_layers_with_names": [lambda latent_dim: one_chain(latent_dim)],
    "autoencoder_without_names": [network(names=("first", "second"))],
    "autoencoder_code_of_a_vae": [
        network(code=lambda x, d: [layers.Dense(d)(x), layers.Dense(d)(x)])
    ],
    "autoencoder_code_larger": [program_7, network(code=lambda x, d: layers.Dense(1000)(x))],
    "autoencoder_code_not_flat": [
        network(code=lambda x, d: layers.Reshape((1, d))(layers.Dense(d)(x)))
    ],
    "autoencoder_code_dimension": [network(code=lambda x, d: layers.Dense(2)(x))],
    "autoencoder_activation_on_code": [
        program_6,
        network(code=lambda x, d: layers.Dense(d, activation="tanh")(x)),
        network(code=lambda x, d: layers.ReLU()(layers.Dense(d)(x))),
    ],
    "autoencoder_flat": [network(image=lambda x: layers.Dense(784, activation="sigmoid")(x))],
    "autoencoder_no_channel": [
        network(
            image=lambda x: layers.Reshape((28, 28))(layers.Dense(784, activation="sigmoid")(x))
        )
    ],
    "autoencoder_size": [network(image=upsampled(8)), network(image=upsampled(14))],
    "autoencoder_channels": [network(image=upsampled(7, filters=3))],
    "autoencoder_labels": [network(image=lambda x: layers.Dense(10, activation="softmax")(x))],
    "autoencoder_shape": [network(image=lambda x: layers.Dense(700, activation="sigmoid")(x))],
    "autoencoder_goes_around": [
        network(around=lambda x, z, x_hat: layers.Average()([x, x_hat])),
    ],
    "autoencoder_not_finite": [
        network(code=lambda x, d: ops.log(-1 - ops.abs(layers.Dense(d)(x)))),
    ],
    "autoencoder_softmax": [network(image=ends_in("softmax"))],
    "autoencoder_out_of_range": [network(image=ends_in(None)), network(image=ends_in("tanh"))],
    "autoencoder_relu": [network(image=ends_in("relu"))],
    "autoencoder_mixes_images": [
        network(code=lambda x, d: layers.Dense(d)(x - ops.mean(x, axis=0, keepdims=True)))
    ],
    "autoencoder_ignores_image": [network(code=lambda x, d: layers.Dense(d)(0 * x))],
    "autoencoder_linear": [network(hidden=None)],
    "error": [lambda latent_dim: network()(latent_dims)],  # noqa: F821
}
keras.utils.set_random_seed(0)  # of the networks below, the same in every run
for name, answers in AUTOENCODERS.items():
    for answer in answers:
        wrong("autoencoder", name)(answer)
wrong("autoencoder", "error_reshape")(
    network(image=lambda x: layers.Reshape(SHAPE)(layers.Dense(28, activation="sigmoid")(x)))
)


@wrong("autoencoder", "autoencoder_networks_do_not_fit")
def of_two_sizes(latent_dim):
    model = network()(latent_dim)
    return model.get_layer("decoder")(layers.Dense(5)(model.get_layer("encoder").outputs[0]))


def one_chain(latent_dim):
    image = keras.Input(SHAPE)
    x = layers.Dense(latent_dim, name="encoder")(layers.Flatten()(image))
    x = layers.Dense(784, activation="sigmoid", name="decoder")(x)
    return keras.Model(image, layers.Reshape(SHAPE)(x))


@wrong("autoencoder", "error_not_connected")
def of_no_image(latent_dim):
    decoder = network()(latent_dim).get_layer("decoder")
    return keras.Model(keras.Input(SHAPE), decoder(keras.Input((latent_dim,))))


@wrong("autoencoder", "error_layer_of_data")
def of_a_layer_of_data(latent_dim):
    return keras.Model(keras.Input(SHAPE), layers.Flatten(keras.Input(SHAPE)))


@wrong("autoencoder", "error_layer_not_called")
def of_a_layer_itself(latent_dim):
    return layers.Dense(latent_dim)(layers.Flatten())


@wrong("autoencoder", "drops_value")
def without_its_hidden_layer(latent_dim):
    x, z = keras.Input(SHAPE), keras.Input((latent_dim,))
    flat = layers.Flatten()(x)
    layers.Dense(16, activation="relu")(flat)
    encoder = keras.Model(x, layers.Dense(latent_dim)(flat), name="encoder")
    return keras.Model(x, keras.Model(z, ends_in("sigmoid")(z), name="decoder")(encoder(x)))


NETWORKS = network()(2)


@wrong("autoencoder", "made_outside")
def of_networks_outside(latent_dim):
    x = keras.Input(SHAPE)
    return keras.Model(x, NETWORKS.get_layer("decoder")(NETWORKS.get_layer("encoder")(x)))


wrong("autoencoder", "error_units")(lambda latent_dim: layers.Dense(784, 64))
wrong("autoencoder", "error_input_shape")(lambda latent_dim: layers.Reshape(28, 28, 1))
wrong("autoencoder", "error_activation")(network(hidden="ReLu"))


@wrong("autoencoder", "takes_nothing")
def summarised(latent_dim):
    model = network()(latent_dim)
    return model.summary()


wrong("autoencoder", "error_layers_by_commas")(
    lambda latent_dim: keras.Sequential(layers.Flatten(), layers.Dense(latent_dim))
)
wrong("autoencoder", "error_input_shape")(lambda latent_dim: keras.Input(28, 28, 1))
wrong("autoencoder", "error_other_library")(lambda latent_dim: layers.Linear(784, latent_dim))


@wrong("autoencoder", "autoencoder_decoder_of_images")
def from_the_image(latent_dim):
    image = keras.Input(SHAPE)
    z = layers.Dense(latent_dim)(layers.Flatten()(image))
    encoder = keras.Model(image, z, name="encoder")
    decoder = keras.Model(image, ends_in("sigmoid")(z), name="decoder")
    return keras.Model(image, decoder(encoder(image)))


@wrong("autoencoder", "autoencoder_without_flatten")
def of_the_last_axis(latent_dim):
    image, code = keras.Input(SHAPE), keras.Input((latent_dim,))
    z = layers.Dense(latent_dim)(layers.Dense(16, activation="relu")(image))
    encoder = keras.Model(image, z, name="encoder")
    decoder = keras.Model(code, ends_in("sigmoid")(code), name="decoder")
    return keras.Model(image, decoder(encoder(image)))


wrong("program 7", "autoencoder_without_flatten")(of_the_last_axis)
wrong("autoencoder", "autoencoder_names_exchanged")(network(names=("decoder", "encoder")))


@wrong("autoencoder", "autoencoder_wrong_way_round")
def the_wrong_way_round(latent_dim):
    model = network()(latent_dim)
    return model.get_layer("encoder")(model.get_layer("decoder")(keras.Input(SHAPE)))


right("autoencoder")(lambda d: network()(d))
wrong("autoencoder", "autoencoder_input")(lambda latent_dim: of_vectors(latent_dim))


def of_vectors(latent_dim):
    """Build an autoencoder that takes vectors of pixels."""
    x, z = keras.Input((784,)), keras.Input((latent_dim,))
    encoder = keras.Model(x, layers.Dense(latent_dim)(x), name="encoder")
    decoder = keras.Model(z, layers.Dense(784, activation="sigmoid")(z), name="decoder")
    return keras.Model(x, decoder(encoder(x)))


class Noisy(layers.Layer):
    """Adds noise at every call."""

    def __init__(self):
        super().__init__()
        self.noise = keras.random.SeedGenerator(0)

    def call(self, x):
        return x + keras.random.normal(ops.shape(x), seed=self.noise)


wrong("autoencoder", "autoencoder_draws")(network(code=lambda x, d: Noisy()(layers.Dense(d)(x))))
right("autoencoder")(network())
right("autoencoder")(network(image=upsampled(7)))
right("autoencoder")(lambda latent_dim, hidden=3: network()(latent_dim))

# Training to copy


def fits(*arguments, **how):
    """Return the function that calls `fit` with these of its arrays, by name."""
    how = {"batch_size": 64, "epochs": 3, "validation_data": ("x_test", "x_test")} | how

    def training(autoencoder, *arrays):
        known = dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True))

        def named(value):
            if isinstance(value, tuple):
                return tuple(map(named, value))
            return known[value] if isinstance(value, str) else value

        options = {name: named(value) for name, value in how.items() if value is not None}
        return autoencoder.fit(*map(named, arguments), **options)

    return training


def of_all_images(autoencoder, x_train, y_train, x_test, y_test):
    x = np.concatenate([np.array(x_train), np.array(x_test)])
    return autoencoder.fit(x, x, batch_size=64, epochs=3)


def of_one_hot_labels(autoencoder, x_train, y_train, x_test, y_test):
    labels = keras.utils.to_categorical(np.array(y_train), 10)
    return autoencoder.fit(x_train, labels, batch_size=64, epochs=3)


def of_noise(autoencoder, x_train, y_train, x_test, y_test):
    return autoencoder.fit(x_train, 0.5 * np.array(x_train), batch_size=64, epochs=3)


def fit_three_times(autoencoder, x_train, y_train, x_test, y_test):
    for _ in range(3):
        autoencoder.fit(x_train, x_train, batch_size=64, validation_data=(x_test, x_test))


COPIES = {
    "copies_fit_often": fit_three_times,
    "copies_never_fit": lambda autoencoder, x_train, y_train, x_test, y_test: 1,
    "copies_labels": fits("x_train", "y_train"),
    "copies_no_answer": fits("x_train"),
    "copies_from_labels": fits("y_train", "x_train"),
    "copies_on_held_out": fits("x_test", "x_test"),
    "copies_other_images": of_noise,
    "copies_validation_split": fits("x_train", "x_train", validation_split=0.1),
    "copies_not_validated": fits("x_train", "x_train", validation_data=None),
    "copies_validated_on_training": fits(
        "x_train", "x_train", validation_data=("x_train", "x_train")
    ),
    "copies_validated_by_labels": fits("x_train", "x_train", validation_data=("x_test", "y_test")),
    "copies_validation_without_answer": fits("x_train", "x_train", validation_data="x_test"),
    "copies_validation": fits("x_train", "x_train", validation_data=("x_test", "x_train")),
    "copies_epochs": fits("x_train", "x_train", epochs=10),
}
for name, answer in COPIES.items():
    wrong("copies", name)(answer)
wrong("copies", "copies_labels")(of_one_hot_labels)
wrong("copies", "copies_on_held_out")(of_all_images)
wrong("copies", "copies_epochs")(fits("x_train", "x_train", batch_size=None))
right("copies")(fits("x_train", "x_train"))


def standardised(x, n, back=True):
    x = np.array(x)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    axes = np.linalg.svd(z, full_matrices=False)[2][:n]
    return z @ axes.T @ axes + back * x.mean(axis=0)


@wrong("pca", "pca_with_s")
def times_s(x, n):
    x = np.array(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean + (x - mean) @ vt[:n].T * s[:n] @ vt[:n]


wrong("pca", "pca_in_standard_units")(standardised)
wrong("pca", "pca_in_standard_units")(lambda x, n: standardised(x, n, back=False))
wrong("pca", "pca_codes")(lambda x, n: PCA(n).fit_transform(np.array(x)))
wrong("copies", "copies_of_held_out")(fits("x_train", "x_test"))


def in_another_order(autoencoder, x_train, y_train, x_test, y_test):
    other = np.array(x_train)[::-1]
    return autoencoder.fit(x_train, other, 64, 3, validation_data=(x_test, x_test))


def of_the_history(autoencoder, x_train, y_train, x_test, y_test):
    return autoencoder.fit(x_train, x_train, 64, 3, validation_data=(x_test, x_test)).history


wrong("copies", "copies_other_images")(
    lambda autoencoder, x_train, *rest: autoencoder.fit(
        np.reshape(x_train, (len(x_train), -1)), x_train
    )
)
wrong("copies", "copies_never_fit")(
    lambda autoencoder, x_train, *rest: autoencoder.train_on_batch(x_train, x_train)
)
wrong("copies", "copies_other_order")(in_another_order)
wrong("copies", "copies_returns_something_else")(of_the_history)


@wrong("copies", "not_called")
def without_its_brackets(autoencoder, x_train, y_train, x_test, y_test):
    return autoencoder.fit


@right("copies")
def by_place(autoencoder, x_train, y_train, x_test, y_test):
    return autoencoder.fit(x_train, x_train, 64, 3, 0, validation_data=[x_test, x_test])


@right("copies")
def in_an_order_of_its_own(autoencoder, x_train, y_train, x_test, y_test):
    x = np.random.default_rng(0).permutation(np.array(x_train))
    return autoencoder.fit(x, x, 64, 3, validation_data=(x_test, x_test))


@wrong("copies", "copies_returns_the_model")
def of_the_model(autoencoder, x_train, y_train, x_test, y_test):
    autoencoder.fit(x_train, x_train, 64, 3, validation_data=(x_test, x_test))
    return autoencoder


@wrong("copies", "copies_returns_nothing")
def without_return(autoencoder, x_train, y_train, x_test, y_test):
    autoencoder.fit(x_train, x_train, 64, 3, validation_data=(x_test, x_test))


# Principal components


def by_svd(x, n, choose=lambda vt, n: vt[:n], mean=lambda x: x.mean(axis=0), back=True):
    x = np.array(x)
    centred = x - mean(x)
    axes = choose(np.linalg.svd(centred, full_matrices=False)[2], n)
    return centred @ axes.T @ axes + (mean(x) if back else 0)


def centred_too_late(x, n):
    x = np.array(x)
    axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:n]
    return x.mean(axis=0) + x @ axes.T @ axes


def codes_of(x, n):
    x = np.array(x)
    return (x - x.mean(axis=0)) @ np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:n].T


def axes_of(x, n):
    x = np.array(x)
    return np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:n]


def of_u_and_vt(x, n):
    x = np.array(x)
    u, _, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return x.mean(axis=0) + u[:, :n] @ vt[:n]


def of_standardised(x, n):
    x = np.array(x)
    mean = x.mean(axis=0)
    vt = np.linalg.svd((x - mean) / x.std(axis=0), full_matrices=False)[2][:n]
    return mean + (x - mean) @ vt.T @ vt


PCAS = {
    "pca_without_mean_at_the_end": lambda x, n: by_svd(x, n, back=False),
    "pca_not_centred": lambda x, n: by_svd(x, n, mean=lambda x: 0 * x[0]),
    "pca_projects_before_centring": centred_too_late,
    "pca_columns_of_vt": lambda x, n: by_svd(x, n, lambda vt, n: vt[:, :n].T),
    "pca_mean_of_each_image": lambda x, n: by_svd(
        x, n, mean=lambda x: x.mean(axis=1, keepdims=True)
    ),
    "pca_one_mean": lambda x, n: by_svd(x, n, mean=np.mean),
    "pca_nothing_left_out": lambda x, n: by_svd(x, n, lambda vt, n: vt),
    "pca_codes": codes_of,
    "pca_components": axes_of,
    "pca_without_s": of_u_and_vt,
    "pca_standardised": of_standardised,
    "pca_pixels": lambda x, n: np.array(x)[:, :n],
}
for name, answer in PCAS.items():
    wrong("pca", name)(answer)
wrong("pca", "values_scaled")(lambda x, n: 2 * by_svd(x, n))
for choose in (
    lambda vt, n: vt[-n:],
    lambda vt, n: vt[: n + 1],
    lambda vt, n: vt[: n - 1],
    lambda vt, n: vt[1 : n + 1],
    lambda vt, n: vt[n : n + 1],
):
    wrong("pca", "combination")(lambda x, n, choose=choose: by_svd(x, n, choose))
wrong("pca", "combination")(lambda x, n: by_svd(x, n) - 2 * x.mean(axis=0))
wrong("pca", "combination")(lambda x, n: x - by_svd(x, n))
wrong("pca", "pca_components_not_centred")(
    lambda x, n: by_svd(x, n, lambda vt, n: np.linalg.svd(x, full_matrices=False)[2][:n])
)
wrong("pca", "turned")(lambda x, n: by_svd(x, n).T)
wrong("pca", "pca_adds_numbers_to_pixels")(lambda x, n: x.mean(axis=0) + codes_of(x, n))
wrong("pca", "pca_mean_over_pixels")(lambda x, n: by_svd(x, n, mean=lambda x: x.mean(axis=1)))
wrong("pca", "pca_shapes")(lambda x, n: np.asarray(x) @ axes_of(x, n) @ axes_of(x, n).T)


@wrong("pca", "pca_covariance_of_images")
def by_eigenvectors_of_images(x, n):
    axes = np.linalg.eigh(np.cov(x - x.mean(axis=0)))[1][:, ::-1][:, :n]
    return x.mean(axis=0) + (x - x.mean(axis=0)) @ axes @ axes.T


@wrong("pca", "pca_standardised")
def in_standard_units_and_back(x, n):
    mean, std = x.mean(axis=0), x.std(axis=0)
    vt = np.linalg.svd((x - mean) / std, full_matrices=False)[2][:n]
    return mean + (x - mean) / std @ vt.T @ vt * std


@wrong("pca", "pca_u_for_vt")
def by_u(x, n):
    vt, _, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return x.mean(axis=0) + (x - x.mean(axis=0)) @ vt[:n].T @ vt[:n]


@right("pca")
def of_an_array(x, n):
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2][:n]
    return mean + (x - mean) @ vt.T @ vt


@wrong("pca", "pca_svd_gives_three")
def by_svd_of_two(x, n):
    _, vt = np.linalg.svd(np.array(x), full_matrices=False)
    return np.array(x) @ vt[:n].T @ vt[:n]


right("pca")(by_svd)


@right("pca")
def by_eigenvectors(x, n):
    x = np.array(x, float)
    _, vectors = np.linalg.eigh(np.cov(x.T))
    axes = vectors[:, ::-1][:, :n]
    return x.mean(axis=0) + (x - x.mean(axis=0)) @ axes @ axes.T


# A classifier in the place of the decoder


def head(encoder, n_classes, activation="softmax", freeze=True):
    encoder.trainable = not freeze
    return keras.Sequential([encoder, layers.Dense(n_classes, activation=activation)])


def on_a_copy(encoder, n_classes, weights=True, freeze=True):
    copy = keras.models.clone_model(encoder)
    if weights:
        copy.set_weights(encoder.get_weights())
    return head(copy, n_classes, freeze=freeze)


def with_decoder(encoder, n_classes):
    encoder.trainable = False
    return keras.Sequential([encoder, layers.Dense(784), layers.Reshape(SHAPE)])


def all_frozen(encoder, n_classes):
    model = head(encoder, n_classes)
    model.trainable = False
    return model


def reset(encoder, n_classes):
    encoder.set_weights([0.5 * weight for weight in encoder.get_weights()])
    return head(encoder, n_classes)


def of_codes(encoder, n_classes):
    return keras.Sequential([keras.Input((4,)), layers.Dense(n_classes, activation="softmax")])


def of_vectors_of_pixels(encoder, n_classes):
    return keras.Sequential([keras.Input((36,)), layers.Dense(n_classes, activation="softmax")])


def last_layer_frozen(encoder, n_classes):
    encoder.layers[-1].trainable = False
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])


def constant(encoder, n_classes):
    encoder.trainable = False
    x = keras.Input(SHAPE)
    return keras.Model(x, layers.Dense(n_classes, activation="softmax")(0 * encoder(x)))


def random(encoder, n_classes):
    encoder.trainable = False
    x = keras.Input(SHAPE)
    return keras.Model(x, layers.Dense(n_classes, activation="softmax")(Noisy()(encoder(x))))


def decided(encoder, n_classes):
    encoder.trainable = False
    p = layers.Dense(n_classes, activation="softmax")(encoder.output)
    return keras.Model(encoder.input, ops.argmax(p, axis=-1))


@wrong("classifier", "compares")
def only_compared(encoder, n_classes):
    encoder.trainable == False  # noqa: B015, E712
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])


@wrong("classifier", "quoted_truth")
def frozen_by_text(encoder, n_classes):
    encoder.trainable = "False"
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])


@wrong("classifier", "torch_requires_grad")
def frozen_as_in_torch(encoder, n_classes):
    for weight in encoder.weights:
        weight.requires_grad = False
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])


def of_a_part(encoder, n_classes):
    encoder.trainable = False
    p = layers.Dense(n_classes, activation="softmax")(encoder.layers[-2].output)
    return keras.Model(encoder.input, p)


@right("classifier")
def of_images_of_the_lesson(encoder, n_classes):
    encoder.trainable = False
    p = layers.Dense(n_classes, activation="softmax")
    return keras.Sequential([keras.Input(SHAPE), encoder, p])


CLASSIFIERS = {
    "classifier_image": with_decoder,
    "classifier_gives_codes": lambda encoder, n_classes: keras.Sequential([encoder]),
    "classifier_decides": decided,
    "classifier_ten_classes": lambda encoder, n_classes: head(encoder, 10),
    "classifier_one_unit": lambda encoder, n_classes: head(encoder, 1),
    "classifier_partly_frozen": last_layer_frozen,
    "classifier_shape": lambda encoder, n_classes: head(encoder, n_classes + 1),
    "classifier_without_encoder": lambda e, n: on_a_copy(e, n, weights=False),
    "classifier_of_a_part": of_a_part,
    "classifier_resets_encoder": reset,
    "classifier_not_frozen": lambda encoder, n_classes: head(encoder, n_classes, freeze=False),
    "classifier_nothing_to_learn": all_frozen,
    "classifier_sigmoid": lambda encoder, n_classes: head(encoder, n_classes, "sigmoid"),
    "classifier_without_softmax": lambda encoder, n_classes: head(encoder, n_classes, None),
    "classifier_random": random,
    "classifier_ignores_image": constant,
    "classifier_input": of_vectors_of_pixels,
    "classifier_of_codes": of_codes,
    "classifier_not_wrapped": lambda e, n: layers.Dense(n)(e.outputs[0]),
}
for name, answer in CLASSIFIERS.items():
    wrong("classifier", name)(answer)
wrong("classifier", "error_calls_a_value")(lambda encoder, n_classes: encoder.trainable(False))
wrong("classifier", "error_layer_shape")(
    lambda encoder, n_classes: keras.Sequential([keras.Input((5, 5, 1)), encoder])
)
wrong("classifier", "error_model_of_layers")(
    lambda encoder, n_classes: keras.Model(encoder, layers.Dense(n_classes))
)
wrong("classifier", "classifier_not_frozen")(lambda e, n: on_a_copy(e, n, freeze=False))
right("classifier")(head)
right("classifier")(on_a_copy)


@right("classifier")
def layer_by_layer(encoder, n_classes):
    encoder.trainable = False
    x = image = keras.Input(encoder.input_shape[1:])
    for layer in encoder.layers[1:]:
        x = layer(x)
    return keras.Model(image, layers.Dense(n_classes, activation="softmax")(x))


@right("classifier")
def in_a_row(encoder, n_classes):
    for layer in encoder.layers:
        layer.trainable = False
    head = layers.Dense(n_classes, activation="softmax")
    return keras.Sequential([keras.Input(encoder.input_shape[1:]), *encoder.layers[1:], head])


# Draws


def gaussian(codes, n, rng, covariance=lambda codes: np.cov(codes.T), shift=1):
    return rng.multivariate_normal(shift * codes.mean(axis=0), covariance(codes), n)


def fresh(seed):
    return np.random.default_rng(seed)


DRAWS = {
    "draws_of_images": lambda codes, n, rng: rng.multivariate_normal(
        codes.mean(axis=1), np.cov(codes), 5
    ),
    "draws_one": lambda codes, n, rng: rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T)),
    "draws_shape": lambda codes, n, rng: gaussian(codes, 10, rng),
    "draws_as_many_as_codes": lambda codes, n, rng: gaussian(codes, len(codes), rng),
    "draws_arguments_exchanged": lambda codes, n, rng: rng.multivariate_normal(
        np.cov(codes.T), codes.mean(axis=0), n
    ),
    "draws_around_zero": lambda codes, n, rng: gaussian(
        codes, n, rng, lambda codes: codes.T @ codes / len(codes)
    ),
    "draws_one_variance_for_all": lambda codes, n, rng: gaussian(
        codes, n, rng, lambda codes: codes.std() * np.eye(codes.shape[1])
    ),
    "draws_not_finite": lambda codes, n, rng: np.log(-1 - abs(gaussian(codes, n, rng))),
    "draws_all_alike": lambda codes, n, rng: np.tile(codes.mean(axis=0), (n, 1)),
    "draws_codes": lambda codes, n, rng: codes[rng.integers(0, len(codes), n)],
    "draws_standard_normal": lambda codes, n, rng: rng.standard_normal((n, codes.shape[1])),
    "draws_without_mean": lambda codes, n, rng: gaussian(codes, n, rng, shift=0),
    "draws_without_scale": lambda codes, n, rng: (
        codes.mean(axis=0) + rng.standard_normal((n, codes.shape[1]))
    ),
    "draws_without_covariance": lambda codes, n, rng: (
        codes.mean(axis=0) + codes.std(axis=0) * rng.standard_normal((n, codes.shape[1]))
    ),
    "draws_variance_as_deviation": lambda codes, n, rng: (
        codes.mean(axis=0) + codes.var(axis=0) * rng.standard_normal((n, codes.shape[1]))
    ),
    "draws_deviation_as_variance": lambda codes, n, rng: gaussian(
        codes, n, rng, lambda codes: np.diag(codes.std(axis=0))
    ),
    "draws_form": lambda codes, n, rng: rng.multivariate_normal(
        codes.mean(axis=0), np.cov(codes), n
    ),
    "draws_correlation": lambda codes, n, rng: gaussian(
        codes, n, rng, lambda codes: np.corrcoef(codes.T)
    ),
    "draws_covariance_as_root": lambda codes, n, rng: (
        codes.mean(axis=0) + rng.standard_normal((n, codes.shape[1])) @ np.cov(codes.T)
    ),
    "draws_root_turned": lambda codes, n, rng: (
        codes.mean(axis=0)
        + rng.standard_normal((n, codes.shape[1])) @ np.linalg.cholesky(np.cov(codes.T))
    ),
    "draws_turned": lambda codes, n, rng: gaussian(codes, n, rng).T,
    "draws_uniform": lambda codes, n, rng: rng.uniform(
        codes.min(axis=0), codes.max(axis=0), (n, codes.shape[1])
    ),
    "draws_root_of_each_number": lambda codes, n, rng: (
        codes.mean(axis=0)
        + rng.standard_normal((n, codes.shape[1])) @ np.sqrt(np.abs(np.cov(codes.T)))
    ),
    "draws_covariance_scaled": lambda codes, n, rng: gaussian(
        codes, n, rng, lambda codes: len(codes) * np.cov(codes.T)
    ),
    "draws_moments": lambda codes, n, rng: np.exp(gaussian(codes, n, rng) / 9),
    "draws_ignore_rng": lambda codes, n, rng: gaussian(codes, n, fresh(None)),
    "draws_fixed_seed": lambda codes, n, rng: gaussian(codes, n, fresh(7)),
}
for name, answer in DRAWS.items():
    wrong("draws", name)(answer)
right("draws")(gaussian)


@right("draws")
def by_cholesky(codes, n, rng):
    root = np.linalg.cholesky(np.cov(codes.T))
    return codes.mean(axis=0) + rng.standard_normal((n, codes.shape[1])) @ root.T


# Programs to mend

wrong("program 6", "not_mended")(program_6)
wrong("program 6", "not_mended")(network(code=lambda x, d: layers.Dense(d, activation="tanh")(x)))
wrong("program 7", "not_mended")(program_7)
wrong("program 6", "autoencoder_flat")(AUTOENCODERS["autoencoder_flat"][0])
wrong("program 7", "autoencoder_code_dimension")(AUTOENCODERS["autoencoder_code_dimension"][0])
for number, mended in ((6, network()), (7, network(image=upsampled(7)))):
    called(f"program {number}", lambda answer, number=number: check.program(number, answer))
    right(f"program {number}")(mended)
    MENDED[number] = [mended]

on_every_backend("copies")
