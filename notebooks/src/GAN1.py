# %% [markdown] slideshow={"slide_type": "slide"}
# # GAN1: can a classifier be a loss?
#
# **Can a classifier be a loss?**
#
# What you'll learn:
# - what a trained classifier knows about two densities;
# - how two networks learn from each other: by the tape, and by `train_on_batch`;
# - why the generator's loss is turned round, and what gradients have to do with it;
# - why a generator may draw one thing only, and what helps.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need VAE2: a training step by the tape. Time at the defaults, on two CPU cores: 56 s;
# with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("generator_loss")` for example. No later cell
# needs your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and
# the bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, load_dataset
from fidle_vae.data.gaussian_blobs import GaussianBlobs, ring
from fidle_vae.evaluation.modes import good_share, modes_found
from fidle_vae.figures import adversarial as figures, plots
from fidle_vae.figures.inference import lines
from fidle_vae.films.game import Moments, write_game
from fidle_vae.models.adversarial import LOSSES, Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator

import warnings

import keras
import numpy as np
import tensorflow as tf
from IPython.display import display
from keras import layers, ops
from scipy.special import expit, xlogy

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images, which only the last section needs.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. `epochs` is the length of all trainings: 200 steps each for the small games.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 256
epochs = 10

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. What a classifier knows
#
# A VAE blurs, as its loss asks for a mean. Which formula asks for an image that looks real? Nobody
# knows one. So we *train* the loss: a classifier, the **discriminator** $D$, that tells real points
# from drawn ones. First, what can it know? We take points on a line, of two densities: $p$, real,
# and $q$, drawn.

# %% slideshow={"slide_type": "-"}
data = load_dataset(dataset, scale, seed)
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "epochs": epochs}
run = Run("GAN1", data, **parameters, batch_size=batch_size)
steps = 200 * epochs
line = np.linspace(-5, 5, 401)
p = GaussianBlobs([-1.8, 1.2], sigma=[0.5, 0.7], weights=[0.4, 0.6])


def build_network(inputs, outputs):
    """Build a network of two hidden layers."""
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((inputs,)), *hidden, layers.Dense(outputs)])


# %% [markdown] slideshow={"slide_type": "subslide"}
# An ordinary classifier learns from as many real points, label 1, as drawn ones, label 0, by the
# cross-entropy. **What will it say at a point $x$?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def train_classifier(p, q, places):
    """Return what a classifier says of places, trained to tell draws of p from those of q."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    x = np.concatenate([each.draw(50 * steps, rng) for each in (p, q)])
    labels = np.repeat([1.0, 0.0], 50 * steps)
    d = build_network(1, 1)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps // 5)
    d.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    d.optimizer.build(d.trainable_variables)  # beforehand, as that is quicker
    d.fit(x, labels, batch_size=500, verbose=0)
    return expit(ops.convert_to_numpy(d(places[:, None]))[:, 0])


q = GaussianBlobs([0.5], sigma=1.2)
with run.timed("classifier"):
    learned = train_classifier(p, q, line)
both = p.density(line), q.density(line)
figure = figures.classifier(line, both, both[0] / (both[0] + both[1]), learned)
run.show(figure, "01-classifier", "Two densities, and what a classifier says of their points.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
weight = (both[0] + both[1]) / np.sum(both)
run.claim(
    "d_knows_the_densities",
    "It says p / (p + q), though nobody told it p or q. On average over the points of both, it "
    "is off by",
    np.sum(weight * np.abs(learned - both[0] / (both[0] + both[1]))),
    at_most=0.05,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Only where there are points: at the ends hardly any fall, and what $D$ says there is a guess.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: what the best classifier says
#
# Of many points near $x$, some are real and some drawn, as many of both in all. What share of them
# is real? You get both densities at some places.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_best_d(p, q):
    """Return the probability that a point is real, (n,), by the densities p and q there, (n,)."""
    # BEGIN SOLUTION
    return p / (p + q)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.best_discriminator(my_best_d)

# %% [markdown] slideshow={"slide_type": "subslide"}
# How well it does is one number, its **value**: minus its cross-entropy.
#
# $$V(D) = \mathbb{E}_p[\log D(x)] + \mathbb{E}_q[\log(1 - D(x))] \; \le \; 2 \, \mathrm{JS}(p, q) -
# \log 4$$
#
# The best $D$ reaches the right side. JS, the *Jensen-Shannon divergence*, is 0 if $p = q$ and
# $\log 2$ if they have no place in common. **So the value says how far apart $p$ and $q$ are.**
# Five classifiers, for a Gaussian $p$ and copies of it that we shift:

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
shifts, wide, one = [0, 0.5, 1, 2, 4], np.linspace(-6, 10, 641), GaussianBlobs([0], 1)
value, bound = [], []
for shift in shifts:
    q = GaussianBlobs([shift], sigma=1)
    both, d = (one.density(wide), q.density(wide)), train_classifier(one, q, wide)
    says, best = (d, 1 - d), [each / np.add(*both) for each in both]
    for values, pair in ((value, np.clip(says, 1e-6, 1)), (bound, best)):
        terms = [xlogy(density, share) for density, share in zip(both, pair, strict=True)]
        values.append(np.sum(terms) * (wide[1] - wide[0]))
curves = {"2 JS - log 4": (shifts, bound), "value of a trained D": (shifts, value)}
figure = lines(curves, "how far q is shifted", "value, nats")
figure.axes[0].lines[0].set(linewidth=9, markersize=20)  # to be seen on both sides of the other
run.show(figure, "02-value", "The value of trained classifiers, and the largest that there is.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "value_is_a_distance",
    "No classifier is above the line, and a trained one is nearly on it. It lacks at most",
    np.max(np.subtract(bound, value)),
    at_least=-1e-4,
    at_most=0.05,
)
run.claim(
    "nobody_knows",
    "Where p = q, the value is -log 4 = -1.386: D = 1/2 is all that can be said. It differs by",
    abs(value[0] + np.log(4)),
    at_most=0.03,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. Two players, two losses
#
# Now $q$ shall become $p$. A **generator** $G$ makes points of noise $z$, and $q$ is where they
# fall. $D$ makes the value large, $G$ makes it small: a game, and at its end $q = p$, $D = 1/2$.
#
# $$\min_G \max_D \; \mathbb{E}_p[\log D(x)] + \mathbb{E}_z[\log(1 - D(G(z)))]$$
#
# Say $D$ sees a *drawn* point, and is sure: 0.01. In *minimax*, $G$ makes $\log(1 - D)$ small.
# Goodfellow et al. (2014) recommend $-\log D$ instead, *non-saturating*: it also wants a large $D$.
# **Which one moves $G$?** Left the losses; right their slopes along the logit: its sigmoid is $D$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = figures.generator_losses()
run.show(figure, "03-losses", "Two losses of the generator, and how steep they are.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# In numbers, by the tape. A network gives logits, and from these `softplus(a)`, $\log(1 + e^a)$, is
# exact: $-\log D$ = `softplus(-logit)` and $-\log(1 - D)$ = `softplus(logit)`.

# %% slideshow={"slide_type": "-"}
logit = tf.Variable(np.log(0.01 / 0.99))  # D = 0.01
with tf.GradientTape(persistent=True) as tape:
    minimax, non_saturating = -tf.nn.softplus(logit), tf.nn.softplus(-logit)
slopes = [abs(tape.gradient(each, logit).numpy()) for each in (minimax, non_saturating)]
print(f"minimax {slopes[0]:.3f}, non-saturating {slopes[1]:.3f}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "ninety_nine",
    "The same wish, but not the same push. The slopes are D and 1 - D, and at D = 0.01 the "
    "second is larger by a factor of",
    slopes[1] / slopes[0],
    at_least=98.9,
    at_most=99.1,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the discriminator's loss
#
# Minus the value, from logits: the mean over the real points, plus the mean over the drawn ones.
# What does it pay for each?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_d_loss(real, fake):
    """Return the discriminator's loss, one number, from logits of shape (n, 1)."""
    # BEGIN SOLUTION
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.discriminator_loss(my_d_loss)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the generator's loss
#
# Non-saturating, from the logits of drawn points. Mind the sign: an optimizer makes it small.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_g_loss(fake):
    """Return the generator's loss, one number, from logits of shape (n, 1)."""
    # BEGIN SOLUTION
    return ops.mean(ops.softplus(-fake))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.generator_loss(my_g_loss)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. The game
#
# Each step moves *one* player: the tape asks for the gradients of that player's weights alone.
# $D$'s step needs no gradient through $G$, so $G$'s points are made outside the tape, each of eight
# numbers of noise.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def discriminator_step(game, x):
    """Move D, so that it calls the points of x real and drawn ones fake; return its loss."""
    x_hat = game.generator(tf.random.normal((x.shape[0], 8)))
    with tf.GradientTape() as tape:
        real, fake = game.discriminator(x), game.discriminator(x_hat)
        loss = tf.reduce_mean(game.losses.real(real) + game.losses.fake(fake))
    weights = game.discriminator.trainable_variables
    game.d_optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


# %% [markdown] slideshow={"slide_type": "subslide"}
# $G$'s step needs one *through* $D$: that is the only way in which $G$ learns where real points
# are. We also return the gradient's norm.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def generator_step(game):
    """Move G, so that D calls its points real; return its loss, and the norm of its gradient."""
    z = tf.random.normal((batch_size, 8))
    with tf.GradientTape() as tape:
        fake = game.discriminator(game.generator(z))
        loss = tf.reduce_mean(game.losses.generator(fake))
    weights = game.generator.trainable_variables
    gradients = tape.gradient(loss, weights)
    game.g_optimizer.apply(gradients, weights)
    return loss, tf.linalg.global_norm(gradients)


# %% [markdown] slideshow={"slide_type": "subslide"}
# A game has two networks, two optimizers and a pair of losses. `tf.function` compiles each step.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
class Game:
    """A generator and a discriminator of points, which learn from each other."""

    def __init__(self, dimensions, optimizer, loss="non_saturating"):
        keras.utils.set_random_seed(seed)
        self.generator = build_network(8, dimensions)
        self.discriminator = build_network(dimensions, 1)
        self.g_optimizer, self.d_optimizer = optimizer(), optimizer()
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.losses = LOSSES[loss]
        self.discriminator_step = tf.function(lambda x: discriminator_step(self, x))
        self.generator_step = tf.function(lambda: generator_step(self))


# %% [markdown] slideshow={"slide_type": "subslide"}
# They take turns. Now and then we look: at 1,000 points, always from the same noise, and at what
# $D$ says of the places that we ask for.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def play(game, real, places, steps, d_steps=1, g_steps=1):
    """Let both players learn in turn; return what was seen: arrays, by name."""
    rng, z = np.random.default_rng(seed), keras.random.normal((1000, 8), seed=seed)
    every, seen = max(1, steps // (5 * epochs)), []  # if `epochs` is 10, fifty looks
    for step in range(steps + 1):
        for _ in range(d_steps):
            d_loss = game.discriminator_step(real.draw(batch_size, rng))
        for _ in range(g_steps):
            g_loss, norm = game.generator_step()
        if step % every == 0:
            drawn, says = game.generator(z), tf.sigmoid(game.discriminator(places))[:, 0]
            moment = {"step": step, "d_loss": d_loss, "g_loss": g_loss, "norm": norm}
            seen.append(moment | {"drawn": drawn, "says": says})
    return {name: np.stack([each[name] for each in seen]) for name in seen[0]}


def adam(rate=1e-3):
    """Return Adam as it is usual for such games."""
    return keras.optimizers.Adam(rate, beta_1=0.5)


# %% [markdown] slideshow={"slide_type": "subslide"}
# Two games: on the line, and in the plane, with eight clouds on a ring. The rate falls to 0, so
# that the players come to rest. Blue is real, orange drawn; in the plane, the colour is what $D$
# says of a place, and dots are drawn points. Watch how $D$ chases $G$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
blobs = GaussianBlobs(ring(8), sigma=0.1)
side = np.linspace(-3, 3, 49)
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)  # row by row, from below
seen = {}
for name, real, places in (("line", p, line[:, None]), ("ring", blobs, plane)):
    falling = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    game = Game(real.centres.shape[1], lambda rate=falling: adam(rate))
    with run.timed(f"game, {name}"):
        seen[name] = play(game, real, places, steps)
moments = [Moments(each["step"], each["drawn"], each["says"]) for each in seen.values()]
path = run.figures / "04-game.gif"
film = write_game(path, moments[0], line, p.density(line), moments[1], side, blobs.centres)
run.show(film, "04-game", "Two games from their first step on: on a line, and in the plane.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
last = seen["ring"]["drawn"][-1]
run.claim(
    "all_modes_found",
    "In the end the points lie in the clouds. Of eight, at least 2 % of the points lie in",
    modes_found(last, blobs.centres, 0.1),
    at_least=7,
)
run.claim(
    "most_points_good",
    "A real point is within 3 sigma of a centre in 98.9 % of all cases; a drawn one, in",
    good_share(last, blobs.centres, 0.1),
    at_least=0.7,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
edges = np.linspace(-5, 5, 41)
counts = [np.histogram(each, edges)[0] / 1000 for each in seen["line"]["drawn"][[0, -1]]]
due = p.density((edges[1:] + edges[:-1]) / 2) * 0.25
off = [np.abs(each - due).sum() / 2 for each in counts]
run.claim(
    "line_is_learned",
    f"On the line, {100 * off[0]:.0f} % of the points lay in the wrong bins at first, and in the "
    "end",
    off[1],
    at_most=0.35,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **And what did the losses say?** Right, in how many clouds there are points.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
of = seen["ring"]
modes = [modes_found(each, blobs.centres, 0.1) for each in of["drawn"]]
losses = {"D": "d_loss", "G": "g_loss"}
panels = {
    "losses, nats": {name: (of["step"], of[key]) for name, key in losses.items()},
    "clouds found, of 8": {"": (of["step"], modes)},
}
levels = {"losses, nats": {"log 4": np.log(4), "log 2": np.log(2)}}
figure = figures.line_panels(panels, "step", levels)
run.show(figure, "05-losses", "The losses of both players, and the clouds found, in the plane.")
run.record(metrics={"modes": modes[-1], "good_share": good_share(last, blobs.centres, 0.1)})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "loss_says_nothing",
    f"G drew in {modes[0]} clouds at the first look, and in the end in {modes[-1]}. Its loss looks "
    "as if it had learned nothing: from the first look to the mean of the last ten, it changes by",
    abs(of["g_loss"][-10:].mean() - of["g_loss"][0]),
    at_most=0.35,
)
run.claim(
    "ends_at_log_4",
    "D pays about log 4 = 1.386 at the end, as one who can only guess. The mean of the last ten "
    "differs from that by",
    abs(of["d_loss"][-10:].mean() - np.log(4)),
    at_most=0.25,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Each loss is measured by an opponent that learns as well. **A loss of this game says who is ahead,
# not how good the points are.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the generator's step
#
# Write it for any two networks, with a tape of your own: the points of `z`, their logits, the
# non-saturating loss, and a move of the generator alone. Return the loss.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_generator_step(generator, discriminator, optimizer, z):
    """Move the generator's weights a little, and return its loss before that."""
    # BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    weights = generator.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.generator_step(my_generator_step)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: count the clouds
#
# A cloud is found if at least 2 % of all points lie within 3 `sigma` of its centre. How many are?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_modes_found(points, centres, sigma):
    """Return how many centres, (k, 2), have at least 2 % of the points, (n, 2), near them."""
    points, centres = np.asarray(points), np.asarray(centres)
    # BEGIN SOLUTION
    distances = np.linalg.norm(points[:, None] - centres, axis=2)  # (n, k)
    return np.sum(np.mean(distances < 3 * sigma, axis=0) >= 0.02)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.found_modes(my_modes_found)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. A discriminator that knows too much
#
# Section 2 spoke of one point. Does it matter in a training? We let $D$ learn alone first, until it
# is sure; then both learn, with plain gradient steps (SGD) for $G$. At every step we look at the
# norm of its gradient, and at how far its points have moved. **Which loss moves them?** And what
# if $G$ takes Adam, which divides each gradient by its usual size?


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def slow():
    """Return plain gradient descent."""
    return keras.optimizers.SGD(0.01)


late, rounds = {}, steps // 40  # 50, if `epochs` is 10
for name, loss, optimizer in (
    ("minimax, SGD", "minimax", slow),
    ("non-saturating, SGD", "non_saturating", slow),
    ("minimax, Adam", "minimax", adam),
):
    game, rng = Game(2, adam, loss), np.random.default_rng(seed + 1)
    game.g_optimizer = optimizer()
    for _ in range(steps // 4):
        game.discriminator_step(blobs.draw(batch_size, rng))
    late[name] = play(game, blobs, blobs.centres, rounds)

# %% [markdown] slideshow={"slide_type": "subslide"}
# All three begin with the same weights, as $D$ has learned the same.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
moved = {
    name: np.linalg.norm(each["drawn"] - each["drawn"][0], axis=2).mean(axis=1)
    for name, each in late.items()
}
panels = {
    "norm of G's gradient": {name: (each["step"], each["norm"]) for name, each in late.items()},
    "how far points have moved": {name: (late[name]["step"], far) for name, far in moved.items()},
}
figure = figures.line_panels(panels, "step of both", log=["norm of G's gradient"])
run.show(figure, "06-standstill", "Gradients and moves of G, after D has learned alone.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
norms = [late[f"{name}, SGD"]["norm"][0] for name in ("non-saturating", "minimax")]
run.claim(
    "gradient_is_larger",
    "At the first step, from the same weights, the gradient of the non-saturating loss is larger "
    "than that of minimax by a factor of",
    norms[0] / norms[1],
    at_least=10,
)
run.claim(
    "minimax_stands_still",
    "Minimax stands still. Relative to the ring's radius, its points have moved by",
    moved["minimax, SGD"][-1] / 2,
    at_most=0.3,
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "non_saturating_moves",
    "The other loss moves them: relative to the radius, its points have moved by",
    moved["non-saturating, SGD"][-1] / 2,
    at_least=0.6,
)
run.claim(
    "adam_helps_minimax",
    "Adam rescues minimax, as it takes a small gradient for a large one. Its points have moved by",
    moved["minimax, Adam"][-1] / 2,
    at_least=0.6,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **If D is sure, minimax leaves G hardly a slope to follow.** That is one more reason for turns: an
# opponent that is far ahead teaches nothing.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Without a tape
#
# Many programs play with `train_on_batch` alone. $D$ is a compiled model; for $G$'s turn, a second
# model has both networks in a row, gets noise, and the label 1: "real". In that turn $D$ has to
# stay as it is: `d.trainable = False`. **But when is that line read?** Three rounds each, with the
# line in four places. We measure how far $D$'s weights move, in its own turns and in $G$'s.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def learn(model, points, label):
    """Let a model learn from a batch whose points all have one label: 1 for real, 0 for fake."""
    model.train_on_batch(points, np.full((len(points), 1), label))


def apart(before, after):
    """Return the distance of two lists of weights."""
    return np.sqrt(sum(np.sum((a - b) ** 2) for a, b in zip(before, after, strict=True)))


# %% [markdown] slideshow={"slide_type": "subslide"}
# Each round: real points with label 1, drawn ones with 0, then $G$'s turn.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def play_by_keras(frozen):
    """Play three rounds; return how far D moves in its own turns, and in those of G."""
    keras.utils.set_random_seed(seed)
    g, d, rng = build_network(8, 2), build_network(2, 1), np.random.default_rng(seed)
    both, far = keras.Sequential([g, d]), np.zeros(2)
    for model in (d, both):
        model.compile(adam(), keras.losses.BinaryCrossentropy(from_logits=True))
        model.optimizer.build(model.trainable_variables)
    d.trainable = frozen != "before D's first turn"
    for _ in range(3):
        z, before = rng.standard_normal((batch_size, 8)), d.get_weights()
        d.trainable = d.trainable or frozen == "in each turn of G"
        learn(d, blobs.draw(batch_size, rng), 1.0)
        learn(d, ops.convert_to_numpy(g(z)), 0.0)
        between = d.get_weights()
        d.trainable = d.trainable and frozen not in ("after D's first turn", "in each turn of G")
        learn(both, z, 1.0)
        far += apart(before, between), apart(between, d.get_weights())
    return {"in its own turns": far[0], "in the turns of G": far[1]}


# %% [markdown] slideshow={"slide_type": "subslide"}
# The second place, before anything is trained, is that of most older programs. Keras also warns; we
# print its warning.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
places = ["never", "before D's first turn", "after D's first turn", "in each turn of G"]
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    moves = {frozen: play_by_keras(frozen) for frozen in places}
print("Keras warns:", *{str(each.message) for each in said if "trainable" in str(each.message)})
figure = figures.moves(moves, "distance that D's weights move, in three rounds")
run.show(figure, "07-frozen", "How far D moves, depending on where it is frozen.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
never, early, later, each_turn = [tuple(moves[each].values()) for each in places]
run.claim(
    "never_frozen",
    "Never frozen, D learns in G's turn to be fooled. Relative to its own turns, it moves by",
    never[1] / never[0],
    at_least=0.1,
)
run.claim(
    "frozen_too_early",
    "Frozen before its first turn, D never learns at all: it moves by",
    sum(early),
    at_most=0,
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "frozen_in_time",
    "Frozen after it, or in each turn of G, it stays where it must stay. In G's turns it moves by",
    later[1] + each_turn[1],
    at_most=0,
)
run.claim(
    "learns_in_time",
    "And in its own turns it learns as if it had never been frozen. The smaller one of both moves, "
    "relative to that, is",
    min(later[0], each_turn[0]) / never[0],
    at_least=0.5,
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
d, rng = build_network(2, 1), np.random.default_rng(seed)
d.compile(adam(), keras.losses.BinaryCrossentropy(from_logits=True))
learn(d, blobs.draw(64, rng), 1.0)
d.trainable, start = False, d.get_weights()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    learn(d, blobs.draw(32, rng), 1.0)
run.claim(
    "other_size_reads_again",
    "But a D frozen after its first turn forgets to learn at a batch of another size, such as the "
    "last of an epoch. There it moves by",
    apart(start, d.get_weights()),
    at_most=0,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Keras 3 reads `trainable` as it compiles a model's step: at its first batch, and again at a
# batch of another size.** (Keras 2 read it in `compile`: hence the older programs.) Set it in each
# turn, and it is right in any case. And $G$'s turn is the step of section 3:

# %% slideshow={"slide_type": "-"} tags=["claims"]
keras.utils.set_random_seed(seed)
g, d, z = build_network(8, 2), build_network(2, 1), keras.random.normal((batch_size, 8), seed=seed)
start, d.trainable, both = g.get_weights(), False, keras.Sequential([g, d])
both.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
learn(both, z, 1.0)
by_keras = g.get_weights()
g.set_weights(start)
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.nn.softplus(-d(g(z))))
keras.optimizers.SGD(0.1).apply(tape.gradient(loss, g.trainable_variables), g.trainable_variables)
run.claim(
    "same_step",
    "The label 1 makes the non-saturating loss. After one step with either, the generator's "
    "weights differ, relative to the step, by",
    apart(by_keras, g.get_weights()) / apart(start, by_keras),
    at_most=1e-3,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: labels
#
# What does $D$'s `train_on_batch` get? Return two pairs, each of points and their labels. Real and
# drawn points stay in batches of their own: batch normalisation would mix what it knows of both.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_batches(x, x_hat):
    """Return two pairs (points, labels): of the real points x, and of the drawn ones, x_hat."""
    # BEGIN SOLUTION
    return (x, np.ones((len(x), 1))), (x_hat, np.zeros((len(x_hat), 1)))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.labelled_batches(my_batches)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Whose turn is it?
#
# In the formula, $D$ is the best one for every $G$. So Goodfellow's algorithm gives $D$ $k$ steps
# for one of $G$, with $k = 1$ in his experiments. **What if G takes more?** If $D$ stands still,
# the best answer of $G$ is to put *all* points where $D$ says "real" most loudly. Three games, with
# as many steps of both together; the rate stays at 0.001.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
turns = {}
for d_steps, g_steps in ((1, 1), (1, 5), (5, 1)):
    rounds = 2 * steps // (d_steps + g_steps)
    turns[d_steps, g_steps] = play(Game(2, adam), blobs, blobs.centres, rounds, d_steps, g_steps)
panels = {}
for turn, words in (((1, 1), "One"), ((1, 5), "Five")):
    of = turns[turn]
    for i in np.linspace(0.7 * len(of["step"]), len(of["step"]) - 1, 4).astype(int):
        panels[f"{words} of G for one of D\nround {of['step'][i]:,}"] = of["drawn"][i]
figure = figures.point_panels(panels, blobs.centres)
run.show(figure, "08-collapse", "Drawn points: one step of G for one of D, and five for one.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
found = {
    turn: [modes_found(each, blobs.centres, 0.1) for each in of["drawn"]]
    for turn, of in turns.items()
}
run.claim(
    "collapse",
    "Five steps of G for one of D: most clouds are lost. At three of four looks, the number of "
    "clouds found is not above",
    np.quantile(found[1, 5], 0.75),
    at_most=2,
)
run.claim(
    "one_to_one_mends",
    "One for one: the clouds found in the end are",
    found[1, 1][-1],
    at_least=7,
)
run.claim(
    "k_steps_are_good",
    "With five steps of D for one of G, G has a third of the steps that it had one for one, and "
    "finds",
    found[5, 1][-1],
    at_least=3,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# This is **mode collapse**. Nothing in $G$'s loss asks for variety: it judges each point alone.
# Only $D$ can object, if it gets the time to notice.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. And images?
#
# The same game with digits, and convolutions in both networks: `Adversarial` from the package takes
# its steps as section 3 does. Not for long: this is a beginning.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
x_train, shape = data.x_train, data.x_train.shape[1:]
keras.utils.set_random_seed(seed)
networks = build_generator("plain", shape, 16, width=16), build_discriminator("plain", shape, 16)
game = Adversarial(*networks, seed=seed)
game.compile(keras.optimizers.Adam(1e-3, beta_1=0.5))
with run.timed("digits"):
    game.fit(x_train, epochs=max(1, epochs // 3))
drawn = game.sample(2 * len(x_train) // 3, seed=seed)
rows = {"real": x_train[:10], "drawn": drawn[:10], "and more": drawn[10:20]}
figure = plots.image_rows(rows)
run.show(figure, "09-digits", "Real digits, and what a generator draws after a short game.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# White strokes on black, and now and then a digit. How good are they? The $D$ of this game is no
# judge: it was the opponent. So we train a new classifier, on training images and draws, and ask it
# about held-out images and other draws. **At 50 %, nobody could tell them apart.**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
n, held_out = len(drawn) * 3 // 4, data.x_test[: len(drawn) // 4]
labels = np.repeat([1.0, 0.0], n)
keras.utils.set_random_seed(seed + 1)
judge = build_discriminator("plain", shape, width=16)
judge.compile(keras.optimizers.Adam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True))
judged = np.concatenate([x_train[:n], drawn[:n]])
judge.fit(judged, labels, batch_size=64, epochs=max(1, epochs // 3), verbose=0)
told = {}
for name, network in (("a new classifier", judge), ("the D of the game", game.discriminator)):
    real, fake = (network.predict(each, verbose=0) > 0 for each in (held_out, drawn[n:]))
    told[name] = (real.mean() + 1 - fake.mean()) / 2
    print(f"{name} is right in {100 * told[name]:.0f} %")
run.record(metrics={"told_apart": told["a new classifier"]})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "not_there_yet",
    "Not there yet: a new classifier tells drawn digits from real ones in",
    told["a new classifier"],
    at_least=0.75,
    unit="%",
)
run.claim(
    "opponent_is_no_judge",
    "The D of the game sees less, as G has learned to fool this one. The new classifier is right "
    "more often, by",
    told["a new classifier"] - told["the D of the game"],
    at_least=0.05,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Each of these programs runs and trains, and has *one* mistake. Mend it in its cell. As long as it
# is there, the check asks you a question.
#
# ### Exercise: program 20, a generator of few points
#
# One epoch of a game, with $k$ steps of $D$ for one of $G$. Trained with it, the generator draws
# well for some noise, and badly for all other.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_20(batches, discriminator_step, generator_step, draw_noise, k):
    """Let both learn in turn: discriminator_step(x, z) and generator_step(z)."""
    # BEGIN SOLUTION
    for number, x in enumerate(batches, 1):
        discriminator_step(x, draw_noise())
        if number % k == 0:
            generator_step(draw_noise())
    # INSTEAD
    # z = draw_noise()
    # for number, x in enumerate(batches, 1):
    #     discriminator_step(x, z)
    #     if number % k == 0:
    #         generator_step(z)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(20, program_20)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Exercise: program 21, a discriminator that is never sure
#
# A discriminator's loss from logits. However easy the points are, the loss stays above 1.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_21(real, fake):
    """Return the discriminator's loss, one number, from logits of shape (n, 1)."""
    # BEGIN SOLUTION
    d_real, d_fake = real, fake
    # INSTEAD
    # d_real, d_fake = ops.sigmoid(real), ops.sigmoid(fake)
    # END SOLUTION
    return ops.mean(ops.softplus(-d_real)) + ops.mean(ops.softplus(d_fake))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(21, program_21)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. The generator's loss went down in the last hour. What do we know?
#    - (a) Its images became better.
#    - (b) It fools this discriminator more often than before.
#    - (c) The game is near its end.
# 2. $D$ says 0.01 of all drawn points. Which loss gives $G$ a large gradient?
#    - (a) $\log(1 - D)$.
#    - (b) Both: they want the same.
#    - (c) $-\log D$.
# 3. A generator draws one point only, of a cloud that is real. Why does its loss not object?
#    - (a) It judges each point alone, and each is good.
#    - (b) The discriminator is too strong.
#    - (c) The noise has too few numbers.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "b"
question_2 = "c"
question_3 = "a"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("GAN1-1", question_1),
    check.answer("GAN1-2", question_2),
    check.answer("GAN1-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A trained classifier says $p / (p + q)$, and its value how far $p$ and $q$ are apart: it *can*
#   be a loss, one that is learned.
# - Each step moves one player, and the generator learns through the discriminator.
# - $-\log D$ pushes where $\log(1 - D)$ hardly does; a discriminator that is far ahead, or far
#   behind, teaches badly.
# - The losses of a game do not say how good the draws are. Measure those.
#
# **Next:** [GAN2](GAN2.ipynb) draws digits by convolutions, and measures how good they are. Nothing
# in this game asks for a mean, by which a VAE blurs ([VAE5](VAE5.ipynb)).
