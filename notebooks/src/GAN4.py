# %% [markdown] slideshow={"slide_type": "slide"}
# # GAN4: can we order an image?
#
# **How do we tell a generator what to draw, and how well does it obey?**
#
# What you'll learn:
# - how an order enters a game of two networks: joined, as a plane, by projection, by normalization;
# - what teaches a generator to obey, and what wrong labels cost;
# - what you win and lose if you draw only likely noise;
# - how to order by words, or by a small image, and what attention is for.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [VAE1](VAE1.ipynb), [VAE6](VAE6.ipynb) for conditions, and the game of two networks, a
# GAN, of [GAN1](GAN1.ipynb): a *discriminator* tells real images from generated ones, a *generator*
# learns to be taken for real. Its penalty, R1, is from [GAN3](GAN3.ipynb).
# Time at the defaults, measured on two CPU cores: 3 min 47 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("projection")` for example. No later cell needs
# your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and the
# bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, explore, load_dataset
from fidle_vae.data import halved, slants
from fidle_vae.evaluation import judge_draws, recognize, train_classifier
from fidle_vae.evaluation.sharpness import sharpness
from fidle_vae.figures import charts, plots
from fidle_vae.figures.orders import attention_maps
from fidle_vae.models.adversarial import Adversarial
from fidle_vae.models.adversarial_networks import build_discriminator, build_generator
from fidle_vae.models.second_stage import build_second_stage
from fidle_vae.models.self_attention import SelfAttention

import keras
import numpy as np
from IPython.display import display
from keras import ops

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. `psis` are the widths of the noise in section 5.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 64
epochs = 12
psis = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. An order for both players
#
# A GAN draws what it likes. To order a class, we give it to *both* players, as ten numbers of which
# one is 1: the generator gets it joined to its noise $z$, the discriminator beside the image. **Why
# does the discriminator need it, too?** Images are taken at half their size, so that we can afford
# several games.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
whole = load_dataset(dataset, scale, seed, labelled=True)
data = whole._replace(x_train=halved(whole.x_train), x_test=halved(whole.x_test))
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
shape, classes, dims = data.image_shape, data.classes, 16  # dims: of the noise z
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "psis": psis}
run = Run("GAN4", whole, **parameters, batch_size=batch_size, epochs=epochs)
rng, every = np.random.default_rng(seed), np.arange(classes)

firsts = [np.argmax(y_train == c) for c in every]
figure = plots.image_grid(x_train[firsts], columns=classes, titles=data.class_names)
run.show(figure, "01-half_size", "An image of each class, at half its size.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Small, but still easy to read. **What we can see in an image, we can order: here, its class.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# The discriminator may take the order as one more channel of the image, a *plane* with a learned
# image for each class; or by a *projection*: its features $f$ of the image, a row of numbers, are
# multiplied with what it has learned of the class, a row $e_c$ of a table.
#
# $$\text{logit} = f \cdot v + f \cdot e_c$$
#
# **The first term says whether the image looks real, the second whether it looks like its class.**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def play(name, players, x, c=None, rounds=epochs, rate=2e-3, **options):
    """Return a game of two networks, trained on images and conditions."""
    game = Adversarial(*players, penalty="r1", penalty_weight=0.5, seed=seed, **options)
    game.compile(keras.optimizers.Adam(rate, beta_1=0.5))
    with run.timed(name):
        game.fit(x, c, batch_size=batch_size, epochs=rounds)
    return game


def networks(numbers=classes, to="joined", by="projection"):
    """Return a generator and a discriminator that take a condition of so many numbers."""
    keras.utils.set_random_seed(seed)
    return (
        build_generator("plain", shape, dims, 16, condition=numbers, how=to),
        build_discriminator("plain", shape, 16, condition=numbers, how=by),
    )


games = {
    "plane": play("plane", networks(by="planes"), x_train, y_train),
    "projection": play("projection", networks(), x_train, y_train),
}

# %% [markdown] slideshow={"slide_type": "subslide"}
# Five draws of $z$. In each row, the *same* $z$ is drawn as each of the classes. **What do the
# images of a row have in common?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
styles = rng.standard_normal((5, dims))
z, asked = np.repeat(styles, classes, axis=0), np.tile(every, len(styles))
table = games["projection"].decode(z, asked)
figure = plots.image_grid(table, columns=classes)
run.show(figure, "02-orders", "In each row one z, in each column one class.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# As in VAE6, the column says *what*, and the row says *how*: bold or thin, upright or leaning.
# **The discriminator must see the order, or nothing would be wrong with a fine 7 where a 3 was
# asked for.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a projection
#
# `features` has a row for each image, `c` its class as zeros and a one, `embedding` a row for each
# class. Return the logits.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_projection(features, c, v, embedding):
    """Return logits, (n,): features (n, d), c (n, classes), v (d,), embedding (classes, d)."""
    # BEGIN SOLUTION
    return features @ v + (features * (c @ embedding)).sum(axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.projection(my_projection)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. The order inside the network
#
# There is another way into the generator. *Conditional batch normalization* first takes away the
# mean and the deviation of each channel, and then gives it those that the class asks for:
#
# $$y = (1 + \text{scale}_c) \, \frac{x - \text{mean}}{\sqrt{\text{variance} + \epsilon}} +
# \text{shift}_c$$
#
# The noise enters at the bottom, the order at each layer. **Who obeys best?** A judge, trained on
# real images, looks at a thousand draws of each game.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
ordered = networks(to="normalization")
games["normalization"] = play("normalization", ordered, x_train, y_train)
judge = train_classifier(data, epochs=max(1, epochs // 2))
orders = np.repeat(every, 100)
noise = rng.standard_normal((len(orders), dims))
obeyed = {
    name: (recognize(judge, game.decode(noise, orders)) == orders).mean()
    for name, game in games.items()
}
known = (recognize(judge, x_test) == y_test).mean()
figure = charts.bars(obeyed | {"real images": known}, "seen as the class asked for", 1)
run.record(metrics={f"obeyed_{name}": share for name, share in obeyed.items()})
run.show(figure, "03-obeyed", "How often the judge sees the class asked for, and real images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "projection_obeys",
    f"By projection, orders are mostly obeyed. The judge errs, too: of real images, it gets "
    f"{100 * known:.1f} % right. Of the draws by projection, it sees the class asked for in",
    obeyed["projection"],
    at_least=0.75,
    unit="%",
)
run.claim(
    "all_ways_obey",
    "No way fails. The least obedient of the three obeys in",
    min(obeyed.values()),
    at_least=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Who is ahead by a few points may be behind with another `seed`. **One training each is no contest:
# differences count if they are larger than those between seeds.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now you: move around the blue ring, where most draws are. The row below it shows the point as each
# class; click one.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
explorer = explore(games["projection"], data, title=f"A generator that takes orders, {data.name}")
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: conditional batch normalization
#
# Write it, as in the formula; `scale` and `shift` have a row for each class.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_conditional_norm(x, c, scale, shift, epsilon):
    """Return maps: x (n, h, w, channels), c (n, classes), scale and shift (classes, channels)."""
    # BEGIN SOLUTION
    mean, variance = ops.moments(x, axes=(0, 1, 2), keepdims=True)
    x = (x - mean) / ops.sqrt(variance + epsilon)
    return (1 + (c @ scale)[:, None, None]) * x + (c @ shift)[:, None, None]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.conditional_norm(my_conditional_norm)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Real images, wrong orders
#
# So far, the discriminator learns from real images with their order and from drawn ones. A real 7
# under the order "3" it never meets, so that it may judge by beauty alone. We show it such pairs,
# too, and they count as drawn. **What will the generator learn from it?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
strict = play("strict", networks(), x_train, y_train, wrong_conditions=True)
strictly = (recognize(judge, strict.decode(noise, orders)) == orders).mean()
by_order = {"projection": obeyed["projection"], "strict": strictly, "real images": known}
run.record(metrics={"obeyed_strict": strictly})
figure = charts.bars(by_order, "seen as the class asked for", 1)
run.show(figure, "04-strict", "Obeyed, where wrong orders are refused, too.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "strict_obeys",
    "Where it pays for wrong orders, too, the generator obeys in",
    strictly,
    at_least=0.94,
    unit="%",
)
run.claim(
    "clearer_than_real",
    "Its draws are clearer than real images: the judge is right more often, by",
    strictly - known,
    at_least=0.005,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Clearer than real is no compliment. Some people's 7 looks like a 1: such images are refused under
# both orders, and the generator avoids them. What that costs, section 5 says. **Obedience is not
# likeness: ask for both.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Wrong labels
#
# Someone has labelled in a hurry: four in ten labels are drawn by lot, and a few of those are right
# by luck. We train the same game and a classifier on them. **Who suffers more?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
lots = rng.random(len(y_train)) < 0.4
labels = np.where(lots, rng.integers(0, classes, len(y_train)), y_train)
right = (labels == y_train).mean()
hasty = play("wrong labels", networks(), x_train, labels)
pupil = train_classifier(data._replace(y_train=labels), epochs=max(1, epochs // 6))
shares = {
    "labels that are right": right,
    "classifier, right": (recognize(pupil, x_test) == y_test).mean(),
    "generator, obeyed": (recognize(judge, hasty.decode(noise, orders)) == orders).mean(),
}
figure = charts.bars(shares, "share", 1)
run.show(figure, "05-labels", "Trained on wrong labels: a classifier, and a generator.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
_, forgiving, repeating = shares.values()
run.claim(
    "classifier_forgives",
    "The classifier forgives them: it names the likeliest class, and that is still the right one. "
    f"Only {100 * right:.0f} % of its labels were right; its answers are right more often, by",
    forgiving - right,
    at_least=0.1,
    unit="% points",
)
run.claim(
    "generator_repeats",
    "The generator does not: it draws whatever was labelled so, mistakes included. It obeys less "
    "often than the classifier is right, by",
    forgiving - repeating,
    at_least=0.15,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Nothing is broken: $p(x | c)$ of these labels *has* other digits in it, and that is what was
# asked. To the mistakes of the labels, it adds some of its own. **A generator learns the
# distribution, mistakes included; a classifier asks only what is likeliest.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Likely noise only
#
# Noise far from 0 is rare, so the generator has seldom practised there. What if we draw $z$ from a
# narrower normal, with a deviation of $\psi$ in place of 1? That is called *truncation*. Nothing is
# trained again. **What do we win, and what do we lose?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
rows = {}
for psi in (0.2, 0.6, 1.0):
    three = games["projection"].decode(psi * noise[:8], np.full(8, 3 % classes))
    rows[f"ψ = {psi:g}"] = three
figure = plots.image_rows(rows)
run.show(figure, "06-narrower", "Eight threes, from the same noise: narrow, wider, and as it is.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# *Precision* is the share of draws that lie among held-out images in the judge's features, *recall*
# the share of held-out images that lie among the draws.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
curves = {"obeyed": [], "precision": [], "recall": []}
for psi in psis:
    drawn = games["projection"].decode(psi * noise, orders)
    found = judge_draws(rng.permutation(drawn), x_test, x_train, judge)
    curves["obeyed"].append((recognize(judge, drawn) == orders).mean())
    curves["precision"].append(found.precision.value)
    curves["recall"].append(found.recall.value)
figure = charts.curves(psis, curves, "width of the noise, ψ", "share")
figure.axes[0].set_ylim(0, 1.05)
run.show(figure, "07-truncation", "Obeyed, precision and recall, by the width of the noise.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
first, full = 1, len(psis) - 2
run.claim(
    "obeys_when_narrow",
    f"With ψ = {psis[first]:g}, orders are hardly ever missed: they are obeyed in",
    curves["obeyed"][first],
    at_least=0.92,
    unit="%",
)
run.claim(
    "precision_rises",
    f"From ψ = {psis[full]:g} down to {psis[first]:g}, precision rises by",
    curves["precision"][first] - curves["precision"][full],
    at_least=0.03,
    unit="% points",
)
run.claim(
    "recall_falls",
    "It is paid for with variety: recall falls by",
    curves["recall"][full] - curves["recall"][first],
    at_least=0.2,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And the strict game of section 3? **What does it pay for its obedience?**

# %% slideshow={"slide_type": "-"} tags=["claims"]
from_strict = np.random.default_rng(seed).permutation(strict.decode(noise, orders))
run.claim(
    "strict_pays_too",
    "It pays in the same coin: with the same noise, recall is lower than by projection alone, by",
    curves["recall"][full] - judge_draws(from_strict, x_test, x_train, judge).recall.value,
    at_least=0.15,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Pictures in papers are often truncated. **Precision and recall are one bargain: one without the
# other says nothing.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: noise without tails
#
# The other way to truncate: draw normal noise. Numbers beyond a limit, above it or below its
# negative, are drawn anew, and again, until there are none.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_truncated(n, d, limit, rng):
    """Return normal noise, (n, d), of `rng.standard_normal`, with no number beyond the limit."""
    # BEGIN SOLUTION
    noise = rng.standard_normal((n, d))
    while (beyond := np.abs(noise) > limit).any():
        noise[beyond] = rng.standard_normal(beyond.sum())
    return noise
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.truncated(my_truncated)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Order by words
#
# "A bold, slanted three." An order is any row of numbers. We measure the ink and the slant of each
# training image; those of the lower third are called *thin* or *upright*, those of the upper third
# *bold* or *slanted*, and those between have a word, too. Class, ink and slant are three ones in
# one row of zeros. **Can the words be combined freely?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def words(values, limits):
    """Return for each value the number of its word: 0 below both limits, 1 between, 2 above."""
    return np.digitize(values, limits)


def hot(numbers):
    """Return orders as rows of zeros and ones: numbers of class, ink and slant, (n, 3)."""
    sizes = (classes, 3, 3)
    return np.concatenate([np.eye(n)[numbers[:, i]] for i, n in enumerate(sizes)], axis=1)


measures = {"ink": lambda images: images.mean(axis=(1, 2, 3)), "slant": slants}
limits = {name: np.quantile(f(x_train), [1 / 3, 2 / 3]) for name, f in measures.items()}
of_train = [words(f(x_train), limits[name]) for name, f in measures.items()]
orders_train = np.stack([y_train, *of_train], axis=1)
writer = play("words", networks(classes + 6), x_train, hot(orders_train))

# %% [markdown] slideshow={"slide_type": "subslide"}
# All are drawn from one $z$, with $\psi = 0.6$: in each column one class, in each row other words.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
one = np.tile(0.6 * styles[:1], (classes, 1))
rows = {}
for ink, bold in (("thin", 0), ("bold", 2)):
    for slant, leans in (("upright", 0), ("slanted", 2)):
        order = np.stack([every, np.full(classes, bold), np.full(classes, leans)], axis=1)
        rows[f"{ink}, {slant}"] = writer.decode(one, hot(order))
figure = plots.image_rows(rows)
run.show(figure, "08-words", "Ten classes, ordered in four pairs of words.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# We order all combinations of a class, *thin* or *bold*, *upright* or *slanted*, and measure the
# draws as we measured the images. **Which word is obeyed best?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
grid = np.array([[c, w, s] for c in every for w in (0, 2) for s in (0, 2)]).repeat(20, axis=0)
written = writer.decode(rng.standard_normal((len(grid), dims)), hot(grid))
told = [words(f(written), limits[name]) for name, f in measures.items()]
seen = np.stack([recognize(judge, written), *told], axis=1)
by_word = dict(zip(("class", "ink", "slant"), (seen == grid).mean(axis=0), strict=True))
by_word["all three"] = (seen == grid).all(axis=1).mean()
figure = charts.bars(by_word, "obeyed", 1)
run.show(figure, "09-obeyed_words", "How often each word is obeyed, and all three at once.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "class_in_words",
    "The class is still obeyed, in",
    by_word["class"],
    at_least=0.7,
    unit="%",
)
run.claim(
    "style_obeyed",
    f"Of three slants, one third would be right by chance. Slant is obeyed in "
    f"{100 * by_word['slant']:.0f} %, ink in {100 * by_word['ink']:.0f} %. The lower of both is",
    min(by_word["ink"], by_word["slant"]),
    at_least=0.6,
    unit="%",
)
run.claim(
    "all_words",
    "All three words at once, right by chance in one of ninety, are obeyed in",
    by_word["all three"],
    at_least=0.35,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: words for numbers
#
# A row of three for each value, one of them 1: the first below `low`, the second from `low` on but
# below `high`, the third from `high` on.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_words(values, low, high):
    """Return rows, (n, 3), for values, (n,), and two limits."""
    # BEGIN SOLUTION
    return np.eye(3)[(values >= low).astype(int) + (values >= high)]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.word_rows(my_words)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Halves that must agree
#
# *Twins*: an image beside itself. Real pairs are equal; in false ones, the right half is another
# digit. A convolution sees a few pixels, so no feature sees all of both. *Self-attention* lets each
# place of the last maps look at all of them. From its feature come three rows of numbers: a query
# $q$, a key $k$ and a value $v$. Its query is multiplied with the key of each place, and the more
# alike they are, the more it gets of that place's value; $d$ is how many numbers a query has.
#
# $$\text{softmax}(q \, k^\top / \sqrt{d}) \; v$$
#
# **Can a discriminator tell the pairs apart, with it and without?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
def pairs(images, labels):
    """Return images beside themselves or, half of them, beside others, and which are equal."""
    equal = rng.random(len(images)) < 0.5
    others = np.where(equal, np.arange(len(images)), rng.permutation(len(images)))
    equal |= labels == labels[others]
    kept = equal == (others == np.arange(len(images)))  # no two different images of one class
    return np.concatenate([images, images[others]], axis=2)[kept], equal[kept]


(twins, equal), (twins_test, equal_test) = pairs(x_train, y_train), pairs(x_test, y_test)
shown = {"equal": twins[equal][:5], "not equal": twins[~equal][:5]}
figure = plots.image_rows(shown)
run.show(figure, "10-twins", "Pairs that are equal, and pairs that are not.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The same network twice, once with attention, learns from labels which pairs are equal.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
told_apart, critics = {}, {}
for name, attention in (("without attention", False), ("with attention", True)):
    keras.utils.set_random_seed(seed)
    critic = build_discriminator("plain", twins.shape[1:], 16, attention=attention)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    critic.compile(keras.optimizers.Adam(3e-3), loss)
    with run.timed(name):
        critic.fit(twins, equal, batch_size=batch_size, epochs=epochs, verbose=0)
    logits = critic.predict(twins_test, verbose=0)[:, 0]
    critics[name], told_apart[name] = critic, ((logits > 0) == equal_test).mean()
figure = charts.bars(told_apart, "held-out pairs told apart (by chance: 50 %)", 1)
run.show(figure, "11-told_apart", "How many pairs are told apart; half of them by chance.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
gain = told_apart["with attention"] - told_apart["without attention"]
run.claim(
    "attention_sees_pairs",
    "With attention, places far apart are compared. It is ahead by",
    gain,
    at_least=0.05,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Where does a place look?** In one pair, we mark a place in the left half, and show how much it
# looks at each other.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
critic = critics["with attention"]
layer = next(each for each in critic.layers if isinstance(each, SelfAttention))
maps = keras.Model(critic.input, layer.input)(twins_test[equal_test])
looks = ops.convert_to_numpy(layer.look(maps))  # (pairs, rows, columns, rows, columns)
figure = attention_maps(twins_test[equal_test][:4], looks[:4], (1, 1))
run.show(figure, "12-looks", "Four pairs, and where the marked place looks: brighter is more.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
places = looks.shape[1] * looks.shape[2]
half, inner = looks.shape[2] // 2, looks[:, 1:-1, 1:-1]  # without the places at the edge
across = inner[:, :, : half - 1, :, half + 1 :].sum(axis=(3, 4)).mean()
run.claim(
    "looks_are_few",
    f"A place chooses. If it looked at all {places} alike, each would get {100 / places:.0f} %. "
    f"(From the left half to the right go {100 * across:.0f} %.) The one it looks at most gets",
    inner.max(axis=(3, 4)).mean(),
    at_least=0.3,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Not every place looks at its own twin: it is enough if the halves meet somewhere. **A map of
# attention shows where a network looks, not why.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: attention
#
# For each place, a query, a key and a value, as rows. Return what each place gets.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_attention(queries, keys, values):
    """Return what each place gets, (n, m): queries and keys (n, d), values (n, m)."""
    # BEGIN SOLUTION
    scores = queries @ ops.transpose(keys) / queries.shape[1] ** 0.5
    return ops.softmax(scores, axis=1) @ values
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.attention(my_attention)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Does a *generator* learn from it that halves agree? We let both kinds of critic play, from new
# weights, with equal pairs of the first three classes. **How often will two drawn halves match?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
few = x_train[y_train < 3]
few, match = np.concatenate([few, few], axis=2), {"by chance": 1 / 3}
for name, attention in (("without attention", False), ("with attention", True)):
    keras.utils.set_random_seed(seed)
    generator = build_generator("plain", few.shape[1:], dims, 16)
    critic = build_discriminator("plain", few.shape[1:], 16, attention=attention)
    pair_game = play(f"game {name}", (generator, critic), few, rounds=5 * epochs // 2, rate=1e-3)
    drawn = pair_game.sample(1000, seed=seed)
    ends = [recognize(judge, half) for half in np.split(drawn, 2, axis=2)]
    match[name] = (ends[0] == ends[1]).mean()
figure = charts.bars(match, "halves of one class", 1)
run.show(figure, "13-match", "Drawn pairs whose halves are of one class.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "attention_in_the_game",
    "In a game of this length, the gain reaches the generator on MNIST, and hardly on the similar "
    f"digits. Told apart were {100 * gain:.0f} points more; the share of matching draws changes by",
    match["with attention"] - match["without attention"],
    at_least=-0.07,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# In our six runs, it was 12 to 14 points on MNIST, and 0 to 4 on the digits, where both games
# stay close to chance. A critic has more to look at than the halves. **What a critic can see, a
# generator has yet to learn.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. From small to large
#
# Our draws are half-size. An order may be *any* row of numbers, so why not a small image? A second
# game is ordered: "this, but twice as large". Its generator doubles the small image, and adds a
# correction, which is 0 at first. **What is missing in a doubled image?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
numbers = x_train[0].size
keras.utils.set_random_seed(seed)
stage = (
    build_second_stage(shape, dims),
    build_discriminator("dcgan", whole.image_shape, 24, condition=numbers),
)
rows_train = x_train.reshape(len(x_train), numbers)
second = play("second stage", stage, whole.x_train, rows_train, max(1, epochs // 3), 1e-3)


def enlarged(small):
    """Return small images doubled, and made large by the second generator."""
    doubled = ops.image.resize(small, whole.image_shape[:2], interpolation="bilinear")
    z = rng.standard_normal((len(small), dims))
    return ops.convert_to_numpy(doubled), second.decode(z, small.reshape(len(small), numbers))


# %% [markdown] slideshow={"slide_type": "subslide"}
# It has learned from real images and their halves. Here are draws by projection, doubled, and what
# it makes of them.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
doubled, large = enlarged(games["projection"].decode(noise, orders))
some = slice(5, None, 100)  # one of each class
figure = plots.image_rows({"doubled": doubled[some], "second stage": large[some]})
run.show(figure, "14-second_stage", "Ten draws, doubled, and made large by a second generator.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The Fréchet distance of GAN2, from held-out images: of these draws, and of the same held-out
# images, made small before. **Does the second stage help both?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
full_judge, mixed = train_classifier(whole, epochs=max(1, epochs // 3)), rng.permutation(len(large))
real_doubled, real_large = enlarged(x_test)
sets = {
    "real, doubled": real_doubled,
    "real, second stage": real_large,
    "drawn, doubled": doubled[mixed],
    "drawn, second stage": large[mixed],
}
distances = {
    name: judge_draws(images, whole.x_test, whole.x_train, full_judge).distance
    for name, images in sets.items()
}
figure = charts.amounts(distances, "Fréchet distance")
run.show(figure, "15-distances", "How far images of full size are from held-out ones.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "second_stage_helps",
    "It has learned its task: of small images that are real, it leaves of the distance of doubled "
    "ones",
    distances["real, second stage"] / distances["real, doubled"],
    at_most=0.7,
    unit="%",
)
run.claim(
    "draws_come_nearer",
    "It helps with draws of the first generator, too. Of the distance of doubled ones, it leaves",
    distances["drawn, second stage"] / distances["drawn, doubled"],
    at_most=0.8,
    unit="%",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
sharp = [sharpness(each).mean() / sharpness(whole.x_test).mean() for each in (doubled, large)]
run.claim(
    "second_stage_is_sharp",
    f"Of the sharpness of real images, doubled draws have {100 * sharp[0]:.0f} %, and those of the "
    f"second stage {100 * sharp[1]:.0f} %, which is more by",
    sharp[1] - sharp[0],
    at_least=0.1,
    unit="% points",
)
run.claim(
    "class_is_kept",
    f"And it keeps what was ordered: of the small images, {100 * obeyed['projection']:.0f} % were "
    "seen as the class asked for, and of the large ones",
    (recognize(full_judge, large) == orders).mean(),
    at_least=0.75,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Each stage has an easy task: the first one decides what to draw, the second how it looks from
# near. But it has never seen a *drawn* small image: gaps and blots it makes as sharp as all the
# rest, so that drawn images stay farther off than real ones. **A second stage makes sharp what it
# gets, right or wrong.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Each of these programs runs, and has *one* mistake. Mend it in its cell. As long as it is there,
# the check asks you a question.
#
# ### Exercise: program 26, praised for the wrong digit
#
# It is the discriminator's loss in a game with orders. Its generator draws fine digits, but hardly
# ever the one that is asked for.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_26(generator, discriminator, x, c, z):
    """Return the discriminator's loss: images x, their classes c, noise z, a row for each."""
    real = discriminator([x, c])
    # BEGIN SOLUTION
    fake = discriminator([generator([z, c]), c])
    # INSTEAD
    # fake = discriminator([generator([z, c]), ops.flip(c, axis=0)])
    # END SOLUTION
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(26, program_26)

# %% [markdown] slideshow={"slide_type": "slide"}
# ### Exercise: program 27, less obedient than it is
#
# It says how many draws obey all words of their order. If one draw in ten fails in every word, and
# the others in none, it says 73 % for three words.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_27(asked, seen):
    """Return the share of draws that obey all words: asked and seen are numbers, (n, words)."""
    obeyed = asked == seen
    # BEGIN SOLUTION
    return obeyed.all(axis=1).mean()
    # INSTEAD
    # return obeyed.mean(axis=0).prod()
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(27, program_27)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. The generator gets the class, the discriminator does not. What happens?
#    - (a) The game works, as the generator knows what to draw.
#    - (b) The class is ignored: nothing punishes a fine digit of another class.
#    - (c) All draws are of one class.
# 2. A third of the labels are wrong. What does a good conditional generator draw?
#    - (a) For a third of the orders, other digits, as it was taught.
#    - (b) The right digits, as most labels are right.
#    - (c) Mixtures of two digits.
# 3. A paper shows faultless draws, with $\psi = 0.3$. What do you ask?
#    - (a) Whether the loss went down.
#    - (b) How many steps were taken.
#    - (c) How much of the real variety they show.

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
    check.answer("GAN4-1", question_1),
    check.answer("GAN4-2", question_2),
    check.answer("GAN4-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - Both players must get the order, the same one for the same image; real images under wrong orders
#   teach obedience.
# - A generator learns the distribution it is shown, with its mistakes.
# - Narrower noise buys precision with recall.
# - Any row of numbers can be an order: a class, words, a small image.
# - Convolutions compare neighbours, attention compares places far apart.
#
# **Next:** [GAN5](GAN5.ipynb) lets networks grow, and gives each layer a style.
