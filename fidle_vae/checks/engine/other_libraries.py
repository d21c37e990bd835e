"""What PyTorch and TensorFlow call otherwise, in the words of their errors."""

import re

# What NumPy and Keras have in its place.
WORDS = {
    "unsqueeze": "x[:, None] adds an axis",
    "view": "reshape does it",
    "permute": "transpose does it",
    "clamp": "clip does it",
    "item": "leave it out",
    "detach": "leave it out",
    "cpu": "leave it out",
    "cuda": "leave it out",
    "to": "leave it out, or write astype for another kind of number",
    "backward": "Keras differentiates in fit, and in a train_step of your own",
    "zero_grad": "leave it out, as no gradients add up",
    "eval": "a call with training=False does it",
    "state_dict": "get_weights does it",
    "forward": "the method is called `call`",
    "pow": "write x**2",
    **{name: f"write ops.{name}(x)" for name in ("square", "exp", "log", "sqrt", "abs")},
    "parameters": "a network has weights, and network.trainable = False freezes all of them",
    "requires_grad_": "network.trainable = False freezes all of its weights",
    "Linear": "layers.Dense does it, and takes the number of outputs alone",
    "Sigmoid": 'layers.Activation("sigmoid") does it',
    "Tanh": 'layers.Activation("tanh") does it',
    "Unflatten": "layers.Reshape does it",
    "Upsample": "layers.UpSampling2D does it",
    "MaxPool2d": "layers.MaxPooling2D does it",
    "Conv2d": "layers.Conv2D does it, and takes the number of filters before the size",
    "ConvTranspose2d": "layers.Conv2DTranspose does it",
    "randn": "keras.random.normal draws, and so does a generator of NumPy",
    "randn_like": "keras.random.normal draws",
    "reduce_sum": "the function is called sum",
    "reduce_mean": "the function is called mean",
    "reduce_max": "the function is called max",
}
PARAMETERS = {"dim": "axis", "keepdim": "keepdims", "reduction_indices": "axis"}
MODULES = "torch", "nn", "F", "tf"


def word_of_another_library(error: str) -> str:
    """Return what takes the place of another library's word that an error names; "" if none."""
    found = re.search(r"has no attribute '(\w+)'", error)
    if found and found[1] in WORDS:
        return (
            f"`{found[1]}` is of another library. Here, {WORDS[found[1]]}{_next(error, found[1])}"
        )
    found = re.search(r"unexpected keyword argument '(\w+)'", error)
    if found and found[1] in PARAMETERS:
        return f"`{found[1]}` is the word of another library: here it is `{PARAMETERS[found[1]]}`"
    found = re.search(r"name '(\w+)' is not defined", error)
    if found and found[1] in MODULES:
        return (
            f"`{found[1]}` is not there: we write layers, such as layers.Dense(3), and functions "
            "of NumPy or of keras.ops"
        )
    return ""


def _next(error, name):
    """Return what takes the place of the method that a line calls on a tensor after this one."""
    found = re.search(rf"`[^`]*\.{name}\([^`]*\)\.(mean|sum|max|min)\(", error)
    tensor = found and "ndarray" not in error  # an array of NumPy has these methods
    return f", and ops.{found[1]}(...) around it in place of .{found[1]}()" if tensor else ""
