# %% [markdown] slideshow={"slide_type": "slide"}
# # AE2: denoising, colouring, contracting
#
# **What can a bottleneck learn to remove?**
#
# What you'll learn:
# - how an autoencoder learns to clean images, and how to measure it against classical filters;
# - where it loses to them, and when it makes things up;
# - what a network answers where two answers are right;
# - how a penalty makes codes deaf to noise, by hand and by automatic differentiation.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python, and [AE1](AE1.ipynb): encoder, bottleneck, decoder. Time at the defaults,
# measured on two CPU cores: 2 min 23 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("psnr")` for example. No later cell needs your code. A sentence with a ✓ is a claim:
# the number behind it is measured in your run, and the bound in brackets says which numbers would
# do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, load_dataset
from fidle_vae.data import NoisyImages, add_noise, color_wheel, nearest_color, paint, paint_of
from fidle_vae.data import saturation
from fidle_vae.evaluation import best_filters, look, psnr, ssim, train_classifier
from fidle_vae.figures import charts, denoising, plots
from fidle_vae.models import ContractiveAutoencoder, sigmoid_contraction, squared_jacobian
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. Any dataset of grey images with labels will do.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 32
epochs = 8

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Can you read them?
#
# To each pixel we add noise: a draw from a normal distribution around 0. Its standard deviation is
# the *level*, beside pixels from 0 to 1. **At which level do you give up?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
image_shape, n_pixels = x_train.shape[1:], x_train[0].size
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "epochs": epochs}
run = Run("AE2", data, **parameters, batch_size=batch_size)
levels = (0.2, 0.5, 1.0)
noisy = {level: add_noise(x_test, level, (seed, i)) for i, level in enumerate(levels)}
rows = {f"level {level}": noisy[level][:10].clip(0, 1) for level in reversed(levels)}
figure = plots.image_rows(rows)
run.show(figure, "01-noisy", "The same ten held-out images at three levels of noise.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# You can read many of the middle row, though each pixel is nearly worthless. You know what digits
# look like. **Can a network learn that, too, and wipe off the rest?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. A score in decibels
#
# How clean is an image $\hat{x}$? The mean squared error, MSE, compares it with the clean one. The
# **peak signal-to-noise ratio** is its logarithm, in decibels (dB):
#
# $$\mathrm{PSNR} = -10 \log_{10} \mathrm{MSE}(x, \hat{x}) \qquad \text{for pixels in } [0, 1]$$
#
# More is better, and 3 dB more is half the error. **SSIM** compares small windows instead: their
# mean, contrast and structure. It is 1 at most.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: decibels
#
# Write the PSNR of each image of a batch, `(n, height, width, channels)`: one number an image.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_psnr(x, x_hat):
    """Return the PSNR of each image in dB, (n,)."""
    x, x_hat = np.asarray(x), np.asarray(x_hat)
    # BEGIN SOLUTION
    return -10 * np.log10(((x - x_hat) ** 2).mean(axis=(1, 2, 3)))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.psnr(my_psnr)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Three classics know nothing of digits. The *median filter* takes the median of the pixels around.
# *Total variation* wants neighbours to be alike. *Non-local means* averages pixels with similar
# surroundings, wherever they are. They are told the level: for each we choose their best settings,
# on training images.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
clean, cleaned = x_test[:200], {}
with run.timed("filters"):
    for level in levels:
        tuned = best_filters(x_train[:40], add_noise(x_train[:40], level, seed), level)
        given = noisy[level][:200]
        cleaned[level] = {"nothing": given.clip(0, 1)}
        cleaned[level] |= {name: clean_up(given) for name, clean_up in tuned.items()}
rows = {"clean": clean, **cleaned[0.5]}
rows = {name: each[:10] for name, each in rows.items()}
figure = plots.image_rows(rows)
run.show(figure, "02-filters", "Images at level 0.5, as three filters clean them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
decibels = {
    level: {name: psnr(clean, each).mean() for name, each in by_name.items()}
    for level, by_name in cleaned.items()
}
best_filter = max(decibels[0.5], key=decibels[0.5].get)
run.claim(
    "filters_help",
    f"Filters are no weak opponents. At level 0.5, the best, {best_filter}, gains over doing "
    "nothing",
    decibels[0.5][best_filter] - decibels[0.5]["nothing"],
    at_least=4,
    unit="dB",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Same network, other question
#
# AE1's autoencoder got clean images and gave them back. Noise has no place in 64 numbers, so
# perhaps it is enough to send noisy images through? **Which of these two will clean better?**
#
# - The **copier**: clean in, clean out, as in AE1.
# - The **denoiser**: *noisy* in, *clean* out. The noise is drawn anew at every epoch, and each
#   image gets one of the three levels by chance: one network for all.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def bottleneck(size=64):
    """Build an autoencoder of strided convolutions."""
    same = {"padding": "same", "strides": 2}
    small = (image_shape[0] // 4, image_shape[1] // 4, 32)
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(16, 5, activation="relu", **same),
            layers.Conv2D(32, 3, activation="relu", **same),
            layers.Flatten(),
            layers.Dense(size, name="code"),
            layers.Dense(int(np.prod(small)), activation="relu"),
            layers.Reshape(small),
            layers.Conv2DTranspose(16, 3, activation="relu", **same),
            layers.Conv2DTranspose(1, 5, activation="sigmoid", **same),
        ]
    )


# %% [markdown] slideshow={"slide_type": "subslide"}
# `NoisyImages` hands `fit` pairs of noisy and clean images. With level 0, it makes the copier.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
networks = {}
for name, of_training in (("copier", (0.0,)), ("denoiser", levels)):
    keras.utils.set_random_seed(seed)
    network = networks[name] = bottleneck()
    rate = keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs))
    network.compile(rate, loss="binary_crossentropy")
    pairs = NoisyImages(x_train, of_training, batch_size, seed=seed)
    with run.timed(name):
        network.fit(pairs, epochs=epochs, verbose=0)
    for level in levels:
        output = network.predict(noisy[level][:200], verbose=0)
        cleaned[level][name] = output
        decibels[level][name] = psnr(clean, output).mean()

# %% [markdown] slideshow={"slide_type": "subslide"}
# Held-out images at level 0.5, cleaned by the best filter and by both networks.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
names = ("nothing", best_filter, "copier", "denoiser")
rows = {"clean": clean[:10]} | {name: cleaned[0.5][name][:10] for name in names}
figure = plots.image_rows(rows)
run.show(figure, "03-networks", "Images at level 0.5, as a filter and two networks clean them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "copier_fails",
    "The bottleneck alone does not do it. At level 0.5, the copier is behind the denoiser, by",
    decibels[0.5]["denoiser"] - decibels[0.5]["copier"],
    at_least=1.5,
    unit="dB",
)
run.claim(
    "denoiser_wins",
    "The same network with the other question is also ahead of the best filter, by",
    decibels[0.5]["denoiser"] - decibels[0.5][best_filter],
    at_least=2,
    unit="dB",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The copier has never met noise, and takes it for strokes or holes. **A network removes what its
# training asks it to remove.** What passes the bottleneck is what helps with the *answers*, and
# noise that is new each time does not.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: noisy pairs
#
# Make the pairs that a denoiser learns from: question and answer. `rng` is a NumPy generator;
# `level` is a standard deviation. Do not clip: values below 0 and above 1 are part of the noise.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_pairs(x, level, rng):
    """Return what goes in, and what is to come out, both of the shape of x."""
    # BEGIN SOLUTION
    return x + level * rng.standard_normal(x.shape), x
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.pairs(my_pairs)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Where the filter wins
#
# So far, level 0.5. **Who wins at 0.2, when there is little to remove? Do both scores say the
# same?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
similarity = {
    level: {name: ssim(clean, each).mean() for name, each in by_name.items()}
    for level, by_name in cleaned.items()
}
methods = [name for name in decibels[0.5] if name != "copier"]
measures = {
    title: {name: [each[level][name] for level in levels] for name in methods}
    for title, each in (("PSNR, dB", decibels), ("SSIM", similarity))
}
figure = denoising.scores(levels, measures)
run.show(figure, "04-scores", "PSNR and SSIM by the level of the noise.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
filters = [name for name in methods if name not in ("nothing", "denoiser")]
run.claim(
    "filter_wins_when_weak",
    "With weak noise, the best filter beats the network, by",
    max(decibels[0.2][name] for name in filters) - decibels[0.2]["denoiser"],
    at_least=1,
    unit="dB",
)
run.claim(
    "network_wins_when_strong",
    "With strong noise, the network beats the best filter, by",
    decibels[1.0]["denoiser"] - max(decibels[1.0][name] for name in filters),
    at_least=1.5,
    unit="dB",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "more_alike",
    "SSIM agrees: at level 0.5, the network is ahead of the best filter, by",
    similarity[0.5]["denoiser"] - max(similarity[0.5][name] for name in filters),
    at_least=0.1,
)
run.claim(
    "scores_disagree",
    "With weak noise, it disagrees: by SSIM, the network is ahead at level 0.2, too, by",
    similarity[0.2]["denoiser"] - max(similarity[0.2][name] for name in filters),
    at_least=0.01,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Which score do you believe?** In a black window, SSIM is strict about the faintest speck that a
# filter leaves. The PSNR looks at large errors, and those are in the strokes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Why does the network lose in decibels? Look at what it makes of images *without any noise*. Here
# are those that it changes most.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
untouched = networks["denoiser"].predict(clean, verbose=0)
changed = np.argsort(psnr(clean, untouched))[:8]
rows = {"clean, in": clean[changed], "out": untouched[changed]}
figure = plots.image_rows(rows)
run.show(figure, "05-clean-in", "Clean images, and what the denoiser makes of them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "a_ceiling",
    "Clean images go in without any error, and come out with one. Their PSNR is no more than",
    psnr(clean, untouched).mean(),
    at_most=25,
    unit="dB",
)
run.claim(
    "same_ceiling",
    "From an image at level 0.2, the result is hardly worse than from a clean one. The difference:",
    psnr(clean, untouched).mean() - decibels[0.2]["denoiser"],
    at_most=1,
    unit="dB",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What 64 numbers cannot say is lost**: the noise, but an unusual curl, too. A filter keeps the
# curl, and with weak noise that is worth more. (Networks without a bottleneck can keep it as well:
# they predict the noise, and subtract it from the image.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. It sees what it knows
#
# Now the strongest noise. A *judge*, a classifier trained on clean images, reads the results. Here
# are some that it takes for another class than it should. **Would you have noticed?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
judge = train_classifier(data, epochs=6)
verdicts = look(judge, x_test)[1]
known = verdicts.argmax(axis=1) == y_test
out = networks["denoiser"].predict(noisy[1.0], verbose=0)
read, sure = (each(look(judge, out)[1], axis=1) for each in (np.argmax, np.max))
wrong = known & (read != y_test)
shown = np.flatnonzero(wrong)[np.argsort(-sure[wrong])[:8]]
rows = {"clean": x_test, "level 1.0": noisy[1.0].clip(0, 1), "denoiser": out}
rows = {name: each[shown] for name, each in rows.items()}
figure = plots.image_rows(rows)
run.show(figure, "06-other-digits", "Strong noise removed, and the digit with it.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "other_digits",
    "Cleaned from level 1.0, some digits become another one: the judge, who reads their originals "
    "rightly, sees another class in",
    wrong.sum() / known.sum(),
    at_least=0.05,
    unit="%",
)
run.claim(
    "sure_and_wrong",
    "They do not look doubtful. Of these, the judge is at least 90 % sure for",
    (sure[wrong] >= 0.9).mean(),
    at_least=0.1,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And if there is no image at all? We give it nothing but noise of level 1.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
nothing = add_noise(np.zeros_like(x_test), 1.0, (seed, 9))
ghosts = networks["denoiser"].predict(nothing, verbose=0)
ink = ghosts.mean(axis=(1, 2, 3))
most = np.argsort(-ink)[:10]
rows = {"noise": nothing[most].clip(0, 1), "denoiser": ghosts[most]}
figure = plots.image_rows(rows)
run.show(figure, "07-ghosts", "Noise without an image, and what the denoiser sees in it.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "ghosts",
    "It finds strokes where there are none. What it makes of mere noise has ink, in percent of "
    "what a real image has:",
    ink.mean() / x_test.mean(),
    at_least=0.1,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **It answers with what is probable, not with what was there.** For a telescope or an X-ray image,
# that is a danger. For us it is a promise: a network that makes digits from noise. Diffusion models
# do it in many small steps.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Noise drawn once, noise drawn anew
#
# Is it worth the trouble to draw noise at every epoch? We take only 500 images, and make the
# networks large enough to learn them by heart. One gets the *same* noisy images at every epoch. In
# the other, a layer `GaussianNoise` draws anew; it is active in training only. **What will the
# first learn?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def train_few(inputs, *front):
    """Train a dense denoiser on few images; return its history."""
    keras.utils.set_random_seed(seed)
    dense = [layers.Dense(n, "relu") for n in (512, 256, 64, 256, 512)]
    end = [layers.Dense(n_pixels, "sigmoid"), layers.Reshape(image_shape)]
    network = [*front, layers.Flatten(), *dense, *end]
    model = keras.Sequential([keras.Input(image_shape), *network])
    rate = keras.optimizers.Adam(one_cycle(len(few), 64, long))
    model.compile(rate, loss="mse")
    how = {"batch_size": 64, "epochs": long, "verbose": 0}
    held_out = (noisy[0.5], x_test)
    return model.fit(inputs, few, validation_data=held_out, **how).history


few, long = x_train[:500], 15 * epochs // 2  # 60 epochs, if `epochs` is 8
with run.timed("once, anew"):
    once = train_few(add_noise(few, 0.5, (seed, 5)))
    anew = train_few(few, layers.GaussianNoise(0.5))

# %% [markdown] slideshow={"slide_type": "subslide"}
# The squared error by epoch, on the images it learns from and on held-out ones.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
at = [max(1, long * part // 12) for part in (1, 2, 4, 6, 8, 10, 12)]
lines = {
    f"{name}: {part}": [history[key][epoch - 1] for epoch in at]
    for name, history in (("once", once), ("anew", anew))
    for part, key in (("training", "loss"), ("held out", "val_loss"))
}
figure = charts.curves(at, lines, "epoch", "squared error")
run.show(figure, "08-once-or-anew", "Denoisers of 500 images: noise drawn once, and anew.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
gaps = {
    name: 10 * np.log10(history["val_loss"][-1] / history["loss"][-1])
    for name, history in (("once", once), ("anew", anew))
}
run.claim(
    "once_learns_by_heart",
    "With noise drawn once, the network learns its noise by heart. It cleans its own images better "
    "than held-out ones, by",
    gaps["once"],
    at_least=4,
    unit="dB",
)
run.claim(
    "anew_gap_is_smaller",
    "With noise drawn anew, the gap is smaller by",
    gaps["once"] - gaps["anew"],
    at_least=2,
    unit="dB",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "anew_helps",
    "And held-out images come out cleaner, by",
    10 * np.log10(once["val_loss"][-1] / anew["val_loss"][-1]),
    at_least=0.5,
    unit="dB",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A noisy image that comes back sixty times can be recognized *by its noise*. **Noise drawn anew
# costs nothing, and works like more images.** What is left of the gap is the 500 digits themselves.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: noise in training only
#
# You get an autoencoder. Return a `keras.Model` that adds noise to its input while it trains, and
# none when it is used. `layers.GaussianNoise` does both.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_denoiser(autoencoder, level):
    """Put noise in front of an autoencoder, in training only."""
    image = keras.Input(autoencoder.input_shape[1:])
    # BEGIN SOLUTION
    return keras.Model(image, autoencoder(layers.GaussianNoise(level)(image)))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.denoiser(my_denoiser)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Grey in, colour out
#
# Question and answer may differ in more than noise. Usual demonstrations colour photographs; those
# cannot be had offline, and nobody knows the one right colour of a car. We paint digits by a rule
# of our own, **the class decides on the colour**, and know the truth. No pixel tells its colour: to
# paint a stroke, one has to see which class it belongs to.
#
# Class 0 is special: for each of its images, **we toss a coin, red or cyan** (the colour of class
# 5). What will the network do with those?

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
wheel = color_wheel(len(data.class_names))
opposite = len(wheel) // 2
rng = np.random.default_rng(seed)


def toss(y):
    """Return the number of the colour of each image, from its class."""
    heads = rng.random(len(y)) < 0.5
    return np.where((y == 0) & heads, opposite, y)


color_train, color_test = toss(y_train), toss(y_test)
painted_train = paint(x_train, wheel[color_train])
truth = paint(x_test, wheel[color_test])
grey = paint(x_test, np.ones((1, 3)))

# %% [markdown] slideshow={"slide_type": "subslide"}
# The network need not draw the strokes, which are there already: it multiplies them by colours,
# which it finds through a bottleneck. `Dropout` hides half of the numbers, others at each step; so
# it is hard to learn each image's coin by heart.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
small = (image_shape[0] // 4, image_shape[1] // 4, 3)
keras.utils.set_random_seed(seed)
image = keras.Input(image_shape)
x = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(image)
x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
x = layers.Dropout(0.5)(layers.Flatten()(x))
x = layers.Dense(64, activation="relu")(x)
x = layers.Dense(int(np.prod(small)), activation="sigmoid")(x)
x = layers.Reshape(small)(x)
colors = layers.UpSampling2D(4, interpolation="bilinear")(x)
painter = keras.Model(image, layers.Multiply()([image, colors]))
rate = one_cycle(len(x_train), batch_size, epochs)
painter.compile(keras.optimizers.Adam(rate), loss="mse")
how = {"batch_size": batch_size, "epochs": epochs, "verbose": 0}
with run.timed("painter"):
    painter.fit(x_train, painted_train, **how)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Held-out images, one of each class, with four of class 0 at the end.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
painted = painter.predict(x_test, verbose=0)
found = paint_of(painted, x_test)
zeros = [np.flatnonzero((y_test == 0) & (color_test == k))[:2] for k in (0, opposite)]
firsts = [np.flatnonzero(y_test == k)[0] for k in range(1, len(wheel))]
shown = np.concatenate([firsts, *zeros])
rows = {"grey": grey, "the rule": truth, "network": painted}
rows = {name: each[shown] for name, each in rows.items()}
figure = plots.image_rows(rows)
run.show(figure, "09-colours", "Held-out images, the colours of the rule, and of the network.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
plain = y_test != 0
right = nearest_color(found, wheel)[plain] == y_test[plain]
run.claim(
    "right_colours",
    "Without the zeros: the network paints held-out images in the colour of the rule, or nearer to "
    "it than to another, for",
    right.mean(),
    at_least=0.8,
    unit="%",
)
by_brightness = paint(x_test, paint_of(painted_train, x_train).mean(axis=0, keepdims=True))
run.claim(
    "more_than_brightness",
    "It has to read. Without, one colour for all images, their mean, would be the best; its error "
    "is larger by a factor of",
    ((by_brightness - truth)[plain] ** 2).mean() / ((painted - truth)[plain] ** 2).mean(),
    at_least=2,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a rule
#
# Paint grey images: each in the colour of its class. `wheel` has a row `(red, green, blue)` for
# each class, `y` the classes. Black stays black.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_painting(x, y, wheel):
    """Return x, (n, h, w, 1), in colours: (n, h, w, 3)."""
    # BEGIN SOLUTION
    return x * wheel[y][:, None, None]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.painting(my_painting)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Two right answers
#
# Look at the zeros again. **No zero of the training was grey, and the network paints them grey.**
# It is no failure to learn. The mean squared error is smallest at the *mean* of the right answers,
# and the mean of red and cyan is grey.

# %% slideshow={"slide_type": "-"} tags=["claims"]
two = wheel[[0, opposite]]
run.claim(
    "zeros_are_grey",
    "Saturation is 1 for a pure colour and 0 for grey. For a zero, the middle value is",
    np.median(saturation(found[~plain])),
    at_most=0.35,
)
run.claim(
    "others_are_not",
    "For the other classes it is",
    np.median(saturation(found[plain])),
    at_least=0.8,
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
error_of_mean, error_of_one = (
    np.mean([((colors - each) ** 2).sum(axis=-1).mean() for each in two])
    for colors in (found[~plain], two[:1])
)
run.claim(
    "grey_is_the_best_bet",
    "By the squared error, grey is the best bet: exact grey has half the error of always saying "
    "red. For zeros, the network's error, in percent of always red, is",
    error_of_mean / error_of_one,
    at_most=0.65,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# There are doubts that no coin has made. Here are the images of which the judge of section 5 is
# least sure. **Which two classes does each colour lie between?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
confidence = verdicts.max(axis=1)
doubtful = np.flatnonzero(plain)[np.argsort(confidence[plain])[:10]]
rows = {"grey": grey, "the rule": truth, "network": painted}
rows = {name: each[doubtful] for name, each in rows.items()}
figure = plots.image_rows(rows)
run.show(figure, "10-doubts", "Images that could be of two classes, and their colours.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
unsure = plain & (confidence < 0.8)
run.claim(
    "doubt_is_pale",
    "Doubt is pale: where the judge is less than 80 % sure, the mean saturation is lower than "
    "elsewhere, by",
    saturation(found[plain & ~unsure]).mean() - saturation(found[unsure]).mean(),
    at_least=0.08,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# So a network that is trained by the squared error gives the mean of the answers that it thinks
# possible: paleness is doubt between colours, blur is doubt between strokes. **To get *one* of the
# right answers, and not their mean, a network has to draw.** That is why the VAEs put a random
# number into the bottleneck.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9. Codes that are deaf to noise
#
# A denoiser learns from noise that we add. One can also *forbid* the code $h$ to react. How much it
# reacts to a small change of pixel $i$ is the derivative $\partial h_j / \partial x_i$. A
# **contractive** autoencoder pays for the squares of all of them:
#
# $$\text{loss} = \text{copy error} + \lambda \sum_{ij} \left( \frac{\partial h_j}{\partial x_i}
# \right)^2$$
#
# For one sigmoid layer, $h = \sigma(x W + b)$, the slope of the sigmoid is $h_j (1 - h_j)$, so that
# $\partial h_j / \partial x_i = h_j (1 - h_j) \, W_{ij}$, and the sum is $\sum_j (h_j (1 - h_j))^2
# \sum_i W_{ij}^2$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# We train such a network with and without the penalty, $\lambda = 0.0003$. (The decoder takes the
# same $W$, transposed. With weights of its own, the network could make the code small and these
# weights large, and pay nothing.)

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
flat_train = x_train.reshape(len(x_train), -1)
flat_test = x_test.reshape(len(x_test), -1)
contractive, how = {}, {"batch_size": 32, "epochs": 3 * epochs // 2, "verbose": 0}
with run.timed("contractive"):
    for name, weight in (("no penalty", 0.0), ("penalty", 3e-4)):
        keras.utils.set_random_seed(seed)
        model = contractive[name] = ContractiveAutoencoder(128, weight)
        rate = keras.optimizers.Adam(one_cycle(len(x_train), 32, how["epochs"], peak=0.01))
        model.compile(rate, loss="binary_crossentropy")
        model.fit(flat_train, flat_train, **how)

# %% slideshow={"slide_type": "-"} tags=["claims"]
encoder = contractive["penalty"].encoder
by_hand = ops.convert_to_numpy(sigmoid_contraction(encoder(flat_test[:50]), encoder.kernel))
by_machine = squared_jacobian(encoder, flat_test[:50])
run.claim(
    "formula_is_right",
    "Automatic differentiation computes all derivatives and adds up their squares, without our "
    "formula. Largest relative difference, in millionths:",
    1e6 * np.abs(by_hand / by_machine - 1).max(),
    at_most=1000,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the penalty
#
# Write it for a batch, with `ops`: the tensors `h`, of shape `(n, units)`, and `w`, the kernel of
# the layer, `(inputs, units)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_contraction(h, w):
    """Return the sum of all squared dh_j/dx_i of each image, (n,)."""
    # BEGIN SOLUTION
    return ops.sum((h * (1 - h)) ** 2 * ops.sum(w**2, axis=0), axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.contraction(my_contraction)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The penalty knows no noise and no digits; it is against *every* change. We change each image in
# two ways, by equally much: move it by one pixel, or add noise of just that size. How far does its
# code go, in percent of the distance between two images' codes? **Will the penalty tell the two
# apart?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
moved = np.roll(x_test, 1, axis=2).reshape(flat_test.shape)
size = np.linalg.norm(moved - flat_test, axis=1, keepdims=True)
noise = np.random.default_rng(seed).standard_normal(flat_test.shape, np.float32)
noise *= size / np.linalg.norm(noise, axis=1, keepdims=True)
shifts = {}
for name, model in contractive.items():
    h, *after = (
        ops.convert_to_numpy(model.encoder(x)) for x in (flat_test, flat_test + noise, moved)
    )
    apart = np.linalg.norm(h - np.roll(h, 1, axis=0), axis=1).mean()
    for change, each in zip(("noise", "moved"), after, strict=True):
        shifts[f"{change}, {name}"] = np.linalg.norm(each - h, axis=1).mean() / apart
titles = {"noise": "noise added", "moved": "moved one pixel"}
bars = {f"{titles[c]}, {name}": shifts[f"{c}, {name}"] for c in titles for name in contractive}
figure = charts.bars(bars, "how far the code goes, by the distance of two codes", 2)
run.show(figure, "11-sensitivity", "How far codes go after two changes of the same size.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
errors = {
    name: np.mean((model.predict(flat_test, verbose=0) - flat_test) ** 2)
    for name, model in contractive.items()
}
run.claim(
    "copies_about_as_well",
    "With the penalty, it copies about as well. Its squared error, in percent of that without:",
    errors["penalty"] / errors["no penalty"],
    at_most=1.25,
    unit="%",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
kept = {
    each: shifts[f"{each}, penalty"] / shifts[f"{each}, no penalty"] for each in ("noise", "moved")
}
run.claim(
    "deaf_to_noise",
    "Its code follows noise less far: in percent of before,",
    kept["noise"],
    at_most=0.9,
    unit="%",
)
run.claim(
    "still_hears_movement",
    "It still follows a real movement. Its reaction to that has shrunk less than to noise, by",
    kept["moved"] - kept["noise"],
    at_least=0.04,
    unit="% points",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
rough = noisy[0.5].reshape(flat_test.shape)
through = {
    name: np.mean((model.predict(rough, verbose=0) - flat_test) ** 2)
    for name, model in contractive.items()
}
run.claim(
    "cleans_unasked",
    "And it cleans, unasked: fed with noise of level 0.5, which neither network has ever met, its "
    "error against the *clean* image is, in percent of the other's,",
    through["penalty"] / through["no penalty"],
    at_most=0.97,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The copy error defends what it needs, and a moved digit is another image that must be told apart.
# Nobody defends the noise. **Two forces, and what is left is what the images have in common.**

# %% [markdown] slideshow={"slide_type": "skip"}
# Some numbers of this run go into its manifest.

# %% slideshow={"slide_type": "skip"}
run.record(
    metrics={
        "psnr_denoiser": float(decibels[0.5]["denoiser"]),
        "psnr_best_filter": float(decibels[0.5][best_filter]),
        "ssim_denoiser": float(similarity[0.5]["denoiser"]),
        "right_colours": float(right.mean()),
        "noise_shift_kept": float(kept["noise"]),
    }
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run and train, with *one* mistake each. Mend them in their cells. Until you
# have, the check asks you a question instead of giving the answer.
#
# ### Exercise: program 9, a perfect teacher
#
# It makes pairs to train a denoiser. The loss looks reasonable, but what comes out of the trained
# network is as noisy as what goes in.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_9(x, level, rng):
    """Return noisy images, and what a network should make of them."""
    # BEGIN SOLUTION
    noisy_images = np.array(x)
    # INSTEAD
    # noisy_images = np.asarray(x)
    # END SOLUTION
    noisy_images += level * rng.standard_normal(x.shape)
    return noisy_images, x


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(9, program_9)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 10, never the same twice
#
# A layer of its own makes the noise of a denoiser. It trains well, but in use the same image is
# cleaned differently at every call, and worse than it should be.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_10(autoencoder, level):
    """Put noise in front of an autoencoder, in training only."""

    class Noise(layers.Layer):
        """Adds noise."""

        def __init__(self):
            super().__init__()
            self.noise = keras.random.SeedGenerator(1)

        def call(self, x, training=False):
            eps = keras.random.normal(ops.shape(x), seed=self.noise)
            with_noise = x + level * eps
            # BEGIN SOLUTION
            return with_noise if training else x
            # INSTEAD
            # return with_noise
            # END SOLUTION

    image = keras.Input(autoencoder.input_shape[1:])
    return keras.Model(image, autoencoder(Noise()(image)))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(10, program_10)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. A denoiser was trained on noisy digits. You give it a noisy photograph of a cat. You get
#    - (a) the cat, a little blurred;
#    - (b) the photograph, as noisy as before;
#    - (c) something made of strokes.
# 2. Your denoiser is much better on its training images than on others. What do you try first?
#    - (a) Draw the noise anew at each epoch.
#    - (b) Put the noise into the answers, too.
#    - (c) Train longer.
# 3. Half of all tomatoes in a training set are red, half are green, and nothing else tells them
#    apart. Trained with the squared error, a network paints a new one
#    - (a) red or green, half of the time each;
#    - (b) in a colour that no tomato has;
#    - (c) always in the colour that it has seen last.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "c"
question_2 = "a"
question_3 = "b"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("AE2-1", question_1),
    check.answer("AE2-2", question_2),
    check.answer("AE2-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - Noisy in, clean out: the answers say what to remove, and the noise is drawn anew each time.
# - A bottleneck loses what it cannot say: noise, and rare strokes. Against weak noise a filter has
#   more decibels; in strong noise, the network answers with what is probable.
# - Where several answers are right, the squared error makes a network give their mean.
# - A penalty on the derivatives of the code makes it deaf to what copies do not need.
#
# **Next:** [AE3](AE3.ipynb) gives one encoder two decoders. [VAE1](VAE1.ipynb) puts a random number
# into the bottleneck, and draws.
