# %% [markdown] slideshow={"slide_type": "slide"}
# # GAN3: why does it fail, and what helps?
#
# **Why does it fail, and what helps?**
#
# What you'll learn:
# - why a classifier can be too good a judge, and what the earth mover's distance says instead;
# - three ways to keep a critic from being steep, and whether it then measures that distance;
# - what six remedies bring at equal computing time, over several seeds;
# - how a discriminator sees that all images are alike, and how it can judge a VAE's copies.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [GAN1](GAN1.ipynb), and [VAE1](VAE1.ipynb) for the last section but one. Time at the
# defaults, measured on two CPU cores: 3 min 28 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("earth_mover")` for example. No later cell needs your code. A sentence with a ✓ is a
# claim: the number behind it is measured in your run, and the bound in brackets says which numbers
# would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, load_dataset
from fidle_vae.data import GaussianBlobs
from fidle_vae.evaluation import class_coverage, frechet_distance
from fidle_vae.evaluation.classifier import look, train_classifier
from fidle_vae.evaluation.sharpness import sharpness
from fidle_vae.figures import charts, critics as figures, plots
from fidle_vae.models import VAEGAN, Adversarial, build_encoder
from fidle_vae.models.adversarial import gradient_penalty
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.weight_constraints import ClipWeights, UnitSpectralNorm

import time

import keras
import numpy as np
import tensorflow as tf
from IPython.display import display
from keras import layers, ops
from keras.optimizers import Adam, RMSprop
from scipy.stats import wasserstein_distance

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images, `epochs` sets the length of every
# training, `repeats` how often each remedy is tried. `dataset = "auto"` takes MNIST where it can be
# had, and otherwise similar digits that need no internet.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.3
seed = 123
batch_size = 64
epochs = 3
repeats = 3

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Too good a judge
#
# Real points around 0, generated ones around $d$. The best discriminator knows both densities, $p$
# and $q$; its loss is then $2 \log 2 - 2 \, \mathrm{JS}(p, q)$, so what the generator can lower is
# the Jensen-Shannon divergence. **Where do you want a slope, and where is one?** The other curve is
# the earth mover's distance: how far the mass has to be carried, on average.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "epochs": epochs}
run = Run("GAN3", data, **parameters, batch_size=batch_size, repeats=repeats)
rng = np.random.default_rng(seed)
line, shifts = np.linspace(-3, 9, 2401), np.linspace(0, 6, 25)
p, js, moved = GaussianBlobs([0.0], 0.5).density(line), [], []
for d in shifts:
    q = GaussianBlobs([d], 0.5).density(line)
    middle = (p + q) / 2 + 1e-300
    terms = [each * np.log(each / middle + 1e-300) for each in (p, q)]
    js.append(np.trapezoid(sum(terms) / 2, line))
    moved.append(wasserstein_distance(line, line, p, q))
both = (p, GaussianBlobs([4.0], 0.5).density(line))
distances = {"Jensen-Shannon, nats": js, "earth mover's": moved}
figure = figures.two_distances(line, both, shifts, distances)
run.show(figure, "01-no-overlap", "Two distributions that hardly overlap, and two distances.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
far = shifts >= 4
run.claim(
    "flat_where_apart",
    "From a distance of 4 on, the divergence is log 2, and says nothing of how far it is. It still "
    "changes by",
    np.ptp(np.array(js)[far]),
    at_most=0.001,
    unit="nats",
)
run.claim(
    "mover_has_a_slope",
    "The earth mover's distance is d itself, however far that is. It differs from d by at most",
    np.abs(np.array(moved) - shifts).max(),
    at_most=0.001,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **A judge that is sure of everything teaches nothing.** That is why the discriminator of GAN1 must
# not win. A judge of distances could be as good as it likes.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the earth mover's distance
#
# On a line there is no better plan than to keep the order: the smallest goes to the smallest. Write
# the distance of two samples of one size.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_earth_mover(x, y):
    """Return the earth mover's distance, one number, of two samples, (n,) each."""
    x, y = np.asarray(x), np.asarray(y)
    # BEGIN SOLUTION
    return np.mean(np.abs(np.sort(x) - np.sort(y)))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.earth_mover(my_earth_mover)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. A critic that measures
#
# Images have no order. But there is another way to the same number (Kantorovich and Rubinstein):
#
# $$W(p, q) = \max_{D \text{ nowhere steeper than } 1} \; \mathbb{E}_p[D(x)] -
# \mathbb{E}_q[D(\hat{x})]$$
#
# So let a network $D$ find the maximum. It gives no probabilities, and is called a **critic**.
# All that is left is to keep it from being steep.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the critic's loss
#
# Write what the critic makes *small*, from what it says of real and of generated images.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_critic_loss(real, fake):
    """Return the critic's loss, one number, from D(x) and D(x_hat), (n,) each."""
    # BEGIN SOLUTION
    return ops.mean(fake) - ops.mean(real)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.critic_loss(my_critic_loss)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Three ways hold it: clipping, spectral norms, or a penalty on its slope.** *Clipping* (WGAN):
# after each step, every weight goes back into $[-c, c]$. *Spectral norm*: every kernel is divided
# by its largest singular value, so that no layer stretches anything (after the step, too;
# `keras.layers.SpectralNormalization` does it in each call). *Gradient penalty* (WGAN-GP): a term
# that wants the slope to be 1, between images, where $e \sim U(0, 1)$ is drawn for each:
#
# $$\lambda \, (\lVert \nabla D(m) \rVert - 1)^2, \qquad m = e \, x + (1 - e) \, \hat{x}$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: clipping
#
# You have both networks, after a step of the critic. Clip what must be clipped, in place.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_clipping(critic, generator, limit):
    """Clip weights to [-limit, limit], in the network that WGAN holds that way."""
    # BEGIN SOLUTION
    for weight in critic.trainable_variables:
        weight.assign(tf.clip_by_value(weight, -limit, limit))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.clipping(my_clipping)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the gradient penalty
#
# Write the bracket with its square, for each image. `share` is $e$. You need a tape that watches
# $m$. The training differentiates your result once more, by another tape around it: **one tape
# inside another.**


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_gradient_penalty(critic, x, x_hat, share):
    """Return the penalty of each image, (n,), from images (n, h, w, c) and shares (n,)."""
    share = tf.reshape(share, (-1, 1, 1, 1))
    # BEGIN SOLUTION
    between = share * x + (1 - share) * x_hat
    with tf.GradientTape() as tape:
        tape.watch(between)
        said = critic(between)
    slopes = tape.gradient(said, between)
    return (tf.sqrt(tf.reduce_sum(slopes**2, axis=(1, 2, 3))) - 1) ** 2
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.gradient_penalty(my_gradient_penalty)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the spectral norm
#
# The kernel of a convolution, (height, width, inputs, outputs), is a matrix with a column for each
# output. Write its largest singular value. `np.linalg.norm(matrix, 2)` has it.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_spectral_norm(kernel):
    """Return the largest singular value, one number, of a kernel (h, w, inputs, outputs)."""
    kernel = np.asarray(kernel)
    # BEGIN SOLUTION
    return np.linalg.norm(kernel.reshape(-1, kernel.shape[-1]), 2)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.spectral_norm(my_spectral_norm)

# %% [markdown] slideshow={"slide_type": "subslide"}
# On a line, SciPy knows the truth. Real points are around -2 and 2, generated ones around one
# place. This is the critic's training, by hand. The penalty begins after an eighth of it: a critic
# that is caught on the wrong side would stay there, as $\lVert \nabla D \rVert$ has no sign.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def trained_critic(place, weight=0.0, steps=130 * epochs, **held):
    """Return a critic of points around -2 and 2 and of points around a place, and its samples."""
    keras.utils.set_random_seed(seed)
    hidden = [layers.Dense(32, "leaky_relu", **held) for _ in range(2)]
    critic = keras.Sequential([keras.Input((1,)), *hidden, layers.Dense(1, **held)])
    step = make_step(critic, Adam(3e-3, beta_1=0.5), penalized=weight > 0)
    sources = GaussianBlobs([-2.0, 2.0], 0.3), GaussianBlobs([float(place)], 0.3)
    for i in range(steps):
        x, x_hat = (each.draw(128, rng) for each in sources)
        step(x, x_hat, tf.constant(weight if i > steps // 8 else 0.0))
    return critic, [each.draw(4000, rng) for each in sources]


# %% [markdown] slideshow={"slide_type": "skip"}
# And one step: the outer tape is here, the inner one in the package's `gradient_penalty`.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def make_step(critic, optimizer, penalized):
    """Return a function that takes one step of a critic, compiled."""

    @tf.function
    def step(x, x_hat, weight):
        share = tf.random.uniform(tf.shape(x)[:1])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(critic(x_hat)) - tf.reduce_mean(critic(x))
            if penalized:
                loss += weight * tf.reduce_mean(gradient_penalty(critic, x, x_hat, share))
        gradients = tape.gradient(loss, critic.trainable_variables)
        optimizer.apply(gradients, critic.trainable_variables)

    return step


# %% [markdown] slideshow={"slide_type": "subslide"}
# Four places for the generated points, from the middle to far on the right. **Whose value is the
# distance?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
clip, unit = ClipWeights(0.1), UnitSpectralNorm()
ways_to_hold = {
    "clipping": {"kernel_constraint": clip, "bias_constraint": clip},
    "spectral": {"kernel_constraint": unit},
    "penalty": {"weight": 10.0},
}
places, values, true, said, weights = [0, 2, 4, 6], {}, {}, {}, {}
with run.timed("line"):
    for name, way in ways_to_hold.items():
        made = [trained_critic(place, **way) for place in places]
        true[name] = [wasserstein_distance(x[:, 0], x_hat[:, 0]) for _, (x, x_hat) in made]
        outputs = [[ops.convert_to_numpy(d(each)) for each in pair] for d, pair in made]
        values[name] = [np.mean(x) - np.mean(x_hat) for x, x_hat in outputs]
        said[name] = made[0][0].predict(line[:, None] - 3, verbose=0)[:, 0]
        weights[name] = np.concatenate([w.ravel() for d, _ in made for w in d.get_weights()])
both = [GaussianBlobs(at, 0.3).density(line - 3) for at in ([-2.0, 2.0], [0.0])]
figure = figures.critics_on_a_line(line - 3, both, said, places, true["penalty"], values)
run.show(figure, "02-critics", "What three critics say along a line, and what they measure.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
of_truth = {name: np.array(each) / true[name] for name, each in values.items()}
due = 1 + np.array(true["penalty"]) / 20
run.claim(
    "penalty_is_soft",
    "A slope s earns s W and costs 10 (s - 1)², so that 1 + W / 20 is best: a penalty is no wall. "
    "The measured values differ from W (1 + W / 20), on average over the places, by",
    np.abs(of_truth["penalty"] / due - 1).mean(),
    at_most=0.15,
    unit="%",
)
run.claim(
    "spectral_never_above",
    "With spectral norms, the value is never above the truth. Its largest share of it is",
    of_truth["spectral"].max(),
    at_least=0.9,
    at_most=1.005,
    unit="%",
)
run.claim(
    "spectral_bends_badly",
    "But in the middle, where the critic must fall and rise again, it finds only",
    of_truth["spectral"][0],
    at_most=0.7,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The slope of the clipped critic has *some* bound, too, but it depends on the numbers of layers and
# units, and is never reached. **What does clipping do to the weights?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
figure = figures.weights_held(weights)
run.show(figure, "03-weights", "All weights of the critics that are held in each way.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "clipped_at_the_edge",
    "Clipping leaves two values: this share of the weights is at one of both ends,",
    np.mean(np.abs(weights["clipping"]) > 0.099),
    at_least=0.7,
    unit="%",
)
run.claim(
    "clipping_has_no_scale",
    "And its value is no fixed share of the distance: the largest share is larger than the "
    "smallest, by a factor of",
    of_truth["clipping"].max() / of_truth["clipping"].min(),
    at_least=1.5,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Six ways, at equal cost
#
# Now images, at half size, so that many trainings fit into minutes. We take six losses and
# remedies, and give each the same computing time. A penalty makes a step dearer, three steps of the
# critic for one of the generator even more so: `share` says how many steps a way gets, relative to
# the plain game, which is called non-saturating. **R1** is the squared slope at real images,
# $\frac{\gamma}{2} \lVert \nabla D(x) \rVert^2$; **hinge** is $\max(0, 1 - D(x)) + \max(0, 1 +
# D(\hat{x}))$.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
gp = {"penalty": "gradient_penalty", "penalty_weight": 10.0}
ways = {
    "non-saturating": {},
    "least squares": {"loss": "least_squares"},
    "WGAN, clipped": {"loss": "wasserstein", "critic": 3, "share": 0.47, "held": {"clip": 0.03}},
    "WGAN, penalty": {"loss": "wasserstein", "critic": 3, "share": 0.36, **gp},
    "spectral, hinge": {"loss": "hinge", "share": 0.95, "rate": 4e-4, "held": {"spectral": True}},
    "R1": {"penalty": "r1", "penalty_weight": 0.5, "share": 0.78},
}


def play(seed, x, share=1.0, critic=1, rate=1e-3, held=None, **options):
    """Return a game that is played out: a generator and a discriminator, trained."""
    keras.utils.set_random_seed(seed)
    generator = build_generator("dcgan", x.shape[1:], 16, width=16)
    judge = build_discriminator("dcgan", x.shape[1:], width=16, **(held or {}))
    game = Adversarial(generator, judge, discriminator_steps=critic, seed=seed, **options)
    game.compile(RMSprop(rate) if held == {"clip": 0.03} else Adam(rate, beta_1=0.5))
    steps = round(share * epochs * len(x) / batch_size)
    rows = np.random.default_rng(seed).integers(0, len(x), steps * critic * batch_size)
    game.fit(x[rows], batch_size=batch_size)
    return game


# %% [markdown] slideshow={"slide_type": "subslide"}
# Each way is tried with several seeds, at a learning rate that we chose for it beforehand. We judge
# as in GAN2: by the Fréchet distance in the features of a classifier of these images, and by the
# number of classes shown. A training **fails** if its distance is above one and a half times the
# median of all trainings, or if it shows fewer than half of the classes. **Make your bet: which way
# is first, which fails most often, and which depends most on its luck?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def half(images):
    """Return images at half size, by means of 2 x 2 pixels."""
    return images.reshape(len(images), 14, 2, 14, 2, 1).mean(axis=(2, 4))


x_train, x_test = half(data.x_train), half(data.x_test)
judge = train_classifier(data._replace(x_train=x_train, x_test=x_test), epochs=epochs)
real = look(judge, x_test[:2000])[0]
floor = frechet_distance(look(judge, x_train[: len(real)])[0], real)
found, shown, seconds, draws = {}, {}, {}, {}
with run.timed("ways"):
    for name, way in ways.items():
        start = time.process_time()
        games = [play(seed + i, x_train, **way) for i in range(repeats)]
        seconds[name] = (time.process_time() - start) / repeats
        draws[name] = [game.sample(len(real), seed=seed) for game in games]
        judged = [look(judge, each) for each in draws[name]]
        found[name] = [frechet_distance(features, real) for features, _ in judged]
        shown[name] = [class_coverage(classes) for _, classes in judged]
limit = 1.5 * np.median(list(found.values()))
figure = figures.trials(found, shown, floor, data.classes, limit)
run.show(
    figure, "04-ways", "Six ways at equal computing time: a dot for each seed, a bar at the median."
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The same as a table: the medians of distance and classes, and **how many trainings failed**. The
# seconds are those of all cores together, for one training.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
medians = {name: np.median(each) for name, each in found.items()}
failed = {
    name: int(np.sum((np.array(found[name]) > limit) | (np.array(shown[name]) < data.classes / 2)))
    for name in ways
}
print(f"A training fails if its distance is above {limit:.1f}, or its classes are below", end=" ")
print(f"{data.classes / 2:g}.\n\n{'':16}{'distance':>9}{'classes':>9}{'failed':>9}{'seconds':>9}")
for name in ways:
    numbers = f"{medians[name]:9.1f}{np.median(shown[name]):9.1f}"
    print(f"{name:16}{numbers}{f'{failed[name]} of {repeats}':>9}{seconds[name]:9.1f}")
print(f"{'real images':16}{floor:9.1f}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "equal_cost",
    "The dearest way costs more than the cheapest one, by a factor of",
    max(seconds.values()) / min(seconds.values()),
    at_most=1.7,
)
run.claim(
    "r1_ahead",
    "R1 costs one line. It brings the distance of the plain game (the median) down to",
    medians["R1"] / medians["non-saturating"],
    at_most=0.85,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "penalties_help",
    "The penalty between real and generated images (WGAN-GP) helps as well. It brings it down to",
    medians["WGAN, penalty"] / medians["non-saturating"],
    at_most=0.95,
    unit="%",
)
run.claim(
    "r1_ahead_of_force",
    "A critic that is held by force, by clipping or by spectral norms, is slower here: the better "
    "of both is behind R1, by a factor of",
    min(medians["WGAN, clipped"], medians["spectral, hinge"]) / medians["R1"],
    at_least=1.3,
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
penalized = failed["R1"] + failed["WGAN, penalty"]
forced = failed["WGAN, clipped"] + failed["spectral, hinge"]
run.claim(
    "penalties_rarely_fail",
    f"With a penalty (R1 and WGAN-GP), few trainings fail: of {2 * repeats},",
    penalized,
    at_most=1,
)
run.claim(
    "force_fails_more",
    f"Held by force (clipped and spectral), {forced} of {2 * repeats} fail. That is more, by",
    forced - penalized,
    at_least=1,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And the images, each row of the first seed:

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
rows = {"real": x_test[:12], **{name: each[0][:12] for name, each in draws.items()}}
figure = plots.image_rows(rows)
run.show(figure, "05-draws", "Draws of each way, of its first training, below real images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# No way comes near the distance of real images in so few steps, and what is wrong differs: strokes
# in pieces, classes left out, grey dots. Look at the dots of one way above: two seeds of it often
# differ more than two ways do, so **a comparison of single trainings compares luck.** Papers report
# other orders, for networks and times that are larger by far.

# %% [markdown] slideshow={"slide_type": "notes"}
# A low loss says nothing here: a critic's loss is minus a distance, R1's holds a penalty, least
# squares have another unit. Only what is measured on the draws can be compared.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. A forger with one good banknote
#
# A generator that draws *one* perfect image, again and again, fools any discriminator that looks at
# one image at a time. So let it see the batch: **minibatch deviation** takes the standard deviation
# of each feature over the batch, and hands their mean to the last layer, as one more channel.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the deviation of a batch
#
# Write that one number. Batches whose images are all alike must get 0.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_batch_deviation(x):
    """Return how much a batch varies, one number, from features (n, h, w, c)."""
    x = np.asarray(x)
    # BEGIN SOLUTION
    return np.mean(np.std(x, axis=0))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.batch_deviation(my_batch_deviation)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The test: half of the batches are real, the others hold one *real* image each, many times. No
# single image betrays the forger. Two discriminators learn to tell them apart, and are asked about
# held-out batches. **What can the one without the layer know?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def forged(images):
    """Return batches of different images and batches of copies in turn, and which is which."""
    batches = min(90, len(images) // batch_size)
    some = images[rng.permutation(len(images))[: batches * batch_size]]
    copies = np.repeat(some[::batch_size], batch_size, axis=0)
    pairs = [some.reshape(-1, 1, batch_size, *some.shape[1:])]
    pairs.append(copies.reshape(pairs[0].shape))
    kinds = np.tile(np.repeat([1.0, 0.0], batch_size), len(pairs[0]))[:, None]
    return np.concatenate(pairs, axis=1).reshape(-1, *some.shape[1:]), kinds


told = {}
with run.timed("forger"):
    for name, deviation in (("image by image", False), ("with the deviation", True)):
        keras.utils.set_random_seed(seed)
        network = build_discriminator("dcgan", x_train.shape[1:], width=16, deviation=deviation)
        accuracy = keras.metrics.BinaryAccuracy(threshold=0.0)
        cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
        network.compile(Adam(2e-3), cross_entropy, metrics=[accuracy])
        for _ in range(epochs):
            network.fit(*forged(x_train), batch_size=batch_size, shuffle=False, verbose=0)
        told[name] = network.evaluate(*forged(x_test), batch_size=batch_size, verbose=0)[1]
figure = charts.bars(told, "held-out batches judged rightly (by chance: 50 %)", 1)
run.show(figure, "06-forger", "Who notices that a batch holds one image many times?")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "copies_fool_it",
    "Image by image, the forger is safe. This share is judged rightly:",
    told["image by image"],
    at_most=0.75,
    unit="%",
)
run.claim(
    "deviation_tells",
    "With the deviation as one more number, this share is:",
    told["with the deviation"],
    at_least=0.9,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# What the logit of an image is now depends on its batch. **So it must not go with a gradient
# penalty,** which wants the slope of one image's logit along this image.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. A discriminator that judges copies
#
# A VAE compares pixels, and blurs. **VAE-GAN** (Larsen et al.) compares what a discriminator's last
# layer sees, $f(x)$ and $f(\hat{x})$. The decoder is the generator of a game, too:
#
# $$\mathrm{KL} + \frac{a}{2} \lVert f(x) - f(\hat{x}) \rVert^2 + b \, L_{\text{generator}}$$
#
# In the code, $a$ is `feature_weight`, $b$ is `game_weight`, and R1 holds the discriminator. We
# train the same encoder and decoder both ways, and copy held-out images. **Which copies would you
# rather have, and which are nearer?**


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def networks():
    """Return an encoder and a generator, the same at every call."""
    keras.utils.set_random_seed(seed)
    encoder = build_encoder("mlp", x_train.shape[1:], 16)
    return encoder, build_generator("dcgan", x_train.shape[1:], 16, width=16)


with run.timed("copies"):
    vae = VAE(*networks(), loss_weights="elbo", seed=seed)
    vae.compile(Adam(1e-3))
    vae.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0)
    judge_of_copies = build_discriminator("dcgan", x_train.shape[1:], width=16)
    settings = {
        "feature_weight": 100.0,
        "game_weight": 10.0,
        "penalty": "r1",
        "penalty_weight": 0.5,
    }
    game = VAEGAN(*networks(), judge_of_copies, seed=seed, **settings)
    game.compile(Adam(1e-3), Adam(1e-3, beta_1=0.5))
    game.fit(x_train, batch_size=batch_size, epochs=epochs)

# %% [markdown] slideshow={"slide_type": "skip"}
# Copies of both, and draws from the prior. To measure the ELBO of both in one way, the networks of
# the VAE-GAN go into a VAE.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
by_features = VAE(game.encoder, game.generator, loss_weights="elbo")
by_features.compile()
both = {"VAE": vae, "VAE-GAN": by_features}
copies = {name: model.reconstruct(x_test) for name, model in both.items()}
elbo = {
    name: model.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"]
    for name, model in both.items()
}
metrics = {"distance_plain": medians["non-saturating"], "distance_r1": medians["R1"]}
run.record(metrics=metrics | {"elbo_vae": elbo["VAE"], "elbo_vae_gan": elbo["VAE-GAN"]})
rows = {"held-out": x_test[:12], **{name: each[:12] for name, each in copies.items()}}
rows |= {f"{name}, draws": model.sample(12, seed=seed) for name, model in both.items()}
figure = plots.image_rows(rows)
run.show(figure, "07-copies", "Copies and draws of a VAE and of a VAE-GAN.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
sharp = {name: sharpness(each).mean() / sharpness(x_test).mean() for name, each in copies.items()}
run.claim(
    "copies_are_sharper",
    f"The copies of the VAE have {100 * sharp['VAE']:.0f} % of the sharpness of the images, those "
    f"of the VAE-GAN {100 * sharp['VAE-GAN']:.0f} %. That is more, by a factor of",
    sharp["VAE-GAN"] / sharp["VAE"],
    at_least=1.1,
)
run.claim(
    "elbo_pays",
    "Pixels count nothing in its loss, and the ELBO pays. It falls by",
    elbo["VAE"] - elbo["VAE-GAN"],
    at_least=2,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. If you have sheep
#
# People draw sheep in twenty seconds: Google's *Quick, Draw!* has them as `sheep.npy`. If you put
# this file where `data/README.md` says, the next cell trains our best game on it. Without the file,
# it goes on with the digits.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
try:
    others = half(load_dataset("sheep", scale, seed).x_train)[: len(x_train)]
    name, drawn = "sheep", play(seed, others, **ways["R1"]).sample(12, seed=seed)
except FileNotFoundError:
    name, others, drawn = "digits", x_train, draws["R1"][0][12:24]
figure = plots.image_rows({f"real {name}": others[:12], f"drawn {name}": drawn})
run.show(figure, "08-sheep", "Draws of the game with R1: of sheep if they are here, or of digits.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Sheep have no classes, so nothing is measured here: look for legs, wool, and two heads.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run, with *one* mistake each. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 24, a generator that learns to be caught
#
# A generator's loss with least squares, from what the discriminator says of its images: 1 is for
# real ones, 0 for generated ones. The loss falls nicely, the images get worse.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_24(fake):
    """Return the loss of a least-squares generator, one number, from D(x_hat), (n,)."""
    # BEGIN SOLUTION
    return ops.mean((fake - 1) ** 2) / 2
    # INSTEAD
    # return ops.mean(fake**2) / 2
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(24, program_24)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 25, a penalty for the wrong slope
#
# A gradient penalty from the gradients of each image. It is 0 where it should be, and the critic
# trains. Its slopes are near 1, too. But far from there, the penalty explodes.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_25(gradient):
    """Return the penalty of each image, (n,), from gradients (n, h, w, c)."""
    squares = ops.sum(gradient**2, axis=(1, 2, 3))
    # BEGIN SOLUTION
    return (ops.sqrt(squares) - 1) ** 2
    # INSTEAD
    # return (squares - 1) ** 2
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(25, program_25)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. A discriminator tells all real images from all generated ones, with certainty. What does the
#    generator of the first game get?
#    - (a) The largest slope there is.
#    - (b) Hardly any slope: the divergence is flat there.
#    - (c) The earth mover's distance.
# 2. WGAN-GP trains at $\lambda = 10$, and $p$ and $q$ are 4 apart. What does a good critic measure?
#    - (a) 4, as its slope is 1.
#    - (b) A little less than 4.
#    - (c) A little more than 4: it pays to be steeper than 1.
# 3. During a training, the generator's loss goes down steadily. What follows?
#    - (a) The images get better.
#    - (b) The discriminator of the moment is fooled more often, no more.
#    - (c) More classes are drawn.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "b"
question_2 = "c"
question_3 = "b"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("GAN3-1", question_1),
    check.answer("GAN3-2", question_2),
    check.answer("GAN3-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A classifier that is sure gives no slope. The earth mover's distance has one everywhere.
# - A critic measures that distance only as well as its slope is held: clipping has no scale, a
#   penalty is soft, spectral norms leave it stiff.
# - Compare remedies at equal cost, over seeds, by what is measured on the draws, and count the
#   trainings that fail. Here, a penalty on slopes at real images brings the most for one line.
# - A discriminator that sees a whole batch notices copies; one that judges features makes a VAE
#   sharp, and the ELBO pays.
#
# **Next:** [GAN4](GAN4.ipynb) tells a generator what to draw.
