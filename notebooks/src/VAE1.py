# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE1: from an autoencoder to a variational autoencoder
#
# **How does a network that copies images become one that draws new ones?**
#
# What you'll learn:
# - what the latent space of an autoencoder looks like, and why we cannot draw from it;
# - how to project an image on a Gaussian instead of a point, and still train by gradient descent;
# - what the KL divergence asks for, and how it is weighed against the reconstruction;
# - how to build, train, look into, save and reload a VAE with Keras's functional API.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python, and to have seen `Dense`, `Conv2D` and `fit` once. Time at the defaults,
# measured on two CPU cores: 49 s; with the exercises, an evening.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 0. What we work with
#
# From our package come the data, a folder for what this run leaves, three callbacks, and the two
# layers that this lesson is about. You'll read the code of these layers below.

# %% [markdown] slideshow={"slide_type": "notes"}
# The lesson has **exercises**. Write your code where the dots are, `...`, and run the cell; then
# run the check below it, which says whether it is right and, if not, what is wrong. Try again as
# often as you like. An exercise that is not done yet stops nothing: the lesson runs from top to
# bottom, and no later cell needs your code. Only a cell that raises an error, with a red traceback,
# must be corrected before "Run All" continues past it.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import BestModelCallback, ImagesCallback, Run, SamplingLayer, TrainingRecord
from fidle_vae import VariationalLossLayer, load_dataset, checks as check
from fidle_vae.course import show_source
from fidle_vae.figures import illustrations, plots
from fidle_vae.models import LatentPlane, active_units, gaussian_grid, gaussian_kl, grid_points
from fidle_vae.training import read_epochs

# %% [markdown] slideshow={"slide_type": "skip"}
# The rest is Keras, NumPy, the normal distribution, and what shows values in a notebook.
# `keras.ops` is to tensors what NumPy is to arrays.

# %% slideshow={"slide_type": "skip"}
import math

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops
from scipy.stats import norm

# %% [markdown] slideshow={"slide_type": "-"}
# The next cell holds all parameters. `scale` is the share of the images: 0.1 suits a laptop, 1
# takes all of them. `dataset = "auto"` takes MNIST if it is available, and otherwise a similar
# dataset that needs no network. `loss_weights` are $k_1$ and $k_2$ of section 5.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
latent_dim = 2
loss_weights = (1.0, 1e-3)
scale = 0.1
seed = 123
batch_size = 64
epochs = 10

# %% [markdown] slideshow={"slide_type": "subslide"}
# We load the images. The test images are *held out*: no training uses them, and what we claim is
# measured on them.

# %% slideshow={"slide_type": "-"}
data = load_dataset(dataset, scale, seed)
x_train, x_test, y_test = data.x_train, data.x_test, data.y_test
image_shape = x_train.shape[1:]
n_pixels = x_train[0].size
print(f"{data.name}: {len(x_train):,} images to train on, {len(x_test):,} held out")

# %% [markdown] slideshow={"slide_type": "skip"}
# Each run has a folder, here `run_dir/VAE1`. It keeps what `run.show` shows, and a manifest of
# parameters, data, software and results.

# %% slideshow={"slide_type": "skip"}
parameters = {"dataset": dataset, "latent_dim": latent_dim, "loss_weights": loss_weights}
parameters |= {"scale": scale, "seed": seed, "batch_size": batch_size, "epochs": epochs}
run = Run("VAE1", data, **parameters)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. The images
#
# Each image is a table of grey levels from 0 (black) to 1 (white), of shape (height, width, 1).

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = plots.image_grid(x_train[:40], title=f"{data.name}: training images")
run.show(figure, "01-images", "The first training images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** There are ten kinds of digits, and within each kind many hands: slant,
# weight, loops. An image has hundreds of pixels, but nobody needs hundreds of numbers to say which
# of these it is. We look for the few numbers that are enough.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. The autoencoder in one figure
#
# [AE1](AE1.ipynb) built an autoencoder: an *encoder* turns an image into `latent_dim` numbers, its
# *code* $z$, a *decoder* turns $z$ into an image, and both learn together to give back what went
# in. We train a small one again.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
bottleneck = layers.Dense(latent_dim)
to_code = [layers.Flatten(), layers.Dense(256, "relu"), layers.Dense(128, "relu"), bottleneck]
to_image = [layers.Dense(128, "relu"), layers.Dense(256, "relu"), layers.Dense(n_pixels, "sigmoid")]
autoencoder = keras.Sequential(
    [keras.Input(image_shape), *to_code, *to_image, layers.Reshape(image_shape)]
)
autoencoder.compile(keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
with run.timed("autoencoder"):
    autoencoder.fit(x_train, x_train, batch_size=batch_size, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "skip"}
# Where does the encoder put the held-out images? Each point is the code of one image, coloured by
# its class, which the network never sees. The circles mark a Gaussian of mean 0 and standard
# deviation 1. From section 4 on we call it the prior; the autoencoder knows nothing of it.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
codes = keras.Model(autoencoder.inputs, bottleneck.output).predict(x_test, verbose=0)
figure = plots.latent_scatter(codes, y_test, data.class_names, LatentPlane.of_codes(codes))
run.show(figure, "02-autoencoder-latent-space", "Autoencoder: codes of the held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** The codes go where they like, far outside the circles, and there are holes
# where no image lives. Nothing says from where to draw a new $z$: an autoencoder *copies*, but it
# does not *draw*. We want a latent space without holes, of a known shape.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Every image becomes a Gaussian
#
# The idea of the VAE: the encoder gives not a point but a small cloud, the Gaussian
# $q(z \mid x) = \mathcal{N}(\mu, \sigma^2)$ with one mean and one variance per latent dimension.
# The decoder sees a *random* point of the cloud. It must then decode the whole cloud to the same
# image, so that neighbours of a code become images too: holes close.
#
# The encoder has two outputs, `z_mean` $= \mu$ and `z_log_var` $= \log \sigma^2$. A logarithm can
# be any number, which a network can give, and $\sigma = \exp(\tfrac{1}{2} \log \sigma^2)$ is
# always positive.

# %% [markdown] slideshow={"slide_type": "subslide"}
# How can gradients pass through a draw? We draw from a Gaussian that has *no* parameter, and shift
# and stretch what we got. That is the **reparametrization**:
#
# $$z = \mu + \sigma \cdot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, 1)$$

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
rng = np.random.default_rng(seed)
figure = illustrations.sampling(
    z_mean=np.array([1.5, 0.5]),
    z_log_var=np.log(np.array([0.8, 0.3]) ** 2),  # sigma is 0.8 across, 0.3 up
    eps=rng.standard_normal((150, 2)),
)
run.show(figure, "03-reparametrization", "Noise, stretched by sigma and shifted by z_mean.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** All randomness is on the left, and it does not depend on the network. On the
# right, each $z$ is a smooth function of $\mu$ and $\sigma$ (follow the points 1, 2 and 3): if we
# move $\mu$ a little, every point moves with it. So $\partial z / \partial \mu = 1$ and
# $\partial z / \partial \sigma = \varepsilon$, and backpropagation goes through.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the sampling layer
#
# Write the layer that draws $z$. Its `call` gets both outputs of the encoder, of shape
# `(batch, latent_dim)` each, and gives $z$ in the same shape. For the noise, call
# `keras.random.normal(shape, seed=self.noise)`: `self.noise` is a generator, which makes sure that
# no two calls use the same noise. `ops.shape` gives the shape of a tensor, `ops.exp` the
# exponential.


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

# %% [markdown] slideshow={"slide_type": "subslide"}
# In the package, this is the `call` of the `SamplingLayer`. Compare it with yours.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(SamplingLayer.call)

# %% [markdown] slideshow={"slide_type": "subslide"}
# We ask it for 10,000 draws of one Gaussian, and look whether their mean and standard deviation
# are what we asked for: 2 and 0.5 in one dimension, -1 and 3 in the other.

# %% slideshow={"slide_type": "-"}
means = np.tile([2.0, -1.0], (10_000, 1)).astype("float32")
log_vars = np.tile(np.log([0.5**2, 3.0**2]), (10_000, 1)).astype("float32")
draws = keras.ops.convert_to_numpy(SamplingLayer(seed=seed)([means, log_vars]))
print("mean              ", draws.mean(axis=0).round(2))
print("standard deviation", draws.std(axis=0).round(2))

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. What keeps the clouds together
#
# So far nothing prevents the encoder from making its clouds tiny and far apart, which would be an
# autoencoder again. So we ask for something more: each cloud should look like one and the same
# Gaussian, the *prior* $p(z) = \mathcal{N}(0, I)$. How far it is from that is measured by the
# **Kullback-Leibler divergence**, which has a closed form for two Gaussians:
#
# $$\mathrm{KL} = \frac{1}{2} \sum_{j} \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right)$$
#
# The sum goes over the latent dimensions. The unit is the nat, the amount of information in a
# natural logarithm (1 nat = 1.44 bits). It is 0 where $\mu = 0$ and $\sigma = 1$, and positive
# elsewhere.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
figure = illustrations.kl_penalty()
run.show(figure, "04-what-the-kl-punishes", "KL divergence from the prior, in one dimension.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** On the left, a cloud far from the centre costs more and more: the codes are
# pulled together. On the right, a very narrow cloud is expensive, so an image cannot hide in a
# point, and a very wide one is too. The cheapest cloud is the prior itself, but then all images
# look alike to the decoder.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the KL divergence
#
# Write the formula. The function gets `z_mean` and `z_log_var` of a batch, of shape
# `(batch, latent_dim)`, and gives one number for each image, of shape `(batch,)`. `ops.sum` takes
# an `axis`. You have $\log \sigma^2$, and you need $\sigma^2$ too.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_kl(z_mean, z_log_var):
    """KL divergence of each image's Gaussian from the prior, in nats."""
    # BEGIN SOLUTION
    return ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1) / 2
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.kl(my_kl)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The loss: two wishes to balance
#
# $$\mathrm{loss} = k_1 \cdot r_{\mathrm{loss}} + k_2 \cdot kl_{\mathrm{loss}}$$
#
# - `r_loss` is the cross-entropy between image and reconstruction, mean *per pixel*:
#   $-\frac{1}{n} \sum_{i=1}^{n} \left[ x_i \log \hat{x}_i + (1 - x_i) \log (1 - \hat{x}_i) \right]$
# - `kl_loss` is the KL above, *summed* over the latent dimensions.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the loss
#
# Write the loss of a batch, for any weights: one number, the mean over its images. `x` and `x_hat`
# have the shape `(batch, height, width, 1)`. `keras.losses.binary_crossentropy(x, x_hat)` gives the
# cross-entropy, with its minus, averaged over the last axis only: the shape that is left is
# `(batch, height, width)`. `gaussian_kl(z_mean, z_log_var)` is the KL of our package, of shape
# `(batch,)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_loss(x, x_hat, z_mean, z_log_var, k1, k2):
    """Give k1 * r_loss + k2 * kl_loss, mean over the images of a batch."""
    # BEGIN SOLUTION
    r_loss = ops.mean(keras.losses.binary_crossentropy(x, x_hat))
    kl_loss = ops.mean(gaussian_kl(z_mean, z_log_var))
    return k1 * r_loss + k2 * kl_loss
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.loss(my_loss, (2.0, 5e-3))

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: beta
#
# A mean on one side, a sum on the other: how much does the KL really count? Theory weighs it
# against the log-likelihood of the *whole* image, which is the cross-entropy summed over all $n$
# pixels, with its sign turned. So multiply the loss by a number for which its first term becomes
# just this sum. The factor of the KL is then called **$\beta$**. Write it as a function of $n$,
# $k_1$ and $k_2$.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_beta(n_pixels, k1, k2):
    """Give the weight of the KL against the log-likelihood of an image."""
    # BEGIN SOLUTION
    return n_pixels * k2 / k1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.beta(my_beta)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So $k_2$ is a small number because $n$ is a large one. With $\beta = 1$, the loss times $n / k_1$
# is the negative **ELBO** (evidence lower bound).

# %% slideshow={"slide_type": "-"}
k1, k2 = loss_weights
beta = n_pixels * k2 / k1
print(f"{n_pixels} pixels, loss_weights {loss_weights}: beta = {beta:.3g}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# In a functional model, a layer can add a loss. The `VariationalLossLayer` looks at the image, at
# the two outputs of the encoder and at the reconstruction, adds the loss, and returns the
# reconstruction unchanged. Compare its `call` with the formula: `bernoulli_nll` is the
# cross-entropy summed over the pixels, `gaussian_kl` the KL. (`add_loss` is how a Keras layer adds
# to the loss; the trackers only take note of both terms, so that `fit` can show them.)

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VariationalLossLayer.call)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. The model
#
# **The encoder** is a small convolutional network. Two strides of 2 take 28 x 28 pixels to 7 x 7.
# After a small `Dense` layer it ends in two more, side by side: the mean, and the logarithm of the
# variance. Neither has an activation, as both may be any number. The second one starts at -3, that
# is $\sigma = 0.22$: were the clouds as wide as the prior from the start, the decoder would see
# nothing but noise at first, and would learn to ignore $z$.

# %% slideshow={"slide_type": "subslide"}
keras.utils.set_random_seed(seed)
inputs = keras.Input(image_shape, name="image")
x = layers.Conv2D(32, 3, strides=1, padding="same", activation="relu")(inputs)
x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2D(64, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2D(64, 3, strides=1, padding="same", activation="relu")(x)
x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
z_mean = layers.Dense(latent_dim, name="z_mean")(x)
narrow = keras.initializers.Constant(-3.0)
z_log_var = layers.Dense(latent_dim, bias_initializer=narrow, name="z_log_var")(x)
encoder = keras.Model(inputs, [z_mean, z_log_var], name="encoder")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **The decoder** goes the way back, from $z$ to an image, with transposed convolutions. Its last
# activation is a sigmoid, which keeps pixels between 0 and 1.

# %% slideshow={"slide_type": "-"}
height, width, channels = image_shape
small = (height // 4, width // 4, 64)
code = keras.Input((latent_dim,), name="z")
x = layers.Dense(math.prod(small), activation="relu")(code)
x = layers.Reshape(small)(x)
x = layers.Conv2DTranspose(64, 3, strides=1, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Conv2DTranspose(channels, 3, padding="same", activation="sigmoid")(x)
decoder = keras.Model(code, x, name="decoder")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **The VAE** puts them in a row, with our two layers in between and behind. The encoder is called
# *once*: its two outputs go to the draw and to the loss alike.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
z_mean, z_log_var = encoder(inputs)
z = SamplingLayer(seed=seed, name="sampling")([z_mean, z_log_var])
x_hat = decoder(z)
outputs = VariationalLossLayer(loss_weights, name="loss")([inputs, z_mean, z_log_var, x_hat])
vae = keras.Model(inputs, outputs, name="vae")
vae.summary()

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: an encoder of your own
#
# Build another encoder, for any `latent_dim`: some convolutions with a stride of 2, such as three
# with 16, 32 and 64 filters and a ReLU each, then `Flatten`, then the two `Dense` layers side by
# side. Give `keras.Model(image, [...])` with both outputs in the list, `z_mean` first. The check
# calls your function, for six latent dimensions.


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
# The loss is in the model, so `compile` needs only an optimizer, and `fit` only images. Three
# callbacks watch it. `ImagesCallback` decodes the same images and the same latent points after each
# epoch, so that pictures of two epochs can be compared. `BestModelCallback` keeps the model of the
# epoch whose loss *on held-out images* is the smallest. `TrainingRecord` keeps what is needed to
# make a film of the training after the lesson. The seed is set once more, so that the training is
# the same one whatever you tried above.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
vae.compile(keras.optimizers.Adam(1e-3))
watch = [
    ImagesCallback(x_test[:10], run.images, seed=seed),
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
# How did the two parts of the loss go?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
run.save_log("history", history)
figure = plots.training_history(history)
run.show(figure, "05-history", "The two terms of the loss, on training and held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** `r_loss` falls while `kl_loss` *rises*: to be distinguished, images have to
# leave the centre. The model pays some nats of KL and gets better reconstructions for them. The
# curves of an epoch's training begin above the held-out ones, as they are means over an epoch in
# which the model still learns; later both stay close: with two numbers per image there is little
# room to learn by heart.

# %% [markdown] slideshow={"slide_type": "subslide"}
# And what did the fixed images look like on the way? Epoch 0 is before any training.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
seen = read_epochs(run.images)
shown = [epoch for epoch in sorted(seen) if epoch in (0, 1, 2, 5, 10, 20, 50) or epoch == epochs]
rows = {f"epoch {epoch}": seen[epoch] for epoch in shown} | {"originals": x_test[:10]}
figure = plots.image_rows(rows, title="Held-out images, as the VAE gives them back")
run.show(figure, "06-epochs", "The same held-out images, reconstructed after some of the epochs.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** At first everything is one grey blur. Then the classes part: first those that
# look like no other, such as 1, and last, if at all, those that resemble each other, such as 4 and
# 9, or 3 and 5.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. The VAE, measured and looked at
#
# We take the best epoch's model back from its file. On held-out images, the ELBO is
# $-(n \cdot r_{\mathrm{loss}} + kl_{\mathrm{loss}})$, in nats per image. It bounds from below the
# logarithm of how probable the model finds these images. The larger, the better.

# %% slideshow={"slide_type": "-"}
best = keras.saving.load_model(run.models / "best.keras")
metrics = best.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
elbo = -(n_pixels * metrics["r_loss"] + metrics["kl_loss"])
print(f"held-out ELBO {elbo:.1f} nats per image")
print(f"reconstruction {n_pixels * metrics['r_loss']:.1f} nats, KL {metrics['kl_loss']:.2f} nats")

# %% [markdown] slideshow={"slide_type": "skip"}
# The encoder and the decoder are layers of the model, and models themselves. We encode the
# held-out images and look at the means of their clouds, as we did for the autoencoder.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
encoder, decoder = best.get_layer("encoder"), best.get_layer("decoder")
z_mean_test, _ = encoder.predict(x_test, verbose=0)
plane = LatentPlane.of_codes(z_mean_test)
figure = plots.latent_scatter(z_mean_test, y_test, data.class_names, plane)
run.show(figure, "07-latent-space", "VAE: z_mean of the held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Compare with the autoencoder's codes, in section 2. These lie around 0, at the
# scale of the prior's circles, and most neighbouring clusters touch: there are fewer holes, and
# smaller ones. No image came with its class, and yet classes have places of their own.

# %% [markdown] slideshow={"slide_type": "subslide"}
# A dimension that all images share tells the decoder nothing. We call a dimension *active* if
# `z_mean` varies over the images by more than 0.01 (its variance). A VAE whose KL is too strong
# has none: its posterior has collapsed.

# %% slideshow={"slide_type": "-"}
active = active_units(z_mean_test)
print(f"active dimensions: {active.sum()} of {latent_dim}")
run.record(metrics={"elbo": elbo, **metrics, "beta": beta, "active_dims": int(active.sum())})

# %% [markdown] slideshow={"slide_type": "subslide"}
# A check says the same in a sentence, for any trained VAE. Come back to it when you change
# `loss_weights`: it recognises a collapse, and a model that has learned by heart.

# %% slideshow={"slide_type": "-"}
check.vae(best, data)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9. Decode a point by hand
#
# Now the latent space is a place we know how to draw from. Choose a point, and see which image the
# decoder has for it. Here we take five, along the first axis. Change the numbers and run the cell
# again.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
by_hand = np.zeros((5, latent_dim), dtype="float32")
by_hand[:, 0] = [-2, -1, 0, 1, 2]
figure = plots.image_grid(
    decoder.predict(by_hand, verbose=0), titles=[f"z0 = {z0:g}" for z0 in by_hand[:, 0]]
)
run.show(figure, "08-points-by-hand", "Five points of the latent space, decoded.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** None of these points is the code of an image, and yet each becomes one. That
# is what *drawing from the model* means.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a grid over the prior
#
# Now many points at once: a grid over the latent plane, denser where the prior is, so that each
# image of the picture stands for the same probability. Along one axis, take `n` evenly spaced
# *shares* of the probability, above 0 and below 1, as far from 0 as from 1. The inverse of the
# normal distribution function, `norm.ppf`, says at which place each share is reached.
# `np.meshgrid` makes a grid of two axes, `np.stack(..., axis=-1)` puts its two tables together. A
# picture begins at its *top*: let the second coordinate fall from row to row, as with
# `np.meshgrid(axis, axis[::-1])`.
#
# When the check passes, and with two latent dimensions, draw it: the decoder takes places of shape
# `(n * n, 2)`, `plots.manifold_grid` images of shape `(n, n, height, width, 1)` and the places
# along an axis, so reshape before and after.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_grid(n):
    """Give n x n places of the plane, (n, n, 2), with equal shares of the prior between them."""
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

# %% [markdown] slideshow={"slide_type": "subslide"}
# The package has such a grid too. With more than two latent dimensions it takes the plane in which
# the codes vary most; with two, the plane itself.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
points = grid_points(20, plane)
images = decoder.predict(points.reshape(-1, latent_dim), verbose=0)
figure = plots.manifold_grid(
    images.reshape(*points.shape[:2], *image_shape), gaussian_grid(20), axis_names=plane.names
)
run.show(figure, "09-manifold", "What the decoder makes of each place in the latent plane.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Walk from one corner to another: each image turns into the next one smoothly,
# and there is nearly always a digit, or a blend of two that are neighbours. This is what the
# autoencoder could not do. The price is blur: two numbers cannot hold every detail of a hand. Which
# digits get much room, and which hardly any?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 10. Save and reload
#
# A model is one file, with its layers, weights and the state of its noise. We save the one that
# training ended with, load it again, and compare their decoders: the difference is exactly 0.

# %% slideshow={"slide_type": "-"}
vae.save(run.models / "last.keras")
again = keras.saving.load_model(run.models / "last.keras")
ours, theirs = (
    model.get_layer("decoder").predict(points.reshape(-1, latent_dim), verbose=0)
    for model in (vae, again)
)
difference = float(np.abs(ours - theirs).max())
run.record(metrics={"reload_difference": difference})
print(f"largest difference: {difference}")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 11. Find the mistake
#
# Both programs below run, and both train a VAE. Each has *one* mistake, which we have met in
# published code. Find it with what you know, correct it in the cell, and run the check. As long as
# the mistake is there, it asks you a question instead of giving the answer.
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
# Here is the KL as many papers write it, with the signs drawn together in front. Again: one
# mistake.


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
# ## 12. Quiz
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
# Two more to think about. Click to see an answer.
#
# <details><summary>The encoder gives <code>z_log_var</code>. Why not sigma itself?</summary>
#
# A `Dense` layer without activation gives any number, also a negative one, which no sigma may be.
# The logarithm of the variance may be any number, and its exponential is always positive.
#
# </details>
# <details><summary>An autoencoder copies better than a VAE of the same size. Why do we want the
# VAE?</summary>
#
# For what lies between the codes. The VAE decodes clouds that touch each other and fill a known
# shape, so that a random place has an image. The autoencoder has never learned what to do there.
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
# - An autoencoder copies; its latent space has no known shape and has holes, so we cannot draw
#   from it.
# - A VAE encodes an image as a Gaussian, `z_mean` and `z_log_var`, and decodes a random point of
#   it. The reparametrization $z = \mu + \sigma \varepsilon$ lets gradients pass.
# - The KL pulls all Gaussians towards the prior; the loss balances it against the reconstruction,
#   with $\beta = n \, k_2 / k_1$.
# - Numbers count on held-out images only.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: a `latent_dim` of 6; `loss_weights = (1.0, 0)`, which is nearly the autoencoder again;
# `dataset = "fashion_mnist"`. And watch the latent space order itself: in a terminal,
# `fidle-vae film VAE1 -o film.mp4` makes a film of the training.
#
# **Next:** [VAE2](VAE2.ipynb) writes the same model as a class, trains it by hand, and turns the
# balance of the loss from one end to the other.
