# %% [markdown] slideshow={"slide_type": "slide"}
# # GAN5: can it grow, has it style?
#
# **Can a network grow while it learns, and what does each of its layers decide?**
#
# What you'll learn:
# - how networks grow from small images to large ones, and what happens if they do so at once;
# - why the average of a generator's weights draws better than the last ones;
# - how a style, made of noise, steers each layer of a generator, and what is left to chance;
# - which of the ideas of five lessons pay at this size, and which need larger images.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need [GAN1](GAN1.ipynb), and R1 from [GAN3](GAN3.ipynb). Time at the defaults, measured on two
# CPU cores: 2 min 10 s; with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("fade_in")` for example. No later cell needs
# your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and the
# bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import Run, checks as check, explore, load_dataset
from fidle_vae.data import halved, slants, stroke_widths
from fidle_vae.evaluation import frechet_distance, look, train_classifier
from fidle_vae.figures import charts, growth as figures, plots
from fidle_vae.figures.growth import Course, doubled
from fidle_vae.models import Adversarial, averaged, build_growing, build_style_generator
from fidle_vae.models.parts import forward
from fidle_vae.models.style_generator import mix, styles_of, without_noise
from fidle_vae.runs.saved_models import find_file
from fidle_vae.training import FadeInCallback, Looks

import keras
import numpy as np
from IPython.display import Markdown, display
from keras import ops
from keras.optimizers import Adam

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images, `epochs` sets the length of every
# training. `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that
# need no internet.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 64
epochs = 4

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. From coarse to fine
#
# The same digits at three sizes. **Which can you still read at 7 x 7?** A small image already shows
# which digit it is; a large one adds how its strokes look. So let both networks learn small images
# first, and grow (Karras et al. 2018).

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
data = load_dataset(dataset, scale, seed, labelled=True)
parameters = {"dataset": dataset, "scale": scale, "seed": seed}
run = Run("GAN5", data, **parameters, batch_size=batch_size, epochs=epochs)
shape, size, dims = data.image_shape, data.image_shape[0], 32
quarter, half = halved(halved(data.x_train)), halved(data.x_train)
images = quarter, half, data.x_train
rows = {f"{len(x[0])} x {len(x[0])}": doubled(x[:12], size) for x in images}
figure = plots.image_rows(rows)
run.show(figure, "01-sizes", "The same digits at three sizes.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# To grow, the generator gets a block that doubles its maps and convolves them, and a new last layer
# that makes an image of them. The discriminator gets a new first layer and block. All inner blocks
# keep what they have learned. But the new ones draw noise at first. So they are **faded in**:
# $\alpha$ rises from 0 to 1,
#
# $$\hat{x} = (1 - \alpha) \, \mathrm{double}(\hat{x}_{\text{old}}) + \alpha \,
# \hat{x}_{\text{new}}.$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: a fade
#
# Write that sum. To double an image, each of its pixels becomes a square of four equal ones.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_fade_in(old, new, alpha):
    """Return images (n, 2 h, 2 w, c), from old ones (n, h, w, c), and new ones (n, 2 h, 2 w, c)."""
    # BEGIN SOLUTION
    old = np.repeat(np.repeat(old, 2, axis=1), 2, axis=2)
    return (1 - alpha) * old + alpha * new
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.fade_in(my_fade_in)

# %% [markdown] slideshow={"slide_type": "subslide"}
# One function for all trainings that follow: non-saturating, with R1. Now and then we look; the
# looks do not count as time. `use_ema` is for section 2.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def learn(generator, discriminator, x, length, look, at, fading=()):
    """Let two networks play some steps; return the game and what was seen at some of them."""
    game = Adversarial(generator, discriminator, penalty="r1", penalty_weight=0.5, seed=seed)
    settings = {"learning_rate": 1e-3, "beta_1": 0.5}
    game.compile(Adam(**settings, use_ema=True, ema_momentum=0.99), Adam(**settings))
    rows = np.random.default_rng(seed).integers(0, len(x), length * batch_size)
    looks = Looks(look, at)
    game.fit(x[rows], batch_size=batch_size, callbacks=[*fading, looks])
    return game, looks


# %% [markdown] slideshow={"slide_type": "skip"}
# We judge as in GAN2, by the Fréchet distance in the features of a small classifier. Small images
# are doubled for it.

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
steps = max(8, epochs * len(half) // batch_size)
count = min(1000, len(data.x_test))
z = np.random.default_rng(seed).standard_normal((count, dims), dtype="float32")
judge = train_classifier(data, epochs=epochs)
of_real, _ = look(judge, data.x_test[:count])
of_half, _ = look(judge, doubled(halved(data.x_test[:count]), size))


def distance(drawn, reference=of_real):
    """Return the Fréchet distance of drawn images from real ones."""
    return frechet_distance(look(judge, doubled(drawn, size))[0], reference)


def distances(game):
    """Return the distance by the last weights of a generator, and by their average."""
    with averaged(game):
        mean = distance(game.decode(z))
    return distance(game.decode(z)), mean


# %% [markdown] slideshow={"slide_type": "subslide"}
# First the small images, which cost little.


# %% slideshow={"slide_type": "-"} tags=["slide-code"]
def evenly(length, number):
    """Return the numbers of some steps, evenly spread, the last one included."""
    return np.unique(np.linspace(0, length, number + 1).astype(int)[1:])


keras.utils.set_random_seed(seed)
stages = build_growing(shape, dims, width=16)
with run.timed("small"):
    small, small_looks = learn(*stages[0], quarter, steps, distances, evenly(steps, 3))
before = [network.get_weights() for network in stages[1]]
with averaged(small):
    first = small.decode(z)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Then we grow twice from the same weights: by a **hard switch**, $\alpha = 1$ at once, and by a
# fade over half of the steps. **What will each player make of it?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
at, seen = [each for each in 2 ** np.arange(8) if each <= steps // 2], {}
ways = {
    "hard switch": ([], steps // 2),
    "fade-in": ([FadeInCallback(stages[1], steps // 2)], steps),
}
for name, (fading, length) in ways.items():
    for network, weights in zip(stages[1], before, strict=True):
        network.set_weights(weights)
    with run.timed(name):
        game, seen[name] = learn(
            *stages[1], half, length, lambda game: distance(game.decode(z), of_half), at, fading
        )
losses = {name: each.losses["d_loss"][: steps // 5] for name, each in seen.items()}
jumps = {name: (each.steps, each.found) for name, each in seen.items()}
figure = figures.after_switch(losses, jumps)
run.show(figure, "02-switch", "D's loss after growing, and the distance of G's images.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
hard, fade = (np.array(each.found) for each in seen.values())
run.claim(
    "switch_loses_images",
    "After a hard switch, G draws noise. After one step, the distance of its images is larger than "
    "with a fade, by a factor of",
    hard[0] / fade[0],
    at_least=3,
)
run.claim(
    "switch_jump_of_loss",
    "D notices at once: in the first 16 steps, its lowest loss is below that with a fade by",
    min(losses["fade-in"][:16]) - min(losses["hard switch"][:16]),
    at_least=0.05,
    unit="nats",
)
run.claim(
    "switch_is_survived",
    "But here the shock is short. At the best of the looks, the distance after the hard switch is, "
    "as a share of that after one step,",
    hard.min() / hard[0],
    at_most=0.3,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# With a hard switch, D learns to know noise, and soon has to forget that again. The inner blocks
# still know what a digit is, so that here, with small networks, G recovers within some tens of
# steps. From 4 x 4 to 1024 x 1024, this would happen eight times. A fade costs one layer: **whoever
# plays with an opponent should not change the game at once.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# Once more, to the full size. A column is one point of noise. **What stays from stage to stage?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
end_of_half = distances(game)
with averaged(game):
    second = game.decode(z)
fading = [FadeInCallback(stages[2], steps // 2)]
with run.timed("large"):
    grown, large_looks = learn(*stages[2], data.x_train, steps, distances, evenly(steps, 8), fading)
with averaged(grown):
    third = grown.decode(z)
drawn = {"7 x 7": first, "14 x 14": second, "28 x 28": third}
figure = plots.image_rows({name: doubled(each[:12], size) for name, each in drawn.items()})
run.show(figure, "03-stages", "The same noise after each of three stages.")

# %% [markdown] slideshow={"slide_type": "fragment"}
# Often the digit and its slant stay, and often they do not: all blocks go on learning.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. The average of a walk
#
# A game has no valley to roll into. To the end, G and D circle around each other: from look to
# look, the draws get better and worse. So do not take the last weights, take their **average**:
#
# $$\bar\theta \leftarrow m \, \bar\theta + (1 - m) \, \theta \quad \text{after each step.}$$
#
# $m$ sets how far back it remembers, about $1 / (1 - m)$ steps. Large trainings take 0.999 or more;
# here, 0.99 is enough. Nothing is trained with $\bar\theta$: it only draws.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the average of the weights
#
# A row of `weights` has the weights after one step. The first row begins the average.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_weight_average(weights, momentum):
    """Return the average after the last step, (d,), from the weights of all steps, (steps, d)."""
    # BEGIN SOLUTION
    average = weights[0]
    for each in weights[1:]:
        average = momentum * average + (1 - momentum) * each
    return average
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.weight_average(my_weight_average)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now the race: the same networks at full size from the start, for as much computing time as all
# three stages took together. **Is growing worth it, and is averaging?**

# %% slideshow={"slide_type": "-"} tags=["slide-code"]
spent = [small_looks.all_seconds, seen["fade-in"].all_seconds, large_looks.all_seconds]
per_step = (spent[2] - large_looks.seconds[0]) / max(1, steps - large_looks.steps[0])
length = min(3 * steps, steps + round((spent[0] + spent[1]) / per_step))
keras.utils.set_random_seed(seed)
with run.timed("directly"):
    direct, direct_looks = learn(
        *build_growing(shape, dims, width=16)[2], data.x_train, length, distances,
        evenly(length, 10),
    )  # fmt: skip

# %% [markdown] slideshow={"slide_type": "skip"}
# All looks at both trainings, over the computing time; grey lines mark where the networks grew.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
switches = np.cumsum(spent)[:2]
seconds = [*small_looks.seconds, switches[1], *(switches[1] + np.array(large_looks.seconds))]
found = [*small_looks.found, end_of_half, *large_looks.found]
courses = {
    "growing": Course(seconds, *zip(*found, strict=True), switches),
    "directly": Course(direct_looks.seconds, *zip(*direct_looks.found, strict=True)),
}
floor = distance(data.x_train[:count])
figure = figures.race(courses, floor)
growing, directly = (np.array(each.found).T[:, -4:] for each in (large_looks, direct_looks))
metrics = {"distance_growing": np.median(growing[1]), "distance_directly": np.median(directly[1])}
run.record(metrics={name: float(each) for name, each in metrics.items()})
run.show(figure, "04-race", "The distance over time: growing and directly, last and averaged.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "growing_loses_no_time",
    "The small stages are no lost time. Over the last four looks, the distance of the averaged, "
    f"grown generator is {np.median(growing[1]):.0f}; as a share of the other's,",
    np.median(growing[1]) / np.median(directly[1]),
    at_most=1.3,
    unit="%",
)
both = np.concatenate([growing, directly], axis=1)
run.claim(
    "average_draws_better",
    "The average draws better. In both trainings and the last four looks, its mean distance is, as "
    "a share of that of the last weights,",
    both[1].mean() / both[0].mean(),
    at_most=0.85,
    unit="%",
)

# %% slideshow={"slide_type": "subslide"} tags=["claims"]
wavers = np.ptp(growing, axis=1)
run.claim(
    "average_is_steady",
    "And it does not waver. From the best to the worst of these looks at the grown networks, the "
    f"distance changes by {wavers[0]:.0f} with the last weights. As a share of that, the average's "
    "changes by",
    wavers[1] / wavers[0],
    at_most=0.6,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# At first the average is behind: it still remembers the beginning, or the fade. **Averaging costs
# one copy of the weights, and is the best bargain of this lesson.** In six runs, growing led by 7
# to 50 %; in a trial four times as long, the direct way was ahead (18 against 24). At 1024 x 1024,
# the coarse stages save most of the time. Later work (StyleGAN2) grows no more, and has shortcuts
# between sizes instead.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Look for yourself: the same noise, by last weights and by averages.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
with averaged(direct):
    mean_of_direct = direct.decode(z[:12])
rows = {
    "directly": direct.decode(z[:12]),
    "directly,\naveraged": mean_of_direct,
    "grown": grown.decode(z[:12]),
    "grown,\naveraged": third[:12],
}
figure = plots.image_rows(rows)
run.show(figure, "05-draws", "Draws of both trainings, by the last weights and by averages.")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. A style for each layer
#
# So far, $z$ enters at the bottom, and all layers must pass it on. **StyleGAN** (Karras et al.
# 2019) lets every layer ask for it anew. A *mapping* of dense layers makes $w$ of $z$. The maps
# begin as a learned constant, the same for all images. After each convolution come noise, and
# **adaptive instance normalization**: each map of each image is normalized over its rows and
# columns, and then scaled and shifted as $w$ says,
#
# $$y = (1 + a(w)) \, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b(w).$$

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: adaptive instance normalization
#
# `scale` ($a$) and `shift` ($b$) have a number for each channel of each image.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_adaptive_norm(x, scale, shift, epsilon):
    """Return styled maps, (n, h, w, c), from maps (n, h, w, c), scale and shift (n, c)."""
    # BEGIN SOLUTION
    mean, variance = (each(axis=(1, 2), keepdims=True) for each in (x.mean, x.var))
    x = (x - mean) / np.sqrt(variance + epsilon)
    return (1 + scale[:, None, None]) * x + shift[:, None, None]
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.adaptive_norm(my_adaptive_norm)

# %% [markdown] slideshow={"slide_type": "subslide"}
# The noise decides what no style should have to: which pixel of an edge is a little brighter.
#
# ### Exercise: noise for pixels
#
# Add one standard normal number for each pixel of each image, the same in all channels, times the
# channel's `strength`, which is learned.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_pixel_noise(x, strength, rng):
    """Return maps with noise, (n, h, w, c); strength (c,); rng is a NumPy generator."""
    # BEGIN SOLUTION
    return x + strength * rng.standard_normal((*x.shape[:3], 1))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.pixel_noise(my_pixel_noise)

# %% [markdown] slideshow={"slide_type": "subslide"}
# What does it cost? We train such a generator at full size, for about half of the time of the race,
# against a discriminator like that of "directly". **Your bet?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
keras.utils.set_random_seed(seed)
stylist, judge_of_it = build_style_generator(shape, dims), build_growing(shape, dims, 16)[2]
length = steps * 3 // 4
with run.timed("styles"):
    _, style_looks = learn(
        stylist, judge_of_it.discriminator, data.x_train, length, distances, evenly(length, 4)
    )
courses = {
    "with styles": Course(style_looks.seconds, *zip(*style_looks.found, strict=True)),
    "directly": courses["directly"],
}
figure = figures.race(courses, floor)
run.record(metrics={"distance_styles": float(min(style_looks.found[-1]))})
run.show(figure, "06-cost", "A generator with styles, beside the plain one of the race.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
until = np.searchsorted(direct_looks.seconds, style_looks.seconds[-1], side="right")
by_then = min(direct_looks.found[max(0, until - 1)])
run.claim(
    "styles_do_not_pay",
    f"Styles do not pay at this size: the plain generator's distance is {by_then:.0f} by then, and "
    f"that with styles {min(style_looks.found[-1]):.0f}, larger by a factor of",
    min(style_looks.found[-1]) / by_then,
    at_least=1.5,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Each normalization forgets how strong a map was, and each style has to learn it. What styles bring
# here is control.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. What each layer decides
#
# The next model has learned longer: 6,000 steps, 23 minutes, on MNIST, whatever data you chose. Its
# layers take four styles: two at 7 x 7, one at 14 x 14, one at 28 x 28. So let the first ones come
# from one point of noise and the others from another: **style mixing**.
#
# ### Exercise: mixing
#
# `mapping` makes styles (n, d) of points (n, latent_dim). The first `at` of `count` styles come
# from `z`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_mixed_styles(mapping, z, other, at, count):
    """Return a style for each layer, (n, count, d), from points z and other, (n, latent_dim)."""
    # BEGIN SOLUTION
    first, last = mapping(z), mapping(other)
    return np.stack([first if i < at else last for i in range(count)], axis=1)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.mixed_styles(my_mixed_styles)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Each row has its first three styles from the image at its left, each column the last one from the
# image above it. **What stays the same in a row, and what in a column?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
styled = keras.saving.load_model(find_file("pretrained_style"))
rng = np.random.default_rng(seed)
left, above = rng.standard_normal((2, 7, dims), dtype="float32")
left = left[:4]
with without_noise(styled):
    tops, sides = (forward(styled, each) for each in (above, left))
    rows = {"source of the\nlast style": np.concatenate([np.ones_like(tops[:1]), tops])}
    for i, each in enumerate(left):
        mixed = mix(styled, np.repeat(each[None], len(above), axis=0), above, 3)
        rows[f"source {'abcd'[i]}"] = np.concatenate([sides[i : i + 1], mixed])
figure = plots.image_rows(rows)
run.show(figure, "07-mixing", "Three styles from the left, the last one from above.")

# %% [markdown] slideshow={"slide_type": "subslide"}
# Measured, for a thousand pairs of points: how do the slant, the ink and the width of the strokes
# of a mixed image correlate with those of an image with all styles from the first source?

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
pairs = rng.standard_normal((2, count, dims), dtype="float32")
measures = {"slant": slants, "ink": lambda x: x.mean(axis=(1, 2, 3)), "width": stroke_widths}
follows = {name: [] for name in measures}
with without_noise(styled):
    source = forward(styled, pairs[0])
    for k in range(5):
        mixed = mix(styled, *pairs, k)
        for name, measure in measures.items():
            follows[name].append(np.corrcoef(measure(mixed), measure(source))[0, 1])
figure = charts.curves(
    range(5), follows, "styles from the first source, of 4", "correlation with that source"
)
figure.axes[0].set_ylim(-0.15, 1.05)
run.show(figure, "08-follows", "What a mixed image has of the first source.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "last_style_leaves_slant",
    "With the last style alone from another source, the slant stays: the correlation is",
    follows["slant"][3],
    at_least=0.9,
)
run.claim(
    "last_style_moves_width",
    "But the pen changes. The correlation of the width of the strokes is lower, by",
    follows["slant"][3] - follows["width"][3],
    at_least=0.1,
)
run.claim(
    "ink_is_not_in_the_first",
    "The first style alone does not decide the ink: with the three others from another source, the "
    "correlation is",
    abs(follows["ink"][1]),
    at_most=0.4,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# And the noise: the same styles, drawn again and again. The last row shows where pixels change,
# with the largest change in white.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
w = styles_of(styled, z[:200])
draws = np.stack([forward(styled.get_layer("synthesis"), w) for _ in range(20)])
by_noise = draws.std(axis=0)
share = by_noise.mean() / draws[0].std(axis=0).mean()
rows = {f"noise {i + 1}": draws[i, :12] for i in range(3)}
rows["deviation"] = by_noise[:12] / by_noise[:12].max()
figure = plots.image_rows(rows)
run.show(figure, "09-noise", "The same styles with other noise, and the deviation of each pixel.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "noise_decides_little",
    "The noise decides next to nothing: as a share of the deviation over other styles, that over "
    "other noise is",
    share,
    at_most=0.1,
    unit="%",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# On faces, early styles decide the pose, late ones the colours, and noise moves single hairs. On
# digits, the last style decides the pen, the three others together the rest, and the noise nearly
# nothing. In a trial that added noise to the constant as well, before the first normalization, it
# decided half of what was drawn. **What a layer decides has to be measured.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now you: this generator without its noise, on the plane through 0 and the draw of which the
# classifier is surest. Go around the blue ring, where most draws are.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
_, probabilities = look(judge, forward(styled, z))
surest = z[probabilities.max(axis=1).argmax()]
explorer = explore(styled, title="A generator with styles, MNIST", start=surest)
explorer.save(run.path / "explorer.html")
explorer

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. What pays?
#
# The ideas of five lessons, and what they brought: here (MNIST, one seed), and at full size, as
# published. FID: small is good; Inception score (IS): large is good.
#
# | idea | cost | here | at full size |
# | --- | --- | --- | --- |
# | non-saturating loss (GAN1) | a sign | first gradient 44 times larger | in nearly all GANs |
# | convolutions, DCGAN (GAN2) | | distance 15 times smaller than dense | |
# | R1 (GAN3) | 30 % of a step | distance 39 % of plain | 1024 x 1024 directly (Mescheder 2018) |
# | WGAN-GP (GAN3) | 3 critic steps | 50 %, behind R1 | CIFAR-10: IS 7.86 (Gulrajani 2017) |
# | spectral norm, hinge (GAN3) | 5 % of a step | behind R1 | CIFAR-10: FID 21.7 (Miyato 2018) |

# %% [markdown] slideshow={"slide_type": "subslide"}
# And GAN4 and this lesson:
#
# | idea | cost | here | at full size |
# | --- | --- | --- | --- |
# | wrong orders refused (GAN4) | a look of D | obeyed 99 %, not 90 % | |
# | self-attention (GAN4) | a layer | pairs told apart | ImageNet: FID 27.6 to 18.7 (Zhang 2019) |
# | truncation (GAN4) | nothing | precision for recall | ImageNet: IS 166.5, FID 7.4 (Brock) |
# | growing | a schedule | below | CIFAR-10: IS 8.80 (Karras 2018) |
# | styles | below | below | faces: FID 8.04 to 4.40 (Karras 2019) |

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
lead = np.median(directly[1]) / np.median(growing[1])
lines = [
    f"fade-in: 1 layer; the distance after a step, {hard[0]:.0f}, becomes {fade[0]:.0f}",
    f"growing: equal time; distance smaller by a factor of {lead:.1f}",
    f"average: a copy of the weights; distance {both[0].mean():.0f} becomes {both[1].mean():.0f}",
    f"styles: {style_looks.all_seconds / length / spent[-1] * steps:.1f} times the time of a step; "
    f"distance {min(style_looks.found[-1]):.0f} in place of {by_then:.0f}",
]
display(Markdown("Measured in this run:\n\n- " + "\n- ".join(lines)))

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What pays at this size costs a line or two:** R1, the average, a loss that does not saturate.
# What has made GANs famous pays where images are large and many.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run, with *one* mistake each. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 28, a fade of the wrong thing
#
# It fades from the last layer of a small stage to that of a larger one. The maps `x_old` (doubled)
# and `x_new` have a kernel each, `old` and `new`, that makes images of them. At both ends, the
# images are right. Halfway, they are like neither.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_28(x_old, x_new, old, new, alpha):
    """Return images (n, h, w, 1), faded: maps (n, h, w, c), kernels (c, 1)."""
    # BEGIN SOLUTION
    return (1 - alpha) * ops.sigmoid(x_old @ old) + alpha * ops.sigmoid(x_new @ new)
    # INSTEAD
    # kernel = (1 - alpha) * old + alpha * new
    # maps = (1 - alpha) * x_old + alpha * x_new
    # return ops.sigmoid(maps @ kernel)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(28, program_28)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 29, noise that decides everything
#
# It says how much the noise moves each pixel, from images that are drawn several times each, with
# the same styles. Its map says that the noise decides as much as the styles.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_29(draws):
    """Return the mean deviation by the noise, (h, w), from draws (redraws, images, h, w, 1)."""
    # BEGIN SOLUTION
    deviation = draws.std(axis=0)
    # INSTEAD
    # deviation = draws.std(axis=1)
    # END SOLUTION
    return deviation.mean(axis=0)[..., 0]


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(29, program_29)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. You have trained with an average of G's weights. What draws, and what learns?
#    - (a) The average draws and learns.
#    - (b) The last weights learn; the average only draws.
#    - (c) D is averaged as well, and judges better.
# 2. G's loss falls from 2 to 0.7 while the networks grow. What do you know of the images?
#    - (a) They have become better.
#    - (b) The larger network is the better one.
#    - (c) Nothing: the loss is against another D now. Measure the images.
# 3. Someone scales the maps by the style first, and then normalizes them. What does the style do?
#    - (a) Nothing: the normalization divides its scale out again.
#    - (b) Twice as much.
#    - (c) The same: the order does not matter.

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
    check.answer("GAN5-1", question_1),
    check.answer("GAN5-2", question_2),
    check.answer("GAN5-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - Grow by a fade: a new block that is seen at once draws noise, and D learns that.
# - Average the generator's weights: the last ones waver.
# - A style acts after the normalization, layer by layer; noise decides what no style needs to.
# - What an idea brings depends on the size: measure it at yours, at equal cost.
#
# **Next:** [APP1](APP1.ipynb) puts VAEs to use: frauds, files, shapes.
