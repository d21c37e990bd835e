"""The explorer's decoder compared with a general inference runtime: size of a page, time per image.

`python -m benchmarks.decoder_runtime` needs node, npm and a network: it downloads the runtime into
a temporary folder. If the Python package onnx is installed, it times both.
"""

import base64
import gzip
import importlib.util
import json
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from pathlib import Path
from shutil import which

import keras
import numpy as np

from benchmarks.measure.machine import processor
from fidle_vae.explorer.spec.decoder import decoder_spec
from fidle_vae.explorer.spec.packing import Packer
from fidle_vae.runs.saved_models import PRETRAINED

PEER = "onnxruntime-web@1.30.0"
# the smallest set of its files that runs a model on the CPU
PEER_FILES = ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
EXPLORER = Path(__file__).parents[1] / "fidle_vae" / "explorer" / "web"
OURS = ("arrays.js", "activations.js", "weighted_sum.js", "layers.js", "decoder.js")
TIMER = Path(__file__).with_suffix(".mjs")
ROUNDS = 5  # in each, one process per decoder, in turn


def main():
    """Download the peer, and print both tables."""
    for program in ("node", "npm"):
        if which(program) is None:
            sys.exit(f"{program} is not installed: install Node.js, which brings it")
    decoder = keras.saving.load_model(PRETRAINED).decoder
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        fetch_peer(folder)
        data = write_job(decoder, folder)
        print(f"{date.today()}, {processor()}, node {output('node', '--version')}, {PEER}\n")
        print_sizes(decoder, data, folder)
        names = ["ours"]
        if importlib.util.find_spec("onnx"):
            write_onnx(decoder, folder / "decoder.onnx")
            names.append("peer")
        else:
            print("\n(For the peer's time as well: pip install onnx.)")
        print_times(names, folder)


def fetch_peer(folder):
    """Download and unpack the peer's npm package."""
    output("npm", "pack", "--silent", PEER, cwd=folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")


def write_job(decoder, folder):
    """Write latent points and the images that Keras decodes; return the bytes of our weights."""
    packer = Packer()
    spec = decoder_spec(decoder, packer)
    points = np.random.default_rng(0).normal(size=(100, 2)).astype("float32")
    images = keras.ops.convert_to_numpy(decoder(points)).reshape(len(points), -1)
    job = {"spec": spec, "points": points.tolist(), "images": images.tolist()}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    (folder / "data.bin").write_bytes(packer.data)
    return packer.data


def print_sizes(decoder, data, folder):
    """Print the sizes that a page would include; those of the peer are without base64."""
    script = b"".join((EXPLORER / name).read_bytes() for name in OURS)
    runtime = [(folder / "package" / "dist" / name).read_bytes() for name in PEER_FILES]
    weights = [keras.ops.convert_to_numpy(weight) for weight in decoder.weights]
    rows = {
        "ours: script": [script],
        "ours: weights, float16, base64": [base64.b64encode(data)],
        "ours": [script, base64.b64encode(data)],
        f"peer: {PEER_FILES[0]}": runtime[:1],
        f"peer: {PEER_FILES[1]}": runtime[1:],
        "peer: weights, float32": [b"".join(map(np.ndarray.tobytes, weights))],
    }
    rows["peer"] = [*runtime, *rows["peer: weights, float32"]]
    sizes = {
        name: (sum(map(len, parts)), sum(len(gzip.compress(part)) for part in parts))
        for name, parts in rows.items()
    }
    sizes["peer / ours"] = [p / o for p, o in zip(sizes["peer"], sizes["ours"], strict=True)]
    print("| | kB | kB, gzipped |\n|---|---:|---:|")
    for name, pair in sizes.items():
        unit = 1 if "/" in name else 1000
        print(f"| {name} | " + " | ".join(f"{size / unit:,.1f}" for size in pair) + " |")


def print_times(names, folder):
    """Print the times per image after a warm-up, from the round with the median time."""
    rounds = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            rounds[name].append(json.loads(output("node", TIMER, name, EXPLORER, folder)))
    print("\n| | median, ms | 95 %, ms | first image, ms | largest difference from Keras |")
    print("|---|---:|---:|---:|---:|")
    for name, results in rounds.items():
        middle = sorted(results, key=lambda result: result["median"])[ROUNDS // 2]
        times = " | ".join(f"{middle[key]:.2f}" for key in ("median", "p95", "first"))
        print(f"| {name} | {times} | {middle['difference']:.1e} |")


def write_onnx(decoder, path):
    """Write the course's decoder as an ONNX model with channels first, for the peer."""
    from onnx import TensorProto, checker, helper, numpy_helper, save

    nodes, arrays = [], []

    def add(kind, *inputs, **attributes):
        named = []
        for value in inputs:
            if not isinstance(value, str):
                arrays.append(
                    numpy_helper.from_array(np.ascontiguousarray(value), f"w{len(arrays)}")
                )
                value = arrays[-1].name
            named.append(value)
        nodes.append(helper.make_node(kind, named, [f"x{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    x = "z"
    for layer in decoder.layers[1:]:
        weights = [keras.ops.convert_to_numpy(weight) for weight in layer.weights]
        if isinstance(layer, keras.layers.Dense):
            x = add("Relu", add("Gemm", x, *weights))
        elif isinstance(layer, keras.layers.Reshape):
            x = add(
                "Transpose",
                add("Reshape", x, np.array([1, *layer.target_shape])),
                perm=[0, 3, 1, 2],
            )
        else:
            kernel, bias = weights
            stride, (before, after) = (
                layer.strides[0],
                (layer.input.shape[1], layer.output.shape[1]),
            )
            cut = max((before - 1) * stride + 3 - after, 0)
            pads = [cut // 2, cut // 2, cut - cut // 2, cut - cut // 2]
            kernel = kernel.transpose(3, 2, 0, 1)
            x = add("ConvTranspose", x, kernel, bias, strides=[stride] * 2, pads=pads)
            x = add(layer.activation.__name__.capitalize(), x)
    z, image = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("z", [1, 2]), (x, [1, 1, 28, 28]))
    )
    graph = helper.make_graph(nodes, "decoder", [z], [image], arrays)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    checker.check_model(model)
    save(model, path)


def output(*command, cwd=None):
    """Return what a program prints; exit if it fails."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command[:3]))} failed: see its message above")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
