# %% [markdown] slideshow={"slide_type": "slide"}
# # AE3: one encoder, two decoders
#
# **How does a face swap work?**
#
# What you'll learn:
# - how a network turns the images of one family into those of another, without a single pair;
# - why two autoencoders cannot be combined, and what an encoder does that both share;
# - why copies get better and swaps worse with a larger code;
# - how an encoder is made to see the digit, and not the hand.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need Python, and to have read AE1. Time at the defaults, measured on two CPU cores:
# 2 min 14 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it, which says what is right and what is wrong. Stuck? Each check has three hints,
# `check.hint("swap")` for example. No later cell needs your code. A sentence with a ✓ is a claim:
# the number behind it is measured in your run, and the bound in brackets says which numbers would
# do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, explore, load_dataset
from fidle_vae.data import bold_slanted, thin_upright, warp
from fidle_vae.evaluation import knn_classes, probe_accuracy, recognize, train_classifier
from fidle_vae.figures import charts, compare_maps, plots
from fidle_vae.models import LatentPlane
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import layers

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 32
epochs = 15

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Two hands
#
# A program that swaps faces has many pictures of two people, and none that shows both with the same
# look. We take two people's *handwriting* instead: one writes thin and upright, the other bold and
# slanted. Half of the training digits are in one hand, the other half in the other: **no digit is
# there in both.** But a few lines of code write a digit in either hand, so that held-out digits
# have what no two faces have: the true answer.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
half, y_test = len(data.x_train) // 2, data.y_test
thin, bold = thin_upright(data.x_train[:half]), bold_slanted(data.x_train[half : 2 * half])
thin_test, bold_test = thin_upright(data.x_test), bold_slanted(data.x_test)
image_shape, n_pixels = thin.shape[1:], thin[0].size
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "batch_size": batch_size}
run = Run("AE3", data, **parameters, epochs=epochs)
print(f"{half:,} digits in each hand to train on; {len(y_test):,} held out, in both hands")
rows = {"held-out digits": data.x_test, "thin hand": thin_test, "bold hand": bold_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "01-hands", "Held-out digits, and the same ones in both hands.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Which of the two hands do you read more easily?** A *judge*, a small classifier, has learned to
# read the bold hand. What does it make of the thin one?

# %% slideshow={"slide_type": "-"} tags=["claims"]
y_bold = data.y_train[half : 2 * half]
judge = train_classifier(data._replace(x_train=bold, y_train=y_bold), epochs=6)
kept = {
    name: (recognize(judge, each) == y_test).mean()
    for name, each in {"the truth": bold_test, "nothing": thin_test}.items()
}
run.claim(
    "judge_reads_bold",
    "Of held-out digits in the bold hand, the judge reads rightly",
    kept["the truth"],
    at_least=0.85,
    unit="%",
)
run.claim(
    "thin_is_another_hand",
    "Of the same digits in the thin hand, which it has never seen, only",
    kept["nothing"],
    at_most=0.8,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: lean
#
# How does a digit get its slant? Each pixel of the *new* image, at row `y` and column `x`, takes
# its ink from a pixel of the old one, in the same row. The row `middle` stays where it is. With
# each row *above* it, the digit is to move `slant` columns further to the right. From which column
# does the pixel take its ink? (Rows count downwards.)


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_lean(x, y, slant, middle):
    """Return the columns of the old image at which to look, the shape of x and y."""
    x, y = np.asarray(x), np.asarray(y)
    # BEGIN SOLUTION
    return x + slant * (y - middle)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.lean(my_lean)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. Two copiers
#
# [AE1](AE1.ipynb) has shown us an encoder that turns an image into a few numbers, its *code*, and a
# decoder that turns the code back. So here is a plan: one autoencoder for each hand. Then encode a
# thin digit, and let the decoder *of the bold hand* draw it. **What do you expect to see?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def build_encoder(code_size=8):
    """Build a network from an image to its code."""
    hidden = [layers.Dense(units, activation="relu") for units in (256, 128)]
    into = [keras.Input(image_shape), layers.Flatten(), *hidden]
    return keras.Sequential([*into, layers.Dense(code_size)])


def build_decoder(code_size=8):
    """Build a network from a code to an image."""
    hidden = [layers.Dense(units, activation="relu") for units in (128, 256)]
    out = [layers.Dense(n_pixels, activation="sigmoid"), layers.Reshape(image_shape)]
    return keras.Sequential([keras.Input((code_size,)), *hidden, *out])


# %% [markdown] slideshow={"slide_type": "subslide"}
# Keras trains both copiers at once, as one model with two inputs and two outputs. `see` is what the
# encoders get to see: for now, the images as they are.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def train(encoders, decoders, hands, see=lambda images: images):
    """Train two pairs of encoder and decoder, each to copy the images of its hand."""
    inputs = [keras.Input(image_shape) for _ in hands]
    chains = zip(inputs, encoders, decoders, strict=True)
    model = keras.Model(inputs, [decoder(encoder(image)) for image, encoder, decoder in chains])
    rate = one_cycle(len(hands[0]), batch_size, epochs)
    model.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy")
    for _ in range(epochs):
        seen = [see(images) for images in hands]
        model.fit(seen, hands, batch_size=batch_size, verbose=0)


def run_network(network, inputs):
    """Return what a network makes of an array."""
    return network.predict(inputs, batch_size=250, verbose=0)


keras.utils.set_random_seed(seed)
apart = [build_encoder(), build_encoder()], [build_decoder(), build_decoder()]
with run.timed("two encoders"):
    train(*apart, [thin, bold])

# %% [markdown] slideshow={"slide_type": "subslide"}
# Here are thin digits as they are, swapped, and as the bold hand truly writes them.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
swaps, codes = {}, {}
codes["two encoders"] = [
    run_network(encoder, each)
    for encoder, each in zip(apart[0], (thin_test, bold_test), strict=True)
]
swaps["two encoders"] = run_network(apart[1][1], codes["two encoders"][0])
rows = {"thin hand": thin_test, "swapped": swaps["two encoders"], "bold hand": bold_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "02-two-encoders", "Thin digits, swapped by two autoencoders, and the truth.")

# %% [markdown] slideshow={"slide_type": "skip"}
# We measure two things. *Is it the same digit?* The judge says what it reads. *Is it the right
# image?* The squared distance to the truth, in percent of that of the thin digit as it is: 100 % is
# what we get for doing nothing.


# %% slideshow={"slide_type": "skip"}
def distance(images, truth):
    """Return the mean squared difference of pixels."""
    return float(np.mean((images - truth) ** 2))


def score(name):
    """Return the share of swaps that are the same digit, and their distance from the truth."""
    error = distance(swaps[name], bold_test) / distance(thin_test, bold_test)
    return (recognize(judge, swaps[name]) == y_test).mean(), error


def copy_error(name, decoders):
    """Return the distance of copies of the bold hand from their originals, as `score` does."""
    copies = run_network(decoders[1], codes[name][1])
    return distance(copies, bold_test) / distance(thin_test, bold_test)


# %% slideshow={"slide_type": "-"} tags=["claims"]
kept["two encoders"], error = score("two encoders")
run.claim(
    "another_digit",
    "The swaps are bold, but show other digits, or none. The digit stays the same for only",
    kept["two encoders"],
    at_most=0.35,
    unit="%",
)
run.claim(
    "no_better_than_nothing",
    "Doing nothing would have been about as good, or better: in percent of it, the distance to the "
    "truth is",
    error,
    at_least=0.85,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Why? Here are the codes of the same held-out digits, by both encoders, on the same two axes (the
# plane in which the thin hand's codes spread most). **Where would a thin 7 end up in the map of the
# bold hand?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def two_maps(name):
    """Draw the codes of the same digits in both hands, in the plane of the thin hand's codes."""
    plane = LatentPlane.of_codes(codes[name][0])
    titles = ("thin hand", "bold hand")
    maps = {title: plane.project(z) for title, z in zip(titles, codes[name], strict=True)}
    return compare_maps(maps, y_test, data.class_names)


figure = two_maps("two encoders")
run.show(figure, "03-two-maps", "Codes of the same digits, by two encoders.")


# %% slideshow={"slide_type": "-"} tags=["claims"]
def understood(name):
    """Return the share of thin codes that lie among bold codes of their own class."""
    z_thin, z_bold = codes[name]
    return (knn_classes(z_bold, y_test, z_thin) == y_test).mean()


run.claim(
    "no_common_language",
    "For each thin digit's code, we look at the nearest codes of the bold hand. They are of its "
    f"own class (by chance, 1 in {data.classes}) for",
    understood("two encoders"),
    at_most=0.35,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Is it because the hands differ? A test: two copiers, *both of the thin hand*, on the very same
# images. They differ only in the random weights that they began with. Encode with one, decode with
# the other.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
twins = [build_encoder(), build_encoder()], [build_decoder(), build_decoder()]
with run.timed("twins"):
    train(*twins, [thin, thin])
z_twin = run_network(twins[0][0], thin_test)
rows = {"thin hand": thin_test, "copied": run_network(twins[1][0], z_twin)}
rows["by its twin"] = run_network(twins[1][1], z_twin)
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "04-twins", "Thin digits, their copies, and what another run's decoder makes.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
by_itself, by_twin = (distance(rows[name], thin_test) for name in ("copied", "by its twin"))
run.claim(
    "not_even_twins",
    "Even a twin does not understand: its images are farther from the truth than the copies, by a "
    "factor of",
    by_twin / by_itself,
    at_least=3,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Each pair of encoder and decoder invents a language of its own.** Nothing in the training says
# what the first number of a code should mean. Only the decoder that has grown up with an encoder
# understands it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: swap
#
# You get thin digits and four networks. Return the digits as the bold hand would write them, if the
# encoders spoke one language.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_swap(images, encode_thin, encode_bold, decode_thin, decode_bold):
    """Return thin digits in the bold hand."""
    # BEGIN SOLUTION
    return decode_bold(encode_thin(images))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.swap(my_swap)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. One encoder
#
# So we force both hands into one language: **one encoder for both, and a decoder for each.** The
# encoder sees both hands, and each decoder must understand its codes. The training is the same, and
# so are the images; only the list of encoders has the same one twice. Nobody asks for a swap.
# **Will it work?**


# %% slideshow={"slide_type": "-"} tags=["slide-code", "slide-output"]
def train_shared(name, code_size=8, see=lambda images: images):
    """Train an encoder for both hands, and a decoder for each; keep codes and swaps."""
    keras.utils.set_random_seed(seed)
    encoder, decoders = build_encoder(code_size), [build_decoder(code_size) for _ in range(2)]
    with run.timed(name):
        train([encoder, encoder], decoders, [thin, bold], see)
    codes[name] = [run_network(encoder, each) for each in (thin_test, bold_test)]
    swaps[name] = run_network(decoders[1], codes[name][0])
    return encoder, decoders


shared = train_shared("one encoder")
rows = {name: swaps[name] for name in ("two encoders", "one encoder")}
rows = {"thin hand": thin_test, **rows, "bold hand": bold_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "05-one-encoder", "Thin digits, swapped by two encoders and by one; the truth.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
kept["one encoder"], error = score("one encoder")
run.claim(
    "shared_swaps",
    "With one encoder, the distance to the truth falls far below that of doing nothing. In percent "
    "of it:",
    error,
    at_most=0.6,
    unit="%",
)
run.claim(
    "shared_keeps_digits",
    "Most swaps are the same digit still. (Of the thin digits as they are, the judge reads "
    f"{100 * kept['nothing']:.0f} %.)",
    kept["one encoder"],
    at_least=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And the codes of both hands now? Again on the same two axes.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
figure = two_maps("one encoder")
run.show(figure, "06-one-map", "Codes of the same digits, by one encoder.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "common_language",
    "Now the nearest codes of the bold hand are of a thin digit's own class for",
    understood("one encoder"),
    at_least=0.5,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# One network has to describe both hands with the same few features, so a 7 is a 7, and the decoder
# adds the hand. But look closely: **some digits are still lost. Which?**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the model
#
# Build it. `build_encoder()` and `build_decoder()` make a new network at each call. The model takes
# two batches of images, thin and bold, and gives the copies of both, in this order.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_two_hands(build_encoder, build_decoder):
    """Return a model [thin, bold] -> [copy of thin, copy of bold]."""
    thin, bold = keras.Input(image_shape), keras.Input(image_shape)
    # BEGIN SOLUTION
    encoder, decode_thin, decode_bold = build_encoder(), build_decoder(), build_decoder()
    return keras.Model([thin, bold], [decode_thin(encoder(thin)), decode_bold(encoder(bold))])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.two_hands(my_two_hands, image_shape)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. More room
#
# Eight numbers are few: perhaps the lost digits did not fit in. We give the code 32. AE1 has shown
# that copies get better. **And the swaps?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
roomy = train_shared("32 numbers", code_size=32)
rows = {"8 numbers": swaps["one encoder"], "32 numbers": swaps["32 numbers"]}
rows = {"thin hand": thin_test, **rows, "bold hand": bold_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "07-more-room", "Swaps with 8 and with 32 numbers, and the truth.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
copy_errors = {
    name: copy_error(name, decoders)
    for name, (_, decoders) in {"one encoder": shared, "32 numbers": roomy}.items()
}
errors = {name: score(name)[1] for name in copy_errors}
run.claim(
    "room_helps_copies",
    "With 32 numbers, the error of the copies falls, to this share of what it was:",
    copy_errors["32 numbers"] / copy_errors["one encoder"],
    at_most=0.8,
    unit="%",
)
run.claim(
    "room_harms_swaps",
    "But the swaps get worse: their distance to the truth grows, to this share of what it was:",
    errors["32 numbers"] / errors["one encoder"],
    at_least=1.05,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Better copies, worse swaps. What has the larger code room for? We ask a *probe*, a logistic
# regression: given a code, **whose hand was it?** By chance, it is right on half of the codes.


# %% slideshow={"slide_type": "-"} tags=["claims"]
def hand_known(name):
    """Return how often a linear probe tells the hand from the code."""
    z, hand = np.concatenate(codes[name]), np.repeat([0, 1], len(y_test))
    first = np.tile(np.arange(len(y_test)) < len(y_test) // 2, 2)  # the digits to fit on
    return float(probe_accuracy(z[first], hand[first], z[~first], hand[~first]).value)


hands_known = {name: hand_known(name) for name in ("one encoder", "32 numbers")}
run.claim(
    "code_knows_the_hand",
    "From a code of 32 numbers, it knows the hand almost always:",
    hands_known["32 numbers"],
    at_least=0.9,
    unit="%",
)
run.claim(
    "small_code_knows_less",
    "From 8 numbers, it knows it less often, by",
    hands_known["32 numbers"] - hands_known["one encoder"],
    at_least=0.05,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **No decoder needs to be told the hand:** each knows its own by heart. But where there is room,
# the encoder may use different places for the two hands, two languages again. And a decoder has
# never seen a code from the other hand's place.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the score
#
# Write the score that we have used: the mean squared difference between swaps and truth, divided by
# that between originals and truth. 1 is what you get for doing nothing, 0 is perfect.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_score(originals, swapped, truth):
    """Return one number for arrays of images, (n, h, w, 1) each."""
    originals, swapped, truth = map(np.asarray, (originals, swapped, truth))
    # BEGIN SOLUTION
    return np.mean((swapped - truth) ** 2) / np.mean((originals - truth) ** 2)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.swap_score(my_score)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. Spoil what it sees
#
# The encoder should go by the digit, and not by the hand. So we blur the difference. **Programs
# that swap faces warp what the encoder sees, and ask for the image as it was.** Our `warp`
# stretches, turns and shears at random, and makes strokes bolder or thinner.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
rng = np.random.default_rng(seed)
rows = {"thin hand": thin[:10], "thin, warped": warp(thin[:10], rng)}
rows |= {"bold hand": bold[:10], "bold, warped": warp(bold[:10], rng)}
figure = plots.image_rows(rows)
run.show(figure, "08-warped", "Training images, and what the encoder sees.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **From the second and the fourth row alone, whose digits would you know?** The encoder gets other
# warps in each epoch, and has 8 numbers. It will copy worse. Will it swap better?

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
warped = train_shared("warped", see=lambda images: warp(images, rng))
rows = {"as they are": swaps["one encoder"], "warped": swaps["warped"]}
rows = {"thin hand": thin_test, **rows, "bold hand": bold_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "09-swaps", "Swaps by an encoder that saw images as they are, or warped.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Codes of 32 numbers, of 8, and of 8 with warped images, in three measures. On the right, for how
# many thin codes the nearest bold ones are of the same class, as in section 3. **Which two
# measures belong together?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
names = {"32 numbers": "32", "one encoder": "8", "warped": "warped"}
copy_errors["warped"] = copy_error("warped", warped[1])
for name in names:
    kept[name], errors[name] = score(name)
percent = {
    "error of copies, %": copy_errors,
    "error of swaps, %": errors,
    "among their kind, %": {name: understood(name) for name in names},
}
lines = {title: [100 * each[name] for name in names] for title, each in percent.items()}
figure = charts.metrics_by(list(names.values()), lines, "numbers of the code")
run.show(figure, "10-numbers", "Copies, swaps, and thin codes among bold ones of their kind.")
run.record(metrics={f"swap_error_{name.replace(' ', '_')}": errors[name] for name in names})
run.record(metrics={"kept_warped": kept["warped"], "kept_two_encoders": kept["two encoders"]})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "warps_harm_copies",
    "The encoder that saw warped images copies worse: the error of its copies, in percent of what "
    "it was, is",
    copy_errors["warped"] / copy_errors["one encoder"],
    at_least=1.1,
    unit="%",
)
run.claim(
    "warps_help_swaps",
    "It swaps better: the distance of its swaps to the truth, in percent of what it was, is",
    errors["warped"] / errors["one encoder"],
    at_most=0.95,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "warps_keep_digits",
    "Of its swaps, these are the same digit still:",
    kept["warped"],
    at_least=0.75,
    unit="%",
)
run.claim(
    "warps_join",
    "Its codes of both hands lie closer together: the nearest bold codes are more often of a thin "
    "one's class, by",
    understood("warped") - understood("one encoder"),
    at_least=0.05,
    unit="% points",
)
run.claim(
    "hand_still_shows",
    "Yet the code has not forgotten the hand. The probe is right for "
    f"{100 * hands_known['one encoder']:.0f} % of the codes of section 3, and of these for",
    hand_known("warped"),
    at_least=0.52,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **The worst copier of the three is the best swapper.** Warped digits of both hands look alike, so
# they get codes that are alike. Something of the hand still shows in a code, but the digit decides
# where it lies; and the decoder adds its own hand. We have chosen warps that change what the two
# hands differ in, slant and pen. What would you change in faces?

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a batch
#
# Make a batch for this training, of the images with the indices `chosen`: return `(questions,
# answers)`, both lists `[thin, bold]`. `warp(images)` warps.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_batch(thin, bold, chosen, warp):
    """Return what the model sees, and what it should give back."""
    # BEGIN SOLUTION
    answers = [thin[chosen], bold[chosen]]
    return [warp(images) for images in answers], answers
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.warped_batch(my_batch)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. A dictionary
#
# Back to the two encoders that did not understand each other. Suppose now that we *have* a few
# pairs: some digits in both hands. From their codes we fit the simplest translation, a matrix and a
# shift, by least squares. Nothing is trained anew. **How many pairs mend the swap?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
counts, by_pairs = [10, 30, 100, 300], []
in_bold = bold_slanted(data.x_train[:half][: max(counts)])  # trained on in the thin hand only
pairs = [
    run_network(encoder, each)
    for encoder, each in zip(apart[0], (thin[: max(counts)], in_bold), strict=True)
]
for n in counts:
    design, z = (np.insert(each, 0, 1, axis=1) for each in (pairs[0][:n], codes["two encoders"][0]))
    translation = np.linalg.lstsq(design, pairs[1][:n], rcond=None)[0]
    swaps[f"{n} pairs"] = run_network(apart[1][1], z @ translation)
    by_pairs.append(100 * score(f"{n} pairs")[0])
lines = {"two encoders, translated": by_pairs}
for name, title in {"warped": "one encoder, no pairs", "nothing": "doing nothing"}.items():
    lines[title] = [100 * kept[name]] * len(counts)
figure = charts.curves(counts, lines, "pairs", "the same digit, %")
run.show(figure, "11-pairs", "Swaps by two encoders with a translation, by pairs.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "pairs_mend",
    "With 100 pairs, the two encoders understand each other: the digit stays the same for",
    by_pairs[2] / 100,
    at_least=0.65,
    unit="%",
)
run.claim(
    "no_pairs_better",
    "And yet one encoder without a single pair keeps up with them, even with 300. It keeps the "
    "digit more often (or less, below 0) by",
    kept["warped"] - by_pairs[-1] / 100,
    at_least=-0.03,
    unit="% points",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A matrix and a shift can only turn, stretch and move the space of the codes. So both encoders had
# found much the same things, and only given them other axes. A small dictionary goes a long way.
# But of two strangers' faces there is none.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. In both hands
#
# The same encoder serves the way back: bold digits in the thin hand. We did not train this either.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
back = run_network(warped[1][0], codes["warped"][1])
rows = {"bold hand": bold_test, "swapped": back, "thin hand": thin_test}
figure = plots.image_rows({name: each[:10] for name, each in rows.items()})
run.show(figure, "12-back", "Bold digits, swapped, and as the thin hand writes them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "way_back",
    "Bold digits in the thin hand: the distance to the truth, in percent of that of doing nothing, "
    "is",
    distance(back, thin_test) / distance(bold_test, thin_test),
    at_most=0.4,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# **Your own hand.** The explorer shows both decoders side by side, at the same code. Draw a digit
# on its pad, and see it in both hands.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
in_each_hand = {}
for name, decoder in zip(("thin hand", "bold hand"), warped[1], strict=True):
    image = keras.Input(image_shape)
    hand = keras.Model(image, decoder(warped[0](image)))
    hand.encoder, hand.decoder = warped[0], decoder
    in_each_hand[name] = hand
explorer = explore(in_each_hand, data._replace(x_test=thin_test))
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Faces
#
# Replace the two hands by two people's faces, and the networks by larger ones: that is the program
# behind most "deepfakes". The encoder keeps expression, direction and light; the decoder adds the
# person. **It needs many pictures of a person, but not that person's consent.** Most such videos
# have been made of women, without asking them, to humiliate; others to deceive voters or to rob
# people by a trusted face. In many countries this is a crime. Ask before you use a face or a voice,
# and say openly what is synthetic. This lesson uses handwriting because nobody is harmed by a
# swapped 7, and because here we can measure the truth. (A hand can be forged, too. Whose would you
# swap without asking?)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# A program that runs and trains, with *one* mistake. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 11, good copies
#
# It builds the model of section 3. Its copies are as good as ours, but its swaps show other digits.


# %% slideshow={"slide_type": "subslide"} tags=["exercise", "slide-code"]
def program_11(build_encoder, build_decoder):
    """Build the model of two hands."""
    images = [keras.Input((28, 28, 1)) for hand in ("thin", "bold")]
    copies = []
    # BEGIN SOLUTION
    encoder = build_encoder()
    for image in images:
        decoder = build_decoder()
        copies.append(decoder(encoder(image)))
    # INSTEAD
    # for image in images:
    #     encoder = build_encoder()
    #     decoder = build_decoder()
    #     copies.append(decoder(encoder(image)))
    # END SOLUTION
    return keras.Model(images, copies)


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(11, program_11)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. Two autoencoders were trained on the same images. Why can the decoder of one not read the codes
#    of the other?
#    - (a) They have learned different digits.
#    - (b) Nothing says which number of a code means what.
#    - (c) Their codes have different sizes.
# 2. Of two models with one encoder, one makes better copies. Its swaps
#    - (a) are better, too;
#    - (b) are equally good;
#    - (c) may be worse, as its code may say whose image it is.
# 3. What does the decoder of the bold hand learn from, in the training with warps?
#    - (a) Codes of warped bold digits, and these digits unwarped.
#    - (b) Codes of thin digits, and the same digits in the bold hand.
#    - (c) Codes of bold digits, and these digits warped.

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
    check.answer("AE3-1", question_1),
    check.answer("AE3-2", question_2),
    check.answer("AE3-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - A code means something only to the decoder that was trained with its encoder.
# - With one encoder and a decoder for each family, we encode an image of one family, and decode it
#   as the other. No pairs are needed.
# - The code should say what both families share, and not whose image it is. A larger code has room
#   for that, and swaps worse; warped inputs bring the families together.
# - A face belongs to somebody. Ask.
#
# **Next:** [VAE1](VAE1.ipynb) tells the codes where to lie, and learns to draw.
