# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE5: published VAEs repaired
#
# **Published VAEs repaired: what do they really do?**
#
# What you'll learn:
# - which mistakes of circulating programs cost much, which cost nothing, and why no loss shows it;
# - batch normalisation by hand, and a training loop of your own;
# - what the noise of a Gaussian likelihood decides, and how a model learns it;
# - how to find an axis that smiles, and why VAEs blur.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need VAE1 and VAE2: the loss, and what a step is. It needs TensorFlow, for the loop of section
# 4. Time at the defaults, on two CPU cores: 1 min 41 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("batch_norm")` for example. No later cell needs
# your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and the
# bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, load_dataset
from fidle_vae.data import load_faces, smile_of
from fidle_vae.evaluation.sharpness import sharpness
from fidle_vae.figures import charts, inference, plots
from fidle_vae.figures.repairs import repairs
from fidle_vae.figures.style import SIGMA
from fidle_vae.models import GaussianVAE, SamplingLayer, bernoulli_nll, build_decoder
from fidle_vae.models import build_encoder, gaussian_grid, gaussian_kl
from fidle_vae.models.unchecked import UncheckedVAE, build_networks, first_channel
from fidle_vae.training import one_cycle

import keras
import numpy as np
import tensorflow as tf
from IPython.display import display
from keras import layers, ops
from scipy.ndimage import gaussian_filter

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images. `dataset = "auto"` takes MNIST where
# it can be had, and otherwise similar digits. `film = "auto"` takes Frey Face, a film of one man's
# face, beside MNIST; where it cannot be had, and beside the digits, faces are drawn.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
film = "auto"
scale = 0.1
seed = 123
batch_size = 64
epochs = 5

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Which one do you take home?
#
# Five programs from the net, rewritten here with their mistakes. Each is the same VAE with *one*
# thing wrong. The first three have another formula:

# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
data = load_dataset(dataset, scale, seed)
x_train, x_test, image_shape = data.x_train, data.x_test, data.image_shape
run = Run(
    "VAE5", data, dataset=dataset, film=film, scale=scale, seed=seed, batch_size=batch_size,
    epochs=epochs,
)  # fmt: skip


def averaged_kl(z_mean, z_log_var):
    """Return the KL, averaged over the latent dimensions."""
    return -ops.mean(1 + z_log_var - z_mean**2 - ops.exp(z_log_var), axis=1) / 2


def half_astray(z_mean, z_log_var):
    """Return the KL with half of z_log_var in its sum, where all of it is due."""
    return -ops.sum(1 + z_log_var / 2 - z_mean**2 - ops.exp(z_log_var), axis=1) / 2


def one_axis(x, x_hat):
    """Return -log p(x | z), summed over the rows and averaged over the rest."""
    x_hat = ops.clip(x_hat, 1e-7, 1 - 1e-7)
    cost = -x * ops.log(x_hat) - (1 - x) * ops.log(1 - x_hat)  # (batch, 28, 28, 1)
    return ops.mean(ops.sum(cost, axis=1), axis=(1, 2))


# %% [markdown] slideshow={"slide_type": "subslide"}
# The fourth calls its encoder three times, for `z_mean`, for `z_log_var` and for `z`. The decoder
# of the fifth ends with ten channels, where an image has one: NumPy's rules stretch the image to
# ten, and no error comes. All train equally long.


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def train(channels=1, dropout=0.0, **terms):
    """Train a program; return its losses, and its networks in a VAE with the right formulas."""
    keras.utils.set_random_seed(seed)
    encoder, decoder = build_networks(image_shape, 8, channels=channels, dropout=dropout)
    program = UncheckedVAE(encoder, decoder, seed=seed, **terms)
    program.compile(keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs)))
    losses = program.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0).history["loss"]
    return losses, VAE(encoder, first_channel(decoder), loss_weights="elbo", seed=seed)


programs = {"KL averaged": {"kl": averaged_kl}, "half astray": {"kl": half_astray}}
programs |= {"one axis summed": {"nll": one_axis}, "three calls": {"calls": 3}}
programs |= {"ten channels": {"channels": 10}, "right": {}}
loss_curves, models = {}, {}
with run.timed("programs"):
    for name, terms in programs.items():
        loss_curves[name], models[name] = train(**terms)
printed = {name: losses[-1] for name, losses in loss_curves.items()}
figure = charts.amounts(printed, "the loss that it prints after its last epoch")
run.show(figure, "01-printed", "What the programs print. Which one do you take home?")

# %% [markdown] slideshow={"slide_type": "fragment"}
# **Choose one, before you go on.** Is it any help that each loss fell?

# %% slideshow={"slide_type": "-"} tags=["claims"]
falls = [1 - np.divide(each[1:], each[:-1]).max(initial=0) for each in loss_curves.values()]
run.claim(
    "every_loss_falls",
    "All six losses fall from each epoch to the next. The smallest fall is",
    min(falls),
    at_least=0,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now their draws from the prior, of the same random $z$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
rows = {name: model.sample(10, seed=seed) for name, model in models.items()}
figure = plots.image_rows(rows)
run.show(figure, "02-draws", "Draws of the programs.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# And one honest number for all: the ELBO by the right formulas, on held-out images. It measures any
# encoder and decoder, whoever has trained them.


# %% slideshow={"slide_type": "-"} tags=["claims"]
def elbo_of(model):
    """Return the held-out ELBO of a VAE, in nats."""
    x_hat, z_mean, z_log_var = model(x_test)
    return -float(ops.mean(bernoulli_nll(x_test, x_hat) + gaussian_kl(z_mean, z_log_var)))


elbos = {name: elbo_of(model) for name, model in models.items()}
looks_best, is_worst = min(printed, key=printed.get), min(elbos, key=elbos.get)
run.claim(
    "best_looks_worst_is",
    f"'{looks_best}' prints the smallest loss, {printed[looks_best]:.1f}. '{is_worst}' has the "
    f"worst ELBO, {elbos[is_worst]:.1f}. The first is behind the right program by",
    elbos["right"] - elbos[looks_best],
    at_least=30,
    unit="nats",
)
run.claim(
    "averaged_costs",
    "An averaged KL is 8 times too small, for 8 latent dimensions. It costs",
    elbos["right"] - elbos["KL averaged"],
    at_least=2.5,
    unit="nats",
)
# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "half_boasts",
    f"'half astray' prints {printed['half astray']:.1f}, where minus its ELBO is "
    f"{-elbos['half astray']:.1f}. It boasts by",
    -elbos["half astray"] - printed["half astray"],
    at_least=4,
    unit="nats",
)
run.claim(
    "channels_cost",
    "With ten channels each pixel is counted ten times, and the KL weighs 10 times too little. It "
    "costs",
    elbos["right"] - elbos["ten channels"],
    at_least=2.5,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# One axis summed makes the likelihood 28 times too small. Then the KL is so dear that the code says
# nothing, and all draws are one grey image. **A loss can only be compared with one of the same
# formula.** And a repair is cheap: our `VAE` asks a decoder for its shape, and refuses ten
# channels.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. A famous mistake: what does it cost?
#
# Three calls of the encoder are on every list of mistakes: "the KL and $z$ then belong to different
# draws". **How much do they cost?** Above, nothing: all three calls of that encoder are alike. With
# dropout they differ, so we train with it, by one call and by three. Here is each term, its mean
# over 20 passes. The KL comes twice: by its formula, and by the draw, $\log q(z) - \log p(z)$.


# %% slideshow={"slide_type": "subslide"}
def terms_of(vae, calls):
    """Return -log p(x | z), the KL by its formula, and the KL by draws: means, in nats."""
    program = UncheckedVAE(vae.encoder, vae.decoder, calls=calls, seed=seed)
    found = []
    for _ in range(4 * epochs):
        x_hat, z_mean, z_log_var, z = program(x_test[:500], training=True)
        deviation = (z - z_mean) ** 2 / ops.exp(z_log_var)
        drawn = ops.sum(z**2 - deviation - z_log_var, axis=1) / 2
        terms = bernoulli_nll(x_test[:500], x_hat), gaussian_kl(z_mean, z_log_var), drawn
        found.append([ops.convert_to_numpy(term).mean() for term in terms])
    return np.mean(found, axis=0)


noisy = {calls: train(dropout=0.3, calls=calls)[1] for calls in (1, 3)}
one, three = (terms_of(noisy[1], calls) for calls in (1, 3))
behind, plain = elbo_of(noisy[1]) - elbo_of(noisy[3]), models["right"].encoder
print("with dropout   -log p(x | z)   KL, formula   KL, drawn")
for name, values in (("one call", one), ("three calls", three)):
    print(f"{name:12}{values[0]:15.1f}{values[1]:14.1f}{values[2]:12.1f}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "three_calls_cost_less",
    f"Trained with dropout, three calls are {behind:.1f} nats behind one. Of what one axis summed "
    "costs, that is",
    behind / (elbos["right"] - elbos["one axis summed"]),
    at_most=0.2,
    unit="%",
)
run.claim(
    "same_mean_loss",
    "In one model, with dropout, the loss is the same on average. One call and three differ by",
    abs(one[:2].sum() - three[:2].sum()),
    at_most=0.5,
    unit="nats",
)
run.claim(
    "harm_where_terms_mix",
    "But the KL by draws, which takes all three in one term, is wrong by",
    abs(three[2] - one[2]),
    at_least=3,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Why? The formula is a sum, one part with `z_mean` alone and one with `z_log_var` alone, and the
# likelihood takes $z$ alone. **The mean of a sum does not ask whether its parts were drawn
# together.** It is the same loss, by noisier steps, as long as no term mixes the calls.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. Batch normalisation by hand
#
# A sixth mistake: a model has batch normalisation, and its training loop calls `vae(x)` without
# `training=True`. What does that change? In *training*, the layer takes mean and variance of the
# batch, and moves its own, the *moving* ones, a little towards them. In *use*, it takes the moving
# ones.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def batch_norm_by_hand(x, layer, training):
    """Return what a BatchNormalization layer makes of x, (batch, units)."""
    mean, variance = layer.moving_mean, layer.moving_variance
    if training:
        mean, variance = ops.mean(x, axis=0), ops.var(x, axis=0)
        for moving, now in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
            moving.assign(layer.momentum * moving + (1 - layer.momentum) * now)
    return layer.gamma * (x - mean) / ops.sqrt(variance + layer.epsilon) + layer.beta


# %% [markdown] slideshow={"slide_type": "subslide"}
# Two equal layers, one of them computed by hand, get 300 batches of a hidden layer's values. Their
# moving means begin at 0, their moving variances at 1. A third layer is never told that it is
# trained.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
hidden = keras.Model(plain.input, plain.layers[2].output)  # the first Dense layer
values = ops.convert_to_numpy(hidden(x_train[:4096]))
ours, theirs, forgotten = (layers.BatchNormalization() for _ in range(3))
for layer in (ours, theirs, forgotten):
    layer.build(values.shape)
unit = np.abs(values.mean(axis=0)).argmax()
differences, means = [], {"training=True": [], "without": []}
steps = 60 * epochs
for step in range(steps):
    batch = values[step * 64 % (len(values) - 63) :][:64]
    pair = batch_norm_by_hand(batch, ours, True), theirs(batch, training=True)
    differences.append(float(ops.max(ops.abs(pair[0] - pair[1]))))
    forgotten(batch)
    means["training=True"].append(float(theirs.moving_mean[unit]))
    means["without"].append(float(forgotten.moving_mean[unit]))
means["true mean"] = [values[:, unit].mean()] * steps
shown = {name: (range(0, steps, 10), each[::10]) for name, each in means.items()}
figure = inference.lines(shown, "batches", "moving mean of one unit")
run.show(figure, "03-moving-mean", "The moving mean of a layer, told that it is trained or not.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
in_use = batch_norm_by_hand(values, ours, False) - theirs(values, training=False)
run.claim(
    "by_hand_is_the_layer",
    "By hand it is the layer, in training and in use. They differ by at most",
    max(*differences, float(ops.max(ops.abs(in_use)))),
    at_most=1e-5,
)
run.claim(
    "moving_mean_stays",
    "Without training=True no moving mean ever moves. The largest is",
    float(ops.max(ops.abs(forgotten.moving_mean))),
    at_most=0,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# So that layer subtracts 0 and divides by 1: **it never normalises, and no message says so.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: batch normalisation of maps
#
# After a convolution, `x` has the shape `(batch, rows, columns, channels)`, and each *channel* has
# one mean and one variance. Normalise as in training, then scale by `gamma` and shift by `beta`,
# `(channels,)` each. Add `epsilon` to the variance.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_batch_norm(x, gamma, beta, epsilon):
    """Return x normalised by channel, scaled and shifted; the shape of x."""
    # BEGIN SOLUTION
    mean = ops.mean(x, axis=(0, 1, 2))
    variance = ops.var(x, axis=(0, 1, 2))
    return gamma * (x - mean) / ops.sqrt(variance + epsilon) + beta
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.batch_norm(my_batch_norm)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. A loop of your own
#
# A complete loop in TensorFlow: `tf.data` shuffles and cuts batches, a tape gives gradients, a
# metric averages the loss, and every `every` steps it decodes the same $z$. `tf.function` compiles
# the step. **Where in it could one forget something?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def own_loop(vae, batches, training, every):
    """Train; return the loss of each epoch, and images of the same z, by step."""
    optimizer = keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs))
    optimizer.build(vae.trainable_variables)  # or the first step is traced twice
    mean_loss = keras.metrics.Mean()

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = vae.compute_loss(x=x, y_pred=vae(x, training=training))
        gradients = tape.gradient(loss, vae.trainable_variables)
        optimizer.apply(gradients, vae.trainable_variables)
        mean_loss.update_state(loss, tf.shape(x)[0])  # a short last batch counts for less

    losses, grids = [], {}
    for _ in range(epochs):
        mean_loss.reset_state()
        for x in batches:
            step(x)
            n = int(optimizer.iterations)
            if n % every == 0 or n == 1:
                grids[f"step {n}"] = vae.sample(10, seed=seed)
        losses.append(float(mean_loss.result()))
    return losses, grids


# %% [markdown] slideshow={"slide_type": "subslide"}
# Three equal VAEs with batch normalisation, and the same batches: one for `fit`, one for our loop,
# and one for the same loop without `training=True`.


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def normalised():
    """Return a VAE with batch normalisation, and its stream of batches."""
    keras.utils.set_random_seed(seed)
    vae = VAE(*build_networks(image_shape, 8, normalize=True), loss_weights="elbo", seed=seed)
    images = tf.data.Dataset.from_tensor_slices(x_train)
    return vae, images.shuffle(len(x_train), seed=seed).batch(batch_size)


tf.get_logger().setLevel("ERROR")  # many small models: TensorFlow would remark on each
every = max(1, epochs * len(x_train) // batch_size // 4)
by_fit, batches = normalised()
by_fit.compile(keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs)))
with run.timed("loops"):
    by_fit.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    by_loop, batches = normalised()
    losses, grids = own_loop(by_loop, batches, True, every)
    forgetful, batches = normalised()
    forgetful_losses, _ = own_loop(forgetful, batches, None, every)
for name, images in grids.items():
    keras.utils.save_img(run.images / f"{name.replace(' ', '-')}.png", np.hstack(images))
figure = plots.image_rows(grids)
run.show(figure, "04-steps", "The same draws, after more and more steps of our loop.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
elbos |= {"fit": elbo_of(by_fit), "loop": elbo_of(by_loop), "forgetful": elbo_of(forgetful)}
printed["no training=True"] = forgetful_losses[-1] * by_fit.n_pixels
run.claim(
    "loop_is_fit",
    "Our loop reaches the ELBO of fit. They differ by",
    abs(elbos["loop"] - elbos["fit"]),
    at_most=1,
    unit="nats",
)
run.claim(
    "forgetting_costs",
    "The loop that forgets training=True trains, too, but has no normalisation to help it. It is "
    "behind by",
    elbos["loop"] - elbos["forgetful"],
    at_least=0.5,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# In use, the forgetful model looks well. But let somebody go on training it, by `fit` for example:
# from the first step on, its layers normalise, which they have never done. **What do its copies
# look like then?**


# %% slideshow={"slide_type": "-"} tags=["slide-output"]
def copies(vae, training):
    """Return copies of held-out images, as in training or as in use."""
    z_mean, _ = vae.encoder(x_test[:500], training=training)
    return ops.convert_to_numpy(vae.decoder(z_mean, training=training))


modes = {"forgetful, in use": (forgetful, False), "forgetful, in training": (forgetful, True)}
modes |= {"our loop, in training": (by_loop, True)}
copied = {name: copies(*each) for name, each in modes.items()}
rows = {name: images[:10] for name, images in ({"held-out": x_test} | copied).items()}
figure = plots.image_rows(rows)
run.show(figure, "05-forgetful", "Copies by models with batch normalisation.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
cost = {
    name: ops.convert_to_numpy(bernoulli_nll(x_test[:500], images)).mean()
    for name, images in copied.items()
}
run.claim(
    "forgetful_breaks",
    "In training mode, a copy by the forgetful model costs more than in use, by",
    cost["forgetful, in training"] - cost["forgetful, in use"],
    at_least=15,
    unit="nats",
)
run.claim(
    "loop_holds",
    "Our loop's model hardly minds the mode: its copies in training cost",
    cost["our loop, in training"] - ops.convert_to_numpy(
        bernoulli_nll(x_test[:500], by_loop.reconstruct(x_test[:500]))
    ).mean(),
    at_most=10,
    unit="nats more",
)  # fmt: skip

# %% [markdown] slideshow={"slide_type": "subslide"}
# All six mistakes, before and after repair. **Which one would you have found by its loss?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
table = {name: (printed[name], elbos[name], elbos["right"]) for name in models if name != "right"}
table["no training=True"] = printed["no training=True"], elbos["forgetful"], elbos["loop"]
figure = repairs(table)
run.show(figure, "06-repairs", "Six mistakes: what the programs print, and their true ELBO.")
names = {"KL averaged": "averaged", "one axis summed": "one_axis", "right": "right", "loop": "loop"}
run.record(metrics={f"elbo_{short}": elbos[name] for name, short in names.items()})

# %% [markdown] slideshow={"slide_type": "fragment"}
# None. A gain below 0 says that a wrong formula is ahead, after so short a training. **Only a
# measure that no program has chosen for itself tells them apart.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. A layer that can be loaded
#
# Many programs draw $z$ in a `Lambda` layer. We save it, and our `SamplingLayer`, each in a model,
# and ask Keras to load both.

# %% slideshow={"slide_type": "-"}
kinds = {"layer": SamplingLayer(seed)}
kinds["lambda"] = layers.Lambda(
    lambda pair: pair[0] + ops.exp(pair[1] / 2) * keras.random.normal(ops.shape(pair[0]))
)
codes, refused = plain(x_test[:100]), []
for name, layer in kinds.items():
    pair = [keras.Input((8,)), keras.Input((8,))]
    model = keras.Model(pair, layer(pair))
    model.save(run.models / f"{name}.keras")
    try:
        again = keras.saving.load_model(run.models / f"{name}.keras")
        apart = float(ops.max(ops.abs(model(codes) - again(codes))))
        saved_as = keras.saving.get_registered_name(type(layer))
        print(f"{name}: loaded by its name, {saved_as}; draws differ by {apart:.0e}")
    except ValueError as error:
        refused.append(name)
        print(f"{name}: not loaded. {str(error).split('.')[0]}.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "layer_loads",
    f"Refused: {' and '.join(refused)}. The layer is loaded, with the state of its noise: its next "
    "draws differ by",
    apart,
    at_most=1e-6,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A `Lambda` is saved as Python code. `load_model(..., safe_mode=False)` runs it: whose code is it?
# **Of a registered layer, the file has only the name and the settings.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. How much noise?
#
# Grey faces now. A Gaussian likelihood has a number that a Bernoulli has not: $\sigma$, the noise
# of a pixel. Many programs write the plain sum of squares: that is $\sigma^2 = 1/2$, chosen without
# a word.
#
# $$-\log p(x \mid z) = \sum_i \left( \frac{(x_i - \hat{x}_i)^2}{2 \sigma^2} + \log \sigma +
# \frac{1}{2} \log 2 \pi \right)$$
#
# **What becomes of the KL if $\sigma$ is ten times larger?**


# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
def train_faces(latent_dim=8, **noise):
    """Train a VAE of faces with Gaussian pixels; return it, its held-out KL and its ELBO."""
    keras.utils.set_random_seed(seed)
    shape, long = faces.x_train.shape[1:], 3 * epochs
    networks = [build("mlp", shape, latent_dim) for build in (build_encoder, build_decoder)]
    vae = GaussianVAE(*networks, seed=seed, **noise)
    vae.compile(keras.optimizers.Adam(one_cycle(len(faces.x_train), 32, long)))
    vae.fit(faces.x_train, batch_size=32, epochs=long, verbose=0)
    outputs = vae(faces.x_test)
    kl = float(ops.mean(gaussian_kl(outputs.z_mean, outputs.z_log_var)))
    return vae, kl, -float(vae.compute_loss(faces.x_test, y_pred=outputs, training=False))


which = "drawn" if film == "auto" and data.name != "mnist" else film
faces = load_faces(which, min(1.0, 10 * scale), seed)
with run.timed("faces"):
    trained = {s: train_faces(sigma=s) for s in (0.05, 0.1, 0.2, 0.5)}
    learned, _, learned_elbo = train_faces(sigma=0.2, learn=True)
models_of_faces = {f"{SIGMA} = {s:g}": vae for s, (vae, *_) in trained.items()}
models_of_faces[f"learned: {learned.sigma:.3f}"] = learned
some = faces.x_test[:: max(1, len(faces.x_test) // 10)][:10]
rows = {name: vae.reconstruct(some) for name, vae in models_of_faces.items()}
figure = plots.image_rows({"held-out": some} | rows)
run.show(figure, "07-faces", "Held-out faces, and copies by the noise.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Multiply the loss by $2 \sigma^2$: it is the plain sum of squares, and $2 \sigma^2$ times the KL.
# So $2 \sigma^2$ is a $\beta$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
errors = [np.sqrt(((faces.x_test - vae.reconstruct(faces.x_test)) ** 2).mean())
          for vae, *_ in trained.values()]  # fmt: skip
_, kls, nats = zip(*trained.values(), strict=True)
curves = {"kl_loss": kls, "error of copies (RMS)": errors, "elbo": nats}
figure = charts.metrics_by(list(trained), curves, f"{SIGMA}, given")
run.show(figure, "08-noise", "KL, error of copies and ELBO, by the noise that is given.")
run.record(metrics={"sigma": learned.sigma, "elbo_faces": learned_elbo})

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
run.claim(
    "noise_moves_kl",
    f"From sigma = 0.05 to 0.5 the KL falls from {kls[0]:.1f} nats to {kls[-1]:.1f}: noise "
    "forgives, and the code keeps less. By a factor of",
    kls[0] / kls[-1],
    at_least=3,
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
z_mean, z_log_var = learned.encode(faces.x_train)
rng = np.random.default_rng(seed)
z = z_mean + np.exp(z_log_var / 2) * rng.standard_normal(z_mean.shape)
rms = np.sqrt(((faces.x_train - learned.decode(z)) ** 2).mean())
run.claim(
    "sigma_is_the_error",
    f"A learned sigma becomes the error that is left. It is {learned.sigma:.4f}, the RMS error on "
    f"training images {rms:.4f}. They differ by",
    abs(learned.sigma / rms - 1),
    at_most=0.1,
    unit="%",
)
run.claim(
    "learned_keeps_up",
    "No need to try many: its held-out ELBO beats at least three of the four given. It is ahead of "
    "the second-best of them by",
    learned_elbo - sorted(nats)[-2],
    at_least=30,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# An ELBO above 0? The density of a pixel can be 2 at $\sigma = 0.2$, and at most 0.8 at 0.5. **So
# $\log p(x) \le 0$ holds for black and white pixels, and for densities it does not.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: Gaussian pixels
#
# Write $-\log p(x \mid z)$, as above, for each image of a batch `(n, rows, columns, 1)`, with all
# of its constants.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_gaussian_nll(x, x_hat, sigma):
    """Return -log N(x; x_hat, sigma^2) of each image, (n,)."""
    # BEGIN SOLUTION
    nats = ((x - x_hat) / sigma) ** 2 / 2 + ops.log(sigma) + np.log(2 * np.pi) / 2
    return ops.sum(nats, axis=(1, 2, 3))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.gaussian_pixels(my_gaussian_nll)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the best noise
#
# Set the derivative of the sum to 0, and you can say which single $\sigma$ makes a whole batch most
# probable. Return it.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_best_sigma(x, x_hat):
    """Return the sigma, one number, that makes all images of the batch most probable."""
    # BEGIN SOLUTION
    return ops.sqrt(ops.mean((x - x_hat) ** 2))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.best_sigma(my_best_sigma)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. An axis that smiles
#
# With two numbers as $z$, all faces fit on one page. **Where does he smile?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
with run.timed("plane"):
    plane, *_ = train_faces(2, sigma=0.2, learn=True)
axis = gaussian_grid(9)
places = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1)
pictures = plane.decode(places.reshape(-1, 2)).reshape(9, 9, *faces.x_train.shape[1:])
figure = plots.manifold_grid(pictures, axis)
run.show(figure, "09-manifold", "Faces decoded from a plane.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Smiles have a place there. Have they an axis? With eight numbers, there is more room for one. We
# measure the smile of each training image: when he smiles, his cheeks fold, and darken against the
# chin. Then we ask how the code moves with it, on average. Above, faces decoded along that way;
# below, held-out ones, ordered by the smile that a straight line reads off their code.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
smile = smile_of(faces.x_train)
standard = (smile - smile.mean()) / smile.std()
direction = (standard[:, None] * z_mean).mean(axis=0)  # how z moves for a smile one deviation up
way = np.linspace(-2, 2, 9)
row = learned.decode(z_mean.mean(axis=0) + way[:, None] * direction)
line = np.linalg.lstsq(np.c_[z_mean, np.ones(len(z_mean))], smile, rcond=None)[0]
read = learned.encode(faces.x_test)[0] @ line[:-1]  # the smile, read off a code
order = np.argsort(read)[np.linspace(0, len(read) - 1, 9).astype(int)]
rows = {"decoded along the axis": row, "held-out, by their code": faces.x_test[order]}
figure = plots.image_rows(rows)
run.show(figure, "10-smile", "From a frown to a smile: decoded, and held-out.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
truth = smile_of(faces.x_test) if faces.smile_test is None else faces.smile_test
known = "measured in" if faces.smile_test is None else "with which we have drawn"
run.claim(
    "axis_smiles",
    "Along the axis, faces smile more and more. Place and smile of the decoded faces correlate by",
    np.corrcoef(way, smile_of(row))[0, 1],
    at_least=0.8,
)
run.claim(
    "code_knows_smiles",
    "The line reads the smile off the code of faces that it has never seen. Its answer and the "
    f"smile {known} the held-out faces correlate by",
    np.corrcoef(read, truth)[0, 1],
    at_least=0.7,
)
run.claim(
    "plane_has_more_noise",
    f"Two numbers leave more to the noise than eight: sigma is {plane.sigma:.3f} and "
    f"{learned.sigma:.3f}. The ratio is",
    plane.sigma / learned.sigma,
    at_least=1.1,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Why do they blur?
#
# A dash stands on the left or on the right, and nobody tells you where. Answer with an image; its
# squared error, the mean over both cases, decides. **What do you answer?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
left, right = np.zeros((2, 9, 9, 1), np.float32)
left[2:7, 2], right[2:7, 6] = 1, 1
answers = {"left": left, "right": right, "half of each": (left + right) / 2}
costs = {
    name: np.mean([np.sum((truth - answer) ** 2) for truth in (left, right)])
    for name, answer in answers.items()
}
titles = [f"{name}: {cost:g}" for name, cost in costs.items()]
figure = plots.image_grid(np.stack(list(answers.values())), columns=3, titles=titles)
run.show(figure, "11-two-answers", "Three answers to one question, and what each costs on average.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Two grey dashes, which nobody has ever drawn, cost half as much as either sharp one. The decoder
# is in the same position wherever one $z$ stands for several images: **it should answer with
# nearly their mean.** Does it? Take the mean of ten training images whose codes are next to that of
# a face. Any blur may bring the face itself closer to it; we try several.

# %% slideshow={"slide_type": "-"} tags=["claims"]
code = learned.encode(faces.x_test)[0]
apart = np.linalg.norm(code[:, None] - z_mean, axis=-1)
means = faces.x_train[np.argsort(apart, axis=1)[:, :10]].mean(axis=1)
copy = learned.reconstruct(faces.x_test)
real, copied = sharpness(faces.x_test).mean(), sharpness(copy).mean()
run.claim(
    "copies_are_blurred",
    "Copies are less sharp than held-out faces. Of their sharpness, they keep",
    copied / real,
    at_most=0.95,
    unit="%",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
blurred = [gaussian_filter(faces.x_test, (0, width, width, 0)) for width in np.arange(0, 1, 0.1)]
far, *far_blurred = (np.sqrt(((each - means) ** 2).mean()) for each in (copy, *blurred))
run.claim(
    "copies_are_means",
    "A copy is nearer to the mean of its neighbours than the face is, however we blur it. Its "
    "distance, divided by that of the best blur, is",
    far / min(far_blurred),
    at_most=0.8,
)
sharp = [sharpness(vae.reconstruct(faces.x_test)).mean() for vae, *_ in trained.values()]
run.claim(
    "noise_blurs",
    f"Much noise blurs. By sigma, copies have a sharpness of {', '.join(f'{s:.3f}' for s in sharp)}"
    ". From 0.1 to 0.2, and on to 0.5, they lose each time at least",
    1 - np.divide(sharp[2:], sharp[1:-1]).max(),
    at_least=0.005,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: sharpness
#
# Return the mean length of the gradient of each image. At each pixel but those of the last row and
# column, it has two parts: the difference to the pixel below, and that to the pixel on the right.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_sharpness(x):
    """Return the mean of sqrt(down^2 + right^2), (n,), for images (n, rows, columns)."""
    # BEGIN SOLUTION
    down = x[:, 1:, :-1] - x[:, :-1, :-1]
    right = x[:, :-1, 1:] - x[:, :-1, :-1]
    return ops.mean(ops.sqrt(down**2 + right**2), axis=(1, 2))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.sharp(my_sharpness)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that circulate, with *one* mistake each. Mend it in its cell. Until you have, the
# check asks you a question instead of giving the answer.
#
# ### Exercise: program 16, a small likelihood
#
# The cost of images `(batch, rows, columns)` under a decoder's `x_hat`. It trains, and all draws
# are alike.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_16(x, x_hat):
    """Return -log p(x | z) of each image, (batch,), in nats."""
    cost = -x * ops.log(x_hat) - (1 - x) * ops.log(1 - x_hat)
    # BEGIN SOLUTION
    return ops.sum(cost, axis=(1, 2))
    # INSTEAD
    # return ops.mean(ops.sum(cost, axis=-1), axis=-1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(16, program_16)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 17, a loss for a step
#
# A loop of one's own calls it inside the tape. The loss falls, and the model is worse than by
# `fit`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_17(vae, x):
    """Return the loss of a batch of images, for a step of the training."""
    # BEGIN SOLUTION
    outputs = vae(x, training=True)
    # INSTEAD
    # outputs = vae(x)
    # END SOLUTION
    return vae.compute_loss(x=x, y_pred=outputs)


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(17, program_17)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. One program prints a loss of 7, another one of 125, for the same images. What follows?
#    - (a) The first model is better.
#    - (b) Nothing, before both are measured by one formula.
#    - (c) The second program has a mistake.
# 2. In a loop without `training=True`, a layer for batch normalisation
#    - (a) takes mean and variance of the batch;
#    - (b) raises an error;
#    - (c) subtracts 0 and divides by 1.
# 3. You give $\sigma = 0.5$, where copies could be right to 0.05. What happens?
#    - (a) The KL counts for more, codes keep less, and copies blur.
#    - (b) The KL counts for less, and draws get worse.
#    - (c) Nothing: it is a constant.

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
    check.answer("VAE5-1", question_1),
    check.answer("VAE5-2", question_2),
    check.answer("VAE5-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - Judge every program by one honest number: a loss of another formula says nothing.
# - Some famous mistakes cost little, some silent ones cost everything: measure.
# - `training=True` is part of the step. Register your layers, and they can be loaded.
# - $\sigma$ weighs images against the KL. Learn it, and it becomes the error that is left.
# - Where several answers are right, the mean is the cheapest: so VAEs blur.
#
# **Next:** [VAE6](VAE6.ipynb) tells a VAE what to draw.
