# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE2: the VAE as a class, and the balance of its loss
#
# **What does `fit` do at every step, and what does the KL's weight change?**
#
# What you'll learn:
# - how a VAE becomes one class, a subclass of `keras.Model`;
# - how to write a training step by hand, how far it may go, and that it is what `fit` does;
# - how to choose the best model, and to ask which images survive it;
# - what lies between two extremes: no prior at all, and a prior that is too strong.

# %% [markdown] slideshow={"slide_type": "notes"}
# It follows [VAE1](VAE1.ipynb), where each part of the loss is explained. Time at the defaults,
# measured on two CPU cores: 2 min 48 s; with the exercises, an evening. The exercises work as
# there: complete the cell, run it, then the check below it; `check.hint("train_step")` or
# `check.hint("program 3")` helps.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, BestModelCallback, EpochLines, ImagesCallback, Run, TrainingRecord
from fidle_vae import checks as check, load_dataset
from fidle_vae.course import show_source
from fidle_vae.evaluation import by_class, kinds_shown, look, recognize, train_classifier
from fidle_vae.figures import charts, compare_codes, plots
from fidle_vae.models import active_units, build_decoder, build_encoder
from fidle_vae.training import one_cycle

import json
import keras
import numpy as np
from IPython.display import display
from keras import ops

# %% [markdown] slideshow={"slide_type": "skip"}
# All parameters, as in VAE1.

# %% slideshow={"slide_type": "skip"} tags=["parameters"]
dataset = "auto"
latent_dim = 2
loss_weights = (1.0, 1e-3)
scale = 0.3
seed = 123
batch_size = 32
epochs = 8

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. One class
#
# In VAE1 the model was a chain of layers. Now it is one object: **a `VAE` has an encoder, a decoder
# and the weights of its loss.** We'll make several that begin alike, with the same weights and the
# same noise: that is what the seed in `new_vae` is for. What does one give back before any
# training?


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def new_vae(kind="strided", loss_weights=loss_weights):
    """Make a VAE, compiled, not trained."""
    keras.utils.set_random_seed(seed)
    networks = (build(kind, image_shape, latent_dim) for build in (build_encoder, build_decoder))
    vae = VAE(*networks, loss_weights=loss_weights, seed=seed)
    vae.compile(keras.optimizers.Adam(1e-3))
    return vae


data = load_dataset(dataset, scale, seed, labelled=True)
x_train, x_test, y_test = data.x_train, data.x_test, data.y_test
image_shape = x_train.shape[1:]
parameters = {"dataset": dataset, "latent_dim": latent_dim, "loss_weights": loss_weights}
parameters |= {"scale": scale, "seed": seed, "batch_size": batch_size, "epochs": epochs}
run = Run("VAE2", data, **parameters)
vae = new_vae()
figure = plots.reconstructions(x_test[:12], vae.reconstruct(x_test[:12]))
run.show(
    figure, "01-untrained", "Held-out images above; below, what an untrained VAE makes of them."
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Grey: it knows nothing yet. How it learns is this lesson. An image goes through the model in its
# method `call`:

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.call)

# %% [markdown] slideshow={"slide_type": "subslide"}
# It returns three things: the reconstruction, and both outputs of the encoder. From them the method
# `compute_loss` makes the loss. Keras calls it at each step, in training and in evaluation.
#
# ### Exercise: the loss of an epoch
#
# A step sees one batch, and yet `fit` prints one loss for the whole epoch. How is it made? The
# function gets a list with one array for each batch: the losses of its images. The last batch has
# fewer images than the others. **Return the loss of the epoch, in which every image counts the
# same.**


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_epoch_loss(losses):
    """Return the mean loss over all images of an epoch, from the losses of each batch."""
    # BEGIN SOLUTION
    return np.mean(np.concatenate(losses))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.epoch_loss(my_epoch_loss)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What `fit` does at every step
#
# **First the loss, written out.** Find VAE1's two formulas in it, and the line that draws. The
# clipping keeps `x_hat` off 0 and 1, where a logarithm would be infinite.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def losses_by_hand(vae, x):
    """Return r_loss and kl_loss of a batch, means over its images."""
    z_mean, z_log_var = vae.encoder(x, training=True)  # (batch, latent_dim) each
    z = vae.sampling([z_mean, z_log_var])  # (batch, latent_dim)
    x_hat = ops.clip(vae.decoder(z, training=True), 1e-7, 1 - 1e-7)

    log_likelihood = x * ops.log(x_hat) + (1 - x) * ops.log(1 - x_hat)
    r_loss = -ops.mean(log_likelihood)  # over images and pixels
    kl = 0.5 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)  # (batch,)
    return r_loss, ops.mean(kl)


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Then the gradient: for each weight, how the loss would change with it.** That is below Keras, in
# TensorFlow or PyTorch. TensorFlow has a *tape*, which records what is computed inside `with`, and
# `gradient` plays it backwards. PyTorch records all the time.
#
# <details><summary>And JAX?</summary>
#
# JAX records nothing. It differentiates pure functions, which get each weight and the state of the
# noise as arguments and hand them back. That takes three times as many lines and hides the step
# that we want to see. So take another backend for this lesson.
#
# </details>

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
if keras.config.backend() == "tensorflow":
    import tensorflow as tf

    def differentiate(compute_loss, weights):
        """Return the loss, and its gradient with respect to each weight."""
        with tf.GradientTape() as tape:
            loss = compute_loss()
        return loss, tape.gradient(loss, weights)

elif keras.config.backend() == "torch":
    import torch

    def differentiate(compute_loss, weights):
        """Return the loss, and its gradient with respect to each weight."""
        loss = compute_loss()
        return loss, torch.autograd.grad(loss, [weight.value for weight in weights])

else:
    raise RuntimeError("VAE2 needs KERAS_BACKEND tensorflow or torch: set it, and start again.")


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Then the step: the optimizer moves each weight a little against its gradient.**


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def train_step_by_hand(vae, x):
    """Move the weights a little against the gradient; return the loss before that."""
    k1, k2 = vae.loss_weights

    def compute_loss():
        r_loss, kl_loss = losses_by_hand(vae, x)
        return k1 * r_loss + k2 * kl_loss

    loss, gradients = differentiate(compute_loss, vae.trainable_variables)
    vae.optimizer.apply(gradients, vae.trainable_variables)
    return float(ops.stop_gradient(loss))


# %% [markdown] slideshow={"slide_type": "subslide"}
# Why only a little? We try the very first step in six lengths, each from the same beginning. The
# simplest optimizer, `SGD`, subtracts from each weight its gradient times a number, the *learning
# rate*. **What is the loss of the same batch after the step? Which length would you take?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
batch = ops.convert_to_tensor(x_train[:batch_size])
lengths, before, after = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0], [], []
for length in lengths:
    beginner = new_vae()
    beginner.compile(keras.optimizers.SGD(length))
    before.append(train_step_by_hand(beginner, batch))
    after.append(train_step_by_hand(beginner, batch))  # the loss that the first step has left
steps = {"after the step": after, "before": before}
figure = charts.curves(lengths, steps, "learning rate of the step", "loss of the batch")
run.show(figure, "02-step", "The loss of a batch before and after one step, by its length.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "a_step_helps",
    f"The shortest step changes little. The best of the six, {lengths[np.argmin(after)]:g}, lowers "
    "the loss by",
    1 - min(after) / before[0],
    at_least=0.2,
    unit="%",
)
run.claim(
    "a_step_too_far",
    "The gradient is the slope where we stand, and no further. After the longest step the loss is "
    "higher than before, by",
    after[-1] / before[-1] - 1,
    at_least=0.2,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Is ours the step of `fit`? We make twins, alike in weights and noise. Both train on the same five
# batches: one by our function, the other by Keras's `train_on_batch`, which takes the step that
# `fit` takes in its loop. (`reset_metrics` makes Keras show the loss of this batch alone.)

# %% slideshow={"slide_type": "subslide"}
ours, theirs = new_vae(), new_vae()
differences = []
print("step   by hand    Keras")
for step in range(5):
    batch = ops.convert_to_tensor(x_train[step * batch_size : (step + 1) * batch_size])
    by_hand = train_step_by_hand(ours, batch)
    theirs.reset_metrics()
    by_keras = float(theirs.train_on_batch(batch, return_dict=True)["loss"])
    differences.append(abs(by_hand - by_keras))
    print(f"{step + 1:4}   {by_hand:.6f}   {by_keras:.6f}")
run.record(metrics={"by_hand_difference": max(differences)})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "by_hand_is_fit",
    "The columns agree: they differ by at most",
    max(differences),
    at_most=1e-5,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **There is no magic in `fit`: it is this step in a loop.** Beside it, `fit` compiles the step
# to run faster, shuffles the images, validates after each epoch, and calls the callbacks.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a training step that `fit` uses
#
# A model's step is its method `train_step`, which `fit` calls with each batch of images `x`.
# **Write one for a subclass of `VAE`.** The loss is `self.compute_loss(x=x, y_pred=...)`, where
# `y_pred` is all that the model, `self`, makes of `x`, called with `training=True`. Then gradients
# and optimizer, as in `train_step_by_hand`, with the tape or with `differentiate`. Return
# `{"loss": loss}`, which `fit` shows. Leave the loss a tensor, without `float()`: `fit` compiles
# the step before there are any numbers.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
class MyVAE(VAE):
    """A VAE that trains by a step of its own."""

    def train_step(self, x):
        # BEGIN SOLUTION
        def compute_loss():
            return self.compute_loss(x=x, y_pred=self(x, training=True))

        loss, gradients = differentiate(compute_loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss}
        # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.train_step(MyVAE)

# %% [markdown] slideshow={"slide_type": "skip"}
# From here on `fit` takes its own step. Here is the package's `compute_loss`; its code unfolds when
# your step is right. Read it term by term. (`kl_share` is 1 in this course. The callback
# `BetaWarmup` can begin a training at 0, and raise it.)

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.compute_loss, folded=not check.passed("train_step"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Training, and the best model
#
# Neither short steps nor long ones: both, one after the other. **`one_cycle` raises the learning
# rate in the first tenth of the training, then lowers it to zero:** the long steps come early, and
# the last ones are so short that the weights come to rest. As in VAE1, `BestModelCallback` keeps
# the best epoch's model.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
rate = one_cycle(len(x_train), batch_size, epochs)
vae.compile(keras.optimizers.Adam(rate))
watch = [
    EpochLines(),
    BestModelCallback(run.models / "best.keras"),
    ImagesCallback(x_test[:20], run.images, seed=seed),
    TrainingRecord(x_test, y_test, run.film, class_names=data.class_names),
]
how = {"batch_size": batch_size, "epochs": epochs, "callbacks": watch, "verbose": 0}
with run.timed("training"):
    history = vae.fit(x_train, validation_data=x_test, **how).history

# %% [markdown] slideshow={"slide_type": "skip"}
# Which epoch's model would you keep, and by which curve? The third panel is the ELBO,
# $-(n \cdot r_{\mathrm{loss}} + kl_{\mathrm{loss}})$ for $n$ pixels.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
run.save_log("history", history)
figure = plots.training_history(history)
run.show(figure, "03-history", "The loss's terms and the ELBO, on training and held-out images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
elbos, half = history["val_elbo"], epochs // 2 - 1
run.claim(
    "elbo_climbs_fast_then_slowly",
    "The held-out ELBO climbs fast, then slowly. Of what it wins, the first half of the epochs "
    "brings",
    (elbos[half] - elbos[0]) / (elbos[-1] - elbos[0] or 1),  # with one epoch, 0
    at_least=0.5,
    unit="%",
)
run.claim(
    "first_epoch_is_behind",
    "The training's ELBO is a mean over the steps of an epoch, and the first steps knew nothing. "
    "The held-out one is measured after the epoch. So at first it is better, by",
    elbos[0] - history["elbo"][0],
    at_least=0,
    unit="nats",
)
run.claim(
    "not_by_heart",
    "If the held-out ELBO fell far below that of the training, the model would be learning its "
    "images by heart. At the end it is lower by",
    history["elbo"][-1] - elbos[-1],
    at_most=6,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the best epoch
#
# **Which epoch does `BestModelCallback` keep?** `history` is a dict of lists, as in the figure:
# `"loss"`, `"r_loss"`, `"kl_loss"` and `"elbo"` of the training images, and the same with `"val_"`
# before it of the held-out ones. Return the number of the epoch, counted from 1.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_best_epoch(history):
    """Return the number of the epoch whose model is to be kept."""
    # BEGIN SOLUTION
    return int(np.argmin(history["val_loss"])) + 1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.best_epoch(my_best_epoch)

# %% [markdown] slideshow={"slide_type": "skip"}
# We take the best epoch's model from its file, and measure it on the held-out images. Was the best
# epoch the last one? Here it often is: with two numbers per image, there is little room to learn
# by heart.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
best_epoch = json.loads((run.models / "best.json").read_text())["epoch"]
vae = keras.saving.load_model(run.models / "best.keras")
metrics = vae.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
z_mean, z_log_var = vae.encode(x_test)
active = active_units(z_mean)
metrics |= {"beta": vae.beta, "active_dims": int(active.sum()), "best_epoch": best_epoch}
run.record(metrics=metrics)
print(f"best epoch {best_epoch}, held-out ELBO {metrics['elbo']:.1f} nats per image, ", end="")
print(f"{active.sum()} of {latent_dim} dimensions active")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. What survives a copy
#
# How well are held-out images given back? Which of them come back as another digit?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
copies = vae.reconstruct(x_test)
figure = plots.reconstructions(x_test[:12], copies[:12])
run.show(figure, "04-reconstructions", "Held-out images above, their reconstructions below.")

# %% [markdown] slideshow={"slide_type": "skip"}
# Nobody can look at all copies. VAE1's *judge*, a small classifier, can: it says what it sees in
# each. A copy *survives* if that is the class of its original. **Which class will fare worst?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
judge = train_classifier(data)
survive = by_class(recognize(judge, copies) == y_test, y_test, data.class_names)
bars = {f"class {name}": share for name, share in survive.items()}
figure = charts.bars(bars, "copies that survive", colors=1)
run.show(figure, "05-survival", "Share of copies in which the judge sees the original's class.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
most, *_, least = survive
run.claim(
    "judge_is_good",
    "The judge can be trusted. Of held-out originals it names correctly",
    np.mean(recognize(judge, x_test) == y_test),
    at_least=0.93,
    unit="%",
)
run.claim(
    "most_classes_survive",
    "Most copies survive. Their share:",
    np.mean(list(survive.values())),
    at_least=0.6,
    unit="%",
)
run.claim(
    "not_all_classes_survive",
    f"But one ELBO for all images hides how unequal they are. From class {most} to class {least} "
    "the share falls by",
    100 * (survive[most] - survive[least]),
    at_least=30,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# What do copies of the class at the bottom show instead? Look for one in the figure above. VAE3
# looks for the lost images on the map. Here we ask: is it the fault of the KL?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The balance of the loss
#
# **The central experiment of the course: the same network, trained again and again, and nothing
# changes but the weight of the KL.** From $k_2 = 0$, no KL at all, over the course's $10^{-3}$, to
# $10^{-1}$. Small, fully connected networks are enough, with half of the epochs and larger batches.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: predict first
#
# What do you expect? Take three values, $k_2 = 0$, $10^{-3}$ and, stronger than anything below,
# $1$. For each line below: which of the three gives it, on held-out images? **Write it down before
# you look at any result:** it is how you'll learn most from it.

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
# Now the experiment. The function trains one small VAE, and measures it on held-out images. And it
# asks the judge: how many copies survive? And how many kinds do 1,000 draws from the prior show?


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def train_with(k2):
    """Train a small VAE with loss weights (1, k2); return it with its numbers."""
    small, few, large = new_vae("mlp", (1.0, k2)), max(1, epochs // 2), 2 * batch_size
    small.compile(keras.optimizers.Adam(one_cycle(len(x_train), large, few)))
    small.fit(x_train, batch_size=large, epochs=few, verbose=0)
    measured = small.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
    measured["active_dims"] = int(active_units(small.encode(x_test)[0]).sum())
    measured["survive"] = float(np.mean(recognize(judge, small.reconstruct(x_test)) == y_test))
    measured["kinds"] = kinds_shown(look(judge, small.sample(1000, seed=seed))[1])
    print(f"k2 = {k2:<6} beta {small.beta:6.3g}   held-out ELBO {measured['elbo']:8.1f}")
    return small, measured


weights = [0.0, 1e-4, 1e-3, 5e-3, 1e-2, 1e-1]
with run.timed("balance"):
    balance = {k2: train_with(k2) for k2 in weights}
numbers = {k2: measured for k2, (_, measured) in balance.items()}
run.record(balance={f"k2={k2:g}": measured for k2, measured in numbers.items()})

# %% [markdown] slideshow={"slide_type": "skip"}
# First the codes of the held-out images, all at one scale. **Where does the encoder put them if the
# KL is free, and where if it is dear?** The figures give $\beta = n \, k_2 / k_1$, as in VAE1: for
# 784 pixels, a $k_2$ of 0.001 is a $\beta$ of 0.78.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
kinds = {0.0: "autoencoder", 1e-3: "compromise", 1e-2: "blur", 1e-1: "collapse"}
labels = {k2: f"β = {small.beta:.2g}" for k2, (small, _) in balance.items()}
labels |= {k2: f"{kind}\n{labels[k2]}" for k2, kind in kinds.items()}
codes = {labels[k2]: balance[k2][0].encode(x_test)[0] for k2 in kinds}
figure = compare_codes(codes, y_test, data.class_names)
run.show(figure, "06-balance-codes", "Codes of held-out images, for four weights of the KL.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
none, compromise, blur, collapse = (numbers[k2] for k2 in kinds)
run.claim(
    "autoencoder_leaves_the_prior",
    "Autoencoder (k2 = 0): codes go where they like. Beyond the third circle are",
    np.mean(np.linalg.norm(codes[labels[0.0]], axis=1) > 3),
    at_least=0.3,
    unit="%",
)
run.claim(
    "collapse_has_no_dimension",
    "Collapse (k2 = 0.1): every cloud is the prior itself, with its mean at 0. Active dimensions:",
    collapse["active_dims"],
    at_most=0,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Now some held-out images, as each model gives them back. **Follow a column downwards: where does
# it become another digit?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
rows = {labels[k2]: small.reconstruct(x_test[:12]) for k2, (small, _) in balance.items()}
figure = plots.image_rows({"originals": x_test[:12]} | rows)
run.show(figure, "07-balance-copies", "Held-out images, reconstructed under each weight.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
mean = np.clip(x_train.mean(axis=0), 1e-7, 1 - 1e-7)
cost_of_mean = -np.mean(x_test * np.log(mean) + (1 - x_test) * np.log(1 - mean))
run.claim(
    "collapse_is_the_mean",
    "The last row is one image: the mean of all, whatever z. Its reconstruction loss differs from "
    "that of the mean image by",
    abs(collapse["r_loss"] / cost_of_mean - 1),
    at_most=0.02,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Next, draws from the prior, of the same random $z$ for all. Each model has a map of its own, so
# compare whole rows. **Which row shows the most kinds of digits?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
rows = {labels[k2]: small.sample(12, seed=seed) for k2, (small, _) in balance.items()}
figure = plots.image_rows(rows)
run.show(figure, "08-balance-draws", "The same draws from the prior, decoded under each weight.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "draws_need_the_prior",
    f"1,000 draws show {none['kinds']} kinds without the KL, and {compromise['kinds']} in the "
    "compromise: a good copier need not be a good artist. That makes",
    compromise["kinds"] - none["kinds"],
    at_least=1,
    unit="kinds more",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# Last, the numbers of all six, over the whole range. **At which $\beta$ is each of them best?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
names = {name: name for name in ("r_loss", "kl_loss", "elbo")}
names |= {"active_dims": "active dimensions"}
names |= {"survive": "copies that survive", "kinds": "kinds drawn"}
curves = {title: [each[name] for each in numbers.values()] for name, title in names.items()}
betas = [f"{small.beta:.2g}" for small, _ in balance.values()]
figure = charts.metrics_by(betas, curves, "β, the weight of the KL")
run.show(figure, "09-balance-numbers", "Held-out numbers by the weight of the KL.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "kl_falls",
    "The dearer the KL, the smaller it is. Its smallest fall from one weight to the next is",
    -np.diff(curves["kl_loss"]).max(),
    at_least=0,
    unit="nats",
)
run.claim(
    "no_kl_costs_nats",
    "A KL without a weight is not kept small, and the ELBO counts it all the same. The "
    "autoencoder's ELBO is below that of the compromise, by",
    compromise["elbo"] - none["elbo"],
    at_least=10,
    unit="nats",
)
run.claim(
    "blur_loses_classes",
    "Blur (k2 = 0.01): fewer copies survive than in the compromise, by",
    100 * (compromise["survive"] - blur["survive"]),
    at_least=10,
    unit="points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **A large `r_loss` alone does not show a collapse:** the images may just be harder. So look at
# both terms, and at the active dimensions.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: test your prediction
#
# **Measure the three values of your prediction.** `train_with` gives a model and its numbers; for
# $k_2 = 0$ and $10^{-3}$ the experiment above has them already: `balance[k2]` is such a pair, model
# and numbers. Put the numbers of each into a dict, by their $k_2$.

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
# ## Find the mistake
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
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. Why do we choose the best model by its loss on held-out images?
#    - (a) The training loss goes on falling while the model learns its images by heart.
#    - (b) There are fewer held-out images, so that it takes less time.
#    - (c) The KL is known on held-out images only.
# 2. A training has run smoothly, its loss is settled, and all copies look alike. What has happened?
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
# One more to think about. Click to see an answer.
#
# <details><summary>Two models have the same loss. Are they equally good?</summary>
#
# Not if their $k_1$ or $k_2$ differ: then their losses measure different things. And even if they
# are the same, one model may have good copies and a large KL, the other poor copies and a small
# one. Compare ELBO, KL and active dimensions on the same held-out images.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The table is kept in the run's folder, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - **A VAE is a model with its own `compute_loss`;** `fit`, `evaluate` and saving are Keras's.
# - **A step is: forward, loss, gradients, a move of the weights.** `fit` is this step in a loop.
# - **The best model is the best on held-out images.**
# - **$\beta$ decides between a good copy and a good latent space.** A KL near 0 is a collapse, a
#   huge one is an autoencoder.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: `latent_dim = 6` (which classes survive now?); a weight for which $\beta = 1$; `scale =
# 1`. And see the training as a film: in a terminal, `fidle-vae film VAE2 -o film.mp4`.
#
# **Next:** [VAE3](VAE3.ipynb) takes the model that we have just saved, and explores its latent
# space.
