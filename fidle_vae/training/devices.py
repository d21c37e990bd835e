"""Train on several devices: each takes its part of every batch.

On JAX, `keras.distribution.DataParallel` splits the batch, and the result is that of one device.
The devices may belong to several processes, see `processes`. On TensorFlow, `MirroredStrategy`
trains a copy on each device and sums their gradients. Keras does not scale a loss of one's own for
that sum: `share_loss` does.
"""

import contextlib
from collections.abc import Iterator

import keras

from fidle_vae.common.validation import require_count
from fidle_vae.training.processes import part_of_job


@contextlib.contextmanager
def on_devices(devices: int | str | None, batch_size: int) -> Iterator[int]:
    """Build and train models on several devices within this context; it yields their number.

    Args:
        devices: how many; "auto" for all GPUs or, where there is none, all CPU devices that the
            backend has; None leaves the choice of one to the backend.
        batch_size: of all devices together.

    Raises:
        ValueError: there are not so many, or they cannot share a batch.
    """
    if devices is None:
        yield 1
        return
    there = _require_devices(devices, batch_size)
    if len(there) == 1:
        yield 1
    elif keras.backend.backend() == "jax":
        before = keras.distribution.distribution()
        keras.distribution.set_distribution(
            keras.distribution.DataParallel(devices=there, auto_shard_dataset=False)
        )
        try:
            yield len(there)
        finally:
            keras.distribution.set_distribution(before)
    else:
        import tensorflow as tf

        with tf.distribute.MirroredStrategy(there).scope():
            yield len(there)


def devices_in_use() -> int:
    """Return how many devices share a batch here."""
    if keras.backend.backend() == "jax":
        distribution = keras.distribution.distribution()
        return distribution.device_mesh.devices.size if distribution else 1
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.get_strategy().num_replicas_in_sync
    return 1


def share_loss(model: keras.Model) -> None:
    """Divide a model's loss, once, by the number of devices whose gradients TensorFlow will sum."""
    devices, whole = devices_in_use(), model.compute_loss
    if devices == 1 or keras.backend.backend() != "tensorflow" or hasattr(whole, "shared"):
        return

    def compute_loss(*args, **kwargs):
        return whole(*args, **kwargs) / devices

    compute_loss.shared = devices
    model.compute_loss = compute_loss


def _require_devices(devices, batch_size):
    """Return the names of the devices to use."""
    there = _names()
    if devices != "auto":
        require_count("devices", devices, len(there))
        if devices > len(there):
            raise ValueError(
                f"devices must be at most {len(there)} here, got {devices}: the "
                f"{keras.backend.backend()} backend has {', '.join(there)}."
            )
        if devices < len(there) and part_of_job().of > 1:
            raise ValueError(
                f"devices must be auto in a job of {part_of_job().of} processes, got {devices}: "
                f"all {len(there)} devices share a batch there."
            )
        there = there[:devices]
    if batch_size % len(there):
        raise ValueError(
            f"batch_size must be a multiple of the {len(there)} devices, got {batch_size}: try "
            f"{len(there) * max(1, batch_size // len(there))}."
        )
    return there


def _names():
    if keras.backend.backend() == "jax":
        return keras.distribution.list_devices()
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        every = tf.config.list_logical_devices
        return [device.name for device in every("GPU") or every("CPU")]
    raise ValueError(
        "devices can be chosen on TensorFlow and JAX: leave it out, or set KERAS_BACKEND=jax."
    )
