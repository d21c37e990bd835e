"""The parts of a model, its encoder and its decoder: the only module that looks inside a model.

A model is anything with a decoder and perhaps an encoder: a `VAE`, a functional or Sequential model
with layers named "encoder" and "decoder", a plain autoencoder, a bare decoder, a model with a
"generator". An encoder returns [z_mean, z_log_var], perhaps with a draw of z as a third output, or
points. A conditional network has a second input, a row for each image: the class as one-hot, say.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops


class Codes(NamedTuple):
    """The codes of images, arrays of shape (n, latent_dim)."""

    mean: np.ndarray
    """z_mean, or the point itself if the encoder returns points."""
    log_var: np.ndarray | None = None
    """z_log_var, log sigma^2; None if the encoder returns points."""
    draw: np.ndarray | None = None
    """The encoder's own draw of z; None if it makes none."""


class Parts(NamedTuple):
    """The networks of a model."""

    encoder: keras.Model | None
    decoder: keras.Model

    @property
    def latent_dim(self) -> int:
        """Number of dimensions of the latent space."""
        return _shapes(self.decoder, "input_shape")[0][-1]

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of an image: the input of the encoder, or without one the output of the decoder."""
        if self.encoder is None:
            return tuple(_shapes(self.decoder, "output_shape")[0][1:])
        return tuple(_shapes(self.encoder, "input_shape")[0][1:])

    @property
    def is_gaussian(self) -> bool:
        """Whether the encoder returns a Gaussian for each image, so that the model has an ELBO."""
        if self.encoder is None:
            return False
        shapes = _shapes(self.encoder, "output_shape")
        return len(shapes) in (2, 3) and shapes[0] == shapes[1]

    @property
    def classes(self) -> int:
        """Number of classes of a conditional decoder; 0 if the decoder takes z alone."""
        return _classes(self.decoder)

    @property
    def encoder_classes(self) -> int:
        """Number of classes of a conditional encoder; 0 if there is none, or it takes no class."""
        return _classes(self.encoder)

    def encode(self, images: np.ndarray, labels: np.ndarray | None = None) -> Codes:
        """Return the codes of images (n, height, width, channels).

        Args:
            images: in [0, 1].
            labels: their classes, integers from 0; only a conditional encoder needs them.
        """
        classes = self.encoder_classes
        if classes and labels is None:
            raise ValueError(
                f"labels must be given to encode images by {self.encoder.name!r}, which takes the "
                "class beside the image: pass the class of each image."
            )
        outputs = forward(self.encoder, _inputs(images, labels, classes))
        return Codes(*keras.tree.flatten(outputs))

    def decode(self, z: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Return the images (n, height, width, channels) of latent points (n, latent_dim).

        Args:
            z: the latent points.
            labels: their classes, for a conditional decoder; None takes all classes in turn.
        """
        z = np.asarray(z, dtype="float32")
        if self.classes and labels is None:
            labels = np.arange(len(z)) % self.classes
        return forward(self.decoder, _inputs(z, labels, self.classes))


def parts(model: keras.Model, needed_by: str = "fidle_vae") -> Parts:
    """Return the encoder, or None, and the decoder of a model.

    Args:
        model: of any form that the top of this module describes.
        needed_by: name of what needs the decoder, for the error message.
    """
    encoder = _find(model, "encoder")
    decoder = _find(model, "decoder") or _find(model, "generator")
    if decoder is None and encoder is None and _takes_points(model):
        decoder = model
    if decoder is None:
        raise ValueError(_missing("decoder", model, needed_by))
    return Parts(encoder, decoder)


def parts_with_encoder(model: keras.Model, needed_by: str) -> Parts:
    """Return the parts of a model; raise ValueError if it has no encoder."""
    if _find(model, "encoder") is None:
        raise ValueError(_missing("encoder", model, needed_by))
    return parts(model, needed_by)


def codes(model: keras.Model, images: np.ndarray, labels: np.ndarray | None = None) -> Codes:
    """Return the codes of images by a model's encoder; see `Parts.encode`."""
    return parts_with_encoder(model, "codes").encode(images, labels)


def forward(network: keras.Model, inputs, batch_size: int = 256):
    """Run a network on arrays of any length, in inference mode; return arrays.

    A few batches do not go through `predict`, which takes longer to begin than for 2,000 images,
    and makes TensorFlow warn about a new trace for each new length.
    """
    length = len(keras.tree.flatten(inputs)[0])
    if length > 8 * batch_size:
        return network.predict(inputs, batch_size=batch_size, verbose=0)
    batches = [
        keras.tree.map_structure(lambda each, i=i: each[i : i + batch_size], inputs)
        for i in range(0, max(length, 1), batch_size)
    ]
    outputs = [
        keras.tree.map_structure(ops.convert_to_numpy, network(batch, training=False))
        for batch in batches
    ]
    return keras.tree.map_structure(lambda *each: np.concatenate(each), *outputs)


def _find(model, name):
    """Return a model's attribute or layer of this name, or None."""
    if isinstance(getattr(model, name, None), keras.Model):
        return getattr(model, name)
    layers = getattr(model, "layers", ())
    return next((layer for layer in layers if layer.name == name), None)


def _takes_points(model):
    """Whether a model may be a bare decoder: its first input is a vector or not known yet."""
    if not isinstance(model, keras.Model):
        return False
    inputs = getattr(model, "inputs", None)
    return not inputs or len(inputs[0].shape) == 2


def _missing(name, model, needed_by):
    layers = ", ".join(layer.name for layer in getattr(model, "layers", ()))
    return (
        f"{needed_by} needs a layer named {name!r}; the model has {layers or 'none'}: "
        f"give your {name} that name."
    )


def _shapes(network, which):
    """Return the shapes of a network's inputs or outputs, as a list."""
    shapes = getattr(network, which, None)
    if shapes is None:
        raise ValueError(
            f"{network.name!r} must be a functional or Sequential Keras model, whose shapes are "
            f"known; got a {type(network).__name__}: build it with keras.Input."
        )
    return list(shapes) if isinstance(shapes, list) else [shapes]


def _classes(network):
    """Return the number of classes of a conditional network's second input; 0 without one."""
    inputs = getattr(network, "inputs", None) or ()
    if len(inputs) > 2:
        names = ", ".join(tensor.name for tensor in inputs)
        raise ValueError(
            f"{network.name!r} must take one input, or two where the second is the class; it takes "
            f"{len(inputs)}: {names}."
        )
    return inputs[1].shape[-1] if len(inputs) == 2 else 0


def _inputs(array, labels, classes):
    if not classes:
        return array
    labels = np.asarray(labels)
    require_conditions("labels", labels, len(array), classes)
    one_hot = np.eye(classes, dtype="float32")
    return [array, one_hot[labels] if labels.ndim == 1 else labels.astype("float32")]


def require_conditions(name: str, conditions: np.ndarray, count: int, classes: int) -> None:
    """Raise ValueError unless there is a class, or a row of numbers, for each of `count` things."""
    if conditions.ndim == 1:
        fits = len(conditions) == count and np.isin(conditions, np.arange(classes)).all()
    else:
        fits = conditions.shape == (count, classes) and np.isfinite(conditions).all()
    if not fits:
        raise ValueError(
            f"{name} must be {count} integers from 0 to {classes - 1}, the classes, or {count} "
            f"rows of {classes} numbers; got an array of shape {conditions.shape}: give one for "
            "each image."
        )
