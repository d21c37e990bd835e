"""Writes a network as plain data, and builds it again of Keras's own layers, with its weights."""

import json

import keras
import numpy as np

# What a config may name. Other classes are code of a submission.
ROOMS = "keras.", "fidle_vae.models."
RUN_CODE = {"Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "__lambda__"}
OF_FUNCTIONS = "keras.activations.", "keras.ops."
TENSOR = "__keras_tensor__"  # the name of no class
LARGEST = 20_000_000  # weights of a network that is built again


def write_network(network: keras.Layer) -> dict | None:
    """Return a network or layer as plain data, or None if a layer in it is not Keras's own."""
    try:
        config = keras.saving.serialize_keras_object(network)
        config.pop("compile_config", None)
        if is_of_keras(config) and (not network.built or network.count_params() <= LARGEST):
            return {"config": json.dumps(config), "weights": network.get_weights()}
    except Exception:  # a layer of a submission may raise anything
        pass
    return None


def build_network(written: dict) -> keras.Layer:
    """Return the network that was written; raise ValueError for one with layers of other origin.

    Args:
        written: plain data from `write_network`, or from someone who wants more than a network.
    """
    config = json.loads(written["config"])
    if not is_of_keras(config):
        raise ValueError("the network has layers that are not Keras's own")
    network = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not isinstance(network, keras.Layer):
        raise ValueError("what was written is no network")
    network.set_weights([np.asarray(each) for each in written["weights"]])
    return network


def is_of_keras(config: object) -> bool:
    """Whether a config names only classes of Keras and `fidle_vae.models`, none that runs code."""
    if isinstance(config, list | tuple):
        return all(map(is_of_keras, config))
    if not isinstance(config, dict):
        return True
    name, module = config.get("class_name", TENSOR), f"{config.get('module')}."
    rooms = OF_FUNCTIONS if name == "function" else ROOMS
    known = name == TENSOR or (module.startswith(rooms) and name not in RUN_CODE)
    return known and all(map(is_of_keras, config.values()))
