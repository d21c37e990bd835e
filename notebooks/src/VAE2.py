# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE2: the VAE as a class, and the balance of its loss
#
# **What does `fit` do at every step, and what does the KL's weight change?**
#
# What you'll learn:
# - how a VAE becomes one class, a subclass of `keras.Model`;
# - how to write a training step by hand, with `tf.GradientTape`, and that it is what `fit` does;
# - how to keep the best model, judged on held-out images, and how to look at it;
# - what happens between two extremes: no prior at all, and a prior that is too strong.

# %% [markdown] slideshow={"slide_type": "notes"}
# It follows [VAE1](VAE1.ipynb), where each part of the loss is explained. Time at the defaults,
# measured on two CPU cores: 1 min 4 s; with the exercises, an evening.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 0. What we work with
#
# This time the class `VAE` comes from our package, with functions that build its two networks. The
# exercises work as in VAE1: complete the cell, run it, then run the check below it.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, BestModelCallback, ImagesCallback, Run, TrainingRecord
from fidle_vae import checks as check, load_dataset
from fidle_vae.course import show_source
from fidle_vae.figures import Comparison, compare_models, plots
from fidle_vae.models import LatentPlane, active_units, build_decoder, build_encoder
from fidle_vae.models import gaussian_grid, grid_points
from fidle_vae.training import one_cycle

# %% [markdown] slideshow={"slide_type": "skip"}
# To differentiate by hand we need TensorFlow itself, below Keras, which must run on it. We ask it
# for errors only: it would also warn that many models are made in a row, as this lesson does.

# %% slideshow={"slide_type": "skip"}
import json

import keras
import numpy as np
import tensorflow as tf
from IPython.display import display
from keras import ops

if keras.config.backend() != "tensorflow":
    raise RuntimeError("VAE2 needs Keras on TensorFlow: unset KERAS_BACKEND, then start again.")
tf.get_logger().setLevel("ERROR")

# %% [markdown] slideshow={"slide_type": "skip"}
# All parameters, as in VAE1.

# %% slideshow={"slide_type": "skip"} tags=["parameters"]
dataset = "auto"
latent_dim = 2
loss_weights = (1.0, 1e-3)
scale = 0.1
seed = 123
batch_size = 64
epochs = 10

# %% [markdown] slideshow={"slide_type": "skip"}
# The images. Those to test on stay held out.

# %% slideshow={"slide_type": "skip"}
data = load_dataset(dataset, scale, seed)
x_train, x_test, y_test = data.x_train, data.x_test, data.y_test
image_shape = x_train.shape[1:]
print(f"{data.name}: {len(x_train):,} images to train on, {len(x_test):,} held out")

# %% [markdown] slideshow={"slide_type": "skip"}
# Each run has a folder, here `run_dir/VAE2`. It keeps what `run.show` shows, and a manifest of
# parameters, data, software and results.

# %% slideshow={"slide_type": "skip"}
parameters = {"dataset": dataset, "latent_dim": latent_dim, "loss_weights": loss_weights}
parameters |= {"scale": scale, "seed": seed, "batch_size": batch_size, "epochs": epochs}
run = Run("VAE2", data, **parameters)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. One class
#
# In VAE1 the model was a chain of layers, and the loss a layer among them. A class says the same
# in two methods. `call` is the way of an image through the model:

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.call)

# %% [markdown] slideshow={"slide_type": "subslide"}
# and `compute_loss` is what Keras asks for at each step, of training and of evaluation alike. Read
# it term by term: it is $k_1 \cdot r_{\mathrm{loss}} + k_2 \cdot kl_{\mathrm{loss}}$, and in
# between three trackers take note of the values *of each image*, so that the last, smaller batch of
# an epoch counts in proportion to its images. The share of the KL is 1 here; the callback
# `BetaWarmup` can let it grow to 1 in the first epochs.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.compute_loss)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the loss of an epoch
#
# What does such a tracker compute? The function below gets a list with one array for each batch,
# which holds the loss of each of its images. The last batch has fewer images than the others. Give
# the mean over all images of the epoch, by `np.concatenate` and `np.mean`, say.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_epoch_loss(losses):
    """Give the mean loss over all images of an epoch, from the losses of each batch."""
    # BEGIN SOLUTION
    return np.mean(np.concatenate(losses))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.epoch_loss(my_epoch_loss)

# %% [markdown] slideshow={"slide_type": "subslide"}
# There is no more to it. To make a VAE we give the class its two networks and the weights of the
# loss. We'll need several in this lesson that begin alike, so we write a function: with the same
# seed, the weights and the noise are the same.


# %% slideshow={"slide_type": "subslide"}
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

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What `fit` does at every step
#
# First the loss, written out in TensorFlow; only the draw is a function of our package. The
# comments give the shapes. The clipping keeps the logarithm away from 0.


# %% slideshow={"slide_type": "-"}
def losses_by_hand(vae, x):
    """Give r_loss and kl_loss of a batch, means over its images."""
    z_mean, z_log_var = vae.encoder(x, training=True)  # (batch, latent_dim) each
    z = vae.sampling([z_mean, z_log_var])  # (batch, latent_dim)
    x_hat = tf.clip_by_value(vae.decoder(z, training=True), 1e-7, 1 - 1e-7)

    log_likelihood = x * tf.math.log(x_hat) + (1 - x) * tf.math.log(1 - x_hat)
    r_loss = -tf.reduce_mean(log_likelihood)  # over images and pixels
    kl = 0.5 * tf.reduce_sum(z_mean**2 + tf.exp(z_log_var) - 1 - z_log_var, axis=1)  # (batch,)
    return r_loss, tf.reduce_mean(kl)


# %% [markdown] slideshow={"slide_type": "subslide"}
# Then the step. The *tape* records every operation on the weights. `gradient` plays it backwards
# and gives, for each weight, how the loss would change with it. The optimizer moves the weights
# against that.


# %% slideshow={"slide_type": "-"}
def train_step_by_hand(vae, x):
    """Move the weights a little against the gradient; give the loss before that."""
    k1, k2 = vae.loss_weights
    with tf.GradientTape() as tape:
        r_loss, kl_loss = losses_by_hand(vae, x)
        loss = k1 * r_loss + k2 * kl_loss
    gradients = tape.gradient(loss, vae.trainable_variables)
    vae.optimizer.apply_gradients(zip(gradients, vae.trainable_variables, strict=True))
    return loss


# %% [markdown] slideshow={"slide_type": "subslide"}
# Is that what the class computes? We make two VAEs that are twins, weights and noise alike. One is
# given to our function, the other one to `compute_loss`, with the same batch of images.

# %% slideshow={"slide_type": "-"}
ours, theirs = new_vae(), new_vae()
batch = tf.constant(x_train[:batch_size])
k1, k2 = ours.loss_weights
r_loss, kl_loss = losses_by_hand(ours, batch)
loss = theirs.compute_loss(x=batch, y_pred=theirs(batch, training=True))
print(f"by hand       {float(k1 * r_loss + k2 * kl_loss):.7f}")
print(f"compute_loss  {float(loss):.7f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# And is our step the step of `fit`? Both twins train on the same five batches: one by our
# function, the other one by Keras's `train_on_batch`, which is what `fit` calls in its loop.

# %% slideshow={"slide_type": "subslide"}
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

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** The columns agree in every digit. So there is no magic in `fit`: it is this
# step in a loop, compiled to run faster, with shuffled images, a validation at the end of each
# epoch, and callbacks.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a training step that `fit` uses
#
# A model's step is its method `train_step`, which `fit` calls with each batch of images `x`. Write
# one for a subclass of `VAE`. For the loss, take the method `compute_loss` as we did above, with
# the model itself, `self`, in place of `theirs`. Then the tape, the gradients and the optimizer,
# as in `train_step_by_hand`. Give the loss in a dict, `{"loss": loss}`, from which `fit` shows it:
# the tensor itself, as `fit` compiles the step before it has any values.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
class MyVAE(VAE):
    """A VAE that trains by a step of its own."""

    def train_step(self, x):
        # BEGIN SOLUTION
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"loss": loss}
        # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.train_step(MyVAE)

# %% [markdown] slideshow={"slide_type": "subslide"}
# From here on we let `fit` take its own step. It is the same one.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Training, and the best model
#
# First, how far a step goes: that is the *learning rate*, and so far it was 0.001 all the time, as
# in VAE1. `one_cycle` lets it climb in the first tenth of the training to three times as much,
# then fall to zero: far steps at first, and at the end short ones, with which the weights come to
# rest where they would otherwise jump about. It has to know how many steps there will be. The seed
# is set once more, so that the training is the same one whatever you tried above.

# %% slideshow={"slide_type": "-"}
keras.utils.set_random_seed(seed)
rate = one_cycle(len(x_train), batch_size, epochs)
vae.compile(keras.optimizers.Adam(rate))

# %% [markdown] slideshow={"slide_type": "subslide"}
# `BestModelCallback` keeps the model of the epoch with the smallest loss on the *held-out* images.
# The training loss would nearly always choose the last epoch, even one that has begun to learn by
# heart. `TrainingRecord` keeps what a film of the training needs, as in VAE1.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
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

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here the history has a third curve: the ELBO, $-(n \cdot r_{\mathrm{loss}} + kl_{\mathrm{loss}})$
# for $n$ pixels, in nats per image.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
run.save_log("history", history)
figure = plots.training_history(history)
run.show(figure, "01-history", "The loss's terms and the ELBO, on training and held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** The ELBO climbs fast, then slowly. The KL climbs too, if unevenly: information
# about the image in $z$ is what it buys. At the first epoch the held-out values are the better
# ones, as those of the training are means over an epoch that began with a model that knew nothing.
# If later the held-out ELBO fell below that of the training and stayed there, the model would be
# learning its training images by heart.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the best epoch
#
# Which epoch does `BestModelCallback` keep? `history` is a dict of lists, as in the figure:
# `"loss"`, `"r_loss"`, `"kl_loss"` and `"elbo"` of the training images, and the same with `"val_"`
# before it of the held-out ones. Give the number of the epoch, counted from 1, as `fit` prints it.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_best_epoch(history):
    """Give the number of the epoch whose model is to be kept."""
    # BEGIN SOLUTION
    return int(np.argmin(history["val_loss"])) + 1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.best_epoch(my_best_epoch)

# %% [markdown] slideshow={"slide_type": "subslide"}
# We take the best epoch's model from its file, and measure it on the held-out images. Compare with
# the ELBO that you got in section 8 of VAE1: the same model in as many epochs, there with a
# constant learning rate. (With `keras.optimizers.Adam(1e-3)` here too, both reach the same ELBO.)

# %% slideshow={"slide_type": "-"}
best_epoch = json.loads((run.models / "best.json").read_text())
vae = keras.saving.load_model(run.models / "best.keras")
metrics = vae.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
z_mean, z_log_var = vae.encode(x_test)
active = active_units(z_mean)
metrics |= {"beta": vae.beta, "active_dims": int(active.sum()), "best_epoch": best_epoch["epoch"]}
run.record(metrics=metrics)
print(f"best epoch {best_epoch['epoch']}, held-out ELBO {metrics['elbo']:.1f} nats per image")
print(f"{active.sum()} of {latent_dim} dimensions active")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Look at it
#
# All that follows is about held-out images. How well are they given back?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = plots.reconstructions(x_test[:12], vae.reconstruct(x_test[:12]))
run.show(figure, "02-reconstructions", "Held-out images above, their reconstructions below.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** What is typical of a class survives, what is special about a hand is lost.
# Some digits turn into others: their codes lie where two classes meet.
#
# Where are the codes?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
plane = LatentPlane.of_codes(z_mean)
figure = plots.latent_scatter(z_mean, y_test, data.class_names, plane)
run.show(figure, "03-latent-space", "z_mean of the held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Nobody told the model about classes, and still some have a region of their
# own, such as 0, 1 and 7, because images that look alike share a place. For the same reason others,
# such as 4 and 9, share one. Together they fill the prior.

# %% [markdown] slideshow={"slide_type": "subslide"}
# And what does the decoder make of each place of this plane?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
points = grid_points(20, plane)
images = vae.decode(points.reshape(-1, latent_dim)).reshape(*points.shape[:2], *image_shape)
figure = plots.manifold_grid(images, gaussian_grid(20), axis_names=plane.names)
run.show(figure, "04-manifold", "What the decoder makes of each place in the latent plane.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Hold this picture beside the one before: they are the same map. Where the
# scatter has its ones, the grid shows ones. On the border between two classes the images are in
# between too.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The balance of the loss
#
# This is the central experiment of the course. We train the same network four times, and change
# *nothing but the weight of the KL*, $k_2$:
#
# - $k_2 = 0$: no KL at all. Nothing keeps $\sigma$ from shrinking: an autoencoder.
# - $k_2 = 5 \cdot 10^{-4}$ and $10^{-3}$: the course's values.
# - $k_2 = 0.1$: far too strong.
#
# Small fully connected networks are enough, as they train in seconds.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: predict first
#
# What do you expect? Take three values, $k_2 = 0$, $10^{-3}$ and, stronger than anything below,
# $1$. For which of them will each of these be so, on held-out images? Write it down before you
# look at any result: it is how you'll learn most from it. The check asks you then to test it.

# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
# BEGIN SOLUTION
prediction = {
    "smallest r_loss": 0.0,
    "smallest kl_loss": 1.0,
    "largest elbo": 1e-3,
    "no active dimension": 1.0,
}
# INSTEAD
# prediction = {  # for each: 0.0, 1e-3 or 1.0
#     "smallest r_loss": ...,
#     "smallest kl_loss": ...,
#     "largest elbo": ...,
#     "no active dimension": ...,
# }
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.balance(prediction, None)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now the experiment. The function trains one small VAE, and measures it on the held-out images.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
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

# %% [markdown] slideshow={"slide_type": "skip"}
# Now we put them side by side: where the held-out codes are, what the decoder makes of the prior's
# plane, and the numbers.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
names = ["no prior", "compromise", "compromise", "collapse"]
columns = []
for name, (k2, (small, measured)) in zip(names, balance.items(), strict=True):
    codes, _ = small.encode(x_test)
    view = LatentPlane.of_codes(codes)
    grid = grid_points(12, view)
    decoded = small.decode(grid.reshape(-1, latent_dim)).reshape(*grid.shape[:2], *image_shape)
    numbers = {key: measured[key] for key in ("loss", "r_loss", "kl_loss", "elbo")}
    numbers |= {"beta": small.beta, "active dims": measured["active_dims"]}
    columns.append(Comparison(f"k2 = {k2:g}\n{name}", codes, y_test, decoded, numbers, view))

run.record(balance={f"k2={k2:g}": measured for k2, (_, measured) in balance.items()})
figure = compare_models(columns, data.class_names)
run.show(figure, "05-balance", "The KL's weight, from none to far too strong; held-out images.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What to notice.**
#
# - **No prior** ($k_2 = 0$). The reconstruction is about as good as it gets here, and the codes go
#   far beyond the circles. The KL, which nobody asked to be small, is huge, and so the ELBO is the
#   worst. The grid over the prior shows only the few images that happen to lie in the middle.
# - **Compromise.** The codes fill the prior, the grid is full of digits. With the smaller $k_2$
#   `r_loss` is better by a hair and the codes are a little wider; with the larger one it is the
#   other way round. The ELBO takes no side: it is the same formula for all four columns.
# - **Collapse** ($k_2 = 0.1$). The KL is 0: every image has become the prior itself, and $z$ says
#   nothing. All the decoder can do is to give the mean of all images, everywhere. No dimension is
#   active. Seen alone, a loss of this size alarms nobody, which is why we print the active
#   dimensions too.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: test your prediction
#
# Measure the three values of your prediction. `train_with` gives a model and its numbers; for $k_2
# = 0$ and $10^{-3}$ the experiment above has them already: `balance[k2]` is such a pair, model and
# numbers. Put the numbers of each into a dict, by their $k_2$. The check compares them with what
# you expected.

# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
# BEGIN SOLUTION
measured = {k2: balance[k2][1] for k2 in (0.0, 1e-3)}
measured[1.0] = train_with(1.0)[1]
# INSTEAD
# measured = ...  # {0.0: its numbers, 1e-3: ..., 1.0: ...}
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.balance(prediction, measured)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Find the mistake
#
# Two programs that run and train, with one mistake each, as in VAE1. Correct them in their cells.
# The checks know the mistakes, and give hints.
#
# ### Exercise: program 3, a loss


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_3(x, x_hat, z_mean, z_log_var):
    """Give the loss of a batch of images with the weights (1, 1e-3): one number."""
    cross_entropy = keras.losses.binary_crossentropy(x, x_hat)  # (batch, height, width)
    r_loss = ops.mean(cross_entropy, axis=(1, 2))  # (batch,)
    kl_loss = ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2  # (batch,)
    # BEGIN SOLUTION
    return ops.mean(r_loss + 1e-3 * kl_loss)
    # INSTEAD
    # return ops.sum(r_loss + 1e-3 * kl_loss)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(3, program_3)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 4, a way through the model
#
# Here the encoder is one that draws by itself: it gives three outputs, `z_mean`, `z_log_var` and
# `z`. The program brings a batch of images through the model, and gives what the loss needs.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_4(encoder, decoder, x):
    """Give z_mean, z_log_var and the reconstruction of a batch of images."""
    # BEGIN SOLUTION
    z_mean, z_log_var, z = encoder(x)
    # INSTEAD
    # z_mean = encoder(x)[0]
    # z_log_var = encoder(x)[1]
    # z = encoder(x)[2]
    # END SOLUTION
    x_hat = decoder(z)
    return z_mean, z_log_var, x_hat


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(4, program_4)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. Why do we choose the best model by its loss on held-out images?
#    - (a) The training loss goes on falling while the model learns its images by heart.
#    - (b) There are fewer held-out images, so that it takes less time.
#    - (c) The KL is known on held-out images only.
# 2. With $k_2 = 0.1$ the training runs smoothly, and its loss alarms nobody. What has happened?
#    - (a) The model has found the best balance.
#    - (b) The model has learned its training images by heart.
#    - (c) The posterior has collapsed: $z$ says nothing about the image.
# 3. What must at least happen inside `with tf.GradientTape() as tape`?
#    - (a) The move of the optimizer.
#    - (b) All that leads from the weights to the loss.
#    - (c) The call of `tape.gradient`.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "a"
question_2 = "c"
question_3 = "b"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("VAE2-1", question_1),
    check.answer("VAE2-2", question_2),
    check.answer("VAE2-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two more to think about. Click to see an answer.
#
# <details><summary>With no KL at all the reconstruction is best. Why is the ELBO the worst
# then?</summary>
#
# The ELBO counts the KL fully, whatever the loss did. Without a price on it, the encoder makes its
# clouds tiny and far apart, which costs hundreds of nats: more than the sharper images bring.
#
# </details>
# <details><summary>Two models have the same loss. Are they equally good?</summary>
#
# Only if their $k_1$ and $k_2$ are the same, and then perhaps not either: one may have a good
# reconstruction and a large KL, the other one the opposite. Compare ELBO, KL and active dimensions
# on the same held-out images.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The table has the last result of every check. It is kept in the run's
# folder, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A VAE is a model with its own `compute_loss`. Everything else (`fit`, `evaluate`, saving) is
#   Keras.
# - A training step is: forward, loss, gradients by the tape, a move of the optimizer. `fit` is
#   this step in a loop.
# - Choose the best model on held-out images, and report numbers on held-out images.
# - $\beta$ decides between a good copy and a good latent space. Look at `r_loss` *and* `kl_loss`:
#   a KL near 0 is a collapse, a huge one is an autoencoder.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: the balance with `latent_dim = 6`; a fifth column with $\beta = 1$, for which
# `loss_weights="elbo"`; `scale = 1`. And see the training as a film: in a terminal,
# `fidle-vae film VAE2 -o film.mp4`.
#
# **Next:** [VAE3](VAE3.ipynb) takes the model that we have just saved, and explores its latent
# space.
