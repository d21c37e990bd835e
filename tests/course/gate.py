"""The gate: what the run of a lesson must have reached, judged by what it left."""

import keras
import numpy as np
from PIL import Image

from fidle_vae.data.datasets import load_dataset
from fidle_vae.models.losses import gaussian_kl
from fidle_vae.runs.run import Run
from fidle_vae.training.record_files import read_record

FIGURES = {
    "VAE1": {
        "01-images.png", "02-autoencoder-latent-space.png", "03-autoencoder-draws.png",
        "04-reparametrization.png", "05-what-the-kl-punishes.png", "06-history.png",
        "07-epochs.png", "08-latent-space.png", "09-points-by-hand.png", "10-manifold.png",
    },
    "VAE2": {
        "01-history.png", "02-reconstructions.png", "03-latent-space.png", "04-manifold.png",
        "05-balance.png",
    },
    "VAE3": {
        "01-reconstructions.png", "02-latent-space.png", "03-manifold.png", "04-morph.png",
        "05-morph.gif", "06-samples.png", "07-arithmetic.png",
    },
}  # fmt: skip
KL_RANGE = (2.0, 12.0)  # nats per image; two dimensions that are used cost about 4 to 7


def refusals(run: Run, elbo_above: float) -> list[str]:
    """Say all that is wrong with a run of a lesson; nothing if it may pass."""
    manifest = run.manifest
    metrics = manifest.get("metrics", {})
    latent_dim = manifest["parameters"].get("latent_dim", metrics.get("latent_dim"))
    low, high = KL_RANGE
    elbo, kl = (float(metrics.get(name, "nan")) for name in ("elbo", "kl_loss"))
    active = metrics.get("active_dims")
    found = []
    if not elbo > elbo_above:
        found.append(f"held-out ELBO {elbo:.2f} is not above {elbo_above}")
    if not low < kl < high:
        found.append(f"kl_loss {kl:.3f} is not between {low} and {high} nats")
    if active != latent_dim:
        found.append(f"{active} of {latent_dim} latent dimensions are active")
    found += _figure_refusals(run)
    if run.id == "VAE1" and metrics.get("reload_difference") != 0:
        found.append(f"the reloaded model differs by {metrics.get('reload_difference')}")
    if run.id == "VAE2":
        found += _balance_refusals(manifest)
    if run.id in ("VAE1", "VAE2") and not found:
        found += _model_refusals(run)
        found += _record_refusals(run)
    return found


def _figure_refusals(run):
    names = set(run.manifest.get("figures", {}))
    if names != FIGURES[run.id]:
        yield f"figures differ from those named: {sorted(names ^ FIGURES[run.id])}"
    for name in names:
        path = run.figures / name
        if not path.exists():
            yield f"figure {name} is missing"
            continue
        with Image.open(path) as picture:
            levels = np.asarray(picture.convert("L"))
        if levels.std() < 5 or len(np.unique(levels)) < 10:
            yield f"figure {name} is blank"


def _balance_refusals(manifest):
    """From no prior to collapse: the KL falls, the reconstruction gets worse."""
    if not manifest["metrics"].get("by_hand_difference", 1) < 1e-5:
        yield "the training step by hand is not that of Keras"
    runs = manifest.get("balance", {})
    if set(runs) != {"k2=0", "k2=0.0005", "k2=0.001", "k2=0.1"}:
        yield f"the balance was not tried at the four weights: {sorted(runs)}"
        return
    kl = [runs[name]["kl_loss"] for name in ("k2=0", "k2=0.0005", "k2=0.001", "k2=0.1")]
    if not (kl[0] > 20 and kl[0] > kl[1] > kl[2] > 2 and kl[3] < 0.1):
        yield f"the KL does not go from huge to none as k2 grows: {kl}"
    if runs["k2=0.1"]["active_dims"] != 0:
        yield "k2 = 0.1 did not collapse"
    if not runs["k2=0.1"]["r_loss"] > runs["k2=0.001"]["r_loss"] + 0.02:
        yield "a collapsed model reconstructs as well as one that is not"


def _model_refusals(run):
    """The saved model must give the KL that the manifest reports; there is no chance in it."""
    parameters = run.manifest["parameters"]
    images = load_dataset(*(parameters[name] for name in ("dataset", "scale", "seed"))).x_test
    model = keras.saving.load_model(run.models / "best.keras")
    codes = model.get_layer("encoder").predict(images, batch_size=256, verbose=0)
    kl = float(keras.ops.convert_to_numpy(gaussian_kl(*codes)).mean())
    reported = run.manifest["metrics"]["kl_loss"]
    if abs(kl - reported) > 1e-4 * reported:
        yield f"the saved model's kl_loss is {kl:.5f}, reported was {reported:.5f}"


def _record_refusals(run):
    """What the film of the training is made of must be there, of every epoch, and go somewhere."""
    try:
        record = read_record(run.film, run.id)
    except (OSError, ValueError) as error:
        yield str(error)
        return
    epochs = run.manifest["parameters"]["epochs"]
    if list(record.epochs) != list(range(epochs + 1)):
        yield f"the record has epochs {list(record.epochs)} and not 0 to {epochs}"
        return
    before, after = (record.epochs[number].codes[-1] for number in (0, epochs))
    if not after.std(axis=0).min() > 5 * before.std(axis=0).max():
        yield "the record's codes have not spread in training"
    if not record.epochs[epochs].logs["val_r_loss"] < record.epochs[1].logs["val_r_loss"]:
        yield "the record's held-out r_loss has not fallen"
