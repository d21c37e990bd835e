# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE3: reload a model and explore its latent space
#
# **What can we do with a trained VAE?**
#
# What you'll learn:
# - how to load a trained model from its file, and to check what it is worth;
# - how to read a latent space: scatter and manifold, the two sides of one map, and to move in it;
# - how to morph one image into another, and to draw new ones;
# - how to do arithmetic with classes, and where its limits are.

# %% [markdown] slideshow={"slide_type": "notes"}
# Nothing is trained here but a small judge: the lesson takes the best model of [VAE2](VAE2.ipynb),
# or one that comes with the package if VAE2 has not been run. Time at the defaults, measured on two
# CPU cores: 19 s; with the exercises, an hour.
#
# The exercises work as in VAE1: write your code where the dots are, run the cell, then the check
# below it. Stuck? Ask for a hint, `check.hint("worst")` for example; ask again, and it says more.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, explore, load_dataset
from fidle_vae.course import show_source
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
# run's name or a `.keras` file. The latent dimension is the model's own.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.3
seed = 123
model = "auto"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Reload
#
# **One line loads a model**: the file holds the class, the networks, the weights and the weights of
# the loss. `find_model` only finds that file. Does it still work? We hand it images that it has not
# seen in training, and look at what comes back.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
path = find_model(model, lesson="VAE2")
vae = keras.saving.load_model(path)

data = load_dataset(dataset, scale, seed, labelled=True)
x_test, y_test = data.x_test, data.y_test
run = Run("VAE3", data, dataset=dataset, scale=scale, seed=seed, model=model)
copies = vae.reconstruct(x_test)
figure = plots.reconstructions(x_test[:12], copies[:12])
run.show(figure, "01-reconstructions", "Held-out images above, their reconstructions below.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# What is it worth, in numbers? The manifest of its run says what it was trained on, and what it
# reached then. We measure its ELBO anew, beside that of a model that knows nothing: one that gives
# the mean of all training images, whatever goes in.

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
    "It is as good as it was after its training: its ELBO differs from the one noted then by",
    abs(metrics["elbo"] - then),
    at_most=3,
    unit="nats",
    otherwise=f"The model has learned from {trained_on}, and here it sees {data.name}: of images "
    "of another kind, it is surprised.",
)
run.claim(
    "knows_something",
    "It knows far more of an image than the mean does.",
    metrics["elbo"] - by_mean,
    at_least=25,
    unit="nats more",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What it keeps of an image
#
# `reconstruct` decodes the mean of each image's Gaussian, with no noise.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.reconstruct)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **All that the decoder knows of an image went through a handful of numbers.** Is it enough to tell
# what the image shows? A *judge* as in AE1, a small classifier, looks at originals and copies.

# %% slideshow={"slide_type": "-"}
judge = train_classifier(data)
known = recognize(judge, x_test) == y_test
kept = known & (recognize(judge, copies) == y_test)
kinds = by_class(kept[known], y_test[known], data.class_names)  # the share kept of each class
print(f"the judge is right on {100 * known.mean():.0f} % of the originals")

# %% slideshow={"slide_type": "-"} tags=["claims"]
first, second, *_, last = kinds
run.claim(
    "classes_survive",
    "Most images keep their class. Of those that the judge knows, it knows this share of the "
    "copies, too.",
    np.mean(kept[known]),
    at_least=0.6,
    unit="%",
)
run.claim(
    "class_kept",
    f"The classes kept best are {first} and {second}: of {second}, this share of the images.",
    kinds[second],
    at_least=0.85,
    unit="%",
)
run.claim(
    "class_lost",
    f"The class lost most often is {last}: only this share is kept.",
    kinds[last],
    at_most=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Look at the first figure again, with this in mind. What else has survived, the slant, the weight
# of the pen? And which details has no copy?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the worst reconstruction
#
# Which image does the model give back worst? `vae.reconstruct(images)` gives an array of the shape
# of `images`. How bad it is, the cross-entropy says, *summed* over the pixels of an image: see
# section 5 of VAE1. Keep the reconstruction between $10^{-7}$ and $1 - 10^{-7}$ by `np.clip`, so
# that no logarithm is infinite. Give the position of the image, an integer. When the check passes,
# find the worst of `x_test` and show it with `plots.reconstructions`, which takes images and their
# reconstructions; `x_test[i : i + 1]` is a batch of one image. What is special about it: a rare
# form, a heavy pen?


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_worst(vae, images):
    """Give the position of the image whose reconstruction has the largest cross-entropy."""
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
# `encode` gives the Gaussian of each image, as `z_mean` and `z_log_var`. **On one side of the map
# are the codes of images**: we draw the means. With more than two latent dimensions we look from
# where the codes vary most: their first two principal components.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
z_mean, z_log_var = vae.encode(x_test)
plane = LatentPlane.of_codes(z_mean)
active = active_units(z_mean)
metrics |= {"beta": vae.beta, "active_dims": int(active.sum())}
run.record(metrics={**metrics, "latent_dim": vae.latent_dim, "model": name})
figure = plots.latent_scatter(z_mean, y_test, data.class_names, plane)
run.show(figure, "02-latent-space", "z_mean of the held-out images.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **On the other side is what the decoder makes of each place**, wherever the codes are.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
points = grid_points(20, plane)
images = vae.decode(points.reshape(-1, vae.latent_dim))
figure = plots.manifold_grid(
    images.reshape(*points.shape[:2], *vae.image_shape),
    gaussian_grid(20),
    axis_names=plane.names,
)
run.show(figure, "03-manifold", "What the decoder makes of each place in the latent plane.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Find a class in the scatter, then the same place in the grid. Where the scatter is empty, what
# does the decoder draw?

# %% slideshow={"slide_type": "-"} tags=["claims"]
seen = recognize(judge, images)
run.claim(
    "sides_agree",
    "Both sides show the same map: at most places of the grid, the judge sees the class that most "
    "of the 5 nearest codes have.",
    np.mean(knn_classes(z_mean, y_test, points.reshape(-1, vae.latent_dim)) == seen),
    at_least=0.5,
    unit="%",
)
area = np.bincount(seen, minlength=data.classes) / len(seen)
large, small = data.class_names[area.argmax()], data.class_names[area.argmin()]
run.claim(
    "unequal_areas",
    "The classes share the plane unequally. Each place of the grid is equally probable, and "
    f"class {large} has {100 * area.max():.0f} % of them, class {small} only "
    f"{100 * area.min():.0f} %: less by",
    area.max() - area.min(),
    at_least=0.04,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Move over the map
#
# Here are both sides at once, and live. **Move the pointer over the plane: the image is what the
# decoder makes of that place.** The network runs in the browser, the kernel has nothing to do.
# Click on a point, and its original appears beside its reconstruction. Click on a second one, and
# walk from the first to the second. Or press `d` and draw a digit: where does the encoder put it,
# and what comes back? Press `?` for all keys.
#
# The same explorer is a page that needs no notebook: `run_dir/VAE3/explorer.html`. And
# `fidle-vae explore VAE1 VAE2` shows two models side by side.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
explorer = explore({name: vae}, data, trained_on=training_dataset(path))
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "fragment"}
# Cross a border between two classes slowly. Where is the image half one, half the other? Then go
# far out, beyond the third circle. What does the decoder draw where it has hardly been trained?

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "few_codes_far_out",
    "Few codes lie out there, beyond 3:",
    np.mean(np.linalg.norm(z_mean, axis=1) > 3),
    at_most=0.12,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# `explorer.z` is the point where the pointer rested last. Decode it here, with Keras: it is the
# same image.

# %% slideshow={"slide_type": "-"}
here = vae.decode([explorer.z])
plots.image_grid(here, titles=["z = " + ", ".join(f"{c:.2f}" for c in explorer.z)])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Morph one image into another
#
# **Between two codes there are places, and each of them has an image.** So we can walk from one
# image to another. From one blur to the next there is little to see, so we choose the ends well: of
# each class the image that the model gives back best, and of these the two for which the ways of
# the next figure differ most. Or set `start` and `end` to any two images you like.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
start, end = far_ends(z_mean, best_copies(x_test, copies, y_test, kept))
for i in (start, end):
    print(f"image {i}: {data.class_names[y_test[i]]}, z = {z_mean[i].round(2)}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a way between two codes
#
# Write the straight line from $z_a$ to $z_b$: `n` places at equal distances, both ends included, of
# shape `(n, latent_dim)`. With $t$ from 0 to 1, a place is $(1 - t) \, z_a + t \, z_b$. The codes
# are arrays of shape `(latent_dim,)`; `np.linspace(0, 1, n)[:, None]` gives $t$ as a column. When
# the check passes, walk from `start` to `end`: decode ten places between their codes, and show them
# with `plots.morph_strip({"my way": images})`.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_path(z_a, z_b, n):
    """Give n places on the straight line from z_a to z_b."""
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
# There are two natural ways: the **straight line**, and the **great circle**, which keeps its
# distance from the centre. In many dimensions the prior lives in a thin shell far from 0, and the
# straight line leaves it. In two dimensions both are as good. The frames hold the originals. Look
# closely: do pixels fade, or do strokes bend?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
kinds_of_way = {"straight line": "linear", "great circle": "great_circle"}
ways = {
    title: vae.decode(morph_path(z_mean[start], z_mean[end], 41, kind))
    for title, kind in kinds_of_way.items()
}
line, circle = ways.values()
figure = plots.morph_strip(
    {title: way[::4] for title, way in ways.items()}, ends=(x_test[start], x_test[end])
)
run.show(figure, "04-morph", "From one held-out image to another, along two paths.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
apart = np.mean(np.abs(line[0] - line[-1]))  # how much the ends differ, per pixel
passed = np.unique(recognize(judge, np.concatenate([line, circle])))
run.claim(
    "ways_differ",
    "The two ways pass through different images: place by place, they differ by this share of the "
    "difference of the ends.",
    np.mean(np.abs(line - circle)) / apart,
    at_least=0.25,
    unit="%",
)
run.claim(
    "classes_on_the_way",
    f"On the way we pass through other classes: {', '.join(data.class_names[k] for k in passed)}, "
    "the ends included.",
    len(passed),
    at_least=4,
    unit="classes",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "not_a_cross_fade",
    "The image halfway on the line is no cross-fade of the ends: it differs from their mean by "
    "this share of the difference of the ends.",
    np.mean(np.abs(line[20] - (line[0] + line[-1]) / 2)) / apart,
    at_least=0.25,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The straight line as a film, to and fro. The file is an animated GIF, which any browser shows.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
film = write_film(run.figures / "05-morph.gif", line)
run.show(film, "05-morph", "The straight line between two held-out images, to and fro.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
fine = vae.decode(morph_path(z_mean[start], z_mean[end], 251))
steps = np.mean(np.abs(np.diff(fine, axis=0)), axis=(1, 2, 3))
run.claim(
    "nothing_jumps",
    "Nothing jumps: a small step in z is a small change of the image. In 250 steps, the largest "
    "change is this share of what the ends differ by.",
    steps.max() / apart,
    at_most=0.12,
    unit="%",
)
run.claim(
    "uneven_pace",
    "But the pace is uneven: in some places much happens, in others little. The largest change is "
    "so many times the mean one.",
    steps.max() / steps.mean(),
    at_least=1.5,
    unit="times",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Where on the way is the pace fastest? Look there in the scatter. On the command line,
# `fidle-vae morph 3 8` writes such a film between any two classes.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Draw new images
#
# This is what a VAE is made for. **Draw $z$ from the prior $\mathcal{N}(0, I)$, and decode**: no
# image goes in.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
draws = vae.sample(1000, seed=seed)
figure = plots.image_grid(draws[:40], title="Drawn from the prior")
run.show(figure, "06-samples", "New images: the decoder at points drawn from the prior.")

# %% [markdown] slideshow={"slide_type": "skip"}
# Which of these would you take for the work of a hand? We ask the judge about 1,000 of them.

# %% slideshow={"slide_type": "-"} tags=["claims"]
verdicts = {"real": look(judge, x_test)[1], "drawn": look(judge, draws)[1]}
sure = {kind: confident_share(each) for kind, each in verdicts.items()}
run.claim(
    "draws_convince",
    "Of these draws, the judge is surer than 90 % what they show.",
    sure["drawn"],
    at_least=0.3,
    unit="%",
)
run.claim(
    "draws_behind",
    "The others are blurs and halves of two classes, drawn where classes meet. Real images are "
    "ahead by",
    sure["real"] - sure["drawn"],
    at_least=0.08,
    unit="%",
)
run.claim(
    "draws_kinds",
    "No class has all of the draws: counted by how often each comes, there are about",
    class_coverage(verdicts["drawn"]),
    at_least=6.5,
    unit="classes",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Compare with what the autoencoder drew in AE1, and with `model = "pretrained"`, which has learned
# from all of MNIST, and longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Arithmetic with classes
#
# If places have a meaning, do differences have one? **We take the mean code of one class from that
# of another, and add this difference to the codes of the first class.** Does it turn their images
# into the second? We try it for every pair of classes, with up to 25 images each; the judge says
# which share of them arrives.

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
to_each = dict(zip(data.class_names, np.nanmean(arrived, axis=0), strict=True))
print("arrive at " + ", ".join(f"{kind}: {100 * share:.0f} %" for kind, share in to_each.items()))

# %% [markdown] slideshow={"slide_type": "subslide"}
# The pair that works best, in pictures: we add a quarter of the difference, half of it, and so on,
# to the codes of ten images.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
stays = np.array([kinds[kind] for kind in data.class_names])[:, None]
best_pair = np.nanargmax(arrived + stays / 100)  # of equals, that whose images are kept best
source, target = np.unravel_index(best_pair, arrived.shape)
members = z_mean[y_test == source][:10]
rows = {
    f"+ {share:g} difference": vae.decode(members + share * (means[target] - means[source]))
    for share in (0, 0.25, 0.5, 0.75, 1)
}
figure = plots.image_rows({"originals": x_test[y_test == source][:10]} | rows)
run.show(figure, "07-arithmetic", "The difference of two classes' mean codes, added to images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
best, *_, worst = sorted(to_each, key=to_each.get, reverse=True)
run.claim(
    "arithmetic_works",
    f"From {data.class_names[source]} to {data.class_names[target]}, nearly all images arrive.",
    arrived[source, target],
    at_least=0.85,
    unit="%",
)
run.claim(
    "arithmetic_often_works",
    "It depends on the pair. On average over all pairs, this share arrives.",
    np.nanmean(arrived),
    at_least=0.3,
    at_most=0.8,
    unit="%",
)
run.claim(
    "arithmetic_fails",
    f"Hardly anything becomes {worst}: from the other classes, only this share arrives there.",
    to_each[worst],
    at_most=0.2,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Which images arrive first? The limits are those of the map. **What the code has lost, no
# arithmetic brings back; where the decoder has hardly a place for a class, nothing arrives.** More
# latent dimensions have more room. Do they help? Train such a model with VAE2, and see.

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
    """Give the ELBO of a model, in nats per image, to be published."""
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
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A saved VAE is one file: `keras.saving.load_model` gives back all of it.
# - The scatter of the codes and the grid of decoded points are two views of one map.
# - A walk in the latent space bends strokes, at an uneven pace.
# - Draws from the prior are new images, and some of them convince.
# - Differences of codes carry meaning, as far as the latent space has room for it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: `model = "pretrained"`; a model of VAE2 with `latent_dim = 6`; a morph between two images
# of the *same* class.
#
# **Back to** [VAE1](VAE1.ipynb), the beginning.
