# %% [markdown] slideshow={"slide_type": "slide"}
# # APP1: what are they good for?
#
# **What can you do with a VAE, besides drawing?**
#
# What you'll learn:
# - how to find what does not belong: foreign images, and frauds in a table;
# - why a likelihood can be fooled, and what helps;
# - that the ELBO is the size of a file, by writing that file;
# - what codes are worth where labels or bits are few, or new shapes are wanted.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [VAE1](VAE1.ipynb). Time at the defaults, measured on two CPU cores: 1 min 2 s; with the
# exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("anomaly_score")` for example. No later cell
# needs your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and
# the bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, BinarizedImages, Run, checks as check, explore, load_dataset
from fidle_vae.data import as_features, binarize, draw_outlines, draw_transactions
from fidle_vae.data.outlines import RANGES
from fidle_vae.data.transactions import KINDS
from fidle_vae.evaluation import auc, compress, decompress, file_sizes, image_scores, jpeg, psnr
from fidle_vae.evaluation import rounded_bits
from fidle_vae.evaluation.likelihood import importance_sampling
from fidle_vae.figures import applications, charts, plots
from fidle_vae.models import VectorVAE, build_decoder, build_encoder, build_vector_networks
from fidle_vae.models import gaussian_nll
from fidle_vae.training import one_cycle

from functools import partial

import keras
import numpy as np
from IPython.display import display
from scipy.ndimage import maximum_filter, minimum_filter
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 32
epochs = 12

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. One of these does not belong
#
# Wherever this lesson counts bits or nats, images are black and white. **Which of these ten is no
# digit? And how would you explain it to a program that has never seen it before?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
image_shape, names = data.image_shape, data.class_names
x_test, y_test = binarize(data.x_test, (seed, 1)), data.y_test
run = Run(
    "APP1", data, dataset=dataset, scale=scale, seed=seed, batch_size=batch_size, epochs=epochs
)
rng = np.random.default_rng(seed)
unseen = (0, 1)  # classes that the first VAE never sees
known = x_test[~np.isin(y_test, unseen)]
sawn = np.roll(known, image_shape[0] // 3, axis=1)  # cut in two, and stacked the wrong way
row = np.insert(known[:9], 6, sawn[20], axis=0)
figure = plots.image_grid(row, titles="ABCDEFGHIJ")
run.show(figure, "01-which", "Nine digits, and one that is none.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The program is a VAE that has been trained on the right kind of images alone, and nothing else: to
# it, digits are normal. We even keep two kinds of digits from it, to see what it makes of them.
# `BinarizedImages` draws the black and white images anew at every epoch.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def train(images, latent_dim=10):
    """Return a VAE of black and white images, trained on its ELBO."""
    keras.utils.set_random_seed(seed)
    networks = (build("mlp", image_shape, latent_dim) for build in (build_encoder, build_decoder))
    vae = VAE(*networks, loss_weights="elbo", seed=seed)
    vae.compile(keras.optimizers.Adam(one_cycle(len(images), batch_size, epochs)))
    vae.fit(BinarizedImages(images, batch_size, seed=seed), epochs=epochs, verbose=0)
    return vae


seen = data.x_train[~np.isin(data.y_train, unseen)]
with run.timed("VAE of eight kinds"):
    guard = train(seen)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Its ELBO says how probable an image is, at least. We turn the sign: the *negative ELBO* is what an
# image costs, in nats. **The more it costs, the more foreign it is.** Below: at which pixels?


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def nats_by_pixel(x):
    """Return what each pixel costs, given the copy, in nats: (n, height, width)."""
    return keras.ops.convert_to_numpy(keras.losses.binary_crossentropy(x, guard.reconstruct(x)))


known_codes = guard.encode(binarize(seen, seed))[0]
with run.timed("scores"):
    scores = image_scores(guard, {"known": known, "sawn": sawn}, known_codes)
of_known = scores["known"]
cost, cost_sawn = of_known["negative ELBO"], scores["sawn"]["negative ELBO"]
titles = [f"{each:.0f}" for each in np.insert(cost[:9], 6, cost_sawn[20])]
where = (nats_by_pixel(row) / 3).clip(0, 1)[..., None]
figure = plots.image_grid(np.concatenate([row, where]), titles=[*titles, *[""] * 10])
run.show(figure, "02-costs", "What each image costs the VAE, in nats; below, where it costs them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
nine = rng.integers(0, len(known), (1000, 9))
run.claim(
    "foreign_is_dearest",
    "In 1,000 such rows of nine digits and a sawn one, the sawn one costs most in",
    (cost_sawn[rng.integers(0, len(known), 1000)] > cost[nine].max(axis=1)).mean(),
    at_least=0.85,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Nobody has shown it a sawn digit, nor told it what to look for.** That is the point: frauds,
# tumours and broken parts are rare, and the next one may be of a new kind.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the score
#
# Write the negative ELBO of each image, from images of zeros and ones `x` and their copies `x_hat`,
# both `(n, pixels)`, and the two outputs of the encoder, `(n, latent_dim)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_score(x, x_hat, z_mean, z_log_var):
    """Return the negative ELBO of each image in nats, (n,), for NumPy arrays."""
    # BEGIN SOLUTION
    nll = -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)).sum(axis=1)
    kl = (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var).sum(axis=1) / 2
    return nll + kl
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.anomaly_score(my_score)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. How to fool a likelihood
#
# Seven kinds of images that the VAE has never seen. **Which of them will it find most foreign? And
# which least?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
n_pixels, many = known[0].size, len(sawn)
scrambled = known.reshape(many, -1)[:, rng.permutation(n_pixels)].reshape(known.shape)
dash = np.zeros_like(known[:200])
for image, (top, left) in zip(dash, rng.integers(9, 18, (len(dash), 2)), strict=True):
    image[top : top + 2, left - 3 : left + 3] = 1
groups = {f"{names[k]}: never seen": x_test[y_test == k] for k in unseen}
groups |= {"upside down": known[:, ::-1], "sawn": sawn, "scrambled": scrambled}
groups |= {"a dash": dash, "black": np.zeros_like(dash)}
figure = plots.image_rows({name: each[:10] for name, each in groups.items()})
run.show(figure, "03-foreign", "Seven kinds of images that the VAE has never seen.")

# %% [markdown] slideshow={"slide_type": "skip"}
# Besides the negative ELBO, other scores come to mind: the reconstruction alone; a better estimate
# of $-\log p(x)$, by the mean of $p(x, z) / q(z \mid x)$ over ten draws of $z$ ("NLL"); the
# distance of the code to those of known images; and "ELBO against PNG", which is explained below.
#
# The **AUC** says how good a score is: take one foreign and one known image at random; how often
# does the foreign one score higher? 1 is perfect, 0.5 is a coin. **And what is 0?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
with run.timed("AUC"):
    scores = image_scores(guard, groups, known_codes)
    aucs = {
        group: {score: auc(of_known[score], values) for score, values in each.items()}
        for group, each in scores.items()
    }
table = {group: {name: a.value for name, a in each.items()} for group, each in aucs.items()}
figure = applications.auc_table(table)
run.show(figure, "04-auc", "AUC of five scores: blue finds foreign images, red is fooled.")
first, second = (aucs[f"{names[k]}: never seen"]["negative ELBO"] for k in unseen)
run.record(metrics={"auc_first": first.value, "auc_second": second.value})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "unseen_class_found",
    f"The {names[0]}s that it has never seen are found. AUC of the negative ELBO, in 95 of 100 "
    f"samples between {first.low:.2f} and {first.high:.2f}:",
    first.value,
    at_least=0.8,
)
run.claim(
    "unseen_class_missed",
    f"The {names[1]}s, never seen either, look less foreign than digits that it knows. AUC, "
    f"between {second.low:.2f} and {second.high:.2f}:",
    second.value,
    at_most=0.5,
)
run.claim(
    "black_is_best",
    "A black image costs less than any digit. Share of known digits that cost less still:",
    (cost < scores["black"]["negative ELBO"].max()).mean(),
    at_most=0.001,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# No bug: a better estimate of the likelihood, "NLL", is fooled in the same way. What costs nats are
# *doubts*: an edge may run one pixel further left. A plain black image leaves none, and a short
# straight stroke few. **Probable is not the same as typical: of all images, the most probable one
# need not look like any of them.**

# %% slideshow={"slide_type": "-"} tags=["claims"]
paid, around = nats_by_pixel(known)[..., None], (1, 3, 3, 1)
edges = maximum_filter(known, around) > minimum_filter(known, around)
run.claim(
    "edges_cost",
    f"Edges are dear: {edges.mean():.0%} of the pixels of known digits have a neighbour of the "
    "other colour, and of all nats of pixels they cost",
    paid[edges].sum() / paid.sum(),
    at_least=0.85,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# What helps? Ask somebody else what the image costs: a file format that knows nothing of digits. A
# black image is cheap for PNG, too, so being cheap is no merit. The last column is the VAE's bits
# minus those of PNG (Serrà 2020), mostly below 0. **Is it the best score, then?**

# %% slideshow={"slide_type": "-"} tags=["claims"]
worst = {name: min(each[name] for each in table.values()) for name in of_known}
lowest = {name: min(table, key=lambda group: table[group][name]) for name in of_known}
run.claim(
    "png_is_not_fooled",
    f"Against PNG, no kind passes for normal. Its worst AUC, on {lowest['ELBO against PNG']!r} "
    f"(that of the code's distance: {worst['code distance']:.2f}, on "
    f"{lowest['code distance']!r}), is",
    worst["ELBO against PNG"],
    at_least=0.55,
)
run.claim(
    "a_price",
    f"It has its price: on {names[0]}s, the negative ELBO is ahead of it by",
    first.value - table[f"{names[0]}: never seen"]["ELBO against PNG"],
    at_least=0.05,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# No column is best in each row, and nobody has seen all that is foreign. **So test a score on
# several kinds of foreign images, the simple ones above all.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the AUC
#
# Compute it by counting: of all pairs of a foreign and a known image, in which share does the
# foreign one score higher? A tie counts a half.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_auc(known, foreign):
    """Return the AUC of scores of known images, (n,), and of foreign ones, (m,)."""
    known, foreign = np.asarray(known), np.asarray(foreign)
    # BEGIN SOLUTION
    higher = foreign[:, None] > known
    ties = foreign[:, None] == known
    return (higher + ties / 2).mean()
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.auc(my_auc)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Frauds in a table
#
# Rows of numbers, now: payments by card. They are made up, by a rule that stands in
# `fidle_vae/data/transactions.py`, so that we know the truth: one in a hundred is a fraud. *Loud*
# frauds have 20 times the amount. In *quiet* ones each number is usual. **What is wrong with the
# quiet ones?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
payments = draw_transactions(round(100_000 * scale), seed)
fraud = payments.kinds > 0
figure = applications.payments(payments.table, payments.kinds, KINDS)
run.show(figure, "05-payments", "Payments by hour, with amount and distance; frauds are marked.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# They go far away at night, and pay much. Night is usual, and so is far away, but not both.

# %% [markdown] slideshow={"slide_type": "subslide"}
# The VAE gets all rows, frauds included and without labels, as in life. `VectorVAE` is a `VAE` with
# a Gaussian likelihood. One latent number is enough: what is the customer doing?

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
features = as_features(payments.table)  # logarithms, the hour as a place on a clock; equal spreads
keras.utils.set_random_seed(seed)
watch = VectorVAE(*build_vector_networks(features.shape[1], 1), sigma=0.5, seed=seed)
batch = max(1, len(features) // 78)  # in ten times as many steps, it learns the frauds, too
watch.compile(keras.optimizers.Adam(one_cycle(len(features), batch, epochs, peak=6e-3)))
with run.timed("payments"):
    watch.fit(features, batch_size=batch, epochs=epochs, verbose=0)
    nll = partial(gaussian_nll, sigma=watch.sigma)
    found = importance_sampling(watch.encoder, watch.decoder, features, samples=10, nll=nll)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Someone can look at one payment in a hundred. Which of these methods sends the right ones? A
# *column* alone: whatever is farthest from its median. *Mahalanobis*: one Gaussian for all columns
# together. An *isolation forest*: what a few random cuts set apart.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
off = features - features.mean(axis=0)
alarms = {"VAE": -found.elbo, "Mahalanobis": (off @ np.linalg.inv(np.cov(off.T)) * off).sum(axis=1)}
forest = IsolationForest(random_state=seed).fit(features)
alarms["isolation forest"] = -forest.score_samples(features)
columns = {f"{name} alone": np.abs(features[:, i]) for i, name in ((0, "amount"), (3, "distance"))}
columns["hour alone"] = np.hypot(*features[:, 1:3].T)
alarms |= columns
top = {name: np.argsort(-each)[: len(fraud) // 100] for name, each in alarms.items()}
precision = {name: fraud[each].mean() for name, each in top.items()}
figure = charts.bars(precision, f"frauds among {len(fraud) // 100:,} alarms", colors=1)
run.show(figure, "06-alarms", "The share of frauds among as many alarms of each method.")
on_quiet = auc(alarms["VAE"][~fraud], alarms["VAE"][payments.kinds == 2])
run.record(metrics={"precision": precision["VAE"], "auc_quiet": on_quiet.value})

# %% slideshow={"slide_type": "-"} tags=["claims"]
best = max(columns, key=precision.get)
quiet = {name: (payments.kinds[each] == 2).sum() for name, each in top.items()}
quiet = {name: number / (payments.kinds == 2).sum() for name, number in quiet.items()}
run.claim(
    "vae_ahead_of_columns",
    f"{precision['VAE']:.0%} of its alarms are frauds. The VAE is ahead of the best single column, "
    f"{best}, by",
    precision["VAE"] - precision[best],
    at_least=0.1,
    unit="% points",
)
run.claim(
    "quiet_frauds",
    f"Of the quiet frauds, {best} finds {quiet[best]:.0%}, Mahalanobis "
    f"{quiet['Mahalanobis']:.0%}, the VAE {quiet['VAE']:.0%}. It is ahead of Mahalanobis by",
    quiet["VAE"] - quiet["Mahalanobis"],
    at_least=0.15,
    unit="% points",
)
run.claim(
    "quiet_auc",
    f"The AUC of its score on quiet frauds, between {on_quiet.low:.3f} and {on_quiet.high:.3f}, is",
    on_quiet.value,
    at_least=0.95,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **A single column sees what is extreme. What does not go together takes a model of all columns**,
# and one that fits them: look where the isolation forest stands. With one fraud in a hundred, many
# alarms are false, even at an AUC near 1. And these data were made to be learned: do not expect as
# much of real ones.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Few labels
#
# A second VAE sees all ten kinds. It turns an image into 10 numbers, and no label is needed. It has
# been trained on black and white draws; here it gets the grey images, as PCA does. **What are its
# numbers worth, beside 10 of PCA, and beside all pixels?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
with run.timed("VAE of all kinds"):
    vae = train(data.x_train)
pixels = [each.reshape(len(each), -1) for each in (data.x_train, data.x_test)]
pca = PCA(10, random_state=seed).fit(pixels[0])
spaces = {
    "VAE": [vae.encode(each)[0] for each in (data.x_train, data.x_test)],
    "PCA": [pca.transform(each) for each in pixels],
    "pixels": pixels,
}

# %% [markdown] slideshow={"slide_type": "subslide"}
# Do images of one kind lie together? Two methods look for ten clusters: k-means, and a mixture of
# Gaussians, whose clusters may be long and tilted. We compare them with the classes: an **ARI** of
# 1 is perfect, 0 is chance.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
ari = {}
with run.timed("clusters"):
    for name, (_, codes) in spaces.items():
        clusters = KMeans(len(names), n_init=5, random_state=seed).fit_predict(codes)
        ari[f"{name}, k-means"] = adjusted_rand_score(y_test, clusters)
        if name != "pixels":  # too many for a Gaussian of any shape
            mixture = GaussianMixture(len(names), n_init=3, reg_covar=1e-3, random_state=seed)
            ari[f"{name}, Gaussians"] = adjusted_rand_score(y_test, mixture.fit_predict(codes))
figure = charts.bars(ari, "ARI of ten clusters with the ten kinds", colors=1)
run.show(figure, "07-clusters", "How well clusters agree with the classes.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Ten clusters of something, but hardly ten digits. Now somebody labels 100 images, and a logistic
# regression learns from these alone. We repeat it with ten choices of the 100.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
right = {name: [] for name in spaces}
with run.timed("100 labels"):
    for _ in range(10):
        chosen = rng.permutation(len(data.y_train))[:100]
        for name, (train_codes, test_codes) in spaces.items():
            probe = LogisticRegression(max_iter=300).fit(train_codes[chosen], data.y_train[chosen])
            right[name].append((probe.predict(test_codes) == y_test).mean())
accuracy = {name: np.mean(each) for name, each in right.items()}
figure = charts.bars(accuracy, "right classes, from 100 labels", colors=1)
run.show(figure, "08-labels", "Held-out images that a classifier with 100 labels gets right.")
run.record(metrics={"ari": ari["VAE, Gaussians"], "accuracy_100": accuracy["VAE"]})

# %% slideshow={"slide_type": "-"} tags=["claims"]
ranked = sorted(accuracy, key=accuracy.get, reverse=True)
run.claim(
    "clusters_without_labels",
    f"Best in this run: {max(ari, key=ari.get)}. Gaussians on the VAE's codes reach an ARI of",
    ari["VAE, Gaussians"],
    at_least=0.3,
)
run.claim(
    "ten_numbers_do",
    f"With 100 labels, {ranked[0]} is best, then {ranked[1]}. Ten numbers of the VAE are about as "
    f"good as {pixels[0].shape[1]} pixels. They differ by",
    abs(accuracy["VAE"] - accuracy["pixels"]),
    at_most=0.05,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The margins are small, and on these simple images pixels are a strong opponent. **Always run the
# dull baseline beside your model.**

# %% [markdown] slideshow={"slide_type": "skip"}
# The explorer shows this VAE. Its plane is one of many through the ten dimensions.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
explorer = explore({"VAE": vae}, data)
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. The ELBO is a file size
#
# We said that an image *costs* nats. Take that literally. A coder that knows the probability $p$ of
# a symbol writes it in $-\log_2 p$ bits: what is probable gets a short name. So a model of $p(x)$
# is a compressor, and 1 nat is 1.44 bits.
#
# **ANS** is such a coder, and it is one line. All that has been written is one large number, a
# *stack*. Symbol $s$ has the frequency $f$ out of a total $T$, and those before it have $c$ in all.
# To *push* it:
#
# $$\mathrm{stack} \leftarrow \left\lfloor \mathrm{stack} / f \right\rfloor \cdot T + c +
# (\mathrm{stack} \bmod f)$$
#
# **The number grows by a factor of about $T / f = 1 / p$: by $-\log_2 p$ bits.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: push
#
# `cumulative` lists the frequencies added up: with `[0, 1, 4, 8]`, symbol 0 has the frequency 1,
# symbol 1 has 3, symbol 2 has 4, of a total of 8. All are whole numbers.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_push(stack, symbol, cumulative):
    """Return the stack, a whole number, with a symbol pushed onto it."""
    # BEGIN SOLUTION
    start, frequency = cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol]
    return stack // frequency * cumulative[-1] + start + stack % frequency
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.push(my_push)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: pop
#
# The way back. The remainder of the stack by $T$ shows the symbol: it is at least $c$, and less
# than $c + f$. Then undo the push: `stack = f * (stack // T) + stack % T - c`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_pops(stack, n, cumulative):
    """Pop n symbols from the stack; return a list of them, in the order in which they come."""
    # BEGIN SOLUTION
    symbols = []
    for _ in range(n):
        quotient, rest = divmod(stack, cumulative[-1])
        symbol = max(s for s in range(len(cumulative) - 1) if cumulative[s] <= rest)
        frequency = cumulative[symbol + 1] - cumulative[symbol]
        stack = frequency * quotient + rest - cumulative[symbol]
        symbols.append(symbol)
    return symbols
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.pops(my_pops)

# %% [markdown] slideshow={"slide_type": "subslide"}
# What comes out first went in last. And a pop by *other* frequencies than those of the push draws a
# random symbol, and the stack gets smaller. That is the trick of **bits back**. For each image:
#
# 1. *pop* a $z$ by $q(z \mid x)$: a draw that uses up bits of earlier images (before the first
#    image, there are a few random, *initial* bits);
# 2. *push* the pixels by $p(x \mid z)$;
# 3. *push* $z$ by the prior $p(z)$.
#
# **The bits of steps 2 and 3, less those of step 1, are on average the negative ELBO.** To decode,
# go backwards: pop $z$, pop the pixels, and now that the image is known, push $z$ by
# $q(z \mid x)$: we get our bits back.

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
sent = x_test[:1000]
with run.timed("compress"):
    file = compress(vae.encoder, vae.decoder, sent)
with run.timed("decompress"):
    again = decompress(vae.encoder, vae.decoder, file.data)
nats = -importance_sampling(vae.encoder, vae.decoder, sent, samples=10).elbo.mean()
elbo_bits, bits = nats / np.log(2), 8 * len(file.data) / len(sent)
run.record(metrics={"elbo": -nats, "bits_an_image": bits})
print(f"{len(sent)} images, {len(file.data):,} bytes, {bits:.1f} bits an image")
print(f"pixels {file.pixels / len(sent):.1f} + z {file.prior / len(sent):.1f}", end=" ")
print(f"- bits back {file.back / len(sent):.1f}; initial bits, once: {file.initial}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "bit_for_bit",
    "Decoded from these bytes alone, each pixel of each image is right:",
    (again == sent).mean(),
    at_least=1,
    unit="%",
)
run.claim(
    "elbo_is_the_size",
    f"The file has {bits:.1f} bits an image, all included, and the negative ELBO is "
    f"{elbo_bits:.1f} bits. Difference:",
    abs(bits / elbo_bits - 1),
    at_most=0.01,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **How does it compare with formats that you know?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
sizes = {"VAE": bits, **file_sizes(sent)}
sizes = dict(sorted(sizes.items(), key=lambda item: item[1]))
figure = charts.amounts(sizes, "bits an image, lossless")
run.show(figure, "09-sizes", "The size of 1,000 black and white images in several formats.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
rival = min((name for name in sizes if name != "VAE"), key=sizes.get)
run.claim(
    "ahead_of_formats",
    f"The best of the usual formats is {rival}. The VAE's file is smaller by",
    1 - bits / sizes[rival],
    at_least=0.1,
    unit="%",
)
model_bits = 32 * (vae.encoder.count_params() + vae.decoder.count_params())
run.claim(
    "the_model_costs",
    f"But the receiver needs the model, too: {model_bits / 8e6:.1f} MB. Only beyond this many "
    f"images it pays, against {rival}:",
    model_bits / (sizes[rival] - bits),
    at_least=10_000,
    unit="images",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# So that is what a nat of ELBO is: 1.44 bits of a real file. **A better model of $p(x)$ is a better
# compressor, and the other way round.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. If it may be a little wrong
#
# Often a copy will do. Then we keep only the code, round it to a multiple of some *step*, and write
# these whole numbers. A larger step takes fewer bits. PCA can do the same with its numbers. JPEG
# has a sheet of all images at once, so that its header does not count. Quality is the **PSNR** in
# decibels: 3 more are half the squared error. **What happens if we spend ever more bits on the
# VAE's code?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
grey = data.x_test[:1000]
with run.timed("lossy"):
    wide = PCA(40, random_state=seed).fit(pixels[0])
    code, components = vae.encode(grey)[0], wide.transform(grey.reshape(len(grey), -1))
    copies = {"VAE, 10 numbers": [], "PCA, 40 numbers": []}
    for step in (4, 2, 1, 0.5, 0.25):
        whole = np.round(code / step)
        copies["VAE, 10 numbers"].append((rounded_bits(whole), vae.decode(whole * step)))
    for step in (6, 4, 3, 2, 1, 0.5):
        whole = np.round(components / step)
        copy = wide.inverse_transform(whole * step).clip(0, 1).reshape(grey.shape)
        copies["PCA, 40 numbers"].append((rounded_bits(whole), copy))
    copies["JPEG"] = [jpeg(grey, quality) for quality in (1, 8, 20)]
curves = {
    name: ([bits for bits, _ in each], [psnr(grey, copy).mean() for _, copy in each])
    for name, each in copies.items()
}
figure = applications.rate_curves(curves)
run.show(figure, "10-rates", "PSNR of lossy copies by the bits that an image takes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
of_vae, of_pca, of_jpeg = curves.values()
at = of_vae[0][2]  # bits at step 1
run.claim(
    "ahead_at_few_bits",
    f"At {at:.0f} bits an image, the VAE is ahead of PCA by",
    of_vae[1][2] - np.interp(at, *of_pca),
    at_least=0.5,
    unit="dB",
)
run.claim(
    "a_ceiling",
    f"Then it stops: twice as many bits, {of_vae[0][-1]:.0f} for {at:.0f}, bring only",
    of_vae[1][-1] - of_vae[1][2],
    at_most=2,
    unit="dB",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here are the VAE's and PCA's copies at about as many bits, and the smallest that JPEG can do.
# **Which of them would you trust?** A classifier on the 40 numbers of PCA reads them, too.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
reader = LogisticRegression(max_iter=300).fit(wide.transform(pixels[0]), data.y_train)
rows, read = {"images": grey[:10]}, {"images": reader.predict(wide.transform(pixels[1][:1000]))}
for name, i in (("VAE, 10 numbers", 2), ("PCA, 40 numbers", 2), ("JPEG", 0)):
    spent, copy = copies[name][i]
    short = name.split(",")[0]
    rows[f"{short}, {spent:.0f} bits"] = copy[:10]
    read[short] = reader.predict(wide.transform(copy.reshape(len(copy), -1)))
figure = plots.image_rows(rows)
run.show(figure, "11-copies", "Copies at about as many bits, and JPEG's smallest.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "pca_goes_on",
    "Where bits do not matter, the straight method wins. PCA's best copies are ahead of the VAE's "
    "best by",
    of_pca[1][-1] - of_vae[1][-1],
    at_least=0.5,
    unit="dB",
)
run.claim(
    "jpeg_starts_late",
    "JPEG knows nothing of digits. Its smallest file here takes more bits than the VAE's code, by "
    "a factor of",
    of_jpeg[0][0] / at,
    at_least=5,
)
run.claim(
    "another_digit",
    f"The classifier is right on {(read['images'] == y_test[:1000]).mean():.0%} of the images. It "
    f"reads another digit in {(read['PCA'] != read['images']).mean():.0%} of PCA's copies, and of "
    "the VAE's in",
    (read["VAE"] != read["images"]).mean(),
    at_least=0.05,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Look at how they fail. PCA's copies are smeared all over. Of the VAE's, some are blurred, **and
# some show another digit, with nothing in the copy that says so.** Would you store medical images
# in this way?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Shapes
#
# A mesh of a chair is a list of points in space. Ours are outlines in the plane, 64 points each,
# from pebbles to starfish; they stand in for meshes, as they are drawn in no time. A rule of five
# numbers has made them, which the VAE is not told: it sees 128 coordinates.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
outlines = draw_outlines(round(80_000 * scale), seed)
held_out = draw_outlines(500, (seed, 1))
rows = outlines.points.reshape(len(outlines.points), -1)
keras.utils.set_random_seed(seed)
shapes = VectorVAE(*build_vector_networks(rows.shape[1], 5, width=128), sigma=0.2, seed=seed)
shapes.compile(keras.optimizers.Adam(one_cycle(len(rows), 64, epochs)))
with run.timed("outlines"):
    shapes.fit(rows, batch_size=64, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# New shapes, decoded from draws of the prior. **Are they new?** Below each stands the outline of
# the training that is nearest to it.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]


def nearest(others):
    """Return the distance to the nearest training outline, root mean square, and its number."""
    distances = np.stack([np.sqrt(((rows - each) ** 2).mean(axis=1)) for each in others])
    return distances.min(axis=1), distances.argmin(axis=1)


new = shapes.sample(100, seed=seed)
apart, number = nearest(new)
usual, _ = nearest(held_out.points.reshape(500, -1)[:100])
shown = {"training": rows[:8], "new": new[:8], "nearest": rows[number[:8]]}
figure = applications.outline_rows({name: r.reshape(8, -1, 2) for name, r in shown.items()})
run.show(figure, "12-new-shapes", "Outlines to train on, new ones, and their nearest neighbours.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "no_copies",
    "None is a copy. The smallest distance of a new shape to a training outline is",
    apart.min(),
    at_least=0.003,
)
run.claim(
    "as_near_as_others",
    "Nor are they far-fetched. Their median distance, compared with that of held-out outlines, is",
    np.median(apart) / np.median(usual),
    at_most=3,
    otherwise="With few outlines or few epochs, the codes do not fill the prior yet.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Each latent number is a handle. Start in the middle, and pull one handle at a time. **Can you name
# what each of them does?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
codes, points = (shapes.encode(each)[0] for each in (rows, held_out.points.reshape(500, -1)))
used = np.argsort(-codes.var(axis=0))[:4]
handles = {}
for i in used:
    z = np.zeros((9, 5), "float32")
    z[:, i] = np.linspace(-2, 2, 9)
    handles[f"number {i}"] = shapes.decode(z).reshape(9, -1, 2)
figure = applications.outline_rows(handles)
run.show(figure, "13-handles", "Outlines along four latent numbers, from -2 to 2.")
explained = {
    name: LinearRegression().fit(codes, outlines.rule[:, i]).score(points, held_out.rule[:, i])
    for i, name in enumerate(RANGES)
}
run.record(metrics={f"rule_{name}": value for name, value in explained.items()})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "rule_found",
    "The rule has been found. A straight line through the codes gives the length of the arms of "
    "held-out outlines; it explains this share of their variance:",
    explained["arms"],
    at_least=0.7,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **A designer drags a few handles and not 128 coordinates, and what comes out still is one of these
# shapes.** Real meshes have thousands of points, and networks that respect which points are
# neighbours.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run, with *one* mistake each. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 18, a calm alarm
#
# It chooses a limit so that one known image in a hundred would raise a false alarm. Whatever
# happens, it rings for one new image in a hundred, even if all of them are foreign.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_18(known_scores, new_scores):
    """Return for each new score whether it is an alarm, above 99 of 100 known ones."""
    # BEGIN SOLUTION
    limit = np.quantile(known_scores, 0.99)
    # INSTEAD
    # limit = np.quantile(new_scores, 0.99)
    # END SOLUTION
    return new_scores > limit


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(18, program_18)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 19, a message
#
# It writes a message onto a stack. The receiver pops the symbols one by one, and reads nonsense.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_19(symbols, cumulative):
    """Return a stack from which the symbols are popped in their order, the first one first."""
    stack = 1
    # BEGIN SOLUTION
    for symbol in reversed(symbols):
        # INSTEAD
        # for symbol in symbols:
        # END SOLUTION
        start, frequency = cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol]
        stack = stack // frequency * cumulative[-1] + start + stack % frequency
    return stack


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(19, program_19)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. A score has an AUC of 0.1 on foreign images. What follows?
#    - (a) It finds one in ten of them.
#    - (b) They look more normal to it than known images do.
#    - (c) It does no better than a coin.
# 2. Your model's ELBO rises from -110 to -100 nats. The compressed file of an image
#    - (a) gets shorter by about 14 bits;
#    - (b) gets longer by 10 bits;
#    - (c) stays as it is: the ELBO is only a bound.
# 3. You keep the code of an image with ever more digits. The copy
#    - (a) becomes perfect;
#    - (b) gets worse, from noise;
#    - (c) stops getting better, as the code leaves something out.

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
    check.answer("APP1-1", question_1),
    check.answer("APP1-2", question_2),
    check.answer("APP1-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - What costs many nats is foreign. But what is simple costs few, foreign or not: test your score
#   on simple images, too.
# - The negative ELBO, times 1.44, is the size of a file in bits, if you code by bits back.
# - Ten numbers of a VAE are about as good as all pixels where labels are few, and ahead of PCA
#   where bits are few. Where bits abound, PCA wins.
#
# **Back to** [GEN1](GEN1.ipynb), where all this began; or take a dataset of yours, and find out
# what does not belong in it.
