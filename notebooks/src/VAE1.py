# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE1: from an autoencoder to a variational autoencoder
#
# **How does a network that copies images become one that draws new ones?**
#
# What you'll learn:
# - why a good copier draws badly;
# - how to encode an image as a small cloud, and still train by gradient descent;
# - what the KL divergence and the ELBO are, and how the loss weighs its two wishes;
# - how to build, train and judge a VAE with Keras's functional API.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python, and to have seen `Dense`, `Conv2D` and `fit` once. Time at the defaults,
# measured on two CPU cores: 2 min 4 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("kl")` for example. No later cell needs your
# code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and the bound
# in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, BestModelCallback, EpochLines, ImagesCallback, Run, SamplingLayer
from fidle_vae import TrainingRecord, VariationalLossLayer, checks as check, explore, load_dataset
from fidle_vae.course import show_source
from fidle_vae.evaluation import by_class, confident_share, kinds_shown, knn_classes_within
from fidle_vae.evaluation import look, recognize, train_classifier
from fidle_vae.figures import illustrations, plots
from fidle_vae.models import LatentPlane, active_units, build_decoder, build_encoder
from fidle_vae.models import exact_posterior, gaussian_grid, gaussian_kl, grid_points
from fidle_vae.training import one_cycle, read_epochs

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops
from scipy.stats import norm

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.3 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. `loss_weights` are $k_1$ and $k_2$ of section 5.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
latent_dim = 2
loss_weights = (1.0, 1e-3)
scale = 0.3
seed = 123
batch_size = 32
epochs = 8

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. The images
#
# The test images are *held out*: no training sees them, and our claims are measured on them. `run`
# keeps all that is shown, in the folder `run_dir/VAE1`.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, x_test, y_test = data.x_train, data.x_test, data.y_test
image_shape, n_pixels = x_train.shape[1:], x_train[0].size
parameters = {"dataset": dataset, "latent_dim": latent_dim, "loss_weights": loss_weights}
parameters |= {"scale": scale, "seed": seed, "batch_size": batch_size, "epochs": epochs}
run = Run("VAE1", data, **parameters)
print(f"{data.name}: {len(x_train):,} images to train on, {len(x_test):,} held out")
figure = plots.image_grid(x_train[:40], title=f"{data.name}: training images")
run.show(figure, "01-images", "The first training images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Ten kinds of digits, written by many hands. **At the end of this lesson, a network draws new
# ones.** What must it learn that a copier does not?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. A copier, not an artist
#
# [AE1](AE1.ipynb) built an autoencoder: an *encoder* turns an image into a few numbers, its *code*
# $z$, a point of the *latent space*; a *decoder* turns a code into an image; both learn together to
# give back what went in. Here is a small one, with two numbers as code.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
bottleneck = layers.Dense(latent_dim)
to_code = [layers.Flatten(), layers.Dense(256, "relu"), layers.Dense(128, "relu"), bottleneck]
to_image = [layers.Dense(128, "relu"), layers.Dense(256, "relu"), layers.Dense(n_pixels, "sigmoid")]
copier_decoder = keras.Sequential(
    [keras.Input((latent_dim,)), *to_image, layers.Reshape(image_shape)], name="decoder"
)
copier = keras.Sequential([keras.Input(image_shape), *to_code, copier_decoder], name="copier")
rate = one_cycle(len(x_train), batch_size, epochs)  # a learning rate that rises, then falls to 0
copier.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")
with run.timed("copier"):
    copier.fit(x_train, x_train, batch_size=batch_size, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "skip"}
# Now give the decoder random codes: 1,000 draws from $\mathcal{N}(0, I)$, normal around 0. The
# figure shows them in black, and the codes of held-out images in the colour of their class. Which
# digits do you expect to be drawn?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
codes = keras.Sequential([keras.Input(image_shape), *to_code]).predict(x_test, verbose=0)
noise = np.random.default_rng(seed).standard_normal((1000, latent_dim)).astype("float32")
plane = LatentPlane.of_codes(codes)
figure = plots.latent_scatter(codes, y_test, data.class_names, plane, prior=False, draws=noise)
run.show(figure, "02-copier-codes", "Autoencoder: codes of held-out images, and random draws.")

# %% [markdown] slideshow={"slide_type": "skip"}
# We decode the draws. The *judge*, a small classifier, says for each what class it sees, and how
# sure it is.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
judge = train_classifier(data)
copier_draws = copier_decoder.predict(noise, batch_size=250, verbose=0)
copier_verdicts = look(judge, copier_draws)[1]
figure = plots.image_grid(copier_draws[:20], title="Random codes, decoded by the autoencoder")
run.show(figure, "03-copier-draws", "The autoencoder's decoder, at random codes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
outside = float(np.mean(np.linalg.norm(codes, axis=1) > 3))
run.claim(
    "codes_outside",
    "Our draws fall on one small patch. Share of the codes that lie outside it, more than 3 away "
    "from 0:",
    outside,
    at_least=0.3,
    unit="%",
)
run.claim(
    "copier_kinds",
    "So they show but a few of the ten kinds of digits. Kinds that make up 3 % of the draws or "
    "more:",
    kinds_shown(copier_verdicts),
    at_most=7,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **An autoencoder learns to copy, and nobody tells it where its codes should lie.** AE1 fitted a
# Gaussian to them afterwards. Which Gaussian would fit *this* map? Now we go the other way: we
# choose the shape first, and train the codes to fill it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Every image becomes a cloud
#
# The idea of the VAE: **the encoder gives not a point but a small cloud**, the Gaussian
# $q(z \mid x) = \mathcal{N}(\mu, \sigma^2)$, with a mean and a variance for each latent dimension.
# The decoder gets a *random* point of the cloud, and has to give back the image. So it learns to
# make images of all points near a code, and not of the code alone.
#
# The encoder has two outputs, `z_mean` $= \mu$ and `z_log_var` $= \log \sigma^2$. It is the
# logarithm because a network may give any number, but no variance is negative: $\sigma =
# \exp(\tfrac{1}{2} \log \sigma^2)$ is positive, whatever comes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# But how can a gradient pass through a random draw? **We draw noise that has no parameter, then
# stretch and shift it.** This is the *reparametrization*:
#
# $$z = \mu + \sigma \cdot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, 1)$$

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
rng = np.random.default_rng(seed)
figure = illustrations.sampling(
    z_mean=np.array([1.5, 0.5]),
    z_log_var=np.log(np.array([0.8, 0.3]) ** 2),  # sigma is 0.8 across, 0.3 up
    eps=rng.standard_normal((150, 2)),
)
run.show(figure, "04-reparametrization", "Noise, stretched by sigma and shifted by z_mean.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# All randomness is on the left, and knows nothing of the network. On the right each $z$ is a smooth
# function of $\mu$ and $\sigma$ (follow the points 1, 2 and 3): move $\mu$ a little, and every
# point moves with it. So $\partial z / \partial \mu = 1$ and $\partial z / \partial \sigma =
# \varepsilon$: **backpropagation goes through.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the sampling layer
#
# **Write the layer that draws $z$.** Its `call` gets both outputs of the encoder, of shape
# `(batch, latent_dim)` each, and returns $z$ in the same shape. The noise is
# `keras.random.normal(shape, seed=self.noise)`: with `self.noise` no two calls are alike.
# `ops.shape` gives the shape of a tensor, `ops.exp` the exponential.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
class MySamplingLayer(keras.layers.Layer):
    """Draws z = z_mean + sigma * eps."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.noise = keras.random.SeedGenerator(seed)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        # BEGIN SOLUTION
        eps = keras.random.normal(ops.shape(z_mean), seed=self.noise)
        return z_mean + ops.exp(z_log_var / 2) * eps
        # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.sampling_layer(MySamplingLayer)

# %% [markdown] slideshow={"slide_type": "skip"}
# The package has such a layer too; its code unfolds when yours is right. We ask it for 10,000 draws
# in two dimensions, with means 2 and -1, and standard deviations 0.5 and 3.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(SamplingLayer.call, folded=not check.passed("sampling_layer"))

# %% slideshow={"slide_type": "-"} tags=["claims"]
wanted = np.array([[2.0, -1.0], [0.5, 3.0]], dtype="float32")
each = [np.tile(row, (10_000, 1)) for row in (wanted[0], np.log(wanted[1] ** 2))]
draws = ops.convert_to_numpy(SamplingLayer(seed=seed)(each))
found = np.stack([draws.mean(axis=0), draws.std(axis=0)])
run.claim(
    "draws_as_asked",
    "The draws have the means {:.2f} and {:.2f}, and the standard deviations {:.2f} and {:.2f}, as "
    "asked. Largest error:".format(*found.ravel()),
    np.abs(found - wanted).max(),
    at_most=0.1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. What keeps the clouds together
#
# So far, nothing keeps the encoder from making its clouds tiny and far apart: an autoencoder again.
# So we ask for one thing more: **all clouds should resemble one and the same Gaussian, the prior**
# $p(z) = \mathcal{N}(0, I)$. The **Kullback-Leibler divergence**, `kl_loss` in our code, measures
# how far a cloud is from it:
#
# $$\mathrm{KL} = \frac{1}{2} \sum_{j} \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)$$
#
# The sum goes over the latent dimensions. The unit is the nat (1 nat = 1.44 bits).

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
figure = illustrations.kl_penalty()
run.show(figure, "05-what-the-kl-punishes", "KL divergence from the prior, in one dimension.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
means, sigmas = np.array([[0.0], [3.0], [0.0]]), np.array([[1.0], [1.0], [0.01]])
costs = ops.convert_to_numpy(gaussian_kl(means, np.log(sigmas**2)))
run.claim("kl_of_the_prior", "The prior itself costs nothing.", costs[0], at_least=0, at_most=0)
run.claim("kl_far", "A cloud 3 away from the centre costs much.", costs[1], at_least=4, unit="nats")
run.claim(
    "kl_narrow",
    "A cloud of sigma 0.01 is dear too: an image cannot hide in a point.",
    costs[2],
    at_least=4,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The first part of the formula pulls the mean to 0, the rest the width to 1. The cheapest cloud is
# the prior. **But if every image took that one, what would the decoder know of the image?**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the KL divergence
#
# **Write this formula as a function.** It gets `z_mean` and `z_log_var` of a batch, of shape
# `(batch, latent_dim)`, and returns one number for each image, of shape `(batch,)`. `ops.sum` takes
# an `axis`. You have $\log \sigma^2$, and you need $\sigma^2$ too.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_kl(z_mean, z_log_var):
    """Return the KL divergence of each image's Gaussian from the prior, in nats."""
    # BEGIN SOLUTION
    return ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.kl(my_kl)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The loss: two wishes to balance
#
# **First wish: a good copy.** `r_loss` is the cross-entropy between image and reconstruction, the
# *mean* over its $n$ pixels:
#
# $$r_{\mathrm{loss}} = -\frac{1}{n} \sum_{i=1}^{n}
# \left[ x_i \log \hat{x}_i + (1 - x_i) \log (1 - \hat{x}_i) \right]$$
#
# **Second wish: clouds like the prior.** `kl_loss` is the KL above, *summed* over the latent
# dimensions.
#
# The first wish keeps the clouds apart, the second pulls them together. **Two weights say how much
# each counts:**
#
# $$\mathrm{loss} = k_1 \cdot r_{\mathrm{loss}} + k_2 \cdot kl_{\mathrm{loss}}$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the loss
#
# **Write the loss of a batch, for any weights: one number, the mean over its images.** `x` and
# `x_hat` have the shape `(batch, height, width, 1)`. `keras.losses.binary_crossentropy(x, x_hat)`
# gives the cross-entropy, with its minus, averaged over the last axis only: its shape is `(batch,
# height, width)`. `gaussian_kl(z_mean, z_log_var)` is the package's KL, of shape `(batch,)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_loss(x, x_hat, z_mean, z_log_var, k1, k2):
    """Return k1 * r_loss + k2 * kl_loss, the mean over the images of a batch."""
    # BEGIN SOLUTION
    r_loss = ops.mean(keras.losses.binary_crossentropy(x, x_hat))
    kl_loss = ops.mean(gaussian_kl(z_mean, z_log_var))
    return k1 * r_loss + k2 * kl_loss
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.loss(my_loss, (2.0, 5e-3))

# %% [markdown] slideshow={"slide_type": "skip"}
# In a functional model, a layer can add a loss: `VariationalLossLayer` does, and returns the
# reconstruction unchanged. Its code unfolds when your loss is right.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VariationalLossLayer.call, folded=not check.passed("loss"))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. The model
#
# **The encoder**: two convolutions with a stride of 2 take 28 x 28 pixels to 7 x 7; a `Dense` layer
# follows, then mean and log-variance, side by side. Neither has an activation, as both may be any
# number. The log-variance starts at -3, that is $\sigma = 0.22$: with wide clouds the decoder would
# see only noise at first, and learn to ignore $z$.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
image = keras.Input(image_shape, name="image")
x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(image)
x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
z_mean = layers.Dense(latent_dim, name="z_mean")(x)
narrow = keras.initializers.Constant(-3.0)
z_log_var = layers.Dense(latent_dim, bias_initializer=narrow, name="z_log_var")(x)
encoder = keras.Model(image, [z_mean, z_log_var], name="encoder")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **The decoder** goes the way back, with transposed convolutions.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
height, width, channels = image_shape
code = keras.Input((latent_dim,), name="z")
x = layers.Dense(128, activation="relu")(code)
x = layers.Dense(height // 4 * width // 4 * 64, activation="relu")(x)
x = layers.Reshape((height // 4, width // 4, 64))(x)
x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid")(x)
decoder = keras.Model(code, x, name="decoder")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **The VAE**: encoder, sampling layer, decoder, loss layer. The encoder is called *once*: its two
# outputs go to the draw and to the loss alike.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
z_mean, z_log_var = encoder(image)
z = SamplingLayer(seed=seed, name="sampling")([z_mean, z_log_var])
x_hat = decoder(z)
outputs = VariationalLossLayer(loss_weights, name="loss")([image, z_mean, z_log_var, x_hat])
vae = keras.Model(image, outputs, name="vae")
print(f"{vae.count_params():,} weights to learn; {n_pixels} pixels, {loss_weights = }")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: an encoder of your own
#
# **Build a smaller encoder, for any `latent_dim`:** three convolutions with a stride of 2, a ReLU,
# and 16, 32 and 64 filters, then `Flatten`, then at once the two outputs. Return
# `keras.Model(image, [...])` with both in the list, `z_mean` first.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_encoder(latent_dim):
    """Build a convolutional encoder: an image becomes z_mean and z_log_var."""
    image = keras.Input(image_shape)
    # BEGIN SOLUTION
    x = image
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    return keras.Model(image, [layers.Dense(latent_dim)(x), layers.Dense(latent_dim)(x)])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.encoder(my_encoder, 6, image_shape, convolutional=True)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Training
#
# The loss is in the model, so `compile` needs only an optimizer, and `fit` only images. **The best
# epoch is the one with the smallest loss on held-out images**, and `BestModelCallback` keeps its
# model. The other callbacks print, and keep what the next figure and a film of the training show.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
rate = one_cycle(len(x_train), batch_size, epochs)
vae.compile(keras.optimizers.Adam(rate))
watch = [
    EpochLines(),
    BestModelCallback(run.models / "best.keras"),
    ImagesCallback(x_test[:10], run.images, seed=seed),
    TrainingRecord(x_test, y_test, run.film, class_names=data.class_names),
]
how = {"batch_size": batch_size, "epochs": epochs, "callbacks": watch, "verbose": 0}
with run.timed("training"):
    history = vae.fit(x_train, validation_data=x_test, **how).history

# %% [markdown] slideshow={"slide_type": "skip"}
# How did the two terms of the loss go? A training value is a mean over its epoch, in which the
# model still learns; a held-out value is taken at its end. That is why the first one looks better.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
run.save_log("history", history)
figure = plots.training_history(history)
run.show(figure, "06-history", "The two terms of the loss, on training and held-out images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
first, last = ({name: history[f"val_{name}"][i] for name in ("r_loss", "kl_loss")} for i in (0, -1))
run.claim(
    "r_loss_falls",
    "The held-out reconstruction loss falls: the copies get better, by",
    1 - last["r_loss"] / first["r_loss"],
    at_least=0.03,
    unit="%",
)
run.claim(
    "kl_rises",
    "Whatever happens in between, the KL of held-out images ends above where it began: to be told "
    "apart, images have to leave the centre, and the model pays for better copies. The rise:",
    last["kl_loss"] - first["kl_loss"],
    at_least=0.2,
    unit="nats",
)
run.claim(
    "not_by_heart",
    "At the end, the loss of held-out images is hardly above that of training images: with two "
    "numbers per image there is little room to learn by heart.",
    history["val_loss"][-1] / history["loss"][-1] - 1,
    at_most=0.05,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: beta
#
# Compare the axes above: the KL is far larger, but $k_2$ is small. How much does it really count?
# To be fair, take the cross-entropy *summed* over the $n$ pixels. Multiply the whole loss by the
# number that turns $k_1 \cdot r_{\mathrm{loss}}$ into this sum. What then stands before
# $kl_{\mathrm{loss}}$ is called $\beta$. **Write it as a function of $n$, $k_1$ and $k_2$.** Is
# ours above 1?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_beta(n_pixels, k1, k2):
    """Return the weight of the KL against the summed cross-entropy of an image."""
    # BEGIN SOLUTION
    return n_pixels * k2 / k1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.beta(my_beta)

# %% [markdown] slideshow={"slide_type": "skip"}
# What did the first held-out images look like on the way? Epoch 0 is before any training.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
seen = read_epochs(run.images)
shown = [epoch for epoch in sorted(seen) if epoch in (0, 1, 2, 4, 16, 32) or epoch == epochs]
rows = {f"epoch {epoch}": seen[epoch] for epoch in shown} | {"originals": x_test[:10]}
figure = plots.image_rows(rows, title="Held-out images, as the VAE gives them back")
run.show(figure, "07-epochs", "The same held-out images, reconstructed after some of the epochs.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Which images can you read after the first epoch, and which only later? Which come back as another
# digit?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. The evidence, and what bounds it
#
# How good is a model? A fair test: **how probable does the model find an image that it has never
# seen?** That is the *evidence*, $p(x) = \int p(x \mid z) \, p(z) \, dz$: decode every $z$, ask how
# well each explains $x$, and weigh it by the prior. Here $-\log p(x \mid z)$ is our cross-entropy,
# summed over the pixels. With a single latent dimension we can simply add up, so we train a small
# model that has one.

# %% slideshow={"slide_type": "-"}
keras.utils.set_random_seed(seed)
networks = (build("mlp", image_shape, 1) for build in (build_encoder, build_decoder))
small = VAE(*networks, loss_weights="elbo", seed=seed)  # "elbo" makes beta 1
few = x_train[:3000]
small.compile(keras.optimizers.Adam(one_cycle(len(few), 64, 5)))
small.fit(few, batch_size=64, epochs=5, verbose=0)
some = x_test[:100]
means, log_vars = small.encode(some)
exact = exact_posterior(small, some)  # by integration; it does not use the encoder
bound = exact.bound(means, log_vars)

# %% [markdown] slideshow={"slide_type": "skip"}
# Which $z$ explain one held-out image? The decoder decides: that is the exact posterior $p(z \mid
# x)$. The encoder has to guess it at one glance. Its guess is $q$. (For four images of five it
# guesses better than here.) Does any $z$ of the strip below give the image well?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
i = np.argsort(bound.gap)[4 * len(some) // 5]  # 4 of 5 images have a smaller gap
q, z = (means[i], log_vars[i]), np.linspace(-3.5, 3.5, 15)[:, None]
figure = illustrations.image_posterior(some[i], exact.of(i), *q, z, small.decode(z))
run.show(figure, "08-posterior", "The z that explain one image, and what the encoder says.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now the point. **For any $q$, the ELBO (evidence lower bound) is never above the logarithm of the
# evidence.** It has our two terms: minus the cross-entropy of a copy, minus the KL from the prior.
#
# $$\mathrm{ELBO} = \mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q, p(z))$$
#
# What it lacks, the *gap*, is exactly how far $q$ is from the posterior:
#
# $$\log p(x) = \mathrm{ELBO} + \mathrm{KL}(q, p(z \mid x))$$

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = illustrations.evidence_bound(exact.of(i), *q)
run.show(figure, "09-evidence", "Four guesses q at the posterior: the ELBO and its gap.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
best_q = exact.of(i).bound(*exact.of(i).best_gaussian())
run.claim(
    "best_q_touches",
    "On the right, for the best Gaussian, the ELBO nearly touches the line. Its gap is",
    best_q.gap[0],
    at_most=0.1,
    unit="nats",
    otherwise="The posterior of this image may have two peaks, which no Gaussian has.",
)
run.claim(
    "elbo_is_below",
    "And for none of 100 held-out images is the ELBO above the log-evidence: a gap, being a KL, is "
    "never negative. The smallest gap is",
    bound.gap.min(),
    at_least=0,
    unit="nats",
)
run.claim(
    "gap_is_small",
    "The encoder's guesses cost something, but little: over these images the mean gap is",
    bound.gap.mean(),
    at_least=0.05,
    at_most=2,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Training the encoder closes the gap; training the decoder lifts the line. **With $\beta = 1$, our
# loss times $n / k_1$ is the negative ELBO:** it does both at once. (With a $\beta$ below 1, the
# copies count a little more. VAE2 tries many.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9. The VAE, judged
#
# Back to the VAE of section 7, at its best epoch. With more latent dimensions, adding up soon takes
# too long. **The held-out ELBO takes the place of the evidence: the nearer to 0, the better.**

# %% slideshow={"slide_type": "-"}
best = keras.saving.load_model(run.models / "best.keras")
encoder, decoder = best.get_layer("encoder"), best.get_layer("decoder")
metrics = best.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
elbo = -(n_pixels * metrics["r_loss"] + metrics["kl_loss"])
print(f"held-out ELBO {elbo:.1f} nats per image: ", end="")
print(f"reconstruction {n_pixels * metrics['r_loss']:.1f}, KL {metrics['kl_loss']:.2f}")
print(f"the small model of section 8: {bound.elbo.mean():.1f} nats per image")

# %% [markdown] slideshow={"slide_type": "skip"}
# And the clouds? Here are those of the held-out images, drawn out to $2 \sigma$. Where are they
# small, and where do you still see white?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
z_mean_test, z_log_var_test = encoder.predict(x_test, verbose=0)
sigma_test = np.exp(z_log_var_test / 2)
active = active_units(z_mean_test)
beta = VAE(encoder, decoder, loss_weights=loss_weights).beta
run.record(metrics={"elbo": elbo, **metrics, "beta": beta, "active_dims": int(active.sum())})
plane = LatentPlane.of_codes(z_mean_test)
figure = plots.latent_scatter(z_mean_test, y_test, data.class_names, plane, sigma=sigma_test)
run.show(figure, "10-latent-space", "VAE: the clouds of the held-out images, out to 2 sigma.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "codes_inside",
    "Compare with section 2: most codes lie within the third circle of the prior. Their share:",
    np.mean(np.linalg.norm(z_mean_test, axis=1) < 3),
    at_least=0.85,
    unit="%",
)
away = (noise[:, None] - z_mean_test) / sigma_test  # of each draw, from each cloud, in its sigmas
run.claim(
    "draws_meet_clouds",
    "And the 1,000 random draws of section 2? Most fall into a cloud. Their share:",
    np.mean(np.linalg.norm(away, axis=2).min(axis=1) < 2),
    at_least=0.7,
    unit="%",
)
run.claim(
    "all_active",
    "All dimensions are in use: z_mean varies in each, by a variance above 0.01. Not in use:",
    (~active).sum(),
    at_most=0,
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
neighbours = by_class(knn_classes_within(z_mean_test, y_test) == y_test, y_test, data.class_names)
own, shared = list(neighbours)[:3], list(neighbours)[-2:]
run.claim(
    "classes_have_places",
    f"No image came with its class, and yet {', '.join(own)} have places of their own. Share of "
    f"class {own[2]} whose 5 neighbours are mostly of that class:",
    neighbours[own[2]],
    at_least=0.7,
    unit="%",
)
run.claim(
    "classes_share_places",
    f"Others share theirs: you'll find strange neighbours around the name {shared[1]}. Share of "
    "this class whose neighbours are mostly of their own:",
    neighbours[shared[1]],
    at_most=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 10. Draw
#
# **Now the latent space is a place we know how to draw from.** First by hand: we choose five points
# along the first axis. Change the numbers and run the cell again. Where does it blur, and what lies
# there on the map of the clouds?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
by_hand = np.zeros((5, latent_dim), dtype="float32")
by_hand[:, 0] = [-2, -1, 0, 1, 2]
figure = plots.image_grid(
    decoder.predict(by_hand, verbose=0), titles=[f"z0 = {z0:g}" for z0 in by_hand[:, 0]]
)
run.show(figure, "11-points-by-hand", "Five points of the latent space, decoded.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a grid over the prior
#
# Now many points: **a grid over the plane, denser where the prior is, so that each image stands for
# the same probability.** For one axis, cut the line from 0 to 1 into `n` equal parts, and take the
# middle of each: `norm.ppf` gives the place with that much probability to its left. `np.meshgrid`
# makes a grid of two axes, `np.stack(..., axis=-1)` joins its two tables. A picture begins at its
# *top*: let the second coordinate fall from row to row.
#
# When the check passes, draw it: the decoder takes places of shape `(n * n, 2)`,
# `plots.manifold_grid` images of shape `(n, n, height, width, 1)`, and the places along an axis.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_grid(n):
    """Return n x n places of the plane, (n, n, 2), with equal shares of the prior between them."""
    # BEGIN SOLUTION
    axis = norm.ppf((np.arange(n) + 0.5) / n)
    return np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)
    # END SOLUTION


# BEGIN SOLUTION
my_points = my_grid(12)
my_images = decoder.predict(my_points.reshape(-1, 2), verbose=0)
plots.manifold_grid(my_images.reshape(12, 12, *image_shape), my_points[0, :, 0])
# INSTEAD
# # then decode the places of my_grid(12), and draw the images
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.grid(my_grid)

# %% [markdown] slideshow={"slide_type": "skip"}
# The package's grid, with 20 places along each axis:

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
points = grid_points(20, plane)
images = decoder.predict(points.reshape(-1, latent_dim), verbose=0)
table = images.reshape(*points.shape[:2], *image_shape)
figure = plots.manifold_grid(table, gaussian_grid(20), axis_names=plane.names)
run.show(figure, "12-manifold", "What the decoder makes of each place in the latent plane.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
step = float(np.mean(np.abs(np.diff(table, axis=1))))
shuffled = np.random.default_rng(seed).permutation(images)
run.claim(
    "neighbours_alike",
    "Walk along a row: the images change little by little. Two neighbours differ by this share of "
    "what two images from anywhere differ by:",
    step / np.mean(np.abs(images - shuffled)),
    at_most=0.4,
    unit="%",
)
run.claim(
    "map_shows_kinds",
    "The map shows nearly all kinds of digits. The judge sees",
    len(np.unique(recognize(judge, images))),
    at_least=8,
    unit="kinds",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **At last, one above the other: the same random codes,** through the autoencoder's decoder and
# through the VAE's. Count the kinds of digits in each half. In which half are *you* surer what you
# see?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
draws = {"autoencoder": copier_draws, "VAE": decoder.predict(noise, batch_size=250, verbose=0)}
verdicts = {name: look(judge, drawn)[1] for name, drawn in draws.items()}
sure = {name: confident_share(each) for name, each in verdicts.items()}
kinds = {name: kinds_shown(each) for name, each in verdicts.items()}
rows = {
    f"{name} {i + 1}-{i + 8}": drawn[i : i + 8] for name, drawn in draws.items() for i in (0, 8, 16)
}
figure = plots.image_rows(rows)
run.show(figure, "13-draws", "The same random codes, decoded by the autoencoder and by the VAE.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "vae_draws_kinds",
    f"In all 1,000, the judge sees {kinds['VAE']} kinds of digits through the VAE, "
    f"{kinds['autoencoder']} through the autoencoder. That makes",
    kinds["VAE"] - kinds["autoencoder"],
    at_least=2,
    unit="kinds more",
)
run.claim(
    "not_as_clear",
    f"How clear are single draws? Of {100 * sure['VAE']:.0f} % of the VAE's and "
    f"{100 * sure['autoencoder']:.0f} % of the autoencoder's, the judge is surer than 90 %. Real "
    "images are ahead of both, by at least",
    confident_share(look(judge, x_test)[1]) - max(sure.values()),
    at_least=0.1,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **The VAE wins variety.** Two numbers cannot hold every detail, and clouds overlap. Below, both
# models on one plane. Move the pointer: where is each of them lost?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
explorer = explore({"VAE": best, "autoencoder": copier}, data)
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "subslide"}
# A check judges any trained VAE. Come back to it when you change the parameters.

# %% slideshow={"slide_type": "-"}
check.vae(best, data)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# **Both programs below run, and each has one mistake**, which we have met in published code.
# As long as it is there, the check asks you a question.
#
# ### Exercise: program 1, a sampling layer


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
class Program1(keras.layers.Layer):
    """Draws z of the Gaussian that the encoder gives."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.noise = keras.random.SeedGenerator(0)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = keras.random.normal(ops.shape(z_mean), seed=self.noise)
        # BEGIN SOLUTION
        sigma = ops.exp(0.5 * z_log_var)
        # INSTEAD
        # sigma = ops.exp(z_log_var)
        # END SOLUTION
        return z_mean + sigma * eps


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(1, Program1)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 2, a KL divergence
#
# The KL as many papers write it, with one minus in front of all.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_2(z_mean, z_log_var):
    """KL divergence of each image's Gaussian from the prior, in nats."""
    inner = 1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var)
    # BEGIN SOLUTION
    return -0.5 * ops.sum(inner, axis=-1)
    # INSTEAD
    # return -0.5 * ops.mean(inner, axis=-1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(2, program_2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered in the cell below: a letter in quotes, another one, a number.
#
# 1. Why is the noise $\varepsilon$ drawn outside, and $z$ computed from it?
#    - (a) It is faster than to draw from $\mathcal{N}(\mu, \sigma^2)$.
#    - (b) So that the gradient of the loss reaches $\mu$ and $\sigma$.
#    - (c) So that all images of a batch share their noise.
# 2. In one latent dimension, for which cloud is the KL 0?
#    - (a) $\mu = 0$, $\sigma = 0$: the exact point.
#    - (b) $\sigma = 1$, whatever $\mu$.
#    - (c) $\mu = 0$, $\sigma = 1$.
# 3. What is $\beta$ for images of 784 pixels and `loss_weights = (1, 5e-4)`? Three digits.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "b"
question_2 = "c"
question_3 = 0.392
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # a number
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("VAE1-1", question_1),
    check.answer("VAE1-2", question_2),
    check.answer("VAE1-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# One more to think about:
#
# <details><summary>An autoencoder copies better than a VAE of the same size. Why do we want the
# VAE?</summary>
#
# For what lies between the codes. The VAE's clouds touch each other and fill a known shape, so that
# a random place has an image. The autoencoder has never learned what to do there.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far?

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - **An autoencoder copies; nobody tells its codes where to lie.**
# - **A VAE encodes an image as a cloud** and decodes a random point of it. The reparametrization
#   $z = \mu + \sigma \varepsilon$ lets gradients pass.
# - **The KL pulls all clouds towards the prior;** $\beta = n \, k_2 / k_1$ weighs it against the
#   copy.
# - **The ELBO bounds the evidence from below.** Report it on held-out images only.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: `latent_dim = 6`; `loss_weights = (1.0, 0.0)`, nearly the autoencoder again; `dataset =
# "fashion_mnist"`. In a terminal, `fidle-vae film VAE1 -o film.mp4` makes a film of the training.
#
# **Next:** [VAE2](VAE2.ipynb) writes the same model as a class, trains it by hand, and turns the
# balance of the loss from one end to the other.
