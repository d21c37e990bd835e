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
# It needs no training: it takes the best model of [VAE2](VAE2.ipynb), or one that comes with the
# package if VAE2 has not been run. Time at the defaults, measured on two CPU cores: 9 s; with the
# exercises, an hour.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 0. What we work with
#
# Keras must know the class `VAE` before it can load one. The rest is for figures, films, latent
# spaces and saved models. The exercises work as in VAE1: complete the cell, run it, then run the
# check below it.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, explore, load_dataset
from fidle_vae.course import show_source
from fidle_vae.figures import plots
from fidle_vae.films import write_film
from fidle_vae.models import LatentPlane, active_units, gaussian_grid, grid_points, morph_path
from fidle_vae.runs import find_model, read_manifest

# %% [markdown] slideshow={"slide_type": "skip"}
# Then Keras, NumPy, and what shows values in a notebook.

# %% slideshow={"slide_type": "skip"}

import keras
import numpy as np
from IPython.display import display

# %% [markdown] slideshow={"slide_type": "-"}
# The parameters. `model` is `"auto"` (VAE2's best model, or the pretrained one), `"pretrained"`, a
# run's name or a `.keras` file. The latent dimension is the model's own.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
model = "auto"

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Reload
#
# One line loads a model: the file holds the class, the networks, the weights and the weights of the
# loss. `find_model` only finds that file. The manifest of its run says what the model was trained
# on, and what it reached then.

# %% slideshow={"slide_type": "-"}
path = find_model(model, lesson="VAE2")
vae = keras.saving.load_model(path)
card = read_manifest(path)
print(f"{path.parent.parent.name}: latent_dim {vae.latent_dim}, beta {vae.beta:.3g}")
if card:
    print(
        f"trained on {card['dataset']['train']:,} images of {card['dataset']['name']}, "
        f"held-out ELBO then {card['metrics'].get('elbo', float('nan')):.1f}"
    )

# %% [markdown] slideshow={"slide_type": "subslide"}
# We load images that it has not seen in training. Only the held-out part is used here.

# %% slideshow={"slide_type": "-"}
data = load_dataset(dataset, scale, seed)
x_test, y_test = data.x_test, data.y_test

run = Run("VAE3", data, dataset=dataset, scale=scale, seed=seed, model=model)
metrics = vae.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
print(f"{len(x_test):,} held-out images of {data.name}: ELBO {metrics['elbo']:.1f} nats per image")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** These images may differ from those of VAE2's validation, if `scale` or `seed`
# differ, so the number may move by a few nats. On images of another kind than it has learned, the
# ELBO is far lower: the model is surprised.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. What it keeps of an image
#
# `reconstruct` decodes the mean of each image's Gaussian, with no noise.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
show_source(VAE.reconstruct)

# %% [markdown] slideshow={"slide_type": "subslide"}
# We do this for the first held-out images.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = plots.reconstructions(x_test[:12], vae.reconstruct(x_test[:12]))
run.show(figure, "01-reconstructions", "Held-out images above, their reconstructions below.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Everything the decoder knows of an image went through a handful of numbers.
# What comes back is what these can say: the class mostly, slant and weight partly, and no detail.

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
# `encode` gives the Gaussian of each image, as `z_mean` and `z_log_var`. We draw the means. With
# more than two latent dimensions we look from where the codes vary most: their first two principal
# components.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
z_mean, z_log_var = vae.encode(x_test)
plane = LatentPlane.of_codes(z_mean)
active = active_units(z_mean)
metrics |= {"beta": vae.beta, "active_dims": int(active.sum())}
run.record(metrics={**metrics, "latent_dim": vae.latent_dim, "model": path.parent.parent.name})
figure = plots.latent_scatter(z_mean, y_test, data.class_names, plane)
run.show(figure, "02-latent-space", "z_mean of the held-out images.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The other side of the map: what the decoder makes of each place of the plane, wherever the codes
# are.

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
# **What to notice.** Find a class in the scatter, then the same place in the grid. Look for places
# where the scatter is empty: what does the decoder draw there?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Move over the map
#
# Here are both sides at once, and live. Move the pointer over the plane: the image is what the
# decoder makes of that place. The network runs in the browser, the kernel has nothing to do. Click
# on a point, and its original appears beside its reconstruction. Click on a second one, and walk
# from the first to the second. Press `?` for all keys.
#
# The same explorer is a page that needs no notebook: `run_dir/VAE3/explorer.html`. And
# `fidle-vae explore VAE1 VAE2` shows two models side by side.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
explorer = explore({path.parent.parent.name: vae}, data)
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Cross a border between two classes slowly. Where is the image half one, half
# the other? Go far out, beyond the third circle: the prior has nearly nothing there, and the
# decoder has hardly been trained there. In two dimensions, how much of the plane do the ones
# take, how much the fours?

# %% [markdown] slideshow={"slide_type": "subslide"}
# `explorer.z` is the point where the pointer rested last. Decode it here, with Keras: it is the
# same image.

# %% slideshow={"slide_type": "-"}
here = vae.decode([explorer.z])
plots.image_grid(here, titles=["z = " + ", ".join(f"{c:.2f}" for c in explorer.z)])

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Morph one image into another
#
# Between two codes there are places, and each of them has an image. So we can walk from one image
# to another.
#
# ### Exercise: a way between two codes
#
# Write the straight line from $z_a$ to $z_b$: `n` places at equal distances, both ends included, of
# shape `(n, latent_dim)`. With $t$ from 0 to 1, a place is $(1 - t) \, z_a + t \, z_b$. The codes
# are arrays of shape `(latent_dim,)`; `np.linspace(0, 1, n)[:, None]` gives $t$ as a column. When
# the check passes, walk from the first held-out image to the second one: decode ten places between
# their codes, and show them with `plots.morph_strip({"my way": images})`.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_path(z_a, z_b, n):
    """Give n places on the straight line from z_a to z_b."""
    # BEGIN SOLUTION
    t = np.linspace(0, 1, n)[:, None]
    return (1 - t) * z_a + t * z_b
    # END SOLUTION


# BEGIN SOLUTION
my_way = my_path(z_mean[0], z_mean[1], 10)
plots.morph_strip({"my way": vae.decode(my_way)})
# INSTEAD
# # then decode ten places between z_mean[0] and z_mean[1], and show them
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
check.morph(my_path)

# %% [markdown] slideshow={"slide_type": "subslide"}
# We take two held-out images of different classes, encode both, and walk from one code to the
# other. Change `start` and `end` to any two images you like. There are two natural ways: the
# straight line, and the great circle, which keeps its distance from the centre. In many dimensions
# the prior lives in a thin shell far from 0, and the straight line leaves it. In two dimensions
# both are as good, and pass through different images.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
halves = np.arange(len(x_test)) * 2 // len(x_test)  # of a film, which has no classes
labels = halves if y_test is None else y_test
start = 0
end = int(np.flatnonzero(labels != labels[start])[0])

ways = {
    "straight line": morph_path(z_mean[start], z_mean[end], 12),
    "great circle": morph_path(z_mean[start], z_mean[end], 12, "great_circle"),
}
figure = plots.morph_strip({name: vae.decode(way) for name, way in ways.items()})
run.show(figure, "04-morph", "From one held-out image to another, along two paths.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# The same walk as a film, to and fro. The file is an animated GIF, which any browser shows.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
frames = vae.decode(morph_path(z_mean[start], z_mean[end], 40))
film = write_film(run.figures / "05-morph.gif", frames)
run.show(film, "05-morph", "The straight line between two held-out images, to and fro.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Nothing jumps: a small step in $z$ is a small change of the image. Pixels are
# not cross-faded; strokes bend and close. On the way we may pass through a third class, which lies
# between the two.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Draw new images
#
# This is what a VAE is made for. Draw $z$ from the prior $\mathcal{N}(0, I)$, and decode: no image
# goes in.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = plots.image_grid(vae.sample(40, seed=seed), title="Drawn from the prior")
run.show(figure, "06-samples", "New images: the decoder at points drawn from the prior.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** Many are digits, if blurred. The others are halves of two digits: they were
# drawn where classes meet. Compare with what the autoencoder drew in AE1, and with `model =
# "pretrained"`, which has seen ten times as many images, and longer.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Arithmetic with classes
#
# If places have a meaning, do differences have one? We take the mean code of one class from that
# of another. Adding this difference to the codes of the first class should turn its images into
# the second, and keep the rest of each image as it was.

# %% slideshow={"slide_type": "-"}
classes = np.unique(labels)
source, target = classes[6 % len(classes)], classes[0]
means = {k: z_mean[labels == k].mean(axis=0) for k in (source, target)}
difference = means[target] - means[source]
names = data.class_names or [str(k) for k in classes]
print(f"from {names[source]} to {names[target]}: {difference.round(2)}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# We add a quarter of it, half of it, and so on, to the codes of ten images of the first class.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
members = z_mean[labels == source][:10]
rows = {
    f"+ {share:g} difference": vae.decode(members + share * difference)
    for share in (0, 0.25, 0.5, 0.75, 1)
}
figure = plots.image_rows({"originals": x_test[labels == source][:10]} | rows)
run.show(figure, "07-arithmetic", "The difference of two classes' mean codes, added to images.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What to notice.** The loop of most sixes opens into a zero: for some at half of the way, for
# others only at its end, as they start nearer to the zeros or farther from them. The first row of
# reconstructions also shows the limit: what the code has lost (the weight of the pen) no arithmetic
# brings back. And try other classes: where two of them overlap in the scatter, as 4 and 9 often do,
# their difference is nearly 0 and does nothing. With more latent dimensions there is more room, and
# it works better.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Find the mistake
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
# ## 9. Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. How does a VAE draw a new image?
#    - (a) It adds noise to an image of its training.
#    - (b) It decodes a $z$ that was drawn from the prior.
#    - (c) It encodes random pixels, and decodes their code.
# 2. Far outside the circles, the explorer shows odd shapes. Why?
#    - (a) The decoder has hardly ever been trained there.
#    - (b) The browser computes less precisely there.
#    - (c) A Gaussian has no points there.
# 3. In two dimensions, the difference of the mean codes of 4 and 9 does next to nothing. Why?
#    - (a) There are too few images of either.
#    - (b) Arithmetic needs a class with a loop, such as 6.
#    - (c) Their codes lie in the same region.

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
# A mean of two images has both strokes, half grey. The decoder gives an image for the place
# between two codes, and there it has learned from clouds of images that really are in between.
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
# - Walks in the latent space are smooth in the image; draws from the prior are new images.
# - Differences of codes carry meaning, as far as the latent space has room for it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Try it: `model = "pretrained"`; a model of VAE2 with `latent_dim = 6`; a morph between two images
# of the *same* class.
#
# **Back to** [VAE1](VAE1.ipynb), the beginning.
