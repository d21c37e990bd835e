"""Train and measure one row of the published table with one seed.

`python -m benchmarks.paper.row d2 1` writes `paper_table/d2-seed1/` in the folder of all runs.
"""

import argparse
import time

import keras
import numpy as np

from benchmarks.paper.setups import SETUPS
from fidle_vae.data.binarization import BinarizedImages, binarize
from fidle_vae.data.datasets import load_mnist
from fidle_vae.evaluation.codes import knn_accuracy_with_few
from fidle_vae.evaluation.integration import MOST_DIMENSIONS, integrated_nll
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.models.latent_space import active_units
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run, runs_dir
from fidle_vae.training.fit_run import CHECKPOINT, fit_run, remove_checkpoint
from fidle_vae.training.kl_warmup import BetaWarmup

VALIDATION = 1 / 6  # held-out fraction of the training images, to stop and choose the epoch
LABELS = (100, 600, 1000)


def main():
    """Train and measure the row, except for what is already done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("setup", choices=SETUPS)
    parser.add_argument("seed", type=int)
    parser.add_argument("--epochs", type=int, help="at most (default: the setup's)")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the images")
    parser.add_argument("--probe", action="store_true", help="print the seconds of a step instead")
    options = parser.parse_args()
    if options.probe:
        print(seconds_of_step(options.setup))
        return
    run = run_of(options.setup, options.seed)
    parameters = parameters_of(options.setup, options.seed, options.epochs, options.scale)
    if not is_trained(run, parameters):
        train(run, parameters)
    if "measuring" not in run.manifest["timings"]:
        measure(run)


def run_of(setup: str, seed: int) -> Run:
    """Return the run of one row with one seed."""
    return Run(f"{setup}-seed{seed}", root=runs_dir() / "paper_table")


def parameters_of(setup: str, seed: int, epochs: int | None, scale: float) -> dict:
    """Return the parameters that identify a row."""
    return {"setup": setup, "seed": seed, "epochs": epochs or SETUPS[setup].epochs, "scale": scale}


def is_trained(run: Run, parameters: dict) -> bool:
    """Whether a row was completely trained with these parameters."""
    manifest = run.manifest
    return manifest.get("parameters") == parameters and "training" in manifest["timings"]


def train(run: Run, parameters: dict) -> None:
    """Train with the setup's schedule; save the best epoch's model and the history.

    A training that was interrupted goes on from its last epoch.
    """
    setup, seed = SETUPS[parameters["setup"]], parameters["seed"]
    mnist = load_mnist(parameters["scale"])
    if run.manifest.get("parameters") == parameters and (run.path / CHECKPOINT).exists():
        run.resume()
    else:
        run.start(parameters=parameters, dataset=mnist, seed=seed)
    vae = new_vae(setup, seed)
    callbacks, x_train, x_val = [_Log(run)], mnist.x_train, ()
    if setup.warmup:
        callbacks.append(BetaWarmup(setup.warmup))
    if setup.patience:
        held_out = round(VALIDATION * len(x_train))
        x_train, x_val = x_train[:-held_out], binarize(x_train[-held_out:], seed=0)
        callbacks.append(
            keras.callbacks.EarlyStopping(
                "val_elbo", mode="max", patience=setup.patience, start_from_epoch=setup.warmup or 0
            )
        )
    history = fit_run(
        run,
        vae,
        mnist,
        epochs=parameters["epochs"],
        train=BinarizedImages(x_train, setup.batch_size, seed=seed),
        held_out=x_val,
        monitor="val_elbo" if setup.patience else None,
        pictures=False,
        callbacks=callbacks,
        verbose=0,
        validation_batch_size=500,
    ).history
    epochs = len(history["loss"])
    best_epoch = 1 + int(np.argmax(history["val_elbo"])) if setup.patience else epochs
    run.record(metrics={"epochs": epochs, "best_epoch": best_epoch})


def measure(run: Run) -> None:
    """Measure the trained model on all test images, binarized once."""
    parameters = run.manifest["parameters"]
    setup = SETUPS[parameters["setup"]]
    mnist = load_mnist(parameters["scale"])
    vae = keras.saving.load_model(run.models / "best.keras", compile=False)
    x_test = binarize(mnist.x_test, seed=1)
    with run.timed("measuring"):
        found = importance_sampling(
            vae.encoder, vae.decoder, x_test, samples=setup.samples, seed=parameters["seed"]
        )
        z_mean, _ = vae.encode(x_test)
        codes, _ = vae.encode(binarize(mnist.x_train, seed=2))
        metrics = {
            "ll": float(-found.nll.mean()),
            "elbo": float(found.elbo.mean()),
            "re": float(-found.reconstruction.mean()),
            "kl": float(found.kl.mean()),
            "active_units": int(active_units(z_mean).sum()),
        }
        for count in LABELS:
            accuracy = knn_accuracy_with_few(codes, mnist.y_train, z_mean, mnist.y_test, count)
            metrics[f"knn_{count}"] = accuracy.value
        if vae.latent_dim <= MOST_DIMENSIONS:
            metrics["ll_integrated"] = float(-integrated_nll(vae.decoder, x_test).mean())
        run.record(metrics=metrics)
    run.finish()
    remove_checkpoint(run)


def new_vae(setup, seed):
    """Return the setup's VAE, compiled."""
    keras.utils.set_random_seed(seed)
    vae = VAE(*setup.networks(), loss_weights="elbo", seed=seed)
    vae.compile(setup.optimizer(), jit_compile=True)
    return vae


def seconds_of_step(setup: str, steps: int = 200) -> float:
    """Return the seconds per training step, after compilation."""
    vae, setup = new_vae(SETUPS[setup], seed=0), SETUPS[setup]
    x = load_mnist(0.01).x_train
    images = np.resize(x, (steps * setup.batch_size, *x.shape[1:]))
    epochs = BinarizedImages(images, setup.batch_size, seed=0)
    vae.fit(epochs, verbose=0)
    start = time.perf_counter()
    vae.fit(epochs, verbose=0)
    return (time.perf_counter() - start) / steps


class _Log(keras.callbacks.Callback):
    """Save the logs of the last epoch, to follow a training of an hour."""

    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_epoch_end(self, epoch, logs=None):
        """Save the logs of this epoch."""
        self.run.save_log("last_epoch", {"epoch": epoch + 1, **(logs or {})})


if __name__ == "__main__":
    main()
