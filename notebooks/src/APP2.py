# %% [markdown] slideshow={"slide_type": "slide"}
# # APP2: your own pictures
#
# **How do you get from a folder of files to a morph between two of your pictures?**
#
# What you'll learn:
# - how files of all sizes become arrays, and what to do if they do not fit into the memory;
# - why twins of training pictures among the held-out ones make a model look better than it is;
# - which loss suits colours, and how to find the direction in which the hue changes;
# - what a model, and a page that shows it, keep of the people in the pictures.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [VAE3](VAE3.ipynb). Time at the defaults, measured on a CPU: 2 min 18 s; with the
# exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("picture_floats")` for example. No later cell
# needs your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and
# the bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, explore
from fidle_vae.data import DiskImages, color_vectors, colored_part, drawn_folder, hue_distance
from fidle_vae.data import hue_of, load_images, near_twins
from fidle_vae.data.batches import ShuffledBatches
from fidle_vae.data.image_folder import folder_of
from fidle_vae.data.picture_files import read_picture, unlike_files
from fidle_vae.evaluation import auc, nearest_images
from fidle_vae.figures import charts, pictures as drawings, plots
from fidle_vae.films import write_film
from fidle_vae.models import GaussianVAE, LatentPlane, bernoulli_nll, build_decoder, build_encoder
from fidle_vae.models import gaussian_like, gaussian_nll, morph_path
from fidle_vae.training import one_cycle
from fidle_vae.training.fit_run import fit_run, remove_checkpoint

import io

import keras
import numpy as np
from IPython.display import display
from PIL import Image
from sklearn.linear_model import LinearRegression

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `folder` is the path of your pictures; best are some hundreds of one kind,
# such as faces, flowers or chairs, in a sub-folder for each class, if there are classes. Left
# empty, we take pictures that the package draws. `scale` is the share of the pictures. `picture_a`
# and `picture_b` are two files of your folder, for the morph at the end.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
folder = ""
picture_a = ""
picture_b = ""
size = 40
scale = 1.0
seed = 123
batch_size = 16
epochs = 36
latent_dim = 16

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. From files to arrays
#
# Files come in all sizes, some lie on their side as the camera was held, and some are damaged. A
# network wants one size. `load_images` takes the middle of each, in the frame below. **What is lost
# of a wide picture, and what of a tall one?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
taken = folder or drawn_folder(round(1_500 * scale), seed)
share = scale if folder else 1.0  # of the drawn ones, all: there are as many as wanted
data = load_images(taken, (size, size), scale=share, seed=seed)
place = folder_of(data.name).path
parameters = {"folder": folder, "size": size, "scale": scale, "seed": seed}
run = Run("APP2", data, **parameters, batch_size=batch_size, epochs=epochs, latent_dim=latent_dim)
files = unlike_files(place, 6)
originals = [np.asarray(Image.open(file).convert("RGB")) / 255 for file in files]
cut = np.stack([read_picture(file, (size, size), 3) / 255 for file in files])
titles = [f"{each.shape[1]} x {each.shape[0]}" for each in originals]
figure = drawings.cuts(originals, cut, titles)
run.show(figure, "01-files", "Files with the frame that is cut out, and what the network sees.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Where a picture lies on its side in the upper row, the file has a note, *EXIF*, by which it is
# turned. And what is no picture is left out, with the reason:

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
print(f"{len(data.x_train):,} to train on, {len(data.x_test):,} held out; left out:")
print("\n".join(data.left_out[:5]) or "nothing")

# %% [markdown] slideshow={"slide_type": "skip"}
# An image is `rows` x `columns` x 3 numbers: in the file whole ones from 0 to 255, a *byte* each;
# for the network, floats from 0 to 1, four bytes each. How many fit into your memory? Of those that
# would not, `load_images` keeps the bytes in a file, `DiskImages`, and reads each batch when it is
# needed. `memory=0` makes it do so for any folder.

# %% slideshow={"slide_type": "-"} tags=["claims"]
streamed = load_images(taken, (size, size), scale=share, seed=seed, memory=0).x_train
batches = [ShuffledBatches(each, batch_size, seed=seed)[0][0] for each in (data.x_train, streamed)]
run.claim(
    "much_memory",
    "100,000 pictures of this size take, as floats,",
    1e5 * batches[0].nbytes / len(batches[0]) / 1e9,
    at_least=1,
    unit="GB",
)
run.claim(
    "same_batch",
    "Read from the file, the first batch is the same. Largest difference of a value:",
    float(np.abs(batches[0] - batches[1]).max()) if isinstance(streamed, DiskImages) else np.nan,
    at_most=0,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: floats
#
# Some programs put the channels first: `pixels` has the shape `(n, 3, rows, columns)`, and holds
# bytes. Return what Keras wants: floats from 0 to 1, with the channels last.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_floats(pixels):
    """Return images of shape (n, rows, columns, 3), from bytes of shape (n, 3, rows, columns)."""
    # BEGIN SOLUTION
    return np.moveaxis(pixels, 1, -1) / 255
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.picture_floats(my_floats)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the middle
#
# Which square is cut out of a picture? The largest one, in the middle. Return its edges, counted
# from the left and from the top, as Pillow's `crop` wants them.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_box(width, height):
    """Return [left, top, right, bottom] of the largest square in the middle."""
    # BEGIN SOLUTION
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return [left, top, left + side, top + side]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.middle_cut(my_box)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a place in a file
#
# All pictures lie in one file, one after the other, a byte for each value. Where do the `count`
# pictures from number `first` on begin, and how many bytes are they? Pictures are counted from 0.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_place(first, count, rows, columns, channels):
    """Return [offset, size] in bytes."""
    # BEGIN SOLUTION
    picture = rows * columns * channels
    return [first * picture, count * picture]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.file_place(my_place)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. A loss for colours
#
# The kind `"deep"` halves the picture until about 4 x 4 is left, whatever its size. But which loss?
# For MNIST we had the weights (1, 1e-3), a `beta` of 0.784. **What do the same weights mean here?**
# We train two models for a third of the epochs, which is enough to see it: one with the same
# *weights*, one with the same *beta*.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def build(kind, **how):
    """Return a compiled model of the pictures, and its number of epochs."""
    keras.utils.set_random_seed(seed)
    shape = data.image_shape
    networks = (each("deep", shape, latent_dim) for each in (build_encoder, build_decoder))
    model = kind(*networks, seed=seed, **how)
    many = epochs if kind is GaussianVAE else -(-epochs // 3)
    rate = one_cycle(len(data.x_train), batch_size, many, peak=1e-3)
    model.compile(keras.optimizers.Adam(rate))
    return model, many


n_values = int(np.prod(data.image_shape))
weights = {"same weights": (1, 1e-3), "same beta": (1, 0.784 / n_values)}
models = {}
for name, pair in weights.items():
    models[name], many = build(VAE, loss_weights=pair)
    with run.timed(name):
        stream = ShuffledBatches(data.x_train, batch_size, seed=seed)
        models[name].fit(stream, epochs=many, shuffle=False, verbose=0)
print({name: round(model.beta, 3) for name, model in models.items()})

# %% [markdown] slideshow={"slide_type": "subslide"}
# For the third one, which we keep, we give up the cross-entropy. *Gaussian pixels* learn how far
# off a copy is, sigma, and weigh the KL by that ([VAE5](VAE5.ipynb)). `fit_run` trains and saves
# the model. What does not fit into the memory, it reads batch by batch.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
gaussian, many = build(GaussianVAE, sigma=0.1, learn=True)
options = {"epochs": many, "batch_size": batch_size, "pictures": False, "verbose": 0}
vae = fit_run(run, gaussian, data, **options).model
remove_checkpoint(run)
models["Gaussian"] = vae
x_test, y_test = data.x_test, data.y_test
copies = {name: model.reconstruct(x_test) for name, model in models.items()}
error = np.sqrt(np.mean((copies["Gaussian"] - x_test) ** 2))
run.record(metrics={"rms_error": float(error)})

# %% [markdown] slideshow={"slide_type": "subslide"}
# Held-out pictures, and what each model makes of them. **What is lost, even in the last row?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
ten = np.linspace(0, len(x_test) - 1, 10).astype(int)
rows = {"pictures": x_test[ten]} | {name: each[ten] for name, each in copies.items()}
figure = plots.image_rows(rows)
caption = "Held-out pictures and their copies; the last model was trained three times as long."
run.show(figure, "02-losses", caption)


# %% slideshow={"slide_type": "-"} tags=["claims"]
def squared_errors(images, others):
    """Return the mean squared difference of each image and another."""
    return ((np.asarray(images) - others) ** 2).mean(axis=(1, 2, 3))


errors = {name: squared_errors(x_test, each).mean() for name, each in copies.items()}
run.claim(
    "beta_grows",
    "The same weights mean a beta of",
    models["same weights"].beta,
    at_least=3,
)
run.claim(
    "too_much_beta",
    "They make worse copies. Their squared error, in percent of those of the same beta, is",
    errors["same weights"] / errors["same beta"],
    at_least=1.2,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
wrong = (x_test + np.where(x_test > 0.5, -0.1, 0.1)).astype("float32")  # off by 0.1 everywhere
paid = {"cross-entropy": bernoulli_nll(x_test, wrong) - bernoulli_nll(x_test, x_test)}
paid["Gaussian"] = gaussian_nll(x_test, wrong, vae.sigma) - gaussian_nll(x_test, x_test, vae.sigma)
nats = {name: float(keras.ops.convert_to_numpy(each).mean()) for name, each in paid.items()}
run.claim(
    "gaussian_minds_more",
    f"The Gaussian model has learned a sigma of {vae.sigma:.3f}. If all values are off by 0.1, "
    f"that costs it {nats['Gaussian']:,.0f} nats, and the cross-entropy "
    f"{nats['cross-entropy']:,.0f}. The factor is",
    nats["Gaussian"] / nats["cross-entropy"],
    at_least=2,
)
edge = {name: np.linalg.norm(color_vectors(each)[:, [0, -1]], axis=-1).mean()
        for name, each in (("pictures", x_test), ("copies", copies["Gaussian"]))}  # fmt: skip
run.claim(
    "pale_colors_lost",
    "Pale colours are lost first: at the upper and lower edge, the copies have of the strength of "
    "colour that the pictures have",
    edge["copies"] / edge["pictures"],
    at_most=0.7,
    unit="%",
    otherwise="Your pictures may have strong colours there.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The weights stayed, but the reconstruction is a mean over more values, so that the KL counts for
# more. And the cross-entropy asks for black and white: a light pixel that is a bit darker costs it
# little, so details do not pay. The Gaussian measures errors by their usual size. **For colours,
# take Gaussian pixels, or a small `beta`.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the weight
#
# Which `k2` gives a `beta` for pictures of any shape, in `loss_weights=(1, k2)`? The reconstruction
# is the mean over all values of a picture, the KL a sum.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_k2(beta, image_shape):
    """Return k2 for images of shape (rows, columns, channels)."""
    # BEGIN SOLUTION
    return beta / np.prod(image_shape)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.picture_weight(my_k2)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Whom do you test it on?
#
# Cameras take *bursts*: several pictures in a second, almost alike. If one of them is in the
# training, and its twin is held out, what does the test say? We make such twins, and add a rival
# that cannot fail on them: a program that has learned all training pictures by heart, and answers
# with the nearest one. **Which of the two is better on held-out pictures? And on twins?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
some = data.x_train[: 10 * len(x_test)]  # an array, also of a folder that does not fit in memory
twins = near_twins(some[: len(x_test)], seed)
tests, scores = {"held-out pictures": x_test, "twins": twins}, {}
for name, images in tests.items():
    answers = some[nearest_images(images, some).indices[:, 0]]
    answered = {"by heart": answers, "model": vae.reconstruct(images)}
    scores |= {f"{name}, {who}": squared_errors(images, each).mean() * 1e3
               for who, each in answered.items()}  # fmt: skip
figure = charts.amounts(scores, "squared error of a value, in thousandths")
run.show(figure, "03-twins", "Errors of the model and of a program that learns by heart.")
held_heart, held_model, twin_heart, twin_model = scores.values()

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "heart_fails",
    "On held-out pictures, the program that learned by heart is worse than the model, by a factor "
    "of",
    held_heart / held_model,
    at_least=1.5,
)
run.claim(
    "twins_crown_it",
    "On twins it is better: its error, in percent of the model's, is only",
    twin_heart / twin_model,
    at_most=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **A test with twins crowns the one who learns by heart.** `load_images` cannot know your bursts:
# if you have them, keep one picture of each, or hold out whole bursts, whole days, or whole people.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: bursts
#
# `bursts` says for each picture of which burst it is, by a number; some numbers are missing. Hold
# out every fifth burst, beginning with the first, in the order of their numbers.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_held_out(bursts):
    """Return for each picture whether it is held out, from the numbers of bursts, (n,)."""
    # BEGIN SOLUTION
    return np.isin(bursts, np.unique(bursts)[::5])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.held_out_bursts(my_held_out)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. New pictures
#
# New pictures are decoded from random codes. From which? The prior says: from N(0, I). But the
# codes need not fill it: so we also draw from the Gaussian that has their mean and covariance.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
codes, codes_test = (vae.encode(images)[0] for images in (some, x_test))
many, rng = 200, np.random.default_rng(seed)
draws = {"from the prior": vae.sample(many, seed=seed)}
draws["like the codes"] = vae.decode(gaussian_like(codes, many, rng))
draws = {name: each.clip(0, 1) for name, each in draws.items()}
rows = {name: each[:10] for name, each in draws.items()}
figure = plots.image_rows(rows)
run.show(figure, "04-draws", "Draws from the prior, and from the Gaussian of the codes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "codes_spread",
    "The prior has a variance of 1, and the codes have more: in such large pictures, a few nats of "
    "KL are cheap. Mean over the latent numbers:",
    codes.var(axis=0).mean(),
    at_least=1.3,
)
far = {name: nearest_images(each, some).distances.mean() for name, each in draws.items()}
run.claim(
    "prior_far",
    "Draws from the prior are farther from any training picture than draws like the codes, by a "
    "factor of",
    far["from the prior"] / far["like the codes"],
    at_least=1.05,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Draws from the prior may end up between the codes, where the decoder has learned little: look for
# what is grey, or of no clear shape. **Draw where the codes are.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. In which direction is the hue?
#
# A hue is an angle on the wheel of colours: red, yellow, green, cyan, blue, magenta, and red again.
# The mean of two reds, 0.95 and 0.05, is no cyan. So we never average angles, but the points on the
# wheel, $(\cos 2 \pi h, \sin 2 \pi h)$. A linear regression reads this point from the code. The
# other way round, a regression of the codes on the wheel says where in the latent space a hue lies.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def on_wheel(hue):
    """Return the places of hues on the wheel of colours, (n, 2)."""
    return np.stack([np.cos(2 * np.pi * hue), np.sin(2 * np.pi * hue)], axis=1)


hues, hues_test = hue_of(some), hue_of(x_test)  # measured in the pictures
colored, colored_test = np.isfinite(hues), np.isfinite(hues_test)  # grey has no hue
enough = min(colored.sum(), colored_test.sum()) > 3
if enough:
    wheel = on_wheel(hues[colored])
    reader = LinearRegression().fit(codes[colored], wheel)
    way = LinearRegression().fit(wheel, codes[colored])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Codes of held-out pictures: on the left where they spread most, by class; on the right as the
# regression reads their hue, each in the hue of its picture. **Nobody has told the model what a hue
# is. Where does it know it from?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
plane = LatentPlane.of_codes(codes_test).project(codes_test)
read = reader.predict(codes_test) if enough else plane
figure = drawings.class_and_hue(plane, y_test, data.class_names, read, hues_test)
run.show(figure, "05-map", "Codes of held-out pictures, by class, and by the hue that they tell.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
explained = np.nan
if enough:
    known = on_wheel(hues_test[colored_test])
    explained = reader.score(codes_test[colored_test], known)
otherwise = "Not measured, or not found: your pictures may have few colours."
run.claim(
    "hue_is_there",
    "A straight line through the codes tells the hue of held-out pictures. It explains this share "
    "of the variance on the wheel:",
    explained,
    at_least=0.65,
    unit="%",
    otherwise=otherwise,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now we turn the hue of a picture: from its code we subtract where its own hue lies, and add where
# the new one lies. **Will the shape stay?**


# %% slideshow={"slide_type": "-"} tags=["slide-code", "slide-output"]
def turn_hue(z, old, new):
    """Return codes whose hues are changed from old to new."""
    return z + way.predict(on_wheel(new)) - way.predict(on_wheel(old))


wished = np.linspace(0, 1, 9)[:-1]
turned = {}
if enough:
    start, old = codes_test[colored_test], hues_test[colored_test]
    turned = {h: vae.decode(turn_hue(start, old, np.full(len(old), h))).clip(0, 1) for h in wished}
plain = copies["Gaussian"][colored_test if enough else slice(None)]
picked = np.linspace(0, len(plain) - 1, 5).astype(int)
rows = {f"picture {i + 1}": np.stack([plain[k], *(each[k] for each in turned.values())])
        for i, k in enumerate(picked)}  # fmt: skip
figure = plots.image_rows(rows)
run.show(figure, "06-hues", "Copies, left, and the same codes moved to eight hues.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
off, kept = np.nan, np.nan
if enough:
    off = np.nanmean([hue_distance(hue_of(each), h) for h, each in turned.items()])
    part = colored_part(plain)
    both = [(part & colored_part(each)).sum() / (part | colored_part(each)).sum()
            for each in turned.values()]  # fmt: skip
    kept = np.mean(both)
run.claim(
    "hue_turns",
    "The hue is the one we wished, but for (once around the wheel is 1, by chance it is off by "
    "0.25)",
    off,
    at_most=0.12,
    otherwise=otherwise,
)
run.claim(
    "shape_stays",
    "The shape stays: of all pixels that are strongly coloured before or after, these are so both "
    "times:",
    kept,
    at_least=0.7,
    unit="%",
    otherwise=otherwise,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the mean hue
#
# The hue of a picture is the mean of those of its pixels, *on the wheel*. Strong colours count
# more: take the points on the wheel by their weights, and return the hue of their sum.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_hue(hues, weights):
    """Return the mean hue, from 0 to 1, of pixels with hues from 0 to 1, (n,), and weights."""
    hues, weights = np.asarray(hues), np.asarray(weights)
    # BEGIN SOLUTION
    angles = 2 * np.pi * hues
    across, up = (weights * np.cos(angles)).sum(), (weights * np.sin(angles)).sum()
    return np.arctan2(up, across) / (2 * np.pi) % 1
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.mean_hue(my_hue)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. The morph
#
# Films used to fade one picture into the other: halfway, both are there, as ghosts. We mix the
# *codes* instead, and decode each mixture. For the two at the top you may name files of your own,
# `picture_a` and `picture_b`.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
named = [place / name for name in (picture_a, picture_b) if name]
if len(named) == 2:
    ends = np.stack([read_picture(file, (size, size), 3) / 255 for file in named])
else:  # two held-out pictures that the model copies well, far apart
    good = np.argsort(squared_errors(x_test, copies["Gaussian"]))[: max(2, len(x_test) // 3)]
    gaps = np.linalg.norm(codes_test[good] - codes_test[good[0]], axis=1)
    ends = x_test[good[[0, int(gaps.argmax())]]]
z_ends = vae.encode(ends.astype("float32"))[0]
between = vae.decode(morph_path(*z_ends, 9)).clip(0, 1)
t = np.linspace(0, 1, 9)[:, None, None, None]
faded = (1 - t) * between[:1] + t * between[-1:]
figure = plots.morph_strip({"morph": between, "cross-fade": faded}, ends=ends)
run.show(figure, "07-morph", "From one picture to another: by codes, and by fading copies.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# A film shows it better.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
film = vae.decode(morph_path(*z_ends, 24)).clip(0, 1)
path = write_film(run.figures / "08-morph.gif", film, seconds=3, zoom=max(1, 240 // size))
run.show(path, "08-morph", "The morph as a film, there and back.")


# %% slideshow={"slide_type": "-"} tags=["claims"]
pairs = rng.permutation(len(x_test))[: len(x_test) // 2 * 2].reshape(-1, 2)
first, second = codes_test[pairs].swapaxes(0, 1)
halfway = {"morph": vae.decode((first + second) / 2).clip(0, 1)}
halfway["cross-fade"] = copies["Gaussian"][pairs].mean(axis=1)
redrawn = {  # how well the model knows such pictures
    name: squared_errors(each, vae.reconstruct(each)).mean() for name, each in halfway.items()
}
run.claim(
    "ghosts_are_strange",
    f"Halfway between {len(pairs)} pairs of held-out pictures: the model copies morphs better than "
    "cross-fades. Their squared error, in percent of that of cross-fades, is",
    redrawn["morph"] / redrawn["cross-fade"],
    at_most=0.4,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# `fidle-vae morph image=0 image=5 --model APP2` makes such a film, with captions, on the command
# line.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. A page to share
#
# The explorer is one HTML page, without a server: it decodes in the browser. **Before you send it
# to anybody: what is in it?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
explorer = explore({"your pictures": vae}, data, title="Your own pictures")
explorer.save(run.path / "explorer.html")
explorer

# %% slideshow={"slide_type": "-"} tags=["claims"]
found = explorer.content["images"]
places = found["png"]
sheet = np.asarray(Image.open(io.BytesIO(explorer.data[places["offset"] :])).convert("RGB")) / 255
first_tile = sheet[: found["height"], : found["width"]]
run.claim(
    "page_holds_pictures",
    f"The page holds {found['count']} of your {len(x_test)} held-out pictures. Anybody can take "
    "them out, as we just did. Largest difference of the first one from the original:",
    float(np.abs(first_tile - x_test[0]).max()),
    at_most=0.003,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Whose pictures are they?
#
# A page without codes, `explore(vae)`, holds no pictures, only the model. But what does a *model*
# remember? Below are new pictures, and the training pictures nearest to them.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
new = draws["like the codes"]
near = nearest_images(new, some)
sharp = np.argsort(near.distances[:, 0])[:10]
rows = {"new": new[sharp], "nearest": some[near.indices[sharp, 0]]}
figure = plots.image_rows(rows)
run.show(figure, "09-nearest", "The ten draws nearest to training pictures, and those pictures.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
own = nearest_images(copies["Gaussian"], x_test).distances.mean()
run.claim(
    "no_copies",
    "None of the draws is a copy. The smallest distance of one to a training picture, in percent "
    "of the mean distance of reconstructions to the pictures nearest to them, is",
    near.distances.min() / own,
    at_least=0.5,
    unit="%",
)
seen = squared_errors(some, vae.reconstruct(some))
membership = auc(seen, squared_errors(x_test, copies["Gaussian"]))
run.claim(
    "members_show",
    "And yet: who has your model and a picture can guess whether it was in the training, as copies "
    "of those are better. AUC (by chance 0.5):",
    membership.value,
    at_least=0.53,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Whoever is in a picture, or has taken it, should know what you do with it:
#
# - **Ask**, before you collect pictures, and again before you publish a model or a page. A picture
#   that anybody can see on the web is not one that anybody may use.
# - Who says no later must be able to leave: keep a list of what a model has seen, so that you can
#   train it anew without them.
# - For a lesson or a talk, take pictures of things.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run, with *one* mistake each. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 30, a ghost
#
# It makes the frames of a morph. Both ends are right, but halfway, both pictures are there at once.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_30(decode, z_a, z_b, n):
    """Return n pictures on the way from the code z_a to the code z_b, both (d,)."""
    # BEGIN SOLUTION
    t = np.linspace(0, 1, n)[:, None]
    return decode((1 - t) * z_a + t * z_b)
    # INSTEAD
    # t = np.linspace(0, 1, n)[:, None, None, None]
    # return (1 - t) * decode(z_a[None]) + t * decode(z_b[None])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(30, program_30)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 31, stripes
#
# It reads a batch from the bytes of a file. Square pictures come out right. Wide ones are striped.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_31(content, first, count, rows, columns):
    """Return colour pictures, floats from 0 to 1, from the bytes of a file, a flat array."""
    picture = rows * columns * 3
    batch = content[first * picture : (first + count) * picture]
    # BEGIN SOLUTION
    return batch.reshape(count, rows, columns, 3) / 255
    # INSTEAD
    # return batch.reshape(count, columns, rows, 3).swapaxes(1, 2) / 255
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(31, program_31)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. You go from 28 x 28 grey images to 64 x 64 in colour, and keep `loss_weights=(1, 1e-3)`. The KL
#    - (a) weighs about as much as before, as the weights are the same;
#    - (b) weighs less against the pixels, as there are more of them;
#    - (c) weighs more against the pixels, whose mean is taken.
# 2. Somebody reports a tiny error on held-out frames of a film, whose other frames were trained on.
#    What do you ask for first?
#    - (a) An error on frames of another film.
#    - (b) More held-out frames of that film.
#    - (c) More training.
# 3. Which page could you give away without giving away pictures?
#    - (a) `explore(vae, data)`, as it holds only codes.
#    - (b) `explore(vae)`, though the model still knows a little about its training.
#    - (c) None: any model holds its training pictures.

# %% slideshow={"slide_type": "skip"} tags=["exercise"]
# BEGIN SOLUTION
question_1 = "c"
question_2 = "a"
question_3 = "b"
# INSTEAD
# question_1 = "?"  # "a", "b" or "c"
# question_2 = "?"  # "a", "b" or "c"
# question_3 = "?"  # "a", "b" or "c"
# END SOLUTION

# %% slideshow={"slide_type": "skip"} tags=["check"]
display(
    check.answer("APP2-1", question_1),
    check.answer("APP2-2", question_2),
    check.answer("APP2-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - One call turns a folder into arrays, but look at what it cut and what it left out.
# - `beta` grows with the picture, if you keep the weights. For colours, take Gaussian pixels.
# - Hold out whole bursts, days or people, and not single pictures.
# - Mix codes, not pixels. What varies in your pictures, such as the hue, has a direction.
# - Ask whose pictures they are, before you train on them, and before you share a page.
#
# **Back to** [APP1](APP1.ipynb), for what else a model of your pictures is good for; or set
# `folder`, and run this lesson again.
