# %% [markdown] slideshow={"slide_type": "slide"}
# # GEN1: what is it to learn p(x)?
#
# **How probable is an image?**
#
# What you'll learn:
# - what a model of $p(x)$ knows that a classifier does not;
# - how pixels depend on each other, and what a model pays that ignores it, in nats;
# - how a hidden cause explains what goes together, and how to add up over all its values;
# - how the same $p(x)$ can be written as a chain, pixel by pixel.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python and NumPy, and to know what a probability is. Time at the defaults, measured on
# two CPU cores: 39 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("conditional")` for example. No later cell needs your code. A sentence with a ✓ is a
# claim: the number behind it is measured in your run, and the bound in brackets says which numbers
# would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, load_dataset
from fidle_vae.data import binarize
from fidle_vae.figures import charts, plots, probability
from fidle_vae.models import build_pixel_chain, fit_mixture, pixel_chain
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops
from sklearn.cluster import KMeans

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
# ## 1. Right for every pixel, wrong for every image
#
# Our images are black and white: each pixel is 0 or 1. So the simplest model has one number for
# each pixel: how often it is white. **In how many of its draws will you see a digit?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
y_train, y_test, image_shape = data.y_train, data.y_test, data.x_train.shape[1:]
x_train = binarize(data.x_train, seed).reshape(len(y_train), -1)  # a row for each image
x_test = binarize(data.x_test, (seed, 1)).reshape(len(y_test), -1)
rng = np.random.default_rng(seed)
run = Run(
    "GEN1", data, dataset=dataset, scale=scale, seed=seed, batch_size=batch_size, epochs=epochs
)


def as_images(rows):
    """Return rows of pixels as images."""
    return np.asarray(rows).reshape(-1, *image_shape)


independent, _ = fit_mixture(x_train, 1, seed=seed, steps=1)
drawn = {"independent": independent.draw(1000, rng)[0]}
rows = {"held-out images": x_test[:10], "draws": drawn["independent"][:10]}
figure = plots.image_rows({name: as_images(each) for name, each in rows.items()})
run.show(figure, "01-independent", "Held-out images; draws whose pixels are independent.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
shares = {name: each.mean(axis=0) for name, each in {**drawn, "images": x_test}.items()}
run.claim(
    "pixels_right",
    "Each pixel is white about as often in the draws as in held-out images. The mean difference is",
    np.abs(shares["independent"] - shares["images"]).mean(),
    at_most=0.02,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Each pixel is right, and no image is. What counts is what the pixels have to do *with each other*.
# **To learn $p(x)$ is to learn what goes together.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What goes together
#
# A small table first. Your barometer reads low, middle or high, and it rains or not. The *joint*
# probabilities of the six cases add up to 1. Divide each column by its sum, and you have a
# *conditional* probability: how likely is rain *given* the reading? **In which table does the
# barometer tell you nothing about rain?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
joint = np.array([[0.20, 0.07, 0.03], [0.10, 0.23, 0.37]])  # rain or dry, by reading
p_rain, p_reading = joint.sum(axis=1)[0], joint.sum(axis=0)
unrelated = np.outer(joint.sum(axis=1), p_reading)  # same sums, but a broken barometer
pictures = {
    "p(weather, reading)": joint,
    "p(weather | reading)": joint / p_reading,
    "with a broken barometer": unrelated / p_reading,
}
figure = probability.tables(pictures, ["rain", "dry"], ["low", "middle", "high"])
run.show(figure, "02-tables", "Weather and reading: joint and conditional probabilities.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# On the right, each column says the same: 0.30 for rain, whatever the reading. **Two things are
# independent if knowing one changes nothing about the other**: $p(a \mid b) = p(a)$, or $p(a, b) =
# p(a) \, p(b)$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now the pixels. We look only at images in which one pixel, the cross, is white. How much more
# often, or less often, is each other pixel white then?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
usual, side = x_train.mean(axis=0), image_shape[1]
uncertain = np.argsort(
    np.abs(usual - 0.35)
)  # pixels that are neither always white nor always black
chosen = [uncertain[0], next(i for i in uncertain if abs(i // side - uncertain[0] // side) > 7)]
given = [x_train[x_train[:, i] == 1].mean(axis=0) - usual for i in chosen]
places = [(int(i // side), int(i % side)) for i in chosen]
titles = [f"given pixel {place}" for place in places]
maps = {title: each.reshape(image_shape[:2]) for title, each in zip(titles, given, strict=True)}
figure = probability.differences(maps, places)
run.show(figure, "03-given-one-pixel", "How a white pixel changes the probability of the others.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
neighbours = [given[k][i + step] for k, i in enumerate(chosen) for step in (-1, 1)]
run.claim(
    "neighbours_go_together",
    "A pixel beside a white one is more often white than usual. Its probability rises by at least",
    min(neighbours),
    at_least=0.15,
    unit="%",
)
run.claim(
    "some_exclude",
    "Other pixels become less probable: what is drawn here is not drawn there. The greatest fall "
    "is",
    -min(each.min() for each in given),
    at_least=0.05,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a conditional probability
#
# From a table of $p(a, b)$, with a row for each $a$ and a column for each $b$, make the table of
# $p(a \mid b)$.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_conditional(joint):
    """Return p(a | b), the shape of joint: rows are a, columns are b."""
    joint = np.asarray(joint)
    # BEGIN SOLUTION
    return joint / joint.sum(axis=0)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.conditional(my_conditional)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Sure of everything
#
# A classifier learns $p(y \mid x)$: *given* that this is an image, which digit is it? Here is one
# whose last layer sees only two numbers for each image, so that we can look at them. **What will it
# say of pixels that were drawn by tossing a coin?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
features = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        layers.Dense(128, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(2),
    ]
)
last = layers.Dense(len(data.class_names), activation="softmax")
classifier = keras.Sequential([features, last])
rate = one_cycle(len(x_train), 32, 8)
classifier.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
with run.timed("classifier"):
    classifier.fit(x_train, y_train, batch_size=32, epochs=8, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# It is asked about held-out images, and about a thousand images of tossed coins. Here are ten of
# the latter, each with the class that it names, and how sure it is.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
coins = rng.integers(0, 2, (1000, x_train.shape[1])).astype(np.float32)
said = {
    "held-out images": classifier.predict(x_test, verbose=0),
    "tossed coins": classifier.predict(coins, verbose=0),
}
accuracy = (said["held-out images"].argmax(axis=1) == y_test).mean()
sure = {name: (each.max(axis=1) >= 0.5).mean() for name, each in said.items()}
shown = np.argsort(-said["tossed coins"][:10].max(axis=1))
titles = [
    f"{data.class_names[p.argmax()]}: {100 * p.max():.0f} %" for p in said["tossed coins"][shown]
]
figure = plots.image_grid(as_images(coins[shown]), titles=titles)
run.show(figure, "04-coins", "Ten tossed images, and what the classifier takes them for.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "classifier_works",
    "The classifier has learned its task. Of held-out images, it gets right",
    accuracy,
    at_least=0.75,
    unit="%",
)
run.claim(
    "sure_of_noise",
    "It sees digits in coins, too: it believes in one class more than in all the others together "
    "for",
    sure["tossed coins"],
    at_least=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Why? Here are its two numbers for held-out images, and the borders between its classes: near, and
# from afar. **Where is the region that says "this is no digit"?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
points = features.predict(x_test, verbose=0)


def classes_at(places):
    """Return the class that the last layer sees at each place."""
    return ops.convert_to_numpy(last(np.asarray(places, np.float32))).argmax(axis=1)


figure = probability.class_regions(classes_at, points[:1000], y_test[:1000], data.class_names)
run.show(figure, "05-regions", "The plane of the last layer: codes of images, and the borders.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
reach = np.linalg.norm(points, axis=1).max()
pairs = rng.uniform(-reach, reach, (2, 4000, 2))
same = classes_at(pairs[0]) == classes_at(pairs[1])
run.claim(
    "straight_borders",
    "The borders are straight. If two places belong to one class, so does the middle between them. "
    "This holds for",
    (classes_at(pairs.mean(axis=0)) == classes_at(pairs[0]))[same].mean(),
    at_least=0.999,
    unit="%",
)
angles = np.linspace(0, 2 * np.pi, 1000)
circle = 4 * reach * np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
run.claim(
    "sure_far_away",
    "Far away, where no image has ever been, it is surest. On a circle four times as far out as "
    "the farthest image, it gives one class at least 90 % at",
    (ops.convert_to_numpy(last(circle)).max(axis=1) >= 0.9).mean(),
    at_least=0.8,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# There is none: every place belongs to some digit, and regions go on for ever. **A classifier has
# never been asked how probable an image is, so it cannot know.** A model of $p(x)$ is asked nothing
# else.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. A score in nats
#
# For independent pixels, the probability of an image is a product: the share $p_i$ for each white
# pixel, $1 - p_i$ for each black one. A product of 784 numbers is tiny, so we take logarithms, and
# the product becomes a sum. Its unit is the *nat*:
#
# $$\log p(x) = \sum_i \left( x_i \log p_i + (1 - x_i) \log(1 - p_i) \right)$$
#
# **The higher the mean of $\log p(x)$ over held-out images, the better the model.** It is the one
# score of this lesson. Our figures show $-\log p(x)$, what an image *costs*: fewer nats are better.
# No share $p_i$ may be 0 or 1, or a single pixel would make an image impossible; we count half a
# white and half a black image more.

# %% slideshow={"slide_type": "-"} tags=["claims"]
nats = {"independent pixels": independent.log_prob(x_test).mean()}
tossed = -x_test.shape[1] * np.log(2)
run.claim(
    "better_than_coins",
    f"Tossed coins give every image the same, 784 log 0.5 = {tossed:.0f} nats. Knowing how often "
    "each pixel is white brings",
    nats["independent pixels"] - tossed,
    at_least=200,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the score
#
# Write it for images in rows, `(n, pixels)`, and shares `(pixels,)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_log_prob(x, p):
    """Return log p(x) of each image, (n,), for independent pixels that are 1 with probability p."""
    x, p = np.asarray(x), np.asarray(p)
    # BEGIN SOLUTION
    return (x * np.log(p) + (1 - x) * np.log(1 - p)).sum(axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.log_prob(my_log_prob)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. A hidden cause
#
# Why do pixels go together? Because something decides on many of them at once: which digit it is,
# how it leans. Nobody tells us; it is *hidden*. Call it $z$. The simplest choice: $z$ is one of $k$
# prototypes, and *given* $z$, the pixels are independent.
#
# $$p(x) = \sum_z p(z) \, p(x \mid z)$$
#
# **A hidden cause makes things depend on each other that would not otherwise.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# How do we find prototypes? If we knew which images belong to each, we would take their mean. If we
# knew the prototypes, we could say how much each has to do with an image: $p(z \mid x)$. We know
# neither, so we guess $p(z \mid x)$ at random, and then take turns: prototypes, $p(z \mid x)$,
# prototypes ... This is **expectation-maximisation** (EM).

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
sizes, mixtures, history = (1, 10, 30, 100), {}, {}
with run.timed("mixtures"):
    for k in sizes:
        mixtures[k], history[k] = fit_mixture(x_train, k, seed=seed)
mixture = mixtures[30]
often = np.argsort(-mixture.weights)
figure = plots.image_grid(as_images(mixture.means[often]), columns=10)
run.show(figure, "06-prototypes", "The 30 prototypes that EM has found, the most frequent first.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# How many digits can you read? One with sharp edges has kept a single image, and knows it by heart.
# A flat grey one has no image left: others explained them all better, and what remains are the half
# white and the half black one.

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "em_never_falls",
    "No step of EM has made the images that it gets less probable. The smallest gain of a step is",
    min(np.diff(each).min() for k, each in history.items() if k > 1),
    at_least=-1e-9,
    unit="nats",
)
of = mixture.responsibilities(x_test).argmax(axis=1)
groups = [y_test[of == k] for k in range(30)]
purity = sum(np.bincount(each).max() for each in groups if len(each)) / len(y_test)
run.claim(
    "prototypes_know_classes",
    "Nobody told it what a class is. Yet the images of one prototype are mostly of one class:",
    purity,
    at_least=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# How many prototypes? We ask the held-out images.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
held = {k: mixtures[k].log_prob(x_test).mean() for k in sizes}
trained = {k: mixtures[k].log_prob(x_train).mean() for k in sizes}
lines = {
    "training images": [-trained[k] for k in sizes],
    "held-out images": [-held[k] for k in sizes],
}
figure = charts.curves(sizes, lines, "prototypes", "nats that an image costs")
run.show(figure, "07-sizes", "What an image costs, -log p(x), by the number of prototypes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
nats["30 prototypes"] = held[30]
run.claim(
    "cause_pays",
    "A hidden cause pays. Thirty prototypes are ahead of independent pixels by",
    held[30] - held[1],
    at_least=25,
    unit="nats",
)
run.claim(
    "more_learn_by_heart",
    "With more prototypes, the model learns its own images better than others: with 100, training "
    "images are ahead of held-out ones by",
    trained[100] - held[100],
    at_least=1,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: who has made it?
#
# The first half of a step of EM: from $\log p(x, z)$, a row for each image and a column for each
# prototype, compute $p(z \mid x) = p(x, z) / p(x)$. With large images, the logarithms are below
# -1000: what does `np.exp` make of them? Subtract the largest of each row first; it cancels.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_responsibilities(log_joint):
    """Return p(z | x), (n, k), from log p(x, z), (n, k)."""
    log_joint = np.asarray(log_joint)
    # BEGIN SOLUTION
    joint = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.responsibilities(my_responsibilities)

# %% [markdown] slideshow={"slide_type": "subslide"}
# You may know a simpler way to find prototypes, *k-means*: each image belongs wholly to the nearest
# prototype, that with the smallest sum of squared differences, and each prototype is the mean of
# its images. **EM asks "how much?", k-means asks "which?".**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
kmeans = KMeans(30, n_init=1, random_state=seed).fit(x_train)
size = np.bincount(kmeans.labels_)
rows = {
    "mixture": mixture.means[often][:12],
    "k-means": kmeans.cluster_centers_[np.argsort(-size)][:12],
}
figure = plots.image_rows({name: as_images(each) for name, each in rows.items()})
run.show(figure, "08-kmeans", "The most frequent prototypes: of the mixture, and of k-means.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
undecided = (mixture.responsibilities(x_test).max(axis=1) < 0.99).mean()
run.claim(
    "mostly_decided",
    "With so many pixels to go by, the mixture is mostly as decided as k-means. It leaves some "
    "doubt, less than 99 % for one prototype, on only",
    undecided,
    at_most=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the nearest prototype
#
# The decision of k-means: for each row of `x`, `(n, pixels)`, the number of the row of `means`,
# `(k, pixels)`, that is nearest to it.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_nearest(x, means):
    """Return the number of the nearest prototype of each image, integers of shape (n,)."""
    x, means = np.asarray(x), np.asarray(means)
    # BEGIN SOLUTION
    return ((x[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.nearest(my_nearest)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Adding up over all causes
#
# With 10 prototypes, $p(x)$ is a sum of 10 terms. A VAE's $z$ is a list of real numbers: there are
# too many to add up. Then we *draw* some $z$ from the prior, and take the mean of $p(x \mid z)$: a
# **Monte Carlo** estimate of $p(x)$. With 10 prototypes we know the truth, and can watch the error.
# **How many more draws do you need for half the error?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
few = mixtures[10]
given_z = few.log_joint(x_test[:50]) - np.log(few.weights)  # log p(x | z), (images, 10)
truth = few.log_prob(x_test[:50])[:, None]
counts, errors = [100, 400, 1600, 6400, 25600], []
with run.timed("Monte Carlo"):
    for n in counts:
        # 200 times for each image: how often each of the 10 comes up in n draws
        drawn_z = rng.multinomial(n, few.weights, size=(50, 200))
        estimates = (drawn_z / n * np.exp(given_z - truth)[:, None]).sum(axis=-1)
        errors.append(100 * np.sqrt(((estimates - 1) ** 2).mean()))
figure = probability.convergence(counts, errors)
run.show(figure, "09-monte-carlo", "The error of Monte Carlo estimates of p(x), by their draws.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
slope = np.polyfit(np.log(counts), np.log(errors), 1)[0]
run.claim(
    "four_times_for_half",
    "Four times as many draws halve the error: it falls as 1 / sqrt(N), whatever the model. The "
    "error of four times as many draws, in percent of that before, is",
    4**slope,
    at_least=0.45,
    at_most=0.55,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Most draws of $z$ explain a given image badly, and a few carry the whole sum. **A VAE does better:
# its encoder says which $z$ are worth a try.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a mean of tiny numbers
#
# You get $\log p(x \mid z)$ for `n` draws of $z$: a row for each draw, a column for each image.
# Estimate $\log p(x)$: the logarithm *of the mean* of $p(x \mid z)$, and not the mean of the
# logarithms. Mind numbers such as $e^{-1000}$.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_estimate(log_p):
    """Return an estimate of log p(x) for each image, (images,), from log p(x | z), (n, images)."""
    log_p = np.asarray(log_p)
    # BEGIN SOLUTION
    largest = log_p.max(axis=0)
    return largest + np.log(np.exp(log_p - largest).mean(axis=0))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.estimate(my_estimate)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. A chain of pixels
#
# There is a way without any hidden cause. Whatever the images are, their probability is a product
# of conditional ones, pixel by pixel:
#
# $$p(x) = p(x_1) \, p(x_2 \mid x_1) \, p(x_3 \mid x_1, x_2) \cdots$$
#
# That is no assumption: it always holds. The assumption is how we model each factor. We take a
# logistic regression on all pixels *before* it: one `Dense` layer with a sigmoid, whose weights
# from the pixel itself and from later ones are kept at 0. `fit` gets the images both as input and
# as target; the loss, `binary_crossentropy`, is minus our score, per pixel. **Why does it not
# simply copy its input?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
chain = build_pixel_chain(independent.means[0])  # it begins with independent pixels
rate = one_cycle(len(x_train), batch_size, epochs, peak=0.01)
chain.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")
with run.timed("chain"):
    chain.fit(x_train, x_train, batch_size=batch_size, epochs=epochs, verbose=0)
chain_log_prob = pixel_chain.log_prob(chain, x_test)
nats["chain of pixels"] = chain_log_prob.mean()

# %% [markdown] slideshow={"slide_type": "subslide"}
# No unit ever sees its own pixel. Now draws of all three models. The chain draws from left to
# right, line by line, each pixel by what stands already.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
with run.timed("draws of the chain"):
    drawn["30 prototypes"] = mixture.draw(1000, rng)[0]
    drawn["chain"] = pixel_chain.draw(chain, 1000, rng)
rows = {**{name: each[:10] for name, each in drawn.items()}, "held-out images": x_test[:10]}
figure = plots.image_rows({name: as_images(each) for name, each in rows.items()})
run.show(figure, "10-draws", "Draws of three models of p(x), and held-out images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The prototypes know *which strokes go together*, but each pixel is still tossed by itself: their
# draws are speckled. The chain knows *neighbours*: its lines are whole, but it forgets what it set
# out to write. **What would a model have to know to do both?**

# %% slideshow={"slide_type": "-"} tags=["claims"]


def roughness(rows):
    """Return how often neighbours differ, relative to the number of white pixels."""
    images = rows.reshape(-1, *image_shape[:2])
    return np.abs(np.diff(images, axis=2)).sum() / images.sum()


rough = {name: roughness(each) for name, each in (*drawn.items(), ("images", x_test))}
run.claim(
    "prototypes_speckle",
    "Draws of the prototypes are rougher than images: neighbours differ more often, by a factor of",
    rough["30 prototypes"] / rough["images"],
    at_least=1.4,
)
run.claim(
    "chain_is_smooth",
    "Draws of the chain are about as smooth as images. Neighbours differ more often by a factor of",
    rough["chain"] / rough["images"],
    at_most=1.3,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. The score board
#
# The same held-out images, three models, one unit. **Which helps more: thirty prototypes, after
# independent pixels, or the chain, after the prototypes?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
cost = {name: -value for name, value in {"tossed coins": tossed, **nats}.items()}
figure = charts.amounts(cost, "nats that a held-out image costs: fewer are better")
run.show(figure, "11-nats", "What a held-out image costs under each model, -log p(x).")
run.record(metrics={f"nats_{name.replace(' ', '_')}": value for name, value in nats.items()})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "chain_ahead",
    "The chain is ahead of thirty prototypes, by",
    nats["chain of pixels"] - nats["30 prototypes"],
    at_least=10,
    unit="nats",
)
least = np.quantile(chain_log_prob, 0.01)
run.claim(
    "chain_knows_noise",
    "What the classifier was sure of, a model of p(x) rejects. Of the tossed coins, this share is "
    "less probable than 99 of 100 held-out images:",
    (pixel_chain.log_prob(chain, coins) < least).mean(),
    at_least=0.99,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Later lessons are measured in these nats, too.** A VAE takes up the hidden cause: not one of
# thirty, but a list of numbers, which a network decodes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# A program that runs and trains, with *one* mistake. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 8, a miracle
#
# It builds a chain of pixels, and reaches a score that no model has ever had: an image costs it
# next to nothing. Its draws are no better than before.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_8(n_pixels):
    """Build a chain of pixels."""

    class Earlier(keras.constraints.Constraint):
        """Keep the weights from earlier pixels (rows) to later units (columns)."""

        def __call__(self, w):
            # BEGIN SOLUTION
            return ops.triu(w, 1)
            # INSTEAD
            # return ops.triu(w)
            # END SOLUTION

    pixels = layers.Dense(n_pixels, activation="sigmoid", kernel_constraint=Earlier())
    return keras.Sequential([keras.Input((n_pixels,)), pixels])


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(8, program_8)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. A classifier is 99 % sure that an image shows a 3. What follows?
#    - (a) The image is probable, under a model of its images.
#    - (b) Among its classes, 3 fits best by far.
#    - (c) The image shows a digit.
# 2. Given the prototype, the pixels of a mixture are independent. And if it is not given?
#    - (a) Then, too.
#    - (b) They depend on each other, through the prototype.
#    - (c) That depends on the number of images.
# 3. You want a Monte Carlo estimate with a tenth of the error. You need
#    - (a) ten times as many draws;
#    - (b) twenty times as many;
#    - (c) a hundred times as many.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "b"
question_2 = "b"
question_3 = "c"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("GEN1-1", question_1),
    check.answer("GEN1-2", question_2),
    check.answer("GEN1-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A classifier says which class fits best, even where nothing fits. A model of $p(x)$ says how
#   probable the image is.
# - What makes an image is what its pixels have to do with each other. A hidden cause, or a chain of
#   conditional probabilities, can say it.
# - $p(x)$ is a sum over all causes. Where there are too many, draw some: the error falls as $1 /
#   \sqrt{N}$.
# - The score is the mean of $\log p(x)$ over held-out images, in nats.
#
# **Next:** [AE1](AE1.ipynb) looks for a hidden cause that is a few numbers.
