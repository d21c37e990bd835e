# %% [markdown] slideshow={"slide_type": "slide"}
# # AE1: the autoencoder
#
# **How few numbers does an image need?**
#
# What you'll learn:
# - how two networks learn to copy images through a bottleneck, with no labels;
# - what the few numbers in between say, and how their map of the images compares with classics;
# - how an encoder that has seen many images helps a classifier that gets few labels;
# - whether a network that copies can also draw.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python, and to have seen `Dense`, `Conv2D` and `fit` once. Time at the defaults,
# measured on two CPU cores: 2 min 22 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("pca")` for example. No later cell needs your code. A sentence with a ✓ is a claim:
# the number behind it is measured in your run, and the bound in brackets says which numbers would
# do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, BestModelCallback, EpochLines, Run, TrainingRecord
from fidle_vae import checks as check, load_dataset
from fidle_vae.course import show_source
from fidle_vae.evaluation import by_class, confident_share, knn_accuracy_within
from fidle_vae.evaluation import knn_classes_within, look, recognize, train_classifier
from fidle_vae.figures import charts, compare_maps, plots
from fidle_vae.models import LatentPlane, build_decoder, build_encoder, gaussian_like
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import layers
from scipy.linalg import subspace_angles
from scipy.spatial import procrustes
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.manifold import TSNE
from sklearn.pipeline import make_pipeline

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. Any dataset with labels will do.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
latent_dim = 2
scale = 0.1
seed = 123
batch_size = 64
epochs = 8

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. An image is a list of numbers
#
# We load images to train on, and others that are *held out*: no training sees them. **Whatever we
# claim, we measure on held-out images.** `run` keeps what is shown and measured, in the folder
# `run_dir/AE1`.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, y_train, x_test, y_test = data.x_train, data.y_train, data.x_test, data.y_test
image_shape, n_pixels, n_classes = x_train.shape[1:], x_train[0].size, len(data.class_names)
parameters = {"dataset": dataset, "latent_dim": latent_dim, "scale": scale, "seed": seed}
run = Run("AE1", data, **parameters, batch_size=batch_size, epochs=epochs)
print(f"{len(x_train):,} images to train on, {len(x_test):,} held out: {n_pixels} numbers each")
lists = np.random.default_rng(seed).random((10, *image_shape))
title = f"{data.name}: training images, and lists of random numbers"
figure = plots.image_grid(np.concatenate([x_train[:30], lists]), title=title)
run.show(figure, "01-images", "Training images; in the last row, lists of random numbers.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# The last row has as many numbers in each image as the others, but drawn at random: you could draw
# for years, and none would look like a training image. So to say which of *these* images it is, far
# fewer numbers should do: what it shows, its slant, how thick its lines are. Nobody tells us which.
# **Can a network find the few numbers that count?**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. Two networks and a bottleneck
#
# **The encoder turns an image into a few numbers, its *code* $z$. The decoder turns a code into an
# image.** Our codes have `latent_dim` numbers: 2, unless you have changed it. **Which two would you
# note down of an image, to draw it again tomorrow?**
#
# First, with `Dense` layers.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def dense_networks(latent_dim):
    """Build an encoder and a decoder of fully connected layers."""
    image = keras.Input(image_shape)
    x = layers.Dense(256, activation="relu")(layers.Flatten()(image))
    x = layers.Dense(128, activation="relu")(x)
    encoder = keras.Model(image, layers.Dense(latent_dim)(x), name="encoder")

    code = keras.Input((latent_dim,))
    x = layers.Dense(128, activation="relu")(code)
    x = layers.Dense(256, activation="relu")(x)
    x = layers.Dense(n_pixels, activation="sigmoid")(x)
    return encoder, keras.Model(code, layers.Reshape(image_shape)(x), name="decoder")


# %% [markdown] slideshow={"slide_type": "subslide"}
# The code has no activation: it may be any number. The last layer has a sigmoid, as a pixel lies
# between 0 and 1. Now both in a row, trained to give back what went in. Look at `fit`. **The images
# are the question *and* the answer.**
#
# `one_cycle` lets the learning rate rise, then fall to zero. `EpochLines` prints the losses,
# `BestModelCallback` keeps the model that copies held-out images best, and `TrainingRecord` what
# `fidle-vae film AE1` makes a film of.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def train(encoder, decoder, callbacks=()):
    """Train both networks, in a row, to copy images."""
    image = keras.Input(image_shape)
    autoencoder = keras.Model(image, decoder(encoder(image)), name="autoencoder")
    rate = one_cycle(len(x_train), batch_size, epochs)
    autoencoder.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")
    how = {"batch_size": batch_size, "epochs": epochs, "callbacks": list(callbacks)}
    autoencoder.fit(x_train, x_train, validation_data=(x_test, x_test), verbose=0, **how)
    return autoencoder


keras.utils.set_random_seed(seed)
encoder, decoder = dense_networks(latent_dim)
record = TrainingRecord(x_test, y_test, run.film, class_names=data.class_names)
with run.timed("dense"):
    watch = [EpochLines(), BestModelCallback(run.models / "best.keras"), record]
    dense = train(encoder, decoder, watch)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here are held-out images, and what comes back.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
shown, labels = x_test[:1000], y_test[:1000]
copies = {"dense": dense.predict(shown, batch_size=250, verbose=0)}
figure = plots.image_rows({"originals": shown[:12], "copies": copies["dense"][:12]})
run.show(figure, "02-copies", "Held-out images, and their copies through a bottleneck.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Which image would you not have known again?** A *judge* helps us to count: a small classifier,
# trained with labels, says what it sees in the originals, and what in the copies.

# %% slideshow={"slide_type": "-"}
judge = train_classifier(data, epochs=6)
known = recognize(judge, shown) == labels  # in the original
kept = recognize(judge, copies["dense"]) == labels
by_kind = by_class(kept[known], labels[known], data.class_names)
print(f"the judge is right on {100 * known.mean():.0f} % of the originals")

# %% slideshow={"slide_type": "-"} tags=["claims"]
edges, edges_of_copies = (np.abs(np.diff(x, axis=2)).mean() for x in (shown, copies["dense"]))
run.claim(
    "copies_blurred",
    "The copies are blurred: so few numbers leave no room for details. From one pixel to the next, "
    "the grey of a copy changes less than that of its original, on average only this share:",
    edges_of_copies / edges,
    at_most=0.8,
    unit="%",
)
run.claim(
    "another_kind",
    "Some images turn into another kind. Of the originals that the judge recognizes, it no longer "
    "recognizes the copies of",
    1 - np.mean(kept[known]),
    at_least=0.1,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
best, *_, worst = by_kind
run.claim(
    "kinds_lost",
    f"Class {best} survives best, class {worst} worst: of class {worst}, the judge still "
    "recognizes the copies of only",
    by_kind[worst],
    at_most=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: an autoencoder
#
# Build one yourself, for any `latent_dim`: `Flatten`, a hidden layer with a ReLU, the code; and
# back to an image of `image_shape`. Return one `keras.Model` from image to image, with two layers
# that are models themselves and have the names `"encoder"` and `"decoder"`.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def my_autoencoder(latent_dim):
    """Build a model that copies images through latent_dim numbers."""
    image, code = keras.Input(image_shape), keras.Input((latent_dim,))
    # BEGIN SOLUTION
    x = layers.Dense(64, activation="relu")(layers.Flatten()(image))
    my_encoder = keras.Model(image, layers.Dense(latent_dim)(x), name="encoder")
    x = layers.Dense(64, activation="relu")(code)
    x = layers.Dense(n_pixels, activation="sigmoid")(x)
    my_decoder = keras.Model(code, layers.Reshape(image_shape)(x), name="decoder")
    return keras.Model(image, my_decoder(my_encoder(image)))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.autoencoder(my_autoencoder, image_shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Convolutions, pooling, up-sampling
#
# A `Dense` layer does not know that pixels have neighbours. A convolution does. **Max pooling keeps
# the largest of each 2 x 2 values**, which halves height and width. **Up-sampling goes back**: it
# repeats each value 2 x 2 times.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def convolutional_networks(latent_dim):
    """Build an encoder with max pooling, and a decoder with up-sampling."""
    same = {"padding": "same", "activation": "relu"}
    image = keras.Input(image_shape)
    x = layers.MaxPooling2D()(layers.Conv2D(16, 3, **same)(image))  # 28 x 28 becomes 14 x 14
    x = layers.MaxPooling2D()(layers.Conv2D(32, 3, **same)(x))  # 7 x 7
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    encoder = keras.Model(image, layers.Dense(latent_dim)(x), name="encoder")

    small = (image_shape[0] // 4, image_shape[1] // 4, 32)
    code = keras.Input((latent_dim,))
    x = layers.Dense(64, activation="relu")(code)
    x = layers.Reshape(small)(layers.Dense(int(np.prod(small)), activation="relu")(x))
    x = layers.Conv2D(16, 3, **same)(layers.UpSampling2D()(x))
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(image_shape[2], 3, padding="same", activation="sigmoid")(x)
    return encoder, keras.Model(code, x, name="decoder")


# %% [markdown] slideshow={"slide_type": "-"}
# We train it as before. Which will copy better?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
keras.utils.set_random_seed(seed)
with run.timed("convolutional"):
    convolutional = train(*convolutional_networks(latent_dim))

copies["convolutional"] = convolutional.predict(shown, batch_size=250, verbose=0)
errors = {name: float(np.mean((shown - copy) ** 2)) for name, copy in copies.items()}
rows = {"originals": shown[:12]} | {name: copy[:12] for name, copy in copies.items()}
figure = plots.image_rows(rows)
run.show(figure, "03-both", "The same images, copied by both networks.")

# %% [markdown] slideshow={"slide_type": "skip"}
# No winner by sight. A convolution uses the same few weights at every place of the image, but has
# more to compute. (Did you notice, while waiting?)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "fewer_weights",
    "The convolutional network has less than half of the weights. Of the dense network's, it has",
    convolutional.count_params() / dense.count_params(),
    at_most=0.5,
    unit="%",
)
run.claim(
    "as_far",
    "It copies about as well: its squared error, in percent of the dense network's, is",
    errors["convolutional"] / errors["dense"],
    at_least=0.85,
    at_most=1.15,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: teach it to copy
#
# Write the call of `fit` for a compiled autoencoder: trained on training images, and validated on
# held-out ones. You get labels too. Do you need them? Return what `fit` returns.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_training(autoencoder, x_train, y_train, x_test, y_test):
    """Train an autoencoder for 3 epochs, with batches of 64."""
    # BEGIN SOLUTION
    held_out = (x_test, x_test)
    return autoencoder.fit(x_train, x_train, batch_size=64, epochs=3, validation_data=held_out)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.copies(my_training)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. The latent space
#
# Two numbers are a place in a plane. So where have the encoders put the held-out images? Each point
# is the code of one image, coloured by its class, which no network was told.


# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
def in_the_plane(codes):
    """Look at codes in two dimensions: those in which they vary most."""
    return LatentPlane.of_codes(codes).project(codes)


codes = {
    name: model.get_layer("encoder").predict(shown, verbose=0)
    for name, model in (("dense", dense), ("convolutional", convolutional))
}
planes = {name: in_the_plane(z) for name, z in codes.items()}
figure = compare_maps(planes, labels, data.class_names)
run.show(figure, "04-latent-spaces", "Codes of held-out images, by two autoencoders.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
alike = knn_classes_within(codes["dense"], labels) == labels
places = by_class(alike, labels, data.class_names)
first, second, *_, last = places
run.claim(
    "like_by_like",
    "What looks alike gets similar codes, though nobody told the networks what a class is. Share "
    "of the images whose 5 nearest neighbours are mostly of their own class (by chance, 1 in "
    f"{n_classes}):",
    np.mean(alike),
    at_least=0.45,
    unit="%",
)
run.claim(
    "own_places",
    f"Classes {first} and {second} have places of their own. Even of class {second}, the share of "
    "the images with mostly their own class around them is",
    places[second],
    at_least=0.7,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "shared_places",
    f"Others lie in each other's way, class {last} most. Of its images, the share with mostly "
    "their own class around them is only",
    places[last],
    at_most=0.5,
    unit="%",
)
run.claim(
    "maps_differ",
    "The two maps differ, even if we turn, mirror and scale one to fit the other. The difference "
    "that is left, from 0 (the same map) to 1 (nothing in common):",
    procrustes(*planes.values())[2],
    at_least=0.05,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The same images, the same task, two maps. **Nothing says where the codes should go.** Look at the
# numbers on the axes, and keep them in mind for section 9.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. What is left without activations?
#
# You may know another way from an image to two numbers. **PCA finds the plane from which the
# images, minus their mean, have the smallest squared distance.** Now take the activations out of an
# autoencoder, and train it with the squared error on centred images. Its decoder can only make
# weighted sums of two columns of weights: a plane, too. Will it be the same one?

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
flat_train, flat_test = x_train.reshape(-1, n_pixels), shown.reshape(-1, n_pixels)
pca = PCA(64).fit(flat_train)
keras.utils.set_random_seed(seed)
without_bias = {"use_bias": False}
linear = keras.Sequential(
    [
        keras.Input((n_pixels,)),
        layers.Dense(2, **without_bias),
        layers.Dense(n_pixels, **without_bias),
    ]
)
batch = max(1, len(flat_train) // 12)
linear.compile(keras.optimizers.Adam(one_cycle(len(flat_train), batch, 40, peak=1e-2)), loss="mse")
centred = flat_train - flat_train.mean(axis=0)
linear.fit(centred, centred, batch_size=batch, epochs=40, verbose=0)
columns = linear.layers[-1].get_weights()[0]  # they span the decoder's plane

# %% [markdown] slideshow={"slide_type": "subslide"}
# Top: the two principal components. Middle: the decoder's two columns. Bottom: weighted sums of
# these columns, as near to the components as they can come. Grey is zero. Which rows agree?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
components = pca.components_[:2]
angle = float(np.rad2deg(subspace_angles(columns.T, components.T)).max())
nearest = components @ np.linalg.pinv(columns) @ columns


def as_images(vectors):
    """Show vectors of pixels as images, with 0 as grey."""
    scaled = vectors / np.abs(vectors).max(axis=1, keepdims=True)
    return (0.5 + scaled / 2).reshape(-1, *image_shape)


rows = {"PCA": components, "autoencoder": columns, "sums of its columns": nearest}
figure = plots.image_rows({name: as_images(each) for name, each in rows.items()})
run.show(figure, "05-linear", "Principal components, and the plane of a linear autoencoder.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "same_plane",
    "Both methods have found the same plane: top and bottom row agree. The largest angle between "
    "the two planes:",
    angle,
    at_most=3,
    unit="degrees",
)
directions = columns / np.linalg.norm(columns, axis=1, keepdims=True)
cosines = np.abs(directions @ components.T).max(axis=1)
run.claim(
    "columns_are_mixtures",
    "But the columns are not the components: they are mixtures of them. A column and the component "
    "nearest to it differ by up to",
    np.rad2deg(np.arccos(cosines.min())),
    at_least=3,
    unit="degrees",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Only the plane decides on the error; which two vectors span it is left open.** PCA takes
# orthogonal ones in the order of their variance, gradient descent any two.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: PCA by hand
#
# Reconstruct images with their first `n` principal components. The rows of `x` are images,
# `(images, pixels)`. Subtract their mean; `np.linalg.svd(centred, full_matrices=False)` gives `u,
# s, vt`, and the rows of `vt` are the components, the most important ones first. Project, come
# back, add the mean.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_pca(x, n):
    """Return the images of x, (images, pixels), as n principal components have them."""
    x = np.asarray(x)
    # BEGIN SOLUTION
    mean = x.mean(axis=0)
    vt = np.linalg.svd(x - mean, full_matrices=False)[2][:n]
    return mean + (x - mean) @ vt.T @ vt
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.pca(my_pca)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. How few numbers?
#
# Now the question of the lesson. We train the dense network with bottlenecks of several sizes.
# **Before you run it: with how many numbers will the judge recognize nine copies of ten?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
def train_size(size):
    """Train the dense networks with a code of this size."""
    keras.utils.set_random_seed(seed)
    return train(*dense_networks(size))


sizes = [2, 4, 8, 16, 64]
with run.timed("sizes"):
    models = {size: dense if size == latent_dim else train_size(size) for size in sizes}

# %% [markdown] slideshow={"slide_type": "skip"}
# Each row has the copies through codes of one size. In percent: of the originals that the judge
# recognizes, the share whose copies it recognizes too.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
by_size = {size: model.predict(shown, batch_size=250, verbose=0) for size, model in models.items()}
recognized = {
    size: float(np.mean((recognize(judge, copy) == labels)[known]))
    for size, copy in by_size.items()
}
rows = {"originals": shown[:12]}
rows |= {f"code of {n}: {100 * recognized[n]:.0f} %": copy[:12] for n, copy in by_size.items()}
figure = plots.image_rows(rows)
run.show(figure, "06-sizes", "Copies through codes of several sizes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "eight_will_do",
    f"Eight numbers do for most images, in place of {n_pixels}. Of the originals that the judge "
    "recognizes, it also recognizes the copies of",
    recognized[8],
    at_least=0.85,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The judge looks for the class only. How well are the pixels copied, beside PCA with as many
# components? Mind the axis: from point to point the code at least doubles, so on a straight line
# each further number brings *less*.


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def pca_error(size):
    """Measure PCA with this many components on the held-out images."""
    numbers = pca.transform(flat_test)
    numbers[:, size:] = 0
    return float(np.mean((flat_test - pca.inverse_transform(numbers)) ** 2))


lines = {
    "autoencoder": [float(np.mean((shown - copy) ** 2)) for copy in by_size.values()],
    "PCA": [pca_error(size) for size in sizes],
}
run.record(
    bottleneck={name: dict(zip(map(str, sizes), each, strict=True)) for name, each in lines.items()}
)
figure = charts.curves(sizes, lines, "numbers in a code", "held-out squared error")
run.show(figure, "07-errors", "Squared error of held-out images by the size of the code.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
gains = -np.diff(lines["autoencoder"]) / np.diff(sizes)  # per number
run.claim(
    "first_numbers_pay",
    "The first numbers bring most. From each size to the next, what one further number brings "
    "falls by a factor of at least",
    (gains[:-1] / gains[1:]).min(),
    at_least=1.2,
)
against_pca = dict(zip(sizes, np.divide(lines["autoencoder"], lines["PCA"]), strict=True))
run.claim(
    "ahead_of_pca",
    "Up to 16 numbers the autoencoder is ahead of PCA: what its decoder can make is a surface that "
    "may bend, PCA's is flat. In percent of PCA's, its error is at most",
    max(against_pca[size] for size in sizes[:-1]),
    at_most=0.98,
    unit="%",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
winner = "the network" if against_pca[64] < 1 else "PCA"
run.claim(
    "a_clear_winner",
    f"With 64 numbers, in this training, {winner} is clearly ahead. The larger error, in percent "
    "of the smaller, is",
    max(against_pca[64], 1 / against_pca[64]),
    at_least=1.1,
    unit="%",
    otherwise="With another number of images or epochs the two may draw level.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# PCA *is* the best plane, and it is found exactly, in a moment. A network has to be trained, and
# our training is short. **Where a plane will do, take a plane.** Who wins at 64 after a training
# with all images (`scale = 1`)?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. Four maps
#
# Two dimensions make a map. Ours stands beside three classics.
#
# - **PCA**: the plane above.
# - **LDA**: the plane that separates the classes best. It alone knows labels (of training images).
# - **t-SNE** places the points so that neighbours stay neighbours.

# %% [markdown] slideshow={"slide_type": "notes"}
# The percentages score the maps by neighbours, as in section 4: the share of held-out images that
# have mostly their own class among the five nearest. t-SNE sees no labels either, but it makes its
# map from the very images that we score. It has no encoder: a new image would need the whole
# computation anew.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
lda = make_pipeline(PCA(50), LinearDiscriminantAnalysis(n_components=2)).fit(flat_train, y_train)
with run.timed("t-SNE"):
    tsne = TSNE(random_state=seed, init="pca", max_iter=500).fit_transform(flat_test)
maps = {
    "autoencoder": planes["dense"],
    "t-SNE": tsne,
    "PCA": pca.transform(flat_test)[:, :2],
    "LDA": lda.transform(flat_test),
}
knn = {name: knn_accuracy_within(points, labels).value for name, points in maps.items()}
titled = {f"{name}: {100 * knn[name]:.0f} %": points for name, points in maps.items()}
figure = compare_maps(titled, labels, data.class_names)
run.show(figure, "08-maps", "Four maps of the same images, with their 5-NN accuracy.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "islands",
    "t-SNE makes the best islands. It is ahead of the next map by",
    knn["t-SNE"] - max(score for name, score in knn.items() if name != "t-SNE"),
    at_least=0.05,
    unit="% points",
)
run.claim(
    "better_than_pca",
    "The autoencoder's map is better than PCA's, by",
    knn["autoencoder"] - knn["PCA"],
    at_least=0.08,
    unit="% points",
)
run.claim(
    "matches_lda",
    "It is at least a match for LDA's, which has seen the labels. It is ahead by",
    knn["autoencoder"] - knn["LDA"],
    at_least=-0.02,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Enjoy t-SNE's islands, but do not measure *between* them: those distances mean little. **The
# autoencoder can place a new image, and make an image of any place.** t-SNE can do neither.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. A classifier from few labels
#
# Images are cheap, labels are not. The encoder with 8 numbers has learned from all images without
# any label. **We keep it, freeze it, and put a small classifier where the decoder was**; only that
# learns from labels. Beside it, the same network with the same labels, trained from scratch.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def accuracy_with(chosen, keep):
    """Train a classifier on the chosen labels; measure it on held-out images."""
    keras.utils.set_random_seed(seed)
    trained = models[8].get_layer("encoder")
    base = keras.models.clone_model(trained)
    if keep:
        base.set_weights(trained.get_weights())
        base.trainable = False
    head = [layers.Dense(32, activation="relu"), layers.Dense(n_classes, activation="softmax")]
    classifier = keras.Sequential([keras.Input(image_shape), base, *head])
    rate = keras.optimizers.Adam(3e-3)
    classifier.compile(rate, "sparse_categorical_crossentropy", metrics=["accuracy"])
    steps = 75 * epochs // 2  # 300, if `epochs` is 8
    again = np.tile(chosen, steps * n_classes // len(chosen))
    classifier.fit(x_train[again], y_train[again], batch_size=n_classes, verbose=0)
    return classifier.evaluate(shown, labels, batch_size=250, verbose=0)[1]


# %% [markdown] slideshow={"slide_type": "-"}
# With so few labels it is luck which ones we get. So we choose them three times, and take the mean.


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def choose(count, rng):
    """Choose `count` training images of each class."""
    each = [
        rng.choice(np.flatnonzero(y_train == k), count, replace=False) for k in range(n_classes)
    ]
    return np.concatenate(each)


few, rng = {}, np.random.default_rng(seed)
with run.timed("few labels"):
    for count in (2, 10):
        choices = [choose(count, rng) for _ in range(3)]
        for name, keep in (("from scratch", False), ("encoder kept", True)):
            accuracies = [accuracy_with(chosen, keep) for chosen in choices]
            few[f"{count} of each class, {name}"] = float(np.mean(accuracies))
bars = few | {"all labels: the judge": np.mean(known)}
figure = charts.bars(bars, "accuracy on held-out images", colors=2)
run.show(figure, "09-few-labels", "A classifier on the kept encoder, and the same from scratch.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
ahead = {
    count: few[f"{count} of each class, encoder kept"] - few[f"{count} of each class, from scratch"]
    for count in (2, 10)
}
run.claim(
    "kept_encoder_ahead",
    "With the same labels, the kept encoder is ahead: it has sorted the images already, and the "
    "labels only name what it tells apart. With 2 labels of each class it gets more right, by",
    ahead[2],
    at_least=0.02,
    unit="% points",
)
run.claim(
    "comes_close",
    "With 10 of each class, training from scratch comes close. The kept encoder is ahead by",
    ahead[10],
    at_least=-0.02,
    at_most=0.12,
    unit="% points",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "all_labels_win",
    "It stays a compromise. The judge, trained from scratch with all labels, gets more right "
    "than the kept encoder with 10 of each class, by",
    np.mean(known) - few["10 of each class, encoder kept"],
    at_least=0.1,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The 8 numbers were found to copy images, not to tell classes apart. So when would you keep the
# encoder, and when train all anew?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: replace the decoder
#
# Write the classifier: the encoder you get, frozen, then a `Dense` layer that gives a probability
# for each class. Return a `keras.Model` from images to probabilities.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_classifier(encoder, n_classes):
    """Build a classifier on a frozen encoder."""
    # BEGIN SOLUTION
    encoder.trainable = False
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.classifier(my_classifier, image_shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9. It copies. Can it draw?
#
# A decoder makes an image of any numbers. So why not give it random ones, and call that drawing?
# We take the decoder for 8 numbers, whose copies are good, and draw from the usual distribution,
# $\mathcal{N}(0, I)$: normal, around 0, with standard deviation 1. The same draws also go through a
# **VAE** of the same size, trained as long, which you'll build in the next lessons.

# %% slideshow={"slide_type": "subslide"}
rng = np.random.default_rng(seed)
encoder8, decoder8 = (models[8].get_layer(name) for name in ("encoder", "decoder"))
codes8 = encoder8.predict(x_train, batch_size=250, verbose=0)
keras.utils.set_random_seed(seed)
networks = (build("mlp", image_shape, 8) for build in (build_encoder, build_decoder))
vae = VAE(*networks, loss_weights=(1.0, 1e-3))
vae.compile(keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs)))
with run.timed("vae"):
    vae.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And what if we draw where the codes are? The third way takes the Gaussian that has their mean and
# covariance; the exercise below is to write it. **Which of the three will look best?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
noise = rng.standard_normal((1000, 8)).astype("float32")
fitted = gaussian_like(codes8, 1000, rng).astype("float32")
drawn = {
    "held-out images": shown,
    "N(0, I)": decoder8.predict(noise, batch_size=250, verbose=0),
    "fitted Gaussian": decoder8.predict(fitted, batch_size=250, verbose=0),
    "VAE, N(0, I)": vae.decode(noise),
}
figure = plots.image_rows({name: images[:12] for name, images in drawn.items()})
run.show(figure, "10-draws", "Real images, and images decoded at random codes.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# How much of each row could a hand have written? We ask the judge, and count the images of whose
# class it is surer than 90 %.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
shares = {name: confident_share(look(judge, images)[1]) for name, images in drawn.items()}
figure = charts.bars(shares, "images of which a classifier is sure")
run.show(figure, "11-shares", "The share of images that a classifier is surer than 90 % of.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "normal_draws_fail",
    "N(0, I) fails through the autoencoder's decoder: the judge is sure of only",
    shares["N(0, I)"],
    at_most=0.4,
    unit="%",
)
run.claim(
    "vae_ahead",
    "The same draws do better through the VAE's, by",
    shares["VAE, N(0, I)"] - shares["N(0, I)"],
    at_least=0.05,
    unit="% points",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "fitted_ahead",
    "Drawing where the codes are helps: the fitted Gaussian, too, is ahead of N(0, I), by",
    shares["fitted Gaussian"] - shares["N(0, I)"],
    at_least=0.1,
    unit="% points",
)
run.claim(
    "fitted_as_good",
    "The fitted Gaussian keeps up with this VAE. It is ahead by",
    shares["fitted Gaussian"] - shares["VAE, N(0, I)"],
    at_least=-0.04,
    unit="% points",
)
run.claim(
    "real_ahead",
    "No row reaches real images. They are ahead of the best by",
    shares["held-out images"] - max(list(shares.values())[1:]),
    at_least=0.2,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# (The judge can only judge what resembles its training images: of pixel noise it may well be sure.)
# Why does fitting help? Look where the codes are.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
distances = {
    "draws from N(0, I)": np.linalg.norm(noise, axis=1),
    "codes of held-out images": np.linalg.norm(encoder8.predict(shown, verbose=0), axis=1),
}
drawn_at, coded_at = distances.values()
between = float(np.mean(coded_at < drawn_at.max()))
figure = charts.histograms(distances, "distance from 0")
run.show(figure, "12-distances", "How far from 0 the codes are, and the draws.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "codes_far_away",
    "We have drawn where next to no code lies, and so where the decoder has never been trained. "
    "Share of the codes that are nearer to 0 than the farthest draw:",
    between,
    at_most=0.1,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Nothing told the encoder where to go.** The fitted Gaussian runs after it. That works well as
# long as the codes have about the shape of a Gaussian, without holes.
#
# **The VAE does it the other way round: it *trains* its codes to fill $\mathcal{N}(0, I)$.** Why
# bother, if the fit keeps up? The VAE's draws need no look at the codes. And it says how probable
# an image is, at least: a number by which models can be compared. VAE1 builds it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: draw where the codes are
#
# Draw `n` points from the Gaussian with the mean and the covariance of the codes, `(images,
# latent_dim)`. `rng` is a NumPy generator and knows `rng.multivariate_normal(mean, covariance, n)`;
# mind what `np.cov` takes for rows.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_draws(codes, n, rng):
    """Draw n points from the Gaussian that has the mean and covariance of the codes."""
    # BEGIN SOLUTION
    return rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), n)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.draws(my_draws)

# %% [markdown] slideshow={"slide_type": "skip"}
# The package's own function, when yours is right:

# %% slideshow={"slide_type": "skip"}
show_source(gaussian_like, folded=not check.passed("draws"))

# %% [markdown] slideshow={"slide_type": "skip"}
# All numbers of this run go into its manifest.

# %% slideshow={"slide_type": "skip"}
run.record(
    metrics={
        "squared_error": errors["dense"],
        "squared_error_convolutional": errors["convolutional"],
        "linear_angle": angle,
        "knn_autoencoder": knn["autoencoder"],
        "share_real": shares["held-out images"],
        "share_normal": shares["N(0, I)"],
        "share_fitted": shares["fitted Gaussian"],
        "share_vae": shares["VAE, N(0, I)"],
    },
    maps=knn,
    few_labels=few,
    codes={"nearer_than_draws": between},
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run and train, with *one* mistake each (1 to 5 wait in later lessons). Mend them
# in their cells. Until you have, the check asks you a question instead of giving the answer.
#
# ### Exercise: program 6, a code
#
# It builds an autoencoder. Its map looks odd, and its copies are worse than they need to be.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_6(latent_dim):
    """Build an autoencoder of fully connected layers."""
    image, code = keras.Input((28, 28, 1)), keras.Input((latent_dim,))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(image))
    # BEGIN SOLUTION
    z = layers.Dense(latent_dim)(x)
    # INSTEAD
    # z = layers.Dense(latent_dim, activation="relu")(x)
    # END SOLUTION
    x = layers.Dense(64, activation="relu")(code)
    x = layers.Reshape((28, 28, 1))(layers.Dense(784, activation="sigmoid")(x))
    to_code = keras.Model(image, z, name="encoder")
    to_image = keras.Model(code, x, name="decoder")
    return keras.Model(image, to_image(to_code(image)))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(6, program_6)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 7, a perfect copy
#
# This one copies nearly perfectly. Why is nobody impressed?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_7(latent_dim):
    """Build an autoencoder with a convolution."""
    image = keras.Input((28, 28, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    x = layers.MaxPooling2D()(x)  # (14, 14, 8)
    # BEGIN SOLUTION
    z = layers.Dense(latent_dim)(layers.Flatten()(x))
    # INSTEAD
    # z = layers.Flatten()(layers.Conv2D(8, 3, padding="same")(x))
    # END SOLUTION
    code = keras.Input((z.shape[-1],))
    x = layers.Reshape((28, 28, 1))(layers.Dense(784, activation="sigmoid")(code))
    to_code = keras.Model(image, z, name="encoder")
    to_image = keras.Model(code, x, name="decoder")
    return keras.Model(image, to_image(to_code(image)))


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(7, program_7)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. What does `fit` compare the output of an autoencoder with?
#    - (a) With the label of the image.
#    - (b) With the image that went in.
#    - (c) With the code.
# 2. A linear autoencoder with 2 numbers, trained well, and PCA with 2 components have in common:
#    - (a) the two vectors;
#    - (b) the codes;
#    - (c) the plane that the vectors span.
# 3. Why do draws from $\mathcal{N}(0, I)$ fail through an autoencoder's decoder?
#    - (a) The decoder has too few weights.
#    - (b) Nothing in the training asks the codes to lie there.
#    - (c) Eight numbers are too few for an image.

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
    check.answer("AE1-1", question_1),
    check.answer("AE1-2", question_2),
    check.answer("AE1-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - An autoencoder copies images through a bottleneck. The images are question and answer; no labels
#   are needed.
# - Eight numbers do for most of our images. Without activations, an autoencoder finds the plane of
#   PCA; with them it needs fewer numbers, as long as the code is small.
# - Its encoder gives a map on which like lies by like, and a classifier from few labels.
# - Random codes from $\mathcal{N}(0, I)$ make poor images: nothing says where its codes lie. Draws
#   where the codes are do better.
#
# **Next:** [VAE1](VAE1.ipynb) tells the codes where to lie, and learns to draw. Or stay with
# autoencoders: [AE2](AE2.ipynb) cleans and colours images, [AE3](AE3.ipynb) swaps handwritings.
