# %% [markdown]
# # VAE2: the VAE as a class, and the balance of its loss
#
# **What does `fit` do at every step, and what does the KL's weight change?**
#
# What you'll learn:
# - how a VAE becomes one class, a subclass of `keras.Model`;
# - how to write a training step by hand, with `tf.GradientTape`, and that it is what `fit` does;
# - how to keep the best model, judged on held-out images, and how to look at it;
# - what happens between two extremes: no prior at all, and a prior that is too strong.
#
# It follows [VAE1](VAE1.ipynb), where each part of the loss is explained. Time at the defaults,
# measured on two CPU cores: 49 s, on slower ones 1 min 40 s.

# %% [markdown]
# ## 0. What we work with
#
# This time the class `VAE` comes from our package, with functions that build its two networks.

# %%
from fidle_vae import VAE, BestModelCallback, ImagesCallback, TrainingRecord
from fidle_vae import Run, load_dataset, plots
from fidle_vae.comparison import Comparison, compare_models
from fidle_vae.latent import LatentPlane, active_units, gaussian_grid, grid_points
from fidle_vae.networks import build_decoder, build_encoder
from fidle_vae.schedules import one_cycle

# %% [markdown]
# To differentiate by hand we need TensorFlow itself, below Keras, which must run on it. We ask it
# for errors only: it would also warn that many models are made in a row, as this lesson does.

# %%
import inspect
import json
import textwrap

import keras
import tensorflow as tf
from IPython.display import Code

if keras.config.backend() != "tensorflow":
    raise RuntimeError("VAE2 needs Keras on TensorFlow: unset KERAS_BACKEND, then start again.")
tf.get_logger().setLevel("ERROR")

# %% [markdown]
# All that can be chosen, as in VAE1.

# %% tags=["parameters"]
dataset = "auto"
latent_dim = 2
loss_weights = (1.0, 1e-3)
scale = 0.1
seed = 123
batch_size = 64
epochs = 10

# %% [markdown]
# The images. Those to test on stay held out.

# %%
data = load_dataset(dataset, scale, seed)
x_train, x_test, y_test = data.x_train, data.x_test, data.y_test
image_shape = x_train.shape[1:]
print(f"{data.name}: {len(x_train):,} images to train on, {len(x_test):,} held out")

# %% [markdown]
# A run owns the folder `run_dir/VAE2`. Its manifest says with which parameters, data and software
# a result came about.

# %%
run = Run("VAE2")
parameters = {
    "dataset": dataset,
    "latent_dim": latent_dim,
    "loss_weights": loss_weights,
    "scale": scale,
    "seed": seed,
    "batch_size": batch_size,
    "epochs": epochs,
}
run.start(parameters=parameters, dataset=data, seed=seed)

# %% [markdown]
# ## 1. One class
#
# In VAE1 the model was a chain of layers, and the loss a layer among them. A class says the same
# in two methods. `call` is the way of an image through the model:

# %%
Code(textwrap.dedent(inspect.getsource(VAE.call)), language="python")

# %% [markdown]
# and `compute_loss` is what Keras asks for at each step, of training and of evaluation alike. Read
# it term by term: it is $k_1 \cdot r_{\mathrm{loss}} + k_2 \cdot kl_{\mathrm{loss}}$, and in
# between three trackers take note of the values *of each image*, so that the last, smaller batch
# of an epoch counts for what it is. The share of the KL is 1 here; the callback `BetaWarmup` can
# let it grow to 1 in the first epochs.

# %%
Code(textwrap.dedent(inspect.getsource(VAE.compute_loss)), language="python")

# %% [markdown]
# There is no more to it. To make a VAE we give the class its two networks and the weights of the
# loss. We'll need several in this lesson that begin alike, so we write a function: with the same
# seed, the weights and the noise are the same.


# %%
def new_vae(kind="conv", loss_weights=loss_weights):
    """Make a VAE, compiled, not trained."""
    keras.utils.set_random_seed(seed)
    vae = VAE(
        build_encoder(kind, image_shape, latent_dim),
        build_decoder(kind, image_shape, latent_dim),
        loss_weights=loss_weights,
        seed=seed,
    )
    vae.compile(keras.optimizers.Adam(1e-3))
    return vae


vae = new_vae()
print(f"{vae.count_params():,} weights, {vae.n_pixels} pixels, beta {vae.beta:.3g}")

# %% [markdown]
# ## 2. What `fit` does at every step
#
# First the loss, written out in TensorFlow with no function of ours but the draw. The comments
# tell the shapes. The clipping keeps the logarithm away from 0.


# %%
def losses_by_hand(vae, x):
    """Give r_loss and kl_loss of a batch, means over its images."""
    z_mean, z_log_var = vae.encoder(x, training=True)  # (batch, latent_dim) each
    z = vae.sampling([z_mean, z_log_var])  # (batch, latent_dim)
    x_hat = tf.clip_by_value(vae.decoder(z, training=True), 1e-7, 1 - 1e-7)

    log_likelihood = x * tf.math.log(x_hat) + (1 - x) * tf.math.log(1 - x_hat)
    r_loss = -tf.reduce_mean(log_likelihood)  # over images and pixels
    kl = 0.5 * tf.reduce_sum(z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var, axis=1)  # (batch,)
    return r_loss, tf.reduce_mean(kl)


# %% [markdown]
# Then the step. The *tape* records every operation on the weights. `gradient` plays it backwards
# and gives, for each weight, how the loss would change with it. The optimizer moves the weights
# against that.


# %%
def train_step_by_hand(vae, x):
    """Move the weights a little against the gradient; give the loss before that."""
    k1, k2 = vae.loss_weights
    with tf.GradientTape() as tape:
        r_loss, kl_loss = losses_by_hand(vae, x)
        loss = k1 * r_loss + k2 * kl_loss
    gradients = tape.gradient(loss, vae.trainable_variables)
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


# %% [markdown]
# Is that what the class computes? We make two VAEs that are twins, weights and noise alike. One is
# given to our function, the other one to `compute_loss`, with the same batch of images.

# %%
ours, theirs = new_vae(), new_vae()
batch = tf.constant(x_train[:batch_size])
k1, k2 = ours.loss_weights
r_loss, kl_loss = losses_by_hand(ours, batch)
loss = theirs.compute_loss(x=batch, y_pred=theirs(batch, training=True))
print(f"by hand       {float(k1 * r_loss + k2 * kl_loss):.7f}")
print(f"compute_loss  {float(loss):.7f}")

# %% [markdown]
# And is our step the step of `fit`? Both twins train on the same five batches: one by our
# function, the other one by Keras's `train_on_batch`, which is what `fit` calls in its loop.

# %%
print("step   by hand    Keras")
differences = [abs(float(k1 * r_loss + k2 * kl_loss - loss))]
for step in range(5):
    batch = tf.constant(x_train[step * batch_size : (step + 1) * batch_size])
    by_hand = float(train_step_by_hand(ours, batch))
    by_keras = theirs.train_on_batch(batch, return_dict=True)["loss"]
    theirs.reset_metrics()
    differences.append(abs(by_hand - by_keras))
    print(f"{step + 1:4}   {by_hand:.6f}   {by_keras:.6f}")
run.record(metrics={"by_hand_difference": max(differences)})

# %% [markdown]
# **What to notice.** The columns agree in every digit. So there is no magic in `fit`: it is this
# step in a loop, compiled to run faster, with shuffled images, a validation at the end of each
# epoch, and callbacks. From here on we let `fit` do it.

# %% [markdown]
# ## 3. Training, and the best model
#
# First, how far a step goes: that is the *learning rate*, and so far it was 0.001 all the time, as
# in VAE1. `one_cycle` lets it climb in the first tenth of the training to three times as much,
# then fall to zero: far steps at first, and at the end short ones, with which the weights come to
# rest where they would otherwise jump about. It has to know how many steps there will be.

# %%
rate = one_cycle(len(x_train), batch_size, epochs)
vae.compile(keras.optimizers.Adam(rate))

# %% [markdown]
# `BestModelCallback` keeps the model of the epoch with the smallest loss on the *held-out* images.
# The training loss would nearly always choose the last epoch, even one that has begun to learn by
# heart. `TrainingRecord` keeps what a film of the training is made of, as in VAE1.

# %%
watch = [
    ImagesCallback(x_test[:20], run.images, seed=seed),
    BestModelCallback(run.models / "best.keras"),
    TrainingRecord(x_test, y_test, run.film, class_names=data.class_names),
]
with run.timed("training"):
    history = vae.fit(
        x_train,
        validation_data=x_test,
        batch_size=batch_size,
        epochs=epochs,
        callbacks=watch,
        verbose=2,
    ).history

# %% [markdown]
# Here the history has a third curve: the ELBO, $-(n \cdot r_{\mathrm{loss}} + kl_{\mathrm{loss}})$
# for $n$ pixels, in nats per image.

# %%
run.save_log("history", history)
run.save_figure(
    plots.training_history(history),
    "01-history",
    "Both terms of the loss and the ELBO at each epoch, on training and held-out images.",
)

# %% [markdown]
# **What to notice.** The ELBO climbs fast, then slowly. The KL climbs too: information about the
# image in $z$ is what it buys. Where the dashed held-out curve leaves the training curve, the
# model learns its training images by heart.
#
# We take the best epoch's model from its file, and measure it on the held-out images. Compare with
# VAE1: the same model in as many epochs, there with a constant learning rate. (With
# `keras.optimizers.Adam(1e-3)` here too, both reach the same ELBO.)

# %%
best_epoch = json.loads((run.models / "best.json").read_text())
vae = keras.saving.load_model(run.models / "best.keras")
metrics = vae.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
z_mean, z_log_var = vae.encode(x_test)
active = active_units(z_mean)
run.record(metrics={**metrics, "beta": vae.beta, "active_dims": int(active.sum())})
run.record(metrics={"best_epoch": best_epoch["epoch"]})
print(f"best epoch {best_epoch['epoch']}, held-out ELBO {metrics['elbo']:.1f} nats per image")
print(f"{active.sum()} of {latent_dim} dimensions active")

# %% [markdown]
# ## 4. Look at it
#
# All that follows is about held-out images. How well are they given back?

# %%
run.save_figure(
    plots.reconstructions(x_test[:12], vae.reconstruct(x_test[:12])),
    "02-reconstructions",
    "Held-out images above, their reconstructions below.",
)

# %% [markdown]
# **What to notice.** What is typical of a class survives, what is special about a hand is lost.
# Some digits turn into others: their codes lie where two classes meet.
#
# Where are the codes?

# %%
plane = LatentPlane.of_codes(z_mean)
run.save_figure(
    plots.latent_scatter(z_mean, y_test, data.class_names, plane),
    "03-latent-space",
    "z_mean of the held-out images.",
)

# %% [markdown]
# **What to notice.** Nobody told the model about classes, and still each has its region, because
# images that look alike share a place. Together they fill the prior.
#
# And what does the decoder make of each place of this plane?

# %%
points = grid_points(20, plane)
images = vae.decode(points.reshape(-1, latent_dim)).reshape(*points.shape[:2], *image_shape)
run.save_figure(
    plots.manifold_grid(images, gaussian_grid(20), axis_names=plane.names),
    "04-manifold",
    "What the decoder makes of each place in the latent plane.",
)

# %% [markdown]
# **What to notice.** Hold this picture beside the one before: they are the same map. Where the
# scatter has its ones, the grid shows ones. On the border between two classes the images are in
# between too.

# %% [markdown]
# ## 5. The balance of the loss
#
# This is the central experiment of the course. We train the same network four times, and change
# *nothing but the weight of the KL*, $k_2$:
#
# - $k_2 = 0$: no KL at all. Nothing keeps $\sigma$ from shrinking: an autoencoder.
# - $k_2 = 5 \cdot 10^{-4}$ and $10^{-3}$: the course's values.
# - $k_2 = 0.1$: far too strong.
#
# Before you run it: what do you expect of `r_loss`, of `kl_loss`, and of the picture in each case?
# Small fully connected networks do, as they train in seconds.


# %%
def train_with(k2):
    """Train a small VAE with loss weights (1, k2); give it with its numbers on held-out images."""
    small = new_vae("mlp", (1.0, k2))
    small.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0)
    measured = small.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
    measured["active_dims"] = int(active_units(small.encode(x_test)[0]).sum())
    print(f"k2 = {k2:<6} beta {small.beta:6.3g}   held-out ELBO {measured['elbo']:9.1f}")
    return small, measured


with run.timed("balance"):
    balance = {k2: train_with(k2) for k2 in (0.0, 5e-4, 1e-3, 0.1)}

# %% [markdown]
# Now we put them side by side: where the held-out codes are, what the decoder makes of the prior's
# plane, and the numbers.

# %%
names = ["no prior", "compromise", "compromise", "collapse"]
columns = []
for name, (k2, (small, measured)) in zip(names, balance.items(), strict=True):
    codes, _ = small.encode(x_test)
    view = LatentPlane.of_codes(codes)
    grid = grid_points(12, view)
    decoded = small.decode(grid.reshape(-1, latent_dim)).reshape(*grid.shape[:2], *image_shape)
    numbers = {key: measured[key] for key in ("r_loss", "kl_loss", "elbo")}
    numbers |= {"beta": small.beta, "active dims": measured["active_dims"]}
    columns.append(Comparison(f"k2 = {k2:g}\n{name}", codes, y_test, decoded, numbers, view))

run.record(balance={f"k2={k2:g}": measured for k2, (_, measured) in balance.items()})
run.save_figure(
    compare_models(columns, data.class_names),
    "05-balance",
    "The weight of the KL, from none to far too strong; all on held-out images.",
)

# %% [markdown]
# **What to notice.**
#
# - **No prior** ($k_2 = 0$). The reconstruction is about as good as it gets here, and the codes go
#   far beyond the circles. The KL, which nobody asked to be small, is huge, and so the ELBO is the
#   worst. The grid over the prior shows only the few images that happen to lie in the middle.
# - **Compromise.** The codes fill the prior, the grid is full of digits. With the smaller $k_2$
#   the reconstruction is a little sharper and the codes a little wider; with the larger one it is
#   the other way round. The ELBO takes no side: it is the same formula for all four columns.
# - **Collapse** ($k_2 = 0.1$). The KL is 0: every image has become the prior itself, and $z$ says
#   nothing. All the decoder can do is to give the mean of all images, everywhere. No dimension is
#   active. The loss is small and looks healthy, which is why we print the active dimensions too.

# %% [markdown]
# ## What to remember
#
# - A VAE is a model with its own `compute_loss`. Everything else (`fit`, `evaluate`, saving) is
#   Keras.
# - A training step is: forward, loss, gradients by the tape, a move of the optimizer. `fit` is
#   this step in a loop.
# - Choose the best model on held-out images, and report numbers on held-out images.
# - $\beta$ decides between a good copy and a good latent space. Look at `r_loss` *and* `kl_loss`:
#   a KL near 0 is a collapse, a huge one is an autoencoder.
#
# Try it: the balance with `latent_dim = 6`; a fifth column with $\beta = 1$, for which
# `loss_weights="elbo"`; `scale = 1`. And see the training as a film: in a terminal,
# `fidle-vae film VAE2 -o film.mp4`.
#
# **Next:** [VAE3](VAE3.ipynb) takes the model that we have just saved, and explores its latent
# space.
