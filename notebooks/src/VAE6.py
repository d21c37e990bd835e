# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE6: can we ask for a digit?
#
# **How do we tell a VAE what to draw?**
#
# What you'll learn:
# - how a *condition* enters the encoder and the decoder: a class, half an image, the frame before;
# - what is left for the latent space once the class is given;
# - how to give an axis of a latent space a meaning of your own;
# - why a forecast that must name one future is blurred, and one that draws is not.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [VAE1](VAE1.ipynb). Time at the defaults, measured on two CPU cores: 1 min 37 s; with the
# exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("join")` for example. No later cell needs your code. A sentence with a ✓ is a claim:
# the number behind it is measured in your run, and the bound in brackets says which numbers would
# do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, explore, load_dataset
from fidle_vae.data import next_frames, stroke_widths
from fidle_vae.evaluation import recognize, train_classifier
from fidle_vae.figures import charts, compare_maps, plots
from fidle_vae.models import ConditionalVAE, build_decoder, build_encoder
from fidle_vae.training import one_cycle

import math

import keras
import numpy as np
from IPython.display import display
from keras import layers, ops
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. `film` is that of section 5.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 64
epochs = 12
film = "auto"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. The class beside z
#
# A VAE draws what it likes: to get a 7, you draw until one comes. **Could we simply tell it?** We
# hand the class to both networks, as ten numbers of which one is 1: the decoder gets it beside $z$,
# the encoder beside the image. Nothing else changes; the loss and the prior are those of VAE1.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "film": film}
run = Run("VAE6", data, **parameters, batch_size=batch_size, epochs=epochs)

keras.utils.set_random_seed(seed)
cvae = ConditionalVAE(
    build_encoder("mlp", data.image_shape, 2, condition=data.classes),
    build_decoder("mlp", data.image_shape, 2, condition=data.classes),
    loss_weights="elbo",
    seed=seed,
)
rate = one_cycle(len(x_train), batch_size, epochs, peak=6e-3)
cvae.compile(keras.optimizers.Adam(rate))
with run.timed("conditional VAE"):
    cvae.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Five draws of $z$. In each row, the *same* $z$ is decoded as each of the classes. **What do the
# images of a row have in common?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
rng = np.random.default_rng(seed)
all_classes = np.arange(data.classes)
styles = rng.standard_normal((5, 2))
z, asked = np.repeat(styles, data.classes, axis=0), np.tile(all_classes, len(styles))
table = cvae.decode(z, asked)
figure = plots.image_grid(table, columns=data.classes)
run.show(figure, "01-styles", "In each row one z, in each column one class.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The column says *what* is written, the row *how*: upright or leaning, thin or bold, narrow or
# wide. Where a class is hardly ever written so, such as a wide 1, its image is faint. **The class
# is given, so z is free for the style.**

# %% slideshow={"slide_type": "-"} tags=["claims"]
judge = train_classifier(data, epochs=max(1, epochs // 2))
asked = np.repeat(all_classes, 100)
draws = cvae.sample(asked, seed=seed)
obeyed = (recognize(judge, draws) == asked).mean()
run.claim(
    "obeys",
    "It draws what it is asked for. Of a thousand draws, the judge sees the class asked for in",
    obeyed,
    at_least=0.95,
    unit="%",
)
known = (recognize(judge, x_test) == y_test).mean()
run.claim(
    "as_easy_as_life",
    "The draws are blurred, but as easy to recognize as life: of held-out images, the judge gets "
    f"{100 * known:.1f} % right. Two numbers have no room for careless handwriting. The draws are "
    "ahead by",
    obeyed - known,
    at_least=-0.01,
    unit="% points",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
styles = rng.standard_normal((200, 2))
widths = [stroke_widths(cvae.decode(styles, np.full(200, c))) for c in all_classes]
pairs = np.corrcoef(widths)[np.triu_indices(data.classes, 1)]
run.claim(
    "one_style",
    "A z that writes one class boldly mostly writes the others boldly, too. The widths of the "
    "strokes of two classes have a mean correlation of",
    pairs.mean(),
    at_least=0.4,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now you: move over the plane. The row below it shows the point as each class; click one, and play
# a morph between two pins in that class.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
explorer = explore(cvae, data, title=f"Conditional VAE, {data.name}")
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: put the condition beside z
#
# What the decoder's first layer gets: for each image, the numbers of its $z$, then the class as
# zeros and a one.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_join(z, labels, classes):
    """Return z, (n, d), and labels, (n,), integers from 0, as one table, (n, d + classes)."""
    z, labels = np.asarray(z), np.asarray(labels)
    # BEGIN SOLUTION
    return np.concatenate([z, np.eye(classes)[labels]], axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.join(my_join)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What is left for z?
#
# A plain VAE has to write the class into its $z$, since nothing else tells the decoder. Ours need
# not. **Can one still read the class off its codes?** We train a plain VAE of the same size, and
# let a *probe*, a logistic regression, guess the class of held-out images from their codes.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
keras.utils.set_random_seed(seed)
networks = [build("mlp", data.image_shape, 2) for build in (build_encoder, build_decoder)]
plain = VAE(*networks, loss_weights="elbo", seed=seed)
plain.compile(keras.optimizers.Adam(rate))
with run.timed("plain VAE"):
    plain.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0)
codes = {
    "plain VAE": (plain.encode(x_train)[0], plain.encode(x_test)[0]),
    "conditional VAE": (cvae.encode(x_train, y_train)[0], cvae.encode(x_test, y_test)[0]),
}
probes = {
    name: LogisticRegression(max_iter=500).fit(train, y_train).score(test, y_test)
    for name, (train, test) in codes.items()
}
maps = {name: test for name, (_, test) in codes.items()}
figure = compare_maps(maps, y_test, data.class_names)
scores = {"plain": plain.evaluate(x_test, verbose=0, return_dict=True)}
scores["conditional"] = cvae.evaluate(x_test, y_test, verbose=0, return_dict=True)
run.record(metrics={f"elbo_{name}": score["elbo"] for name, score in scores.items()})
run.show(figure, "02-codes", "Codes of held-out images: of the plain VAE, of the conditional one.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
chance = np.bincount(y_test).max() / len(y_test)
run.claim(
    "plain_tells",
    "The codes of the plain VAE tell the class. The probe gets right",
    probes["plain VAE"],
    at_least=0.4,
    unit="%",
)
run.claim(
    "little_left",
    f"Those of the conditional one hardly do. Guessing the largest class is right for "
    f"{100 * chance:.1f} %; the probe is ahead of that by",
    probes["conditional VAE"] - chance,
    at_most=0.15,
    unit="% points",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
told, plain_kl = (scores[name]["kl_loss"] for name in ("conditional", "plain"))
run.claim(
    "class_pays",
    "Not to have to name one of ten classes saves log 10 = 2.3 nats at most. Yet the ELBO, now of "
    f"p(x | c), gains more, with codes that cost {told:.1f} nats in place of {plain_kl:.1f}: the "
    "copies are better. It gains",
    scores["conditional"]["elbo"] - scores["plain"]["elbo"],
    at_least=8,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What the condition explains hardly stays in the latent space.** No rule forces it out: all that
# $z$ says of an image costs KL, and to say the class again gains nothing. Two numbers that need not
# say it can say more of the style.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: one style in every class
#
# The $z$ and labels of a table like the first figure: for each style in turn, all classes.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_style_table(styles, classes):
    """Return z, (n * classes, d), and labels, (n * classes,), for styles, (n, d), row by row."""
    styles = np.asarray(styles)
    # BEGIN SOLUTION
    return np.repeat(styles, classes, axis=0), np.tile(np.arange(classes), len(styles))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.style_table(my_style_table)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. An axis with a meaning
#
# The axes of a latent space mean nothing in particular. If you know what one *should* mean, and can
# measure it, you can ask for it: one more term in the loss of an autoencoder. Here the first of its
# eight numbers is to be the width of the strokes, which we measure in the image: twice its ink,
# divided by the length of its edges.
#
# $$\text{loss} = \text{squared error} + \lambda \, (z_0 - \text{width})^2$$
#
# The width counts in standard deviations from its mean: for a $z_0$ of 0, it is the mean one.
# **How large must $\lambda$ be? And what will the copies pay for it?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def constrained_autoencoder(weight):
    """Build an autoencoder whose first number is to be the width; `weight` says how much."""
    image = keras.Input(data.image_shape)
    x = layers.Dense(256, "relu")(layers.Flatten()(image))
    code = layers.Dense(8, name="code")(layers.Dense(128, "relu")(x))
    x = layers.Dense(256, "relu")(layers.Dense(128, "relu")(code))
    pixels = layers.Dense(math.prod(data.image_shape), "sigmoid")(x)
    copy = layers.Reshape(data.image_shape, name="copy")(pixels)
    width = layers.Identity(name="width")(code[:, :1])
    model = keras.Model(image, {"copy": copy, "width": width})
    rate = one_cycle(len(x_train), batch_size, fewer, peak=6e-3)
    losses, weights = {"copy": "mse", "width": "mse"}, {"copy": 1.0, "width": weight}
    model.compile(keras.optimizers.Adam(rate), loss=losses, loss_weights=weights)
    return model


# %% [markdown] slideshow={"slide_type": "subslide"}
# We train three of them, with three weights, and ask how well the first number tells the width. If
# R² is 100 %, the width is a straight line over that number; if it is 0 %, no line helps.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
fewer = max(1, epochs // 2)  # epochs
mean, spread = stroke_widths(x_train).mean(), stroke_widths(x_train).std()
width_train, width_test = ((stroke_widths(x) - mean) / spread for x in (x_train, x_test))
lambdas, constrained, fits, errors = (0.0, 1e-3, 1e-2), {}, [], []
with run.timed("constrained autoencoders"):
    for weight in lambdas:
        keras.utils.set_random_seed(seed)
        model = constrained[weight] = constrained_autoencoder(weight)
        targets = {"copy": x_train, "width": width_train[:, None]}
        model.fit(x_train, targets, batch_size=batch_size, epochs=fewer, verbose=0)
        found = model.predict(x_test, verbose=0)
        fits.append(np.corrcoef(found["width"][:, 0], width_test)[0, 1] ** 2)
        errors.append(((found["copy"] - x_test) ** 2).mean())
shares = {f"λ = {weight:g}": fit for weight, fit in zip(lambdas, fits, strict=True)}
figure = charts.bars(shares, "R² of the first number with the width of the strokes", 1)
run.show(figure, "03-lambdas", "How well the first number tells the width, by its term's weight.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "means_nothing",
    "Without the term, the first number says little of the width: its R² is",
    fits[0],
    at_most=0.5,
    unit="%",
)
run.claim(
    "little_is_enough",
    "A weight of 0.01 is enough: the R² is",
    fits[2],
    at_least=0.85,
    unit="%",
)
run.claim(
    "hardly_costs",
    "It hardly costs the copies anything: the squared error grows by",
    errors[2] / errors[0] - 1,
    at_most=0.15,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now we walk along that axis, from two standard deviations below its mean to two above, and leave
# the other seven numbers as they are: without the term, and with $\lambda = 0.01$. **What stays,
# and what changes?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
rows, codes, walked = {}, {}, {}
for weight in (0.0, 1e-2):
    model = constrained[weight]
    encoder = keras.Model(model.input, model.get_layer("code").output)
    decoder = keras.Model(model.get_layer("code").output, model.get_layer("copy").output)
    codes[weight] = [encoder.predict(x, verbose=0) for x in (x_train, x_test)]
    walk = np.repeat(codes[weight][1][:200, None], 7, axis=1)
    first = codes[weight][0][:, 0]
    walk[:, :, 0] = first.mean() + first.std() * np.linspace(-2, 2, 7)
    walked[weight] = decoder.predict(walk.reshape(-1, 8), verbose=0)
    for i in range(2):
        rows[f"λ = {weight:g}, image {i + 1}"] = walked[weight][7 * i : 7 * i + 7]
figure = plots.image_rows(rows)
run.show(figure, "04-walks", "Walks along the first number, the others unchanged.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
wider, kept = {}, {}
for weight, images in walked.items():
    ends = stroke_widths(images).reshape(-1, 7).mean(axis=0)[[0, -1]]
    wider[weight] = ends.max() / ends.min()
    kept[weight] = (recognize(judge, images) == np.repeat(y_test[:200], 7)).reshape(-1, 7)
copies = constrained[1e-2].predict(x_test[:200], verbose=0)["copy"]
stays = (recognize(judge, copies) == y_test[:200]).mean()
run.claim(
    "walk_widens",
    "What changes is the width. Between the two ends it differs by a factor of "
    f"{wider[0.0]:.2f} without the term, where the digit changes, too, and with it by",
    wider[1e-2],
    at_least=1.3,
)
with_term, without = (kept[weight][:, [0, -1]].mean() for weight in (1e-2, 0.0))
run.claim(
    "class_kept_on_walk",
    "What stays, with the term, is the digit. At the two ends, the judge sees the class of the "
    f"original in {100 * with_term:.0f} %, in the copies without a walk in {100 * stays:.0f} %, "
    f"and at the ends of the walk without the term in {100 * without:.0f} %: the term saves",
    with_term - without,
    at_least=0.05,
    unit="% points",
)
# %% slideshow={"slide_type": "subslide"} tags=["claims"]
near = KNeighborsRegressor(10).fit(codes[0.0][0], width_train)
run.claim(
    "spread_over_all",
    "Why is it so cheap? Much of the width was in the code already, spread over the eight numbers. "
    "Without the term, the mean width of the ten images with the nearest codes has an R² of",
    near.score(codes[0.0][1], width_test),
    at_least=0.4,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the constrained loss
#
# From images, their copies, codes and known widths: the squared error per pixel, plus `weight`
# times the squared error of the *first* number of the code.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_constrained_loss(x, x_hat, z, width, weight):
    """Return the mean loss of a batch: x and x_hat (n, h, w, c), z (n, d), width (n,)."""
    # BEGIN SOLUTION
    return ops.mean((x - x_hat) ** 2) + weight * ops.mean((z[:, 0] - width) ** 2)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.constrained_loss(my_constrained_loss)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. The missing half
#
# A condition need not be a class: any numbers will do. We cover the lower half of the images. The
# condition is what is left, the pixels of the upper half, and the class. **Below the upper half of
# a 3: is it certain how it goes on?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
above = data.image_shape[0] // 2  # rows


def conditions(images, labels):
    """Return the upper half of images and their classes, as one row for each."""
    pixels = images[:, :above].reshape(len(images), -1)
    return np.concatenate([pixels, np.eye(data.classes)[labels]], axis=1).astype("float32")


c_train, c_test = conditions(x_train, y_train), conditions(x_test, y_test)
shape, size = x_train[:, above:].shape[1:], c_train.shape[1]
keras.utils.set_random_seed(seed)
encoder, decoder = (build("mlp", shape, 4, size) for build in (build_encoder, build_decoder))
filler = ConditionalVAE(encoder, decoder, loss_weights="elbo", seed=seed)
filler.compile(keras.optimizers.Adam(one_cycle(len(x_train), batch_size, fewer, peak=6e-3)))
with run.timed("missing halves"):
    filler.fit(x_train[:, above:], c_train, batch_size=batch_size, epochs=fewer, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two draws for each of eight held-out images. **Do they differ as much as handwriting may?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def whole(below):
    """Return the held-out images with other lower halves."""
    return np.concatenate([x_test[:, :above], below], axis=1)


def apart(images, others):
    """Return the squared difference per pixel of each image and another."""
    return ((images - others) ** 2).mean(axis=(-3, -2, -1))


def of_classes(labels):
    """Return an image of each of these classes, by chance."""
    return x_train[[rng.choice(np.flatnonzero(y_train == label)) for label in labels]]


filled = [whole(filler.sample(c_test, seed=i)) for i in range(5)]
rows = {"covered": whole(np.full_like(x_test[:, above:], 0.5))}
rows |= {"draw 1": filled[0], "draw 2": filled[1], "original": x_test}
figure = plots.image_rows({name: each[:8] for name, each in rows.items()})
run.show(figure, "05-halves", "The lower halves of held-out images: covered, drawn, as they were.")

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
class_apart = apart(x_test[:, above:], of_classes(y_test)[:, above:]).mean()
below = [each[:, above:] for each in filled]
draws_apart, truth_apart = (apart(below[0], each).mean() for each in (below[1], x_test[:, above:]))
run.claim(
    "less_certain",
    "No, and the draws differ too little. The squared difference of two draws is "
    f"{100 * draws_apart / class_apart:.0f} % of that between two lower halves of the same class; "
    f"of a draw and the true one, {100 * truth_apart / class_apart:.0f} %. The second is larger "
    "by a factor of",
    truth_apart / draws_apart,
    at_least=1.3,
)
run.claim(
    "half_keeps_class",
    "What is drawn below goes with what stands above. Of the whole images, the judge sees the "
    "class of the original in",
    np.mean([recognize(judge, each) == y_test for each in filled]),
    at_least=0.8,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now we cheat, and ask for another class than that of the upper half: the next one, a 4 in place of
# a 3. **What will it draw?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
others = (y_test + 1) % data.classes
mixed = whole(filler.sample(conditions(x_test, others), seed=seed))
rows = {"original": x_test, "its class": filled[0], "the next one": mixed}
figure = plots.image_rows({name: each[:8] for name, each in rows.items()})
run.show(figure, "06-next_class", "The upper half of one class, with another class asked for.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
pasted = whole(of_classes(others)[:, above:])
seen = {
    name: [(recognize(judge, images) == labels).mean() for labels in (others, y_test)]
    for name, images in {"drawn": mixed, "pasted": pasted}.items()
}
words = {name: " and ".join(f"{100 * share:.0f} %" for share in seen[name]) for name in seen}
run.claim(
    "half_has_its_say",
    "You seldom get it: the upper half has its say, in what is drawn below it, too. The judge sees "
    f"the class asked for, and that of the upper half, in {words['drawn']} of the images; with "
    f"real lower halves of the class asked for, in {words['pasted']}. In the draws, the class of "
    "the upper half is seen more often, by",
    seen["drawn"][1] - seen["pasted"][1],
    at_least=0.15,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# In training, the class and the upper half never contradicted each other, so nothing says which of
# them to believe. **A conditional model knows p(x | c) only for conditions like those it has
# seen.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The next frame
#
# Now the condition is a frame of a film, and we forecast the next one. Each digit tilts by 30
# degrees, to the left or to the right, as a coin falls. (Where it can be found, there is a second
# film, of a face: see below.) A *regression*, a network that minimizes the squared error, has to
# name one future. **Which one will it choose?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def build_regression(shape):
    """Build a network that makes one image of a row of numbers."""
    hidden = [layers.Dense(128, "relu"), layers.Dense(256, "relu")]
    pixels = layers.Dense(math.prod(shape), "sigmoid")
    return keras.Sequential([*hidden, pixels, layers.Reshape(shape)])


def train(model, inputs, targets, **loss):
    """Train a model, on as many images for any film."""
    rounds = max(1, int(5_000 * min(1, 10 * scale)) * epochs // len(inputs))  # epochs
    rate = one_cycle(len(inputs), batch_size, rounds)
    model.compile(keras.optimizers.Adam(rate), **loss)
    model.fit(inputs, targets, batch_size=batch_size, epochs=rounds, verbose=0)


# %% [markdown] slideshow={"slide_type": "subslide"}
# The regression gets a frame, as a row of numbers, and has to name the next one.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
films, given, named = next_frames(film, data, seed), {}, {}
for name, frames in films.items():
    each = (frames.before_train, frames.before_test)
    given[name] = [images.reshape(len(images), -1) for images in each]
    keras.utils.set_random_seed(seed)
    regression = build_regression(frames.after_train.shape[1:])
    with run.timed(f"regression, {name}"):
        train(regression, given[name][0], frames.after_train, loss="mse")
    named[name] = regression.predict(given[name][1], verbose=0)
digits, tilting = "tilting digits", films["tilting digits"]
shown = [np.argmax(y_test == c) for c in (1, 2, 3, 4, 7, 8)]  # the first of each
rows = {"frame": tilting.before_test, "regression": named[digits], "next frame": tilting.after_test}
figure = plots.image_rows({name: each[shown] for name, each in rows.items()})
run.show(figure, "07-regression", "Digits, what a regression forecasts, and what happened.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Both at once: a 1 that may tilt to either side becomes an X. **The least squared error is that of
# the mean of all futures, which never happens.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# The conditional VAE gets the same frames, and four numbers for what nobody can know. **What will
# its draws look like?** (For the face, beta is 0.04, as if every grey pixel had a noise of 0.1.)

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
draws, betas = {}, {"tilting digits": 1, "Frey Face": 0.04}
for name, frames in films.items():
    shape, size = frames.after_train.shape[1:], given[name][0].shape[1]
    keras.utils.set_random_seed(seed)
    encoder, decoder = (build("mlp", shape, 4, size) for build in (build_encoder, build_decoder))
    weights = (1.0, betas[name] / math.prod(shape))
    forecast = ConditionalVAE(encoder, decoder, loss_weights=weights, seed=seed)
    with run.timed(f"conditional VAE, {name}"):
        train(forecast, frames.after_train, given[name][0])
    draws[name] = np.stack([forecast.sample(given[name][1], seed=i) for i in range(20)])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Of twenty draws for each digit, here are two that differ much.


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def farthest(images):
    """Return, of the draws for each tilting digit, the one that is farthest from its image."""
    distances = apart(draws[digits], images)  # (draws, digits)
    return draws[digits][distances.argmax(axis=0), np.arange(len(images))]


one = farthest(named[digits])
rows = {"regression": named[digits], "one draw": one, "another": farthest(one)}
figure = plots.image_rows({name: each[shown] for name, each in rows.items()})
run.show(figure, "08-draws", "Two draws of the next frame, for the same digits.")


# %% slideshow={"slide_type": "-"} tags=["claims"]
left, right = (
    ndimage.rotate(tilting.before_test, by, axes=(2, 1), reshape=False, order=1) for by in (-30, 30)
)


def on_a_side(images):
    """Return the share of images nearer to one of the two tilts than to the mean of both."""
    nearest = np.minimum(apart(images, left), apart(images, right))
    return (nearest < apart(images, (left + right) / 2)).mean()


run.claim(
    "draws_commit",
    "Most draws commit themselves to one side. Of the images of the regression, "
    f"{100 * on_a_side(named[digits]):.0f} % are nearer to one of the two tilts than to the mean "
    "of both; of the draws,",
    on_a_side(draws[digits]),
    at_least=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Is a draw the better forecast, then?**

# %% slideshow={"slide_type": "-"} tags=["claims"]
squared, of_regression = {}, {}
for name, frames in films.items():
    squared[name] = apart(draws[name], frames.after_test)  # (draws, frames)
    of_regression[name] = apart(named[name], frames.after_test)
least = of_regression[digits].mean()
run.claim(
    "one_draw_is_worse",
    "No: a single draw is a worse guess, since it is often the other future that comes. Were both "
    "exact, its squared error would be 200 % of the regression's; but some draws stay in between, "
    "and the regression errs a little besides. It is",
    squared[digits][0].mean() / least,
    at_least=1.2,
    unit="%",
)
run.claim(
    "mean_of_futures",
    "The mean of twenty draws is nearly what the regression names. Its squared error, in percent "
    "of the regression's, is",
    ((draws[digits].mean(axis=0) - tilting.after_test) ** 2).mean() / least,
    at_most=1.2,
    unit="%",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
wins = {name: (squared[name].min(axis=0) < of_regression[name]).mean() for name in films}
run.claim(
    "best_of_20",
    "But one of the twenty is mostly nearer to the future that came than the regression. The share "
    "of frames where it is: "
    + ", ".join(f"{name} {100 * share:.0f} %" for name, share in wins.items())
    + ". The least is",
    min(wins.values()),
    at_least=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# "Best of 20" is no forecast: we chose it knowing what happened. It measures something else, namely
# whether the future was *near one thought possible*. **The squared error asks for one answer; a
# model of p(x | c) is asked which answers there are.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# A face tosses no coin. **Where will the draws of its next frame differ?** The middle row is bright
# where they do. (Without the film of the face, you see the digits.)

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
last = list(films)[-1]
unsure = {name: each.std(axis=0) for name, each in draws.items()}
shown = np.linspace(0, len(unsure[last]) - 1, 5).astype(int)
bright = np.clip(unsure[last] / np.quantile(unsure[last][shown], 0.99), 0, 1)
rows = {"frame": films[last].before_test, "draws differ": bright}
rows |= {"next frame": films[last].after_test}
figure = plots.image_rows({name: each[shown] for name, each in rows.items()})
run.show(figure, "09-unsure", f"{last}: where twenty draws of the next frame differ.")


# %% slideshow={"slide_type": "subslide"} tags=["claims"]
def alike(maps, others):
    """Return the mean correlation of two maps, over their pixels."""
    pairs = zip(maps.reshape(len(maps), -1), others.reshape(len(others), -1), strict=True)
    return np.mean([np.corrcoef(pair)[0, 1] for pair in pairs])


agree, words = {}, {}
for name, frames in films.items():
    off = np.abs(named[name] - frames.after_test)
    one_map = np.broadcast_to(frames.after_train.std(axis=0), off.shape)
    agree[name] = [alike(unsure[name], off), alike(one_map, off)]
    words[name] = f"{name} {agree[name][0]:.2f} (the one map {agree[name][1]:.2f})"
run.claim(
    "knows_where",
    "The digits' draws differ where the regression is wrong. They show it better than one map for "
    "all frames, of where the film varies. The mean correlations over the pixels: "
    f"{', '.join(words.values())}. For the digits, the draws are ahead by",
    agree[digits][0] - agree[digits][1],
    at_least=0.1,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# On the face: the mouth, the chin and the edges of the head. But they may move in every frame, and
# one map knows it about as well. **Where each case has futures of its own, a model that draws also
# shows what it does not know.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the best of N
#
# `draws` has N forecasts for each of n frames. Return the squared error per pixel of the best one,
# for each frame.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_best_of(draws, truth):
    """Return each frame's least error per pixel, (n,): draws (N, n, h, w, c), truth (n, ...)."""
    draws, truth = np.asarray(draws), np.asarray(truth)
    # BEGIN SOLUTION
    return ((draws - truth) ** 2).mean(axis=(2, 3, 4)).min(axis=0)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.best_of(my_best_of)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Each of these programs runs and trains, and has *one* mistake. Mend it in its cell. As long as it
# is there, the check asks you a question.
#
# ### Exercise: program 14, asked in vain
#
# It builds the two networks of a conditional VAE. Trained, it draws the class that it is asked for
# in one image of ten, as if it drew lots. And a probe reads the class from its codes.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_14(image_shape, latent_dim, classes):
    """Build the encoder and the decoder of a conditional VAE."""
    image, c = keras.Input(image_shape), keras.Input((classes,))
    x = layers.Concatenate()([layers.Flatten()(image), c])
    x = layers.Dense(64, activation="relu")(x)
    means, log_vars = layers.Dense(latent_dim)(x), layers.Dense(latent_dim)(x)
    encoder = keras.Model([image, c], [means, log_vars], name="encoder")
    z, asked = keras.Input((latent_dim,)), keras.Input((classes,))
    both = layers.Concatenate()([z, asked])
    # BEGIN SOLUTION
    hidden = layers.Dense(64, activation="relu")(both)
    # INSTEAD
    # hidden = layers.Dense(64, activation="relu")(z)
    # END SOLUTION
    pixels = layers.Dense(int(np.prod(image_shape)), activation="sigmoid")(hidden)
    decoder = keras.Model([z, asked], layers.Reshape(image_shape)(pixels), name="decoder")
    return encoder, decoder


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(14, program_14)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Exercise: program 15, an axis that means nothing
#
# A constrained loss, as in section 3. However large its weight, the first number does not learn the
# width: it only becomes the same for all images.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_15(x, x_hat, z, width, weight):
    """Return the mean loss of a batch: x and x_hat (n, h, w, c), z (n, d), width (n,)."""
    # BEGIN SOLUTION
    first = z[:, 0]
    # INSTEAD
    # first = z[:, :1]
    # END SOLUTION
    copies = ops.mean(ops.square(x - x_hat))
    return copies + weight * ops.mean(ops.square(first - width))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(15, program_15)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. In a conditional VAE, z hardly tells the class. Why?
#    - (a) The loss has a term that forbids it.
#    - (b) What z says costs KL, and the class is known without.
#    - (c) Two numbers are too few for ten classes.
# 2. Two futures are equally likely. Which forecast has the least squared error, in the mean?
#    - (a) Either of them.
#    - (b) One of them, drawn at random.
#    - (c) Their mean, which never happens.
# 3. The best of 20 draws beats a regression. What does that show?
#    - (a) That the future was near one of the draws.
#    - (b) That its forecasts are better.
#    - (c) That the regression was trained badly.

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
    check.answer("VAE6-1", question_1),
    check.answer("VAE6-2", question_2),
    check.answer("VAE6-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A condition goes into the encoder and the decoder, and the loss stays as it is.
# - What the condition explains hardly stays in the latent space: the class is given, so z keeps the
#   style.
# - If you can measure what an axis should mean, a small weight makes it mean that.
# - One forecast is a mean, and blurred; a conditional VAE draws one of the possible futures.
#
# **Next:** [GAN1](GAN1.ipynb) trains a loss in place of writing one. Or stay with VAEs:
# [APP1](APP1.ipynb) puts them to use: frauds, files, shapes.
