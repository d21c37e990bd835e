# %% [markdown] slideshow={"slide_type": "slide"}
# # VAE4: where the loss comes from
#
# **Where does the loss come from?**
#
# What you'll learn:
# - how the ELBO follows from $\log p(x)$, and what each line of the proof gives in numbers;
# - what $q$ can reach, and why it chooses one of two answers;
# - how to find a slope through a random draw, and what the other way costs;
# - how many draws an image needs, and what a wrong sign does.

# %% [markdown] slideshow={"slide_type": "notes"}
# You need VAE1: encoder, decoder, KL and ELBO. Time at the defaults, on two CPU cores: 1 min 21 s;
# with the exercises, an evening.
#
# In an **exercise**, write your code where the dots are, `...`, run the cell, then the check below
# it. Stuck? Each check has three hints, `check.hint("log_evidence")` for example. No later cell
# needs your code. A sentence with a ✓ is a claim: the number behind it is measured in your run, and
# the bound in brackets says which numbers would do.

# %% slideshow={"slide_type": "skip"}
from fidle_vae import VAE, Run, checks as check, load_dataset
from fidle_vae.course import show_source
from fidle_vae.data import binarize
from fidle_vae.evaluation.integration import integrated_nll
from fidle_vae.figures import inference as figures
from fidle_vae.films.climb import write_climb
from fidle_vae.models import ExactPosterior, build_decoder, build_encoder, exact_posterior
from fidle_vae.models import gaussian_kl
from fidle_vae.models.gradient_estimators import score_gradients
from fidle_vae.models.inference import climb, discrete_kl, find_humps
from fidle_vae.models.own_terms import OwnTermsVAE
from fidle_vae.training import one_cycle

import keras
import numpy as np
from IPython.display import display
from keras import ops
from scipy.interpolate import CubicSpline
from scipy.special import logsumexp
from scipy.stats import norm

# %% [markdown] slideshow={"slide_type": "-"}
# All that can be chosen. `scale` is the share of the images: 0.1 suits a laptop, 1 takes all.
# `dataset = "auto"` takes MNIST where it can be had, and otherwise similar digits that need no
# internet. `batch_size` is the $M$ of section 7.

# %% slideshow={"slide_type": "-"} tags=["parameters"]
dataset = "auto"
scale = 0.1
seed = 123
batch_size = 100
epochs = 12

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1. Every z, for one image
#
# VAE1 said what the ELBO is; here we derive it. We take a model in which *everything* can be
# computed: a decoder that draws digits from **one** number $z$. The digits are black and white, a
# draw by their grey levels, so that $p(x \mid z)$ is a probability. The next cell trains the model,
# with $\beta = 1$; after that, it stays as it is.

# %% slideshow={"slide_type": "-"}
data = load_dataset(dataset, scale, seed, labelled=True)
x_train, x_test = binarize(data.x_train, seed), binarize(data.x_test, (seed, 1))
image_shape = x_train.shape[1:]
parameters = {"dataset": dataset, "scale": scale, "seed": seed, "epochs": epochs}
run = Run("VAE4", data, **parameters, batch_size=batch_size)
rng = np.random.default_rng(seed)
keras.utils.set_random_seed(seed)
networks = (build("mlp", image_shape, 1) for build in (build_encoder, build_decoder))
vae = VAE(*networks, loss_weights="elbo", seed=seed)
vae.compile(keras.optimizers.Adam(one_cycle(len(x_train), batch_size, epochs)))
with run.timed("decoder"):
    vae.fit(x_train, batch_size=batch_size, epochs=epochs, verbose=0)

# %% [markdown] slideshow={"slide_type": "subslide"}
# We decode 6,001 values of $z$, and ask of each how well it explains an image: $p(x \mid z)$. With
# the prior, this is the *exact posterior* $p(z \mid x)$: which $z$ could have made this image.
# **How much of the line is left, once you have seen $x$?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
grid = {"points": 6001, "reach": 15}  # from -15 to 15
exact = exact_posterior(vae, x_test[:200], **grid)  # what follows from p(x | z); no encoder
tenth = len(exact.mean) // 10
chosen = np.argsort(exact.mean[:, 0])[[tenth, 5 * tenth, -tenth]]  # left, middle, right
strip = np.linspace(-3, 3, 21)[:, None]
rows = [exact.of(i) for i in chosen]
figure = figures.posteriors(x_test[chosen], rows, strip, vae.decode(strip))
run.show(figure, "01-posteriors", "Three held-out images, and the z that could have made them.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "image_leaves_little",
    "The prior has the standard deviation 1. An image leaves little of it: that of the posterior "
    "is, in the median of 200 images,",
    np.median(np.exp(exact.log_var / 2)),
    at_most=0.3,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The number beside each is what a model of $p(x)$ is for: $\log p(x)$, the logarithm of the
# probability of this very image, whatever $z$. **We want it to be large, for held-out images too.
# That is the whole aim.**

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: add up over z
#
# Compute it: $p(x) = \int p(x \mid z) \, p(z) \, dz$, as a sum over an evenly spaced grid. You get
# `log_likelihood`, $\log p(x \mid z)$ with a row for each image and a column for each $z$. Mind
# numbers such as $e^{-1000}$: `logsumexp` adds in logarithms. `norm.logpdf(z)` is the prior's
# logarithm.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_log_evidence(log_likelihood, z):
    """Return log p(x) of each image, (n,), from log p(x | z), (n, points), and z, (points,)."""
    log_likelihood, z = np.asarray(log_likelihood), np.asarray(z)
    # BEGIN SOLUTION
    return logsumexp(log_likelihood + norm.logpdf(z), axis=1) + np.log(z[1] - z[0])
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.log_evidence(my_log_evidence)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the exact posterior
#
# And the density of $p(z \mid x) = p(x \mid z) \, p(z) / p(x)$ at every point of the grid. What
# must it add up to, times the spacing?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_posterior(log_likelihood, z):
    """Return p(z | x), (n, points), from log p(x | z), (n, points), and z, (points,)."""
    log_likelihood, z = np.asarray(log_likelihood), np.asarray(z)
    # BEGIN SOLUTION
    log_joint = log_likelihood + norm.logpdf(z)
    log_evidence = logsumexp(log_joint, axis=1, keepdims=True) + np.log(z[1] - z[0])
    return np.exp(log_joint - log_evidence)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.posterior(my_posterior)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2. Four steps, each with its number
#
# With twenty numbers as $z$ no grid will do. So we need a loss that asks for no sum over all $z$.
# Take *any* density $q(z)$. $\mathbb{E}_q$ is the mean over its draws.
#
# $$\begin{aligned} \log p(x) &= \mathbb{E}_q[\log p(x)] \\
# &= \mathbb{E}_q[\log p(x, z) - \log p(z \mid x)] \\
# &= \mathbb{E}_q[\log p(x, z) - \log q(z)] + \mathbb{E}_q[\log q(z) - \log p(z \mid x)] \\
# &= \underbrace{\mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}(q, p(z))}_{\mathrm{ELBO}}
# + \underbrace{\mathrm{KL}(q, p(z \mid x))}_{\text{gap, never below 0}} \end{aligned}$$

# %% [markdown] slideshow={"slide_type": "notes"}
# 1: $\log p(x)$ knows no $z$, so a mean changes nothing. 2: Bayes' rule, $p(x) = p(x, z) / p(z \mid
# x)$, true at every $z$. 3: $\log q$ subtracted and added. 4: $p(x, z) = p(x \mid z) \, p(z)$, and
# the definition of the KL, $\mathrm{KL}(q, p) = \mathbb{E}_q[\log q(z) - \log p(z)]$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# And in numbers, for a $q$ that has never heard of the image. **Which lines will be equal?** In the
# last one the KL from the prior is VAE1's formula, and no integral.

# %% slideshow={"slide_type": "-"}
one, mean, variance = rows[1], 0.2, 0.5**2
z, log_given_z, log_prior, log_posterior = (
    one.z, one.log_likelihood[0], one.log_prior, one.log_density[0],
)  # fmt: skip
log_q = norm.logpdf(z, mean, variance**0.5)


def e(values):
    """Return the mean over q."""
    return np.sum(np.exp(log_q) * values) * one.spacing


gap, kl = e(log_q - log_posterior), (mean**2 + variance - 1 - np.log(variance)) / 2
proof = {"log p(x)": one.log_evidence[0], "1": e(one.log_evidence[0])}
proof["2"] = e(log_given_z + log_prior - log_posterior)
proof["3"] = e(log_given_z + log_prior - log_q) + e(log_q - log_posterior)
proof["4"] = e(log_given_z) - kl + gap
print("\n".join(f"{name:>8}: {value:.8f} nats" for name, value in proof.items()))
print(f"ELBO {e(log_given_z) - kl:.2f}, gap {gap:.2f}")

# %% slideshow={"slide_type": "-"} tags=["claims"]
means, log_vars = rng.uniform(-2, 2, (200, 1)), rng.uniform(-4, 0, (200, 1))  # a q for each image
bound = exact.bound(means, log_vars)
fit = np.sum(np.exp(exact.log_gaussian(means, log_vars)) * exact.log_likelihood, axis=1)
fit, own_kl = fit * exact.spacing, (means**2 + np.exp(log_vars) - 1 - log_vars)[:, 0] / 2
run.claim(
    "lines_agree",
    "All agree, and not for this q alone. For 200 images and random q, the last line differs from "
    "log p(x) by at most",
    np.abs(fit - own_kl + bound.gap - exact.log_evidence).max(),
    at_most=1e-6,
    unit="nats",
)
run.claim(
    "gap_of_random_q",
    "A random q is a bad bound, but a bound: no gap is below 0. The smallest is",
    bound.gap.min(),
    at_least=0,
    unit="nats",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
others = integrated_nll(vae.decoder, x_test[:5], side=20_000)
run.claim(
    "another_grid",
    "And log p(x) does not depend on the grid. With another one, evenly spaced in probability, it "
    "is the same to within",
    np.abs(others + exact.log_evidence[:5]).max(),
    at_most=0.01,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The sum never moves, its parts do. **The ELBO needs no $p(z \mid x)$ and no sum over all $z$:**
# draws of $q$ will do. So *this* is our loss, with a minus: the cross-entropy, and the KL from the
# prior.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3. q climbs
#
# The decoder stays, so $\log p(x)$ stays. Now $q$, a Gaussian, climbs along the gradient of its
# ELBO. Above, a whole image. Below, a torn one: we have its upper half only, and ask the decoder
# for those pixels. **They fit two kinds of images, so the posterior has two humps. Which will $q$
# choose?**

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
top = image_shape[0] // 2
torn = exact_posterior(lambda z: vae.decode(z)[:, :top], x_test[:, :top], **grid)
humps = find_humps(torn)
even = np.minimum(humps.share, 1 - humps.share) > 0.3  # both humps count
i = np.argmax(np.where(even, humps.apart, 0))
whole = np.argmin(exact.bound(exact.mean, exact.log_var).gap)  # its posterior is a Gaussian
two, seen = torn.of(i), np.where(np.arange(image_shape[0])[:, None, None] < top, x_test[i], np.nan)
pair = [exact.of(whole), two]
ways = [climb(each, z_mean=0, z_log_var=0, steps=60) for each in pair]
film = write_climb(run.figures / "02-climb.gif", [x_test[whole], seen], pair, ways)
run.show(film, "02-climb", "q climbs to the posterior of a whole image, and of a torn one.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
bounds = [each.bound(*(w[-1:, None] for w in way)) for each, way in zip(pair, ways, strict=True)]
m, v = (each[:, None] for each in ways[0])
steps = ExactPosterior(exact.z, np.repeat(exact.log_likelihood[[whole]], len(m), axis=0))
fit = np.sum(np.exp(steps.log_gaussian(m, v)) * steps.log_likelihood, axis=1) * steps.spacing
sums = fit - (m**2 + np.exp(v) - 1 - v)[:, 0] / 2 + steps.bound(m, v).gap
run.claim(
    "line_stays",
    "On the whole way, ELBO + gap is the same. It changes by",
    np.ptp(sums),
    at_most=1e-6,
    unit="nats",
)
run.claim(
    "gap_closes",
    "Above, q is the posterior in the end. What is left of the gap:",
    bounds[0].gap[0],
    at_most=0.05,
    unit="nats",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
on_left = np.abs(ways[1][0][-1] - humps.left[i]) < np.abs(ways[1][0][-1] - humps.right[i])
share = humps.share[i] if on_left else 1 - humps.share[i]
run.claim(
    "gap_remains",
    f"Below, q sits on a hump with {100 * share:.0f} % of the probability, and a gap of "
    f"{bounds[1].gap[0]:.2f} nats remains. To leave out the other hump costs -log {share:.2f} = "
    f"{-np.log(share):.2f} nats. That the hump is no Gaussian costs the rest,",
    bounds[1].gap[0] + np.log(share),
    at_least=0,
    at_most=0.25,
    unit="nats",
    otherwise="The two humps may be too near each other, or not of this form.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# A $q$ that is exactly one hump, with a share $s$ of the probability, is $p / s$ there, so that its
# KL from $p$ is $-\log s$. Here only $q$ has moved. **Training moves the decoder as well:** the
# ELBO rises as $\log p(x)$ does, and as the posterior becomes more like a Gaussian.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4. Which way round?
#
# Why does $q$ not cover both humps? Because of the order in $\mathrm{KL}(q, p)$: the mean is over
# $q$. Mass of $q$ in the valley, where $p$ is small, costs much. A hump without $q$ costs little.
# **And the other way round, $\mathrm{KL}(p, q)$?** Of all Gaussians, the one with the mean and the
# variance of $p$ makes it smallest: on the left. On the right, a $q$ for each hump.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
starts = (humps.left[i], humps.right[i]) if even[i] else (-1.0, 1.0)
sides = [[w[-1:, None] for w in climb(two, at, -4.0, 60)] for at in starts]
both = two.mean, two.log_var  # the smallest KL(p, q): the q with the same mean and variance
fits = {"KL(p, q): covers both": [both], "KL(q, p): sits on one": sides}
decoded = {name: vae.decode(np.concatenate([q[0] for q in qs])) for name, qs in fits.items()}
figure = figures.directions(two, fits, decoded)
run.show(figure, "03-directions", "Gaussians fitted to two humps, both ways; their means, decoded.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
density = np.exp(two.log_density[0])
run.claim(
    "mean_in_the_valley",
    "On the left, q puts its mean where hardly any z explains the image. Relative to its top, the "
    "posterior there is",
    np.interp(both[0].item(), two.z, density) / density.max(),
    at_most=0.1,
    unit="%",
)
run.claim(
    "covering_costs",
    "To cover both would cost ELBO. Compared with the better one on the right, it loses",
    max(two.bound(*q).elbo[0] for q in sides) - two.bound(*both).elbo[0],
    at_least=0.1,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Decode the mean on the left, and you get a third image, which does not fit the part that we see;
# each on the right does. For lists of probabilities, the KL is $\mathrm{KL}(P, Q) = \sum_i P_i \log
# (P_i / Q_i)$. **Both ways, and first as it stands in the formula:**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
p_list, q_list = np.array([0, 0, 0.2, 0.8, 0]), np.array([0.1, 0.1, 0.3, 0.4, 0.1])
with np.errstate(all="ignore"):
    print(f"p * np.log(p / q), summed: {np.sum(p_list * np.log(p_list / q_list))}")
print(f"KL(P, Q) = {discrete_kl(p_list, q_list):.4f} nats")
print(f"KL(Q, P) = {discrete_kl(q_list, p_list)}")

# %% [markdown] slideshow={"slide_type": "fragment"}
# For NumPy $0 \log 0$ is "not a number"; in a KL it is 0, the limit. And $\mathrm{KL}(Q, P)$ is
# infinite: $Q$ has probability where $P$ has none.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the KL of two lists
#
# Write it, for any two lists: a $p$ of 0 adds nothing; if $q$ alone is 0, the KL is infinite.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_discrete_kl(p, q):
    """Return KL(P, Q) in nats, one number, of two lists of probabilities."""
    p, q = np.asarray(p), np.asarray(q)
    # BEGIN SOLUTION
    some = p > 0
    return np.sum(p[some] * np.log(p[some] / q[some]))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.discrete_kl(my_discrete_kl)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5. A slope through a draw
#
# The ELBO is a mean over draws, $\mathbb{E}_q[f(z)]$, of $f(z) = \log p(x, z) - \log q(z)$. How
# does it change with the mean $\mu$ of $q$? Two estimates from draws are both right on average:
#
# $$\text{score function: } f(z) \, \frac{z - \mu}{\sigma^2} \qquad
# \text{reparametrized, } z = \mu + \sigma \varepsilon: \; f'(z)$$
#
# The first needs the *value* of $f$ alone, and pulls $q$ to draws of high value. The second needs a
# *slope*, that of $\log p(x, z)$: reparametrized, $\log q$ depends on $\varepsilon$ alone, and does
# not move with $\mu$. A **baseline** subtracts from $f$ the mean of the *other* draws' $f$. On
# average that changes nothing, as $(z - \mu) / \sigma^2$ is 0 on average.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Ten walks with each, ten draws a step; the dashed line is where $\mu$ should go. **The values of
# $f$ are near $\log p(x)$, some -200 nats. What does that do to the first?**

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
one = exact.of(whole)
goal, log_var = (each.item() for each in one.best_gaussian())
sigma, value = np.exp(log_var / 2), CubicSpline(one.z, one.log_likelihood[0])  # log p(x | z)
slope, ways = value.derivative(), {}
for name in ("score function", "less a baseline", "reparametrized"):
    mu = np.full((1, 10), goal - 6 * sigma)  # of 10 walks
    for _ in range(40):
        z = mu[-1] + sigma * rng.standard_normal((10, 10))  # (draws, walks)
        f = value(z) + norm.logpdf(z) - norm.logpdf(z, mu[-1], sigma)
        score = score_gradients(f, z, mu[-1], sigma, baseline=name == "less a baseline")
        gradient = slope(z) - z if name == "reparametrized" else score
        mu = np.append(mu, [np.clip(mu[-1] + 0.1 * sigma**2 * gradient.mean(axis=0), -8, 8)], 0)
    ways[name] = mu.T
figure = figures.walks(ways, goal, 10 * sigma)
run.show(figure, "04-walks", "Ten walks of z_mean by each gradient, towards the best one.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
q_means, q_log_vars = vae.encode(x_test[:100])
q = np.float64(np.hstack([q_means, np.exp(q_log_vars / 2)]))  # mean and sigma of each image
noise, errors = [], []
for k, (m, s) in enumerate(q):
    z, curve = m + s * rng.standard_normal(4000), CubicSpline(exact.z, exact.log_likelihood[k])
    f = curve(z) + norm.logpdf(z) - norm.logpdf(z, m, s)
    scores = [score_gradients(f, z, m, s, baseline=each) for each in (False, True)]
    drawn = np.stack([*scores, curve.derivative()(z) - z])
    noise.append(drawn.var(axis=1))
    off = (drawn[:2] - drawn[2]).mean(axis=1)
    errors.append(off / np.sqrt((noise[-1][:2] + noise[-1][2]) / len(z)))
run.claim(
    "same_on_average",
    "With a baseline or without, the estimates agree on average. For 100 images, 4,000 draws each, "
    "they typically differ by this many standard errors (chance alone makes 1):",
    np.sqrt(np.mean(np.square(errors))),
    at_most=1.5,
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
times = np.median(np.array(noise) / np.array(noise)[:, 2:], axis=0)
run.claim(
    "score_is_noise",
    "But the score function's variance is larger, by a factor of",
    times[0],
    at_least=1000,
)
run.claim(
    "baseline_helps",
    "A baseline takes nearly all of that away. It leaves a factor of",
    times[1],
    at_least=1.1,
    at_most=10,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# So why does a VAE not take the score function, with a baseline? Our $z$ is one number. Here is a
# toy with $d$ of them: $f(z) = -\frac{1}{2} \sum_j z_j^2$, and $q$ has $\mu_j = 1$, $\sigma_j =
# 0.5$.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
sizes, spread = [1, 4, 16, 64], {name: [] for name in ways}
for d in sizes:
    z = 1 + 0.5 * rng.standard_normal((20_000, d))
    f = -np.sum(z**2, axis=1) / 2
    kinds = [score_gradients(f, z[:, 0], 1, 0.5, baseline=each) for each in (False, True)]
    for each, gradient in zip(spread.values(), [*kinds, -z[:, 0]], strict=True):
        each.append(gradient.var())
curves = {name: (sizes, each) for name, each in spread.items()}
figure = figures.lines(curves, "d, numbers in z", "variance of the gradient", log="xy")
run.show(figure, "05-dimensions", "The variance of each gradient for one of d means, in a toy.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "grows_with_dimensions",
    "One value judges all numbers of z at once, so each pays for the others' luck. A slope tells "
    "each its own. With 64, the variance with a baseline is larger by a factor of",
    spread["less a baseline"][-1] / spread["reparametrized"][-1],
    at_least=50,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: ask for values
#
# Estimate the slope along $\mu$ by the score function. You get draws `z` of $q$ and the values `f`
# there. What is $\partial \log q(z) / \partial \mu$?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_score_gradient(f, z, mean, sigma):
    """Return the estimate, one number, from all draws: f and z have the shape (n,)."""
    f, z = np.asarray(f), np.asarray(z)
    # BEGIN SOLUTION
    return np.mean(f * (z - mean) / sigma**2)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.score_gradient(my_score_gradient)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: ask for slopes
#
# Now along $\sigma$, reparametrized: how does $f(\mu + \sigma \varepsilon)$ change with $\sigma$?
# You get the draws, and the slopes $f'(z)$ there. Which $\varepsilon$ has made each draw?


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_path_gradient(slope, z, mean, sigma):
    """Return the estimate of the slope along sigma, one number, from all draws."""
    slope, z = np.asarray(slope), np.asarray(z)
    # BEGIN SOLUTION
    return np.mean(slope * (z - mean) / sigma)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.path_gradient(my_path_gradient)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6. Two estimates of one ELBO
#
# The ELBO in lines 3 and 4 of section 2 is the same, but not draw by draw. Line 3 draws all of it,
# $\log p(x, z) - \log q(z)$. Line 4 draws $\log p(x \mid z)$ only, and takes the KL from its
# formula. **Which one scatters less?** Kingma and Welling write that the second typically does.

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
z = goal + sigma * rng.standard_normal(20_000)
by_draws = value(z) + norm.logpdf(z) - norm.logpdf(z, goal, sigma)
in_part = value(z) - (goal**2 + sigma**2 - 1 - log_var) / 2
spreads = {"everything drawn": by_draws, "KL by its formula": in_part}
figure = figures.estimates(spreads, {"log p(x)": one.log_evidence[0]}, "ELBO by one draw, nats")
run.show(figure, "06-estimates", "The ELBO of one image by one draw, in two ways.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "same_elbo",
    "Their means differ by",
    abs(by_draws.mean() - in_part.mean()),
    at_most=0.05,
    unit="nats",
)
scatter = []
for k, (m, s) in enumerate(q):
    z, curve = m + s * rng.standard_normal(4000), CubicSpline(exact.z, exact.log_likelihood[k])
    drawn = curve(z) + norm.logpdf(z) - norm.logpdf(z, m, s)
    scatter.append([curve(z).var(), drawn.var()])
run.claim(
    "drawn_scatters_less",
    "It is the other way round, and not for the best q alone: at the encoder's, the variance with "
    "the formula is larger, in the median of 100 images by a factor of",
    np.median(np.divide(*np.transpose(scatter))),
    at_least=1.1,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Line 2 says why: if $q$ were the posterior, line 3 would give $\log p(x)$ at *every* draw. In line
# 4, $\log p(x \mid z)$ scatters whatever $q$ is. Our loss takes line 4 all the same, as most do:
# section 7 shows what matters more.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: the ELBO by L draws
#
# Estimate it by line 4. You get $\log p(x \mid z)$ for $L$ draws of each image, `(L, n)`, and the
# encoder's outputs, `(n, latent_dim)`. `gaussian_kl(z_mean, z_log_var)` is the KL, `(n,)`.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def my_elbo(log_likelihood, z_mean, z_log_var):
    """Return the estimate of the ELBO of each image, (n,)."""
    # BEGIN SOLUTION
    return ops.mean(log_likelihood, axis=0) - gaussian_kl(z_mean, z_log_var)
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.elbo_of_draws(my_elbo)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7. How many draws?
#
# *Algorithm 1* of Kingma and Welling (2014): take $M$ images, $L$ draws for each, the mean of their
# losses (times $N$, for all images), a step along the gradient. They chose $M = 100$ and $L = 1$.
# **One single draw: would ten not be better?** We take ten numbers as $z$ now, and a VAE that can
# draw several times:

# %% slideshow={"slide_type": "skip"}
show_source(OwnTermsVAE.call)

# %% [markdown] slideshow={"slide_type": "skip"}
# Its KL, in the loss, and its noise can be chosen too, which section 8 needs.


# %% slideshow={"slide_type": "subslide"} tags=["slide-code"]
def train(latent_dim, epochs, images=x_train, **terms):
    """Train a VAE with terms of its own; return it; its true ELBO, and mean |z_mean|, by epoch."""
    keras.utils.set_random_seed(seed)
    networks = [build("mlp", image_shape, latent_dim) for build in (build_encoder, build_decoder)]
    model = OwnTermsVAE(*networks, seed=seed, **terms)
    judge = VAE(*networks, loss_weights="elbo", seed=seed)  # the right formulas, same weights
    model.compile(keras.optimizers.Adam(1e-3))
    judge.compile()
    elbos, far = [], []
    for _ in range(epochs):
        model.fit(images, batch_size=batch_size, verbose=0)
        elbos.append(judge.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"])
        far.append(np.abs(judge.encode(x_test)[0]).mean())
    return model, elbos, far


few = max(1, epochs // 3)  # 4, if `epochs` is 12
elbos = {}
for draws, n in ((1, 11 * few // 2), (10, few)):
    with run.timed(f"{draws} draws"):
        elbos[draws] = train(10, n, draws=draws)[1]

# %% [markdown] slideshow={"slide_type": "subslide"}
# A step with one draw passes the encoder once and the decoder once; one with ten draws, the decoder
# ten times. So 11 epochs of the first cost as much as 2 of the second.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
passes = {draws: (1 + draws) * np.arange(1, len(each) + 1) for draws, each in elbos.items()}
curves = {f"L = {draws}": (passes[draws], each) for draws, each in elbos.items()}
figure = figures.lines(curves, "passes of an image through a network", "held-out ELBO, nats")
run.show(figure, "07-draws", "The held-out ELBO with one and with ten draws, at equal effort.")
run.record(metrics={"elbo_1": elbos[1][-1], "elbo_10": elbos[10][-1]})

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "ten_draws_help",
    f"After as many steps, ten draws are ahead. After {few} epochs, by",
    elbos[10][-1] - elbos[1][few - 1],
    at_least=0.3,
    unit="nats",
)
run.claim(
    "one_draw_pays",
    "But with as much effort, one draw is ahead, by",
    elbos[1][-1] - elbos[10][-1],
    at_least=5,
    unit="nats",
)
first = ExactPosterior(exact.z, exact.log_likelihood[: len(q)])
of_images = first.bound(q_means, q_log_vars).elbo
run.claim(
    "images_differ",
    "One reason: images differ from each other much more than draws of one image do. In section "
    "6, the standard deviation of their ELBO is larger by a factor of",
    of_images.std() / np.sqrt(np.median(scatter, axis=0)[0]),
    at_least=5,
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# That is about values, and a step takes slopes; but the curves say the same. **Better one draw, and
# the next hundred images, than more draws of the same.**

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8. Three slips
#
# All three circulate, in code and in print. They run, and they train. **What does each do?**
#
# | slip | in code |
# |---|---|
# | the mean subtracted | `(-z_mean**2 + exp(z_log_var) - 1 - z_log_var) / 2` |
# | a half too much | `(z_mean**2 + exp(z_log_var) - 1 - z_log_var / 2) / 2` |
# | $\sigma^2$ for $\sigma$ | `z = z_mean + exp(z_log_var) * eps` |

# %% slideshow={"slide_type": "subslide"} tags=["slide-output"]
m, v = np.linspace(-3, 3, 301), np.linspace(0.02, 3, 299)
by_mean = {"KL": m**2 / 2, "the mean subtracted": -(m**2) / 2}
by_variance = {"KL": (v - 1 - np.log(v)) / 2, "a half too much": (v - 1 - np.log(v) / 2) / 2}
figure = figures.slips(by_mean, by_variance, (m, v))
run.show(figure, "08-formulas", "The KL and two slips of it, by the mean and by the variance of q.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "below_zero",
    f"With a half too much, the lowest point is at the variance "
    f"{v[np.argmin(by_variance['a half too much'])]:.2f}, and below 0, where no KL can be:",
    by_variance["a half too much"].min(),
    at_least=-0.0768,
    at_most=-0.0766,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now train with each, and two latent dimensions. For each model: the ELBO that its own loss *says*,
# and the true one, by the right formulas, on the same held-out images.


# %% slideshow={"slide_type": "skip"}
def minus_mean(z_mean, z_log_var):
    """Return the KL with the square of the mean subtracted."""
    return gaussian_kl(z_mean, z_log_var) - ops.sum(z_mean**2, axis=-1)


def half_too_much(z_mean, z_log_var):
    """Return the KL with a half on the log-variance."""
    return gaussian_kl(z_mean, z_log_var) + ops.sum(z_log_var, axis=-1) / 4


# %% [markdown] slideshow={"slide_type": "skip"}
# The first one gets 60 steps only: soon after, its numbers overflow.

# %% slideshow={"slide_type": "-"} tags=["slide-output"]
slips = {"right": {}, "a half too much": {"kl": half_too_much}}
slips["variance for sigma"] = {"scale": ops.exp}
said, far, some = {}, {}, x_train[: 10 * batch_size]
with run.timed("slips"):
    for name, terms in slips.items():
        model, true, far[name] = train(2, 5, **terms)
        says = model.evaluate(x_test, batch_size=500, verbose=0, return_dict=True)["elbo"]
        said[name] = says, true[-1]
    endless, _, away = train(2, 6, some, kl=minus_mean)
figure = figures.trained_slips(10 * np.arange(1, 7), away, far["right"][-1], said)
run.show(figure, "09-trained-slips", "Three slips, trained: where codes go, and what a loss says.")

# %% slideshow={"slide_type": "-"} tags=["claims"]
z_mean, z_log_var = endless.encode(x_test)
run.claim(
    "mean_runs_away",
    "With the mean subtracted there is no floor: the further out, the lower the loss. After 60 "
    f"steps its KL is {ops.convert_to_numpy(minus_mean(z_mean, z_log_var)).mean():.0e} nats, and "
    "codes are further out than those of the right model, by a factor of",
    away[-1] / far["right"][-1],
    at_least=100,
)
run.claim(
    "half_boasts",
    "With a half too much, the loss boasts: it says more than is true, by",
    said["a half too much"][0] - said["a half too much"][1],
    at_least=1,
    unit="nats",
)
run.claim(
    "variance_boasts",
    "With the variance for sigma, too: the KL counts wide clouds, while narrow ones are drawn. "
    "It says more than is true, by",
    said["variance for sigma"][0] - said["variance for sigma"][1],
    at_least=2,
    unit="nats",
)

# %% slideshow={"slide_type": "-"} tags=["claims"]
run.claim(
    "right_is_honest",
    "The right one says what is true, up to the noise of its draws:",
    abs(said["right"][0] - said["right"][1]),
    at_most=0.8,
    unit="nats",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Only the first shows itself while it trains. **A loss that falls is no proof of its formula:**
# test each term against a number that you know, as in section 2.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Find the mistake
#
# Two programs that run, with *one* mistake each. Mend it in its cell. Until you have, the check
# asks you a question instead of giving the answer.
#
# ### Exercise: program 12, a gap that does not fit
#
# From $\log q(z)$ and $\log p(z \mid x)$ on a grid, it computes what the ELBO lacks. It is 0 for
# the right $q$, and never negative. But ELBO + gap is not $\log p(x)$.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_12(log_q, log_posterior, spacing):
    """Return the gap of the ELBO of each image, (n,), from log-densities on a grid, (n, points)."""
    log_q, log_posterior = np.asarray(log_q), np.asarray(log_posterior)
    # BEGIN SOLUTION
    return np.sum(np.exp(log_q) * (log_q - log_posterior), axis=1) * spacing
    # INSTEAD
    # return np.sum(np.exp(log_posterior) * (log_posterior - log_q), axis=1) * spacing
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(12, program_12)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Exercise: program 13, more draws, more nats
#
# It estimates the ELBO by line 3, from $L$ draws. With one draw it is right. With more, its mean
# rises: the same model, the same images, a better score.


# %% slideshow={"slide_type": "fragment"} tags=["exercise", "slide-code"]
def program_13(log_joint, log_q):
    """Return the estimated ELBO of each image, (n,), from log p(x, z) and log q(z), (L, n) each."""
    log_joint, log_q = np.asarray(log_joint), np.asarray(log_q)
    # BEGIN SOLUTION
    return np.mean(log_joint - log_q, axis=0)
    # INSTEAD
    # return np.log(np.mean(np.exp(log_joint - log_q), axis=0))
    # END SOLUTION


# %% slideshow={"slide_type": "skip"} tags=["check"]
check.program(13, program_13)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Quiz
#
# Three questions, to be answered by letters in the cell below.
#
# 1. The decoder stays as it is, and $q$ gets closer to the exact posterior. What happens?
#    - (a) $\log p(x)$ rises, and the ELBO with it.
#    - (b) The ELBO rises, $\log p(x)$ stays.
#    - (c) Both stay: the gap is no part of the loss.
# 2. A posterior has two equal humps, far from each other. The best Gaussian $q$ for the ELBO
#    - (a) sits on one, and lacks about 0.7 nats;
#    - (b) covers both, and lacks about 0.7 nats;
#    - (c) sits on one, and lacks nothing.
# 3. Why is a reparametrized gradient so quiet, if $z$ has many numbers?
#    - (a) It takes more draws.
#    - (b) It is a little wrong on average.
#    - (c) Each number of $z$ learns its own slope, instead of one value for all.

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
    check.answer("VAE4-1", question_1),
    check.answer("VAE4-2", question_2),
    check.answer("VAE4-3", question_3),
)

# %% [markdown] slideshow={"slide_type": "skip"}
# What have you done so far? The run's folder keeps the table, as `exercises.json`.

# %% slideshow={"slide_type": "skip"}
run.finish()  # its manifest says that it reached its end
check.summary().save(run.path / "exercises.json")

# %% [markdown] slideshow={"slide_type": "slide"}
# ## What to remember
#
# - $\log p(x)$ = ELBO + KL(q, p(z | x)), for any $q$. The loss is minus the part that we can
#   compute.
# - $\mathrm{KL}(q, p)$ is a mean over $q$: it sits on one hump, and lacks minus the logarithm of
#   its share.
# - A slope through a draw is quieter than a value, and far quieter if $z$ has many numbers.
# - One draw an image will do. And a formula is tested against a number, not by training.
#
# **Next:** [VAE5](VAE5.ipynb) repairs VAEs that circulate, and measures what each repair brings.
