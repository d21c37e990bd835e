"""The environment of a run: versions, machine and device."""

import contextlib
import importlib.metadata
import os
import platform
import sys


def environment() -> dict:
    """Return versions, machine and, if Keras is loaded, its backend and device."""
    packages = ("fidle_vae", "keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy")
    versions = {"python": platform.python_version()}
    for package in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    keras = sys.modules.get("keras")
    backend = keras.config.backend() if keras else None
    return {
        "versions": versions,
        "backend": backend,
        "device": _device(backend),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPU cores",
    }


def _device(backend):
    """Return the device that the backend computes on: "cpu", or the name of a GPU."""
    match backend:
        case "tensorflow":
            import tensorflow as tf

            gpus = tf.config.list_physical_devices("GPU")
            return (
                tf.config.experimental.get_device_details(gpus[0])["device_name"] if gpus else "cpu"
            )
        case "jax":
            import jax

            return jax.devices()[0].device_kind
        case "torch":
            import torch

            return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return None
