# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE3: reload a model and explore its latent space
#
# **What can we do with a trained VAE?**
#
# What you'll learn:
# - how to load a trained model from its file, and to check what it is worth;
# - how to read a latent space as a map, and to walk over it;
# - how to morph one image into another, and to draw new ones;
# - how to do arithmetic with classes, and where its limits are.

# %% [markdown] slideshow={"slide_type": "notes"}
# Nothing is trained here but a small judge: the lesson takes the best model of [VAE2](VAE2.ipynb),
# or one that comes with the package if VAE2 has not been run. Time at the defaults, measured on two
# CPU cores: 21 s; with the exercises, an hour.
#
# The exercises work as in VAE1: write your code where the dots are, run the cell, then the check
# below it. Stuck? Ask for a hint, `check.hint("worst")` for example; ask again, and it says more.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, explore, load_dataset
from fidle_vae.evaluation import by_class, class_coverage, confident_share, knn_classes
from fidle_vae.evaluation import look, recognize, train_classifier
from fidle_vae.figures import plots
from fidle_vae.films import write_film
from fidle_vae.models import LatentPlane, active_units, bernoulli_nll, best_copies, far_ends
from fidle_vae.models import gaussian_grid, grid_points, morph_path
from fidle_vae.runs import find_model, read_manifest, training_dataset

import keras
import numpy as np
from IPython.display import display

# %% [markdown] slideshow={"slide_type": "-"}
# The parameters. `model` is `"auto"` (VAE2's best model, or the pretrained one), `"pretrained"`, a
# run's name or a `.keras` file. Its latent dimension stands in the file.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.3
seed = 123
model = "auto"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Reload
#
# **One line loads a model.** Its file holds the class, the networks, their weights and those of the
# loss. `find_model` only finds that file.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
data = load_dataset(dataset, scale, seed, labelled=True)
path = find_model(model, lesson="VAE2", dataset=data.name)
vae = keras.saving.load_model(path)

x_test, y_test = data.x_test, data.y_test
run = Run("VAE3", data, dataset=dataset, scale=scale, seed=seed, model=model)

# %% [markdown] slideshow={"slide_type": "skip"}
# Does it still work? We hand it images that it has not seen in training, and look at what comes
# back.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
copies = vae.reconstruct(x_test)
figure = plots.reconstructions(x_test[:12], copies[:12])
run.show(figure, "01-reconstructions", "Held-out images above, their reconstructions below.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Do all copies show what their originals show? And what is the model worth, in numbers? Its run has
# noted what it was trained on, and the ELBO that it reached. We measure that anew. And as a
# yardstick: what would a model get that always answers with the mean of all training images?

# %% slideshow={"slide_type": "-"}
name, card = path.parent.parent.name, read_manifest(path)
metrics = vae.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
then = card.get("metrics", {}).get("elbo", np.nan)
mean = np.broadcast_to(data.x_train.mean(axis=0), x_test.shape)
by_mean = -float(keras.ops.mean(bernoulli_nll(x_test, mean)))
trained_on = card.get("dataset", {}).get("name", "images unknown")
print(f"{name}: trained on {trained_on}, latent_dim {vae.latent_dim}, beta {vae.beta:.3g}")
print(f"ELBO {metrics['elbo']:.1f} nats per image; by the mean image {by_mean:.1f}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "as_when_trained",
    "The file holds all of it: the ELBO is the one of its training. They differ by",
    abs(metrics["elbo"] - then),
    at_most=3,
    unit="nats",
    otherwise=f"The model has learned from {trained_on}, and here it sees {data.name}: of images "
    "of another kind, it is surprised.",
)
run.claim(
    "knows_something",
    f"The {vae.latent_dim} numbers of its code say much about an image. The model is ahead of the "
    "mean image by",
    metrics["elbo"] - by_mean,
    at_least=25,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What it keeps of an image
#
# **All that the decoder knows of an image went through a handful of numbers.** (`reconstruct`
# decodes the mean of each image's Gaussian, with no noise.) Which images become another digit on
# the way? The judge of VAE2 looks at originals and copies. Here are ten images that it knows, with
# their classes, and below them copies in which it sees another class.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
judge = train_classifier(data)
seen, seen_in_copies = recognize(judge, x_test), recognize(judge, copies)
known = seen == y_test
kept = known & (seen_in_copies == y_test)
lost = np.flatnonzero(known & ~kept)[:10]
names = [data.class_names[k] for k in y_test[lost]]
names += [f"→ {data.class_names[k]}" for k in seen_in_copies[lost]]
pairs = np.concatenate([x_test[lost], copies[lost]])
figure = plots.image_grid(pairs, columns=len(lost), titles=names)
run.show(figure, "02-lost", "Held-out images, and copies in which the judge sees another class.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
kept_of = by_class(kept[known], y_test[known], data.class_names)  # the share of each class
kept_best, *_, kept_worst = kept_of
run.claim(
    "classes_survive",
    "Most copies are still what the original is. Where the judge knows an original, it knows the "
    "copy, too, in",
    np.mean(kept[known]),
    at_least=0.6,
    unit="%",
)
run.claim(
    "class_lost",
    f"The classes fare unequally. Of class {kept_best}, {100 * kept_of[kept_best]:.0f} % are kept, "
    f"of class {kept_worst} only",
    kept_of[kept_worst],
    at_most=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Which stroke has each copy lost? And what has survived nearly always: the slant, the weight of the
# pen?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the worst reconstruction
#
# **Which image does the model give back worst?** `vae.reconstruct(images)` gives an array of the
# shape of `images`. The worst has the largest cross-entropy, *summed* over the pixels of the image:
# section 5 of VAE1 has the formula. Keep the reconstruction between $10^{-7}$ and $1 - 10^{-7}$ by
# `np.clip`, so that no logarithm is infinite. Return the position of the image, an integer.
#
# When the check passes, find the worst of `x_test`, and show it with `plots.reconstructions`, which
# takes images and their reconstructions; `x_test[i : i + 1]` is a batch of one image. What is
# special about it: a rare form, a heavy pen?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_worst(vae, images):
    """Return the position of the image whose reconstruction has the largest cross-entropy."""
    # BEGIN SOLUTION
    x_hat = np.clip(vae.reconstruct(images), 1e-7, 1 - 1e-7)
    log_likelihood = images * np.log(x_hat) + (1 - images) * np.log(1 - x_hat)
    return int(np.argmax(-log_likelihood.sum(axis=(1, 2, 3))))
    # END SOLUTION


# BEGIN SOLUTION
i = my_worst(vae, x_test)
plots.reconstructions(x_test[i : i + 1], vae.reconstruct(x_test[i : i + 1]))
# INSTEAD
# # then find the worst of x_test, and show it with its reconstruction
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.worst(my_worst)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. The map, from both sides
#
# VAE1 has drawn a latent space twice: first the codes of images, then what the decoder makes of
# each place. Here it is the map of our walks. **Which class has the largest part of it, and which
# the smallest?** Guess from the codes. (With more than two latent dimensions, we see the plane in
# which the codes vary most.)

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
z_mean, z_log_var = vae.encode(x_test)
plane = LatentPlane.of_codes(z_mean)
active = active_units(z_mean)
metrics |= {"beta": vae.beta, "active_dims": int(active.sum())}
run.record(metrics={**metrics, "latent_dim": vae.latent_dim, "model": name})
figure = plots.latent_scatter(z_mean, y_test, data.class_names, plane)
run.show(figure, "03-latent-space", "z_mean of the held-out images.")

# %% [markdown] slideshow={"slide_type": "skip"}
# Now the decoder's side. All places of the grid are equally probable under the prior. The lines are
# borders: there the judge sees another class.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
points = grid_points(20, plane)
images = vae.decode(points.reshape(-1, vae.latent_dim))
seen = recognize(judge, images)
figure = plots.manifold_grid(
    images.reshape(*points.shape[:2], *vae.image_shape),
    gaussian_grid(20),
    axis_names=plane.names,
    classes=seen.reshape(points.shape[:2]),
)
run.show(figure, "04-manifold", "The decoder's image of each place, and borders between classes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
area = np.bincount(seen, minlength=data.classes) / len(seen)
large, small = area.argmax(), area.argmin()
run.claim(
    "unequal_areas",
    f"The classes share the plane unequally: {data.class_names[large]} has "
    f"{100 * area[large]:.0f} % of the places, {data.class_names[small]} has "
    f"{100 * area[small]:.0f} %. The difference is",
    100 * (area[large] - area[small]),
    at_least=4,
    unit="points",
)
run.claim(
    "sides_agree",
    "Both figures show one map. The judge sees what most of the 5 nearest codes are, at so many of "
    "the places:",
    np.mean(knn_classes(z_mean, y_test, points.reshape(-1, vae.latent_dim)) == seen),
    at_least=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Compare with the classes that section 2 has lost. Do they lack room?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Move over the map
#
# Here are both sides at once, and live. **Move the pointer over the plane: the image is what the
# decoder makes of that place.** The network runs in your browser. Click on a point, and its
# original appears beside its reconstruction. Click on a second one, and walk from the first to the
# second. Or press `d` and draw a digit: where does the encoder put it, and what comes back? Press
# `?` for all keys.
#
# The same explorer is a page that needs no notebook: `run_dir/VAE3/explorer.html`. And
# `fidle-vae explore VAE1 VAE2` shows two models side by side.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
explorer = explore({name: vae}, data, trained_on=training_dataset(path))
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "fragment"}
# Cross a border between two classes slowly. Where is the image half one, half the other? Then go
# far out, beyond the third circle. What becomes of the digits there, and how do you explain it?

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "few_codes_far_out",
    "Few codes of held-out images lie beyond the third circle:",
    np.mean(np.linalg.norm(z_mean, axis=1) > 3),
    at_most=0.12,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# `explorer.z` is the point where the pointer rested last. Decode it here, with Keras. Is it the
# same image?

# %% slideshow={"slide_type": "skip"}
here = vae.decode([explorer.z])
plots.image_grid(here, titles=["z = " + ", ".join(f"{c:.2f}" for c in explorer.z)])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Morph one image into another
#
# **Between two codes there are places, and each of them has an image.** So we can walk from one
# image to another. Which two? `best_copies` takes, of each class, the image with the best copy.
# `far_ends` takes two of these that lie far apart, on different sides of 0, so that there is much
# to see on the way. Or set `start` and `end` to any two images you like.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
start, end = far_ends(z_mean, best_copies(x_test, copies, y_test, kept))
for i in (start, end):
    print(f"image {i}: {data.class_names[y_test[i]]}, z = {z_mean[i].round(2)}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a way between two codes
#
# **Write the straight line from $z_a$ to $z_b$:** `n` places, evenly spaced, both ends included, of
# shape `(n, latent_dim)`. With $t$ from 0 to 1, a place is $(1 - t) \, z_a + t \, z_b$. The codes
# are arrays of shape `(latent_dim,)`; `np.linspace(0, 1, n)[:, None]` gives $t$ as a column. When
# the check passes, walk from `start` to `end`: decode ten places between their codes, and show them
# with `plots.morph_strip({"my way": images})`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_path(z_a, z_b, n):
    """Return n places on the straight line from z_a to z_b."""
    # BEGIN SOLUTION
    t = np.linspace(0, 1, n)[:, None]
    return (1 - t) * z_a + t * z_b
    # END SOLUTION


# BEGIN SOLUTION
my_way = my_path(z_mean[start], z_mean[end], 10)
plots.morph_strip({"my way": vae.decode(my_way)})
# INSTEAD
# # then decode ten places between z_mean[start] and z_mean[end], and show them
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.morph(my_path)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Besides the **straight line** there is the **great circle**, which does not come nearer to the
# centre than its ends. Why would one want that? In many dimensions, nearly all draws from the prior
# have about the same distance from 0, and the middle of a straight line lies far inside, where the
# decoder has hardly met a code. In two dimensions you may take either. (`far_ends` takes the ends
# for which they differ most.) To compare, the first row mixes the *pixels* of both ends. In the
# other two, do pixels fade, or do strokes bend?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
a, b = z_mean[start], z_mean[end]
line, circle = (vae.decode(morph_path(a, b, 41, kind)) for kind in ("linear", "great_circle"))
mixed = morph_path(line[0].ravel(), line[-1].ravel(), 41).reshape(line.shape)
rows = {"pixels mixed": mixed, "straight line": line, "great circle": circle}
figure = plots.morph_strip(
    {title: way[::4] for title, way in rows.items()}, ends=(x_test[start], x_test[end])
)
run.show(figure, "05-morph", "From one held-out image to another, on three ways.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
apart = np.mean(np.abs(line[0] - line[-1]))  # how much the ends differ, per pixel
run.claim(
    "not_a_cross_fade",
    "Strokes bend: halfway, the image on the line is not the mixture above it. They differ by this "
    "share of the difference between both ends:",
    np.mean(np.abs(line[20] - mixed[20])) / apart,
    at_least=0.25,
    unit="%",
)
run.claim(
    "ways_differ",
    "Line and circle pass through different images. On average, these differ by this share of the "
    "difference between both ends:",
    np.mean(np.abs(line - circle)) / apart,
    at_least=0.25,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
passed = np.unique(recognize(judge, np.concatenate([line, circle])))
run.claim(
    "classes_on_the_way",
    "On the way we cross the land of others. With the ends, the judge sees "
    f"{', '.join(data.class_names[k] for k in passed)}. These are",
    len(passed),
    at_least=4,
    unit="classes",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The straight line as a film, to and fro, in steps of equal length. Does the image change at the
# same pace all the way?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
film = write_film(run.figures / "06-morph.gif", line)
run.show(film, "06-morph", "The straight line between two held-out images, to and fro.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
fine = vae.decode(morph_path(a, b, 251))
steps = np.mean(np.abs(np.diff(fine, axis=0)), axis=(1, 2, 3))
run.claim(
    "nothing_jumps",
    "Nothing jumps: a small step in z is a small change of the image. Of 250 steps, the largest "
    "makes this share of the difference between both ends:",
    steps.max() / apart,
    at_most=0.12,
    unit="%",
)
run.claim(
    "uneven_pace",
    f"But the pace is uneven: after {100 * (steps.argmax() + 0.5) / 250:.0f} % of the way, a step "
    "changes the image more than the mean step does, by a factor of",
    steps.max() / steps.mean(),
    at_least=1.5,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Look at that place in the strip, and on the map of section 3. What is there? In a terminal,
# `fidle-vae morph 3 8` writes such a film between any two classes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Draw new images
#
# This is what a VAE is made for. **Draw from the prior, and decode.** No image goes in, only a $z$
# from $\mathcal{N}(0, I)$. We draw 1,000 and ask the judge how sure it is of each. Here are the
# first 40, the surest on top. What is wrong with those at the bottom?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
draws = vae.sample(1000, seed=seed)
verdicts = {"real": look(judge, x_test)[1], "drawn": look(judge, draws)[1]}
surest_first = np.argsort(-verdicts["drawn"][:40].max(axis=1))
figure = plots.image_grid(draws[surest_first])
run.show(figure, "07-samples", "Draws from the prior, from the surest to the least sure.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
sure = {kind: confident_share(each) for kind, each in verdicts.items()}
run.claim(
    "draws_convince",
    "Many draws convince: the judge is more than 90 % sure what they show. Their share:",
    sure["drawn"],
    at_least=0.3,
    unit="%",
)
run.claim(
    "draws_behind",
    f"Of real images it is that sure of {100 * sure['real']:.0f} %. The draws are behind by",
    100 * (sure["real"] - sure["drawn"]),
    at_least=8,
    unit="points",
)
run.claim(
    "draws_kinds",
    "The draws are of many kinds, as varied as if so many classes came equally often:",
    class_coverage(verdicts["drawn"]),
    at_least=6.5,
    unit="classes",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Find a blur that is two classes at once. Where on the map has it been drawn? And compare with
# `model = "pretrained"`, which has learned from all of MNIST, and longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Arithmetic with classes
#
# If places have a meaning, do differences have one? **Take the step from the mean code of one class
# to that of another, and make the same step from the codes of the first class's images.** Do they
# become the second class? We try it for every pair, with up to 25 images each; the judge says which
# share of them arrives.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
numbers = np.arange(data.classes)
means = np.stack([z_mean[y_test == k].mean(axis=0) for k in numbers])
arrived = np.full((data.classes, data.classes), np.nan)  # [from, to]
for k in numbers:
    members = z_mean[y_test == k][:25]
    moved = members + (means - means[k])[:, None]  # (classes, images, latent_dim)
    seen = recognize(judge, vae.decode(moved.reshape(-1, vae.latent_dim)))
    arrived[k] = (seen.reshape(data.classes, -1) == numbers[:, None]).mean(axis=1)
    arrived[k, k] = np.nan  # no way
to_each = np.nanmean(arrived, axis=0)
shares = [f"{data.class_names[k]}: {100 * to_each[k]:.0f}" for k in np.argsort(-to_each)]
print("arrive at each class (%): " + ", ".join(shares))

# %% [markdown] slideshow={"slide_type": "skip"}
# In pictures: the pair that works best, first half the step, then all of it. The last row sends the
# same images to the class at which the fewest arrive.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
worst = to_each.argmin()
ranked = arrived + 0.01 * np.array([[kept_of[kind]] for kind in data.class_names])
ranked[worst] = np.nan  # of equals, from the class that is kept best
source, target = np.unravel_index(np.nanargmax(ranked), ranked.shape)
of_source = y_test == source
step = means[target] - means[source]
moves = {"copies": 0 * step, "half the step": step / 2}
moves |= {f"to {data.class_names[k]}": means[k] - means[source] for k in (target, worst)}
rows = {title: vae.decode(z_mean[of_source][:10] + move) for title, move in moves.items()}
figure = plots.image_rows({"originals": x_test[of_source][:10]} | rows)
run.show(figure, "08-arithmetic", "Steps between mean codes of classes, made from ten images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "arithmetic_works",
    f"From {data.class_names[source]} to {data.class_names[target]}, nearly all images arrive:",
    arrived[source, target],
    at_least=0.85,
    unit="%",
)
run.claim(
    "arithmetic_often_works",
    "On average over all pairs, it is this share:",
    np.nanmean(arrived),
    at_least=0.3,
    at_most=0.8,
    unit="%",
)
run.claim(
    "arithmetic_fails",
    f"It fails most often on the way to {data.class_names[worst]}. Of the images of all other "
    "classes, there arrive only",
    to_each[worst],
    at_most=0.4,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Which images turn first, and where are their codes? What do those become that do not arrive? **The
# limits of this arithmetic are those of the map:** find both goals there, in section 3. Would more
# latent dimensions help? Train such a model with VAE2, and see.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# One more program that runs, with one mistake, as in VAE1 and VAE2.
#
# ### Exercise: program 5, a number for the paper
#
# It measures how good a model is. `data` has `x_train` and `x_test`, with which the model was
# trained and validated.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_5(vae, data):
    """Return the ELBO of a model, in nats per image, to be published."""
    # BEGIN SOLUTION
    images = data.x_test
    # INSTEAD
    # images = np.concatenate([data.x_train, data.x_test])
    # END SOLUTION
    return vae.evaluate(images, batch_size=256, verbose=0, return_dict=True)["elbo"]


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(5, program_5)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. How does a VAE draw a new image?
#    - (a) It adds noise to an image of its training.
#    - (b) It decodes a $z$ that was drawn from the prior.
#    - (c) It encodes random pixels, and decodes their code.
# 2. Far outside the circles, nobody promises you a digit. Why?
#    - (a) The decoder has hardly ever been trained there.
#    - (b) The browser computes less precisely there.
#    - (c) A Gaussian has no points there.
# 3. In two dimensions there is a class that arithmetic hardly ever makes. What does it lack?
#    - (a) Images: there are too few of it.
#    - (b) A loop, such as that of a 6.
#    - (c) A place of its own: its codes lie among those of other classes.

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
    check.answer("VAE3-1", question_1),
    check.answer("VAE3-2", question_2),
    check.answer("VAE3-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two more to think about. Click to see an answer.
#
# <details><summary>Why does a walk in the latent space not look like two images faded into each
# other?</summary>
#
# A mean of two images has the strokes of both, half grey. The decoder gives an image for the place
# between two codes, and what to draw there it has learned from the images whose clouds cover it.
#
# </details>
# <details><summary>Why do draws from the prior look worse than reconstructions?</summary>
#
# A reconstruction starts where images are. The prior also has places where none is: between
# classes, and where the codes are thinner than the prior. The KL makes these few, not none.
#
# </details>

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The table has the last result of every check. It is kept in the run's
# folder, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - **A saved VAE is one file:** `keras.saving.load_model` gives back all of it.
# - **Codes and decoded places are two views of one map,** which the classes share unequally.
# - **A walk in the latent space bends strokes,** at an uneven pace.
# - **Draws from the prior are new images,** and some of them convince.
# - **Differences of codes carry meaning,** as far as the map has room for it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: `model = "pretrained"`; a model of VAE2 with `latent_dim = 6`; a morph between two images
# of the *same* class.
#
# **Next:** [VAE4](VAE4.ipynb) shows where the loss of all these models comes from.
