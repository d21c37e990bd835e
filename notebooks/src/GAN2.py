# %% [markdown] slideshow={"slide_type": "slide"}
# # GAN2: do convolutions draw digits?
#
# **How does a GAN draw digits, and how do we know how well?**
#
# What you'll learn:
# - how two networks of convolutions learn to draw, and which advice for them matters here;
# - why their losses do not say how good the draws are, and what does;
# - where in a latent space of 32 numbers the draws lie, and how to walk there;
# - how an autoencoder, a VAE and a GAN differ, in six numbers.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [VAE1](VAE1.ipynb), and the game of [GAN1](GAN1.ipynb): a *discriminator* tells real
# images from generated ones, and a *generator* makes images of noise and learns to be taken for
# real. Time at the defaults, measured on two CPU cores: 2 min 11 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("tanh_range")` for example. No later cell needs
# your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and the
# bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, explore, load_dataset
from fidle_vae.evaluation import copied_share, frechet_distance, judge_draws, look
from fidle_vae.evaluation import nearest_images, recognize, train_classifier
from fidle_vae.evaluation.sharpness import sharpness
from fidle_vae.figures import charts, plots
from fidle_vae.figures.generators import epoch_curves, measure_bars
from fidle_vae.models import Adversarial, build_decoder, build_discriminator, build_encoder
from fidle_vae.models import build_generator, gaussian_like, morph_path
from fidle_vae.models.parts import parts
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 64
epochs = 20

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. A game of convolutions
#
# The generator makes an image of 32 random numbers: a small image of many channels, doubled twice
# by transposed convolutions. The discriminator goes the other way, to one number, the *logit*, high
# for images that it takes for real. Nobody ever says which draw goes with which image. **What can
# they learn from each other?** After each epoch we keep what is drawn of the same noise.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, x_test, shape, dims = data.x_train, data.x_test, data.image_shape, 32
parameters = {"dataset": dataset, "scale": scale, "seed": seed}
run = Run("GAN2", data, **parameters, batch_size=batch_size, epochs=epochs)
rng, count, after = np.random.default_rng(seed), min(1000, len(x_test)), []
z = rng.standard_normal((count, dims))

keras.utils.set_random_seed(seed)
generator = build_generator("dcgan", shape, dims, 16)
gan = Adversarial(generator, build_discriminator("dcgan", shape, 16, normalize=True), seed=seed)
gan.compile(keras.optimizers.Adam(1e-3, beta_1=0.5))
keep = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: after.append(gan.decode(z)))
with run.timed("DCGAN"):
    history = gan.fit(x_train, batch_size=batch_size, epochs=epochs, callbacks=[keep]).history

# %% [markdown] slideshow={"slide_type": "subslide"}
# A column is one point of noise, $z$: what is made of it after some epochs, and below, for
# comparison, real images. **When does it become a digit, and does it stay that one?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
moments = sorted({0, min(2, epochs - 1), epochs // 2, epochs - 1})
rows = {f"epoch {i + 1}": after[i][:10] for i in moments} | {"held-out": x_test[:10]}
figure = plots.image_rows(rows)
run.show(figure, "01-draws", "The same noise after some epochs, and held-out images below.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# First blots, then strokes, then digits, and a point may change its class on the way. The edges are
# those of a pen, not the soft ones of a VAE. **A generator never sees an image: it learns only from
# what the discriminator says of its own.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the range of a tanh
#
# Our generator ends with a sigmoid, so images are in [0, 1]. Those of the paper end with a tanh.
# Bring images that are bytes, from 0 to 255, to its range, from -1 to 1.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_tanh_range(pixels):
    """Return images of bytes, a uint8 array of any shape, as numbers from -1 to 1."""
    # BEGIN SOLUTION
    return pixels / 127.5 - 1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.tanh_range(my_tanh_range)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What do the losses say?
#
# Each player has a loss. For comparison we also ask one who does not play: a small classifier, our
# *judge*. Its *features* are the 32 numbers before its last layer. The *Fréchet distance* compares
# their means and covariances, of a thousand draws and as many held-out images: it is small where
# draws are like images, and as varied. **Do the losses fall as the distance does? By which of the
# three curves would you choose the best epoch?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
judge = train_classifier(data, epochs=max(1, epochs // 4))
of_real = look(judge, x_test[:count])[0]
distances = [frechet_distance(look(judge, each)[0], of_real) for each in after]
curves = {
    "discriminator's loss": history["d_loss"],
    "generator's loss": history["g_loss"],
    "Fréchet distance": distances,
}
figure = epoch_curves(curves, "discriminator's loss")
run.record(metrics={"distance": distances[-1], "g_loss": history["g_loss"][-1]})
run.show(
    figure, "02-losses", "Both losses and the distance by epoch, marked where D's loss is least."
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
d_loss = history["d_loss"]
run.claim(
    "distance_falls",
    f"The draws get better: from the first epoch to the last, their distance falls from "
    f"{distances[0]:.0f} to {distances[-1]:.0f}, by a factor of",
    distances[0] / distances[-1],
    at_least=4,
)
run.claim(
    "d_loss_rises",
    "Meanwhile, the discriminator's loss gets worse, as its task becomes harder. In the last epoch "
    "it is larger than in the first, by a factor of",
    d_loss[-1] / d_loss[0],
    at_least=2,
)
chosen = int(np.argmin(d_loss))
run.claim(
    "d_loss_misleads",
    f"By the least loss of the discriminator we would choose epoch {chosen + 1}, whose distance is "
    "larger than the least of all by a factor of",
    distances[chosen] / min(distances),
    at_least=3,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A loss says how a player fares against *this* opponent, and the opponent learns, too. The
# generator's falls at first, as its opponent weakens, and then hardly moves, whatever the draws do.
# **To see whether draws are good, look at the draws: by eye, and by a measure that does not play.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Which advice helps?
#
# The paper that made convolutions draw (Radford et al. 2016) is a list of advice: convolutions with
# strides in place of dense layers and pooling, batch normalization in both networks, a LeakyReLU in
# the discriminator, Adam with a learning rate of 0.0002 and a beta_1 (momentum) of 0.5. What
# matters for small images and a short training? **We change one thing at a time**, and compare
# after as many epochs.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def dcgan(generator=True, discriminator=True):
    """Build both networks, each with or without batch normalization."""
    return (
        build_generator("dcgan", shape, dims, 16, normalize=generator),
        build_discriminator("dcgan", shape, 16, normalize=discriminator),
    )


def dense():
    """Build both networks of dense layers, with more weights than those of convolutions."""
    hidden = [keras.Input(shape), layers.Flatten()]
    for units in (256, 128):
        hidden += [layers.Dense(units), layers.LeakyReLU(negative_slope=0.2)]
    return build_decoder("mlp", shape, dims), keras.Sequential([*hidden, layers.Dense(1)])


# %% [markdown] slideshow={"slide_type": "subslide"}
# Two networks, a short training, and the distance of what is drawn of the same noise as before.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def distance_of(name, networks, rate=1e-3, beta_1=0.5):
    """Let two networks train each other; return the distance of their draws."""
    game = Adversarial(*networks, seed=seed)
    game.compile(keras.optimizers.Adam(rate, beta_1=beta_1))
    with run.timed(name):
        game.fit(x_train, batch_size=batch_size, epochs=fewer)
    return frechet_distance(look(judge, game.decode(z))[0], of_real)


fewer = max(1, epochs // 4)  # epochs

# %% [markdown] slideshow={"slide_type": "subslide"}
# The bars are distances after a quarter of our epochs: short is good. Below them, for comparison,
# are our game unchanged, our whole training, and as many training images: what perfect draws would
# get. **Which is the worst?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
distance = {}
changes = {
    "dense layers": (dense, {}),
    "G not normalized": (lambda: dcgan(generator=False), {}),
    "D not normalized": (lambda: dcgan(discriminator=False), {}),
    "beta_1 0.9": (dcgan, {"beta_1": 0.9}),
    "rate 0.0002": (dcgan, {"rate": 2e-4}),
}
for name, (build, options) in changes.items():
    keras.utils.set_random_seed(seed)
    distance[name] = distance_of(name, build(), **options)
distance["nothing changed"] = distances[fewer - 1]
distance[f"our training,\n{epochs} epochs"] = distances[-1]
floor = distance["training images"] = frechet_distance(look(judge, x_train[:count])[0], of_real)
figure = charts.amounts(distance, "Fréchet distance (short is good)")
title = f"The distance of draws after {fewer} epochs, with one piece of advice changed at a time."
run.show(figure, "03-advice", title)

# %% slideshow={"slide_type": "-"} tags=["claims"]
base = distance["nothing changed"]
run.claim(
    "convolutions_ahead",
    "Convolutions draw digits; dense layers, in this time, do not. Their distance is larger by a "
    "factor of",
    distance["dense layers"] / base,
    at_least=3,
)
run.claim(
    "normalize_the_critic",
    "Batch normalization in the discriminator helps. Without it, the distance is larger, by a "
    "factor of",
    distance["D not normalized"] / base,
    at_least=1.4,
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "little_momentum",
    "So does a beta_1 of 0.5 in place of Adam's 0.9, with which the distance is larger by a factor "
    "of",
    distance["beta_1 0.9"] / base,
    at_least=1.1,
)
run.claim(
    "rate_of_paper_is_slow",
    "The paper's rate does not. It was chosen for trainings a hundred times longer; here, the "
    "distance is larger by a factor of",
    distance["rate 0.0002"] / base,
    at_least=2,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# For the other advice we claim nothing. Batch normalization in the generator mostly helped, but now
# and then by less than another seed would; a ReLU for the LeakyReLU, and pooling in place of
# strides, were now better and now worse. **Advice was measured somewhere: measure it where you are,
# and for more than one seed.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a batch for each kind
#
# The discriminator's loss is the mean of softplus(-D(x)) over real images, plus the mean of
# softplus(D(x̂)) over generated ones. This discriminator has batch normalization. Mind what it
# normalizes with: call it in training mode.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_d_loss(discriminator, x, x_hat):
    """Return the loss of a batch: D gives logits, (n, 1), by discriminator(..., training=True)."""
    # BEGIN SOLUTION
    real, fake = discriminator(x, training=True), discriminator(x_hat, training=True)
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.two_batches(my_d_loss)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Are they copies?
#
# A generator that had learned the images by heart would have a perfect distance. So we look for the
# training image that is nearest to each draw, pixel by pixel. **How would you see a copy?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
drawn = gan.sample(count, seed=seed)
nearest = nearest_images(drawn[:10], x_train).indices[:, 0]
rows = {"draws": drawn[:10], "nearest\ntraining image": x_train[nearest]}
figure = plots.image_rows(rows)
run.show(figure, "04-nearest", "Draws, and the training images nearest to them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
by_heart = copied_share(x_train[:count], x_train, x_test)
run.claim(
    "no_copies",
    "Hardly any is a copy. We divide the distance to the nearest training image by that to the "
    "nearest held-out one: a draw counts as a copy if this ratio is smaller than those of the 19 "
    "held-out images most like it. That is so for 5 % by chance, and for "
    f"{100 * by_heart:.0f} % of training images. Of the draws,",
    copied_share(drawn, x_train, x_test),
    at_most=0.15,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the nearest training image
#
# For each draw, return the place of the training image with the least squared difference.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_nearest_image(drawn, train):
    """Return a place in train, (m, h, w, c), for each of drawn, (n, h, w, c), as an array (n,)."""
    a, b = drawn.reshape(len(drawn), -1), train.reshape(len(train), -1)
    # BEGIN SOLUTION
    return ((b**2).sum(axis=1) - 2 * a @ b.T).argmin(axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.nearest_image(my_nearest_image)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. A walk from draw to draw
#
# In 32 dimensions, noise is hardly ever near 0: the squares of 32 numbers add up to about 32, so
# that nearly all of it lies on a thin *shell*, at a distance of $\sqrt{32} = 5.7$. **What does the
# generator make of places where there is never any noise?** A straight line between two draws leads
# through such places, a great circle around them.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
steps = 9
starts, goals = rng.standard_normal((2, count, dims))
walks = {
    name: np.stack([morph_path(*pair, steps, name) for pair in zip(starts, goals, strict=True)])
    for name in ("linear", "great_circle")
}
rows = {}
for i in range(2):
    for name, title in (("linear", "line"), ("great_circle", "circle")):
        rows[f"{title} {i + 1}"] = gan.decode(walks[name][i])
figure = plots.morph_strip(rows)
run.show(figure, "05-walks", "Two walks, each along a straight line and along a great circle.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The eye is a poor judge of two walks, so we take a thousand. At every second step, we measure how
# far the images are from held-out ones, and how far the noise is from 0.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
far, norms = {}, {}
for name, title in (("linear", "straight line"), ("great_circle", "great circle")):
    points = walks[name].swapaxes(0, 1)[::2]  # (places, walks, dims)
    norms[title] = np.linalg.norm(points, axis=-1).mean(axis=1)
    features = [look(judge, gan.decode(each))[0] for each in points]
    far[title] = [frechet_distance(each, of_real) for each in features]
figure = charts.curves(range(0, steps, 2), far, "step of the walk", "Fréchet distance")
run.show(
    figure, "06-on_the_way", "How far the images of all walks are from held-out ones, by step."
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
middle = len(points) // 2
run.claim(
    "line_leaves_shell",
    f"Noise lies {norms['great circle'][middle]:.1f} from 0, as the great circle does. Halfway, "
    "the straight line is nearer to 0. Its share of that distance is",
    norms["straight line"][middle] / norms["great circle"][middle],
    at_most=0.8,
    unit="%",
)
run.claim(
    "line_is_worse",
    "There, the images are worse: halfway, those of the straight line are farther from held-out "
    "images than those of the great circle, by a factor of",
    far["straight line"][middle] / far["great circle"][middle],
    at_least=1.05,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A single image of a straight line may look fine; what is measured of a thousand says more.
# Halfway, $z$ is the mean of two, and so nearer to 0. **In many dimensions, the middle of all noise
# is a place where there is none.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now you: the plane through 0 and the start of the walk where the judge is surest. Most draws are
# as far from 0 as the blue ring: **compare the ring with its middle.** Set two pins on it, and
# choose line or circle for the path between them; the sliders turn all numbers of $z$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
surest = starts[look(judge, gan.decode(starts))[1].max(axis=1).argmax()]
explorer = explore(gan, title=f"The generator of a DCGAN, {data.name}", start=surest)
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a great circle
#
# Both points lie equally far from 0, and $\omega$ is the angle between them. The point at the share
# $t$ of the arc is
#
# $$\frac{\sin((1 - t)\,\omega)\; a + \sin(t\,\omega)\; b}{\sin \omega}$$


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_great_circle(a, b, t):
    """Return the point, (d,), at the share t of the great circle from a to b, both (d,)."""
    # BEGIN SOLUTION
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.great_circle(my_great_circle)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Arithmetic with digits
#
# The mean $z$ of draws that the judge sees as a 9, minus that of 4s: a direction *from 4 to 9*.
# **Does the step from the mean 4 to the mean 9 turn other 4s into 9s?** We take the mean over
# thousands of draws, go from new ones, for every pair of classes, and ask the judge.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
many, others = rng.standard_normal((5 * count, dims)), rng.standard_normal((2 * count, dims))
seen, seen_others = (recognize(judge, gan.decode(each)) for each in (many, others))
counts = [min((seen == c).sum(), (seen_others == c).sum()) for c in range(data.classes)]
often = np.flatnonzero(np.array(counts) >= 2)  # classes that are drawn at all
means = {c: many[seen == c].mean(axis=0) for c in often}
first = {c: np.resize(others[seen_others == c], (10, dims)) for c in often}
pairs = [(a, b) for a in often for b in often if a != b]


def moved(step):
    """Return ten new draws for each pair of classes, moved from one to the other, on the shell."""
    z = np.concatenate([first[a] for a, _ in pairs])
    on = z + step * np.concatenate([[means[b] - means[a]] * 10 for a, b in pairs])
    lengths = np.linalg.norm(z, axis=1) / np.linalg.norm(on, axis=1)
    return gan.decode(on * lengths[:, None])


# %% [markdown] slideshow={"slide_type": "subslide"}
# The means are close to each other, since most of a $z$ says something else than the class. So one
# step may be too short, and we go up to three, by halves: for a few pairs, one draw each.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
sizes, rows = np.linspace(0, 3, 7), {}
images = np.stack([moved(size) for size in sizes]).reshape(len(sizes), len(pairs), 10, *shape)
wanted = [(4, 9), (9, 4), (3, 8), (7, 1), (5, 6)]
for pair in [each for each in wanted if each in pairs] or pairs[:3]:
    name = " to ".join(data.class_names[c] for c in pair)
    rows[name] = images[:, pairs.index(pair), 0]
figure = plots.image_rows(rows)
run.show(figure, "07-directions", "One new draw of a class in each row, moved towards another one.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Five rows are five cases. **How often is a step obeyed?** Here are all pairs of classes, with ten
# draws each.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
judged = np.stack([recognize(judge, each.reshape(-1, *shape)) for each in images])
from_class, to_class = (np.repeat([pair[i] for pair in pairs], 10) for i in (0, 1))
obeyed = {
    "seen as the goal": (judged == to_class).mean(axis=1),
    "still as the start": (judged == from_class).mean(axis=1),
}
figure = charts.curves(sizes, obeyed, "steps along the direction", "share of the draws")
run.show(figure, "08-obeyed", "How many draws are seen as the goal, by the length of the step.")

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
reached, kept = obeyed.values()
run.claim(
    "one_step_is_short",
    f"After one step, {100 * kept[2]:.0f} % are still seen as the start, some as a third class, "
    "and as the goal",
    reached[2],
    at_least=0.25,
    at_most=0.75,
    unit="%",
)
run.claim(
    "arithmetic_obeyed",
    "Three steps are mostly obeyed. Of all draws, the judge sees the goal in",
    reached[-1],
    at_least=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The generator was never told of classes; yet they are ordered in its space, so that a difference
# of means leads from one to another. **But a direction is a tendency, not a switch: say how often
# it is obeyed, and do not only show the best cases.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a direction from class to class
#
# `seen` has the class of each draw. Return the direction that leads from class `start` to `goal`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_direction(z, seen, start, goal):
    """Return the difference of two mean points, (d,): z (n, d), seen (n,), two classes."""
    # BEGIN SOLUTION
    return z[seen == goal].mean(axis=0) - z[seen == start].mean(axis=0)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.class_direction(my_direction)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Three ways to draw
#
# An autoencoder, a VAE and our GAN, all with 32 numbers; the first two are trained for half as many
# epochs. The autoencoder has no prior: we draw from the Gaussian that has the mean and covariance
# of its codes. **Who draws most sharply? Who leaves nothing out?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
keras.utils.set_random_seed(seed)
half = max(1, epochs // 2)
rate = one_cycle(len(x_train), batch_size, half, peak=3e-3)
encoder, decoder = (build("strided", shape, dims) for build in (build_encoder, build_decoder))
vae = VAE(encoder, decoder, loss_weights="elbo", seed=seed)
vae.compile(keras.optimizers.Adam(rate))
with run.timed("VAE"):
    vae.fit(x_train, batch_size=batch_size, epochs=half, verbose=0)

encoder, decoder = (build("strided", shape, dims) for build in (build_encoder, build_decoder))
encoder = keras.Model(encoder.input, encoder.outputs[0], name="encoder")  # without variances
autoencoder = keras.Sequential([encoder, decoder])
autoencoder.compile(keras.optimizers.Adam(rate), loss="mse")
with run.timed("autoencoder"):
    autoencoder.fit(x_train, x_train, batch_size=batch_size, epochs=half, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Ten draws of each, as they come, and real images above. **Which row would you take for real?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
networks = parts(autoencoder)
codes = gaussian_like(networks.encode(x_train[:2000]).mean, count, rng)
drawn_by = {
    "held-out": x_test[:count],
    "autoencoder": networks.decode(codes),
    "VAE": vae.sample(count, seed=seed),
    "GAN": drawn,
}
figure = plots.image_rows({name: each[:10] for name, each in drawn_by.items()})
run.show(figure, "09-three", "Held-out images, and draws of an autoencoder, a VAE and a GAN.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The first two draw what lies between images, in grey; the GAN draws ink or none, and now and then
# a stroke that belongs to no digit. What the eye sees in ten draws, we now measure in a thousand.

# %% [markdown] slideshow={"slide_type": "subslide"}
# *Sharpness* is how much neighbouring pixels differ. *Coverage* is the number of classes that are
# drawn, ten if all equally often. The judge is *sure* if it gives one class more than 0.9.
# *Precision* is the share of draws that lie among held-out images in its features, *recall* the
# share of held-out images that lie among the draws. Training images show what perfect draws get.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
measured = {}
for name, each in ({"training images": x_train[:count]} | drawn_by).items():
    if name != "held-out":
        quality = judge_draws(each, x_test[:count], x_train, judge)
        measured[name] = {
            "sharpness": sharpness(each).mean() / sharpness(x_test).mean(),
            "coverage": quality.coverage,
            "judge is sure": quality.confident,
            "precision": quality.precision.value,
            "recall": quality.recall.value,
            "Fréchet distance": quality.distance,
        }
figure = measure_bars(measured, "training images")
run.show(figure, "10-measures", "Draws of three models and training images, in six numbers.")

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
of_gan, of_vae, of_ae = (measured[name] for name in ("GAN", "VAE", "autoencoder"))
run.claim(
    "gan_is_sharp",
    f"The GAN draws about as sharply as pens do: of the sharpness of held-out images, the VAE's "
    f"draws have {100 * of_vae['sharpness']:.0f} %, the autoencoder's "
    f"{100 * of_ae['sharpness']:.0f} %, the GAN's",
    of_gan["sharpness"],
    at_least=0.8,
    unit="%",
)
run.claim(
    "sharper_than_vae",
    "It is ahead of the VAE by",
    of_gan["sharpness"] - of_vae["sharpness"],
    at_least=0.1,
    unit="% points",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
perfect = measured["training images"]["recall"]
run.claim(
    "recall_of_gan",
    f"It leaves little out. The recall of training images is {100 * perfect:.0f} %, the VAE's "
    f"{100 * of_vae['recall']:.0f} %, the GAN's",
    of_gan["recall"],
    at_least=0.6,
    unit="%",
)
run.claim(
    "blur_is_precise",
    "But the VAE's precision is higher, in spite of its blur, as its draws lie amid the real "
    "images. It is ahead by",
    of_vae["precision"] - of_gan["precision"],
    at_least=0.05,
    unit="% points",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "nearer_than_vae",
    f"Its distance is {of_gan['Fréchet distance']:.0f}, that of training images {floor:.1f}. The "
    "VAE's is larger by a factor of",
    of_vae["Fréchet distance"] / of_gan["Fréchet distance"],
    at_least=1.1,
)
run.claim(
    "blur_is_near",
    "But the autoencoder, blurred as it is, comes about as near as the GAN, since we draw where "
    "its codes are. As a multiple of the GAN's, its distance is",
    of_ae["Fréchet distance"] / of_gan["Fréchet distance"],
    at_most=2.5,
)
run.claim(
    "all_classes",
    "The GAN draws all classes, none of them rarely: its coverage is",
    of_gan["coverage"],
    at_least=8,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **No single number would do.** Sharpness sees the blur, which precision and even the distance may
# miss; precision sees the strokes too many. And of a single image, a GAN says nothing: a VAE has an
# ELBO for each, a GAN has none.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: which classes are drawn?
#
# Count the classes that a generator draws often enough: a class counts if it is the likeliest one
# of at least the share `share` of the draws.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_shown_classes(probabilities, share):
    """Return a number of classes: probabilities (n, classes), a row for each draw."""
    # BEGIN SOLUTION
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    return (counts >= share * len(probabilities)).sum()
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.shown_classes(my_shown_classes)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Each of these programs runs, and has *one* mistake. Mend it in its cell. As long as it is there,
# the check asks you a question.
#
# ### Exercise: program 22, the same again
#
# It draws images batch by batch, as a memory may not hold all of them. Any ten of them look well;
# the recall of a thousand is poor.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_22(generator, n, batch_size, latent_dim, seed):
    """Return n images, drawn batch by batch from normal noise; the seed repeats them."""
    sizes = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    noise = [rng.standard_normal((size, latent_dim)) for size in sizes]
    # INSTEAD
    # noise = [
    #     np.random.default_rng(seed).standard_normal((size, latent_dim)) for size in sizes
    # ]
    # END SOLUTION
    return np.concatenate([generator(z) for z in noise])


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(22, program_22)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Exercise: program 23, always the same neighbours
#
# For each draw, it looks for the nearest training image. But whatever is drawn, it finds one of a
# few, all of them written boldly.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_23(drawn, train):
    """Return the place in train of the image nearest to each draw, by |a - b|²."""
    a, b = drawn.reshape(len(drawn), -1), train.reshape(len(train), -1)
    # BEGIN SOLUTION
    squares = (b**2).sum(axis=1) - 2 * a @ b.T
    # INSTEAD
    # squares = (a**2).sum(axis=1)[:, None] - 2 * a @ b.T
    # END SOLUTION
    return squares.argmin(axis=1)


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(23, program_23)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. In your training of a GAN, the discriminator's loss has gone down for ten epochs. What do you
#    know of the draws?
#    - (a) They have become better, as the loss is lower.
#    - (b) Nothing before you look at them: it tells them from images more easily than before.
#    - (c) They are copies of training images.
# 2. Halfway on a straight line between two points of noise in 32 dimensions, the images are worse.
#    Why?
#    - (a) That point is nearer to 0 than any noise of the training was.
#    - (b) The generator is not continuous.
#    - (c) Every mean of two images is blurred.
# 3. The draws of a VAE have a high precision and a low recall. What may they be?
#    - (a) Noise without any digit.
#    - (b) Copies of all training images.
#    - (c) Blurred: amid the real images, without what is special in them.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "b"
question_2 = "a"
question_3 = "c"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("GAN2-1", question_1),
    check.answer("GAN2-2", question_2),
    check.answer("GAN2-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A GAN's loss says who is ahead in the game; a distance says how good the draws are.
# - Advice was measured somewhere: measure it where you are.
# - Noise lies on a shell around 0: walk along it. Differences of means lead from class to class.
# - Sharp or complete, a copy or new: each is another number, with that of real images beside it.
#
# **Next:** [GAN3](GAN3.ipynb) asks why such games fail, and compares six remedies.
