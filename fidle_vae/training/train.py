"""Train a VAE from end to end: data, networks, callbacks, held-out figures, manifest."""

import contextlib
import inspect
import os
from collections.abc import Callable, Sequence

import keras

from fidle_vae.data.datasets import Dataset, load_dataset
from fidle_vae.figures import plots
from fidle_vae.models.latent_space import LatentPlane, gaussian_grid, grid_points, morph_path
from fidle_vae.models.networks import build_decoder, build_encoder, require_kind
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run, open_run
from fidle_vae.training.devices import on_devices
from fidle_vae.training.fit_run import fit_run, remove_checkpoint
from fidle_vae.training.parameters import require_held_out, require_parameters, with_defaults
from fidle_vae.training.processes import joined, require_same, saying_who_was_lost
from fidle_vae.training.room import require_room
from fidle_vae.training.schedules import SCHEDULES, require_schedule
from fidle_vae.training.tracker import require_tracker, tracked

NOT_OF_THE_MODEL = (
    "id", "run_dir", "checkpoint_every", "resume", "callbacks", "at_end", "devices",
    "tracker",
)  # fmt: skip


def train(
    *,
    dataset: str = "auto",
    scale: float | None = None,
    seed: int = 123,
    kind: str | None = None,
    latent_dim: int = 2,
    loss_weights: tuple[float, float] | str | None = None,
    batch_size: int = 64,
    epochs: int = 10,
    schedule: str = "constant",
    id: str = "train",
    run_dir: str | os.PathLike | None = None,
    checkpoint_every: int | None = None,
    resume: str | None = None,
    devices: int | str | None = None,
    tracker: str | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    at_end: Callable[[Run, keras.Model, Dataset], None] | None = None,
) -> Run:
    """Train a VAE, and save its best model, pictures and manifest in a run's folder.

    Prints the ELBO of the best epoch's model on the held-out images, and the run's folder.
    Of a folder of pictures, "folder:PATH", all are taken, with a network of their size ("deep") and
    the weights of the ELBO; of a published dataset, a tenth, with "conv" and (1, 1e-3).
    With the same arguments, backend and machine, two trainings end with the same weights, and so
    does one that was interrupted and resumed: `resume` is its name, and its parameters are taken.
    It goes on from the last epoch, or from the last `checkpoint_every` steps of its first part.

    With `devices`, "auto" or how many, these share each batch, see `on_devices`. Of an epoch, and
    of the held-out images, those few are left out that they cannot share equally. Several processes
    that were started together then train one model, see `processes`.

    With `tracker`, such as "tensorboard", each epoch is logged there, see `Tracker`.

    A caller may add callbacks. Its function `at_end` is called with the run, the best model and the
    data before the run is finished, in place of all pictures.
    """
    parameters = {name: value for name, value in locals().items() if name not in NOT_OF_THE_MODEL}
    if tracker is not None:
        require_tracker(tracker)
    with contextlib.ExitStack() as job:
        if devices is not None:
            run_dir = job.enter_context(joined(run_dir, resume))
        if resume is not None:
            run = open_run(resume, run_dir)
            parameters = _parameters_of(run, parameters | {"id": id})
        parameters = with_defaults(parameters)
        require_parameters(**parameters)
        require_kind(parameters["kind"])
        require_schedule(parameters["schedule"])
        if resume is None:
            run = Run(id, root=run_dir)
        data = load_dataset(*(parameters[name] for name in ("dataset", "scale", "seed")))
        require_held_out(data, parameters["scale"])
        require_same("parameters and images", (parameters, data.name, data.digest))
        with contextlib.ExitStack() as training:
            count = training.enter_context(on_devices(devices, parameters["batch_size"]))
            vae = _build(parameters, data)
            require_room(run.path, vae, parameters["epochs"])
            # all arguments are valid: only now remove an earlier run of this name
            if resume is None:
                run.start(parameters=parameters, dataset=data, seed=parameters["seed"])
            else:
                _require_same_data(run, data)
                run.resume()
            with run.to_the_end(), tracked(tracker, run) as tracking, saying_who_was_lost(run.id):
                on = f", on {count} devices" if count > 1 else ""
                print(
                    f"Training on {len(data.x_train):,} images of {data.name}, "
                    f"loss_weights {vae.loss_weights}, beta {vae.beta:.3g}{on}"
                )
                trained = fit_run(
                    run,
                    vae,
                    data,
                    **{name: parameters[name] for name in ("epochs", "batch_size")},
                    callbacks=[*tracking, *callbacks],
                    pictures=at_end is None,
                    checkpoint_every=checkpoint_every,
                )
                training.close()  # all else is done on one device
                model = trained.model
                if count > 1:
                    model = keras.saving.load_model(run.models / "best.keras")
                if at_end is None:
                    _save_figures(run, model, data, trained.history)
                else:
                    at_end(run, model, data)
                print(_summary(run, data, trained.metrics["elbo"], count))
        remove_checkpoint(run)
        return run


def _build(parameters, data):
    """Return the VAE, compiled, with the weights of the seed."""
    keras.utils.set_random_seed(parameters["seed"])
    network = parameters["kind"], data.x_train.shape[1:], parameters["latent_dim"]
    vae = VAE(
        build_encoder(*network), build_decoder(*network), loss_weights=parameters["loss_weights"]
    )
    sizes = len(data.x_train), parameters["batch_size"], parameters["epochs"]
    vae.compile(keras.optimizers.Adam(SCHEDULES[parameters["schedule"]](*sizes)))
    return vae


def _parameters_of(run, given):
    """Return the parameters of an interrupted run; raise ValueError where others are given."""
    kept = dict(run.manifest.get("parameters") or {}, id=run.id)
    if missing := [name for name in given if name not in kept]:
        raise ValueError(
            f"run {run.id} in {run.path.parent} cannot be resumed: it was not made by `fidle-vae "
            f"train` (it has no {missing[0]}); run it from the beginning."
        )
    if isinstance(kept["loss_weights"], list):  # as JSON has it
        kept["loss_weights"] = tuple(kept["loss_weights"])
    defaults = inspect.signature(train).parameters
    for name, value in given.items():
        if value not in (defaults[name].default, kept[name]):
            raise ValueError(
                f"{name} must be left out with resume, got {value!r}: run {run.id} goes on with "
                f"its own, {kept[name]!r}."
            )
    return {name: kept[name] for name in given if name != "id"}


def _require_same_data(run, data):
    """Raise ValueError if the images are not those that an interrupted run has trained on."""
    before = run.manifest.get("dataset") or {}
    if before.get("digest") != data.digest:
        raise ValueError(
            f"run {run.id} cannot be resumed: its images of {before.get('name')} are not those of "
            f"{data.name} from {data.source}; restore them, or train from the beginning."
        )


def _summary(run, data, elbo, devices):
    held_out = len(data.x_test) // devices * devices
    levels = "colours" if data.image_shape[2] == 3 else "grey levels"
    return (
        f"Held-out ELBO {elbo:.2f} nats per image, of {held_out:,} images of {data.name} "
        f"({levels})\nPictures, model and manifest are in {run.path}"
    )


def _save_figures(run, vae, data, history):
    """Save the figures that a student looks at first, all of held-out images."""
    z_mean, _ = vae.encode(data.x_test)
    plane = LatentPlane.of_codes(z_mean)
    points = grid_points(20, plane)
    manifold = vae.decode(points.reshape(-1, vae.latent_dim))
    path = morph_path(z_mean[0], z_mean[1], 10)
    for name, figure in {
        "01-history": plots.training_history(history),
        "02-reconstructions": plots.reconstructions(
            data.x_test[:10], vae.reconstruct(data.x_test[:10])
        ),
        "03-latent-scatter": plots.latent_scatter(z_mean, data.y_test, data.class_names, plane),
        "04-manifold": plots.manifold_grid(
            manifold.reshape(*points.shape[:2], *vae.image_shape),
            gaussian_grid(20),
            axis_names=plane.names,
        ),
        "05-morph": plots.morph_strip(vae.decode(path)),
        "06-samples": plots.image_grid(vae.sample(40, seed=0), title="Drawn from the prior"),
    }.items():
        run.save_figure(figure, name)
