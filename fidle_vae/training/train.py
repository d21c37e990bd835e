"""Train a VAE from end to end: data, networks, callbacks, held-out figures, manifest."""

import os

import keras

from fidle_vae.data.datasets import load_dataset
from fidle_vae.figures import plots
from fidle_vae.models.latent_space import LatentPlane, gaussian_grid, grid_points, morph_path
from fidle_vae.models.networks import build_decoder, build_encoder, require_kind
from fidle_vae.models.vae import VAE
from fidle_vae.runs.run import Run
from fidle_vae.training.fit_run import fit_run
from fidle_vae.training.parameters import require_parameters
from fidle_vae.training.schedules import SCHEDULES, require_schedule


def train(
    *,
    dataset: str = "auto",
    scale: float = 0.1,
    seed: int = 123,
    kind: str = "conv",
    latent_dim: int = 2,
    loss_weights: tuple[float, float] | str = (1.0, 1e-3),
    batch_size: int = 64,
    epochs: int = 10,
    schedule: str = "constant",
    id: str = "train",
    run_dir: str | os.PathLike | None = None,
) -> Run:
    """Train a VAE, and save its best model, pictures and manifest in a run's folder.

    Prints the ELBO of the best epoch's model on the held-out images, and the run's folder.
    With the same arguments, backend and machine, two trainings end with the same weights.
    """
    parameters = {name: value for name, value in locals().items() if name not in ("id", "run_dir")}
    require_parameters(**parameters)
    require_kind(kind)
    require_schedule(schedule)
    run = Run(id, root=run_dir)
    data = load_dataset(dataset, scale, seed)
    keras.utils.set_random_seed(seed)
    image_shape = data.x_train.shape[1:]
    vae = VAE(
        build_encoder(kind, image_shape, latent_dim),
        build_decoder(kind, image_shape, latent_dim),
        loss_weights=loss_weights,
    )
    vae.compile(keras.optimizers.Adam(SCHEDULES[schedule](len(data.x_train), batch_size, epochs)))
    # all arguments are valid: only now remove an earlier run of this name
    run.start(parameters=parameters, dataset=data, seed=seed)
    with run.to_the_end():
        print(
            f"Training on {len(data.x_train):,} images of {data.name}, "
            f"loss_weights {vae.loss_weights}, beta {vae.beta:.3g}"
        )
        trained = fit_run(run, vae, data, epochs=epochs, batch_size=batch_size)
        _save_figures(run, trained.model, data, trained.history)
        print(
            f"Held-out ELBO {trained.metrics['elbo']:.2f} nats per image, of {len(data.x_test):,} "
            f"images of {data.name} (grey levels)\nPictures, model and manifest are in {run.path}"
        )
    return run


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
