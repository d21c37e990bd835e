"""The check of five short programs, each with one planted mistake that is to be mended."""

from collections.abc import Callable
from typing import NamedTuple

from fidle_vae.checks.engine.result import NOT_DONE, STILL_THERE, Result
from fidle_vae.checks.engine.summary import recorded
from fidle_vae.checks.losses.kl_divergence import kl
from fidle_vae.checks.losses.weighted_loss import loss
from fidle_vae.checks.networks.forward_pass import forward
from fidle_vae.checks.networks.sampling_layers import sampling_layer
from fidle_vae.checks.training.held_out_elbo import held_out

# What may be told in its own words: it does not say where the planted mistake is.
OF_FORM = {
    NOT_DONE, "error", "no_number", "shape", "not_finite", "not_in_a_model", "needs_values",
    "no_gradient_to_mean", "no_gradient_to_log_variance", "kl_keeps_axis", "kl_of_two_dimensions",
    "forward_outputs", "forward_order", "forward_by_predict", "held_out_every_metric",
}  # fmt: skip


class Program(NamedTuple):
    """A program to mend."""

    check: Callable  # of what it should do
    planted: str  # the mistake in it
    asks: str  # a question that leads there, while the mistake is in it
    says: str  # what it was and why it matters, once it is mended


@recorded
def program(number: int, answer: Callable) -> Result:
    """Check the mended program `number`, of 1 to 5: a layer's class, or a function.

    1: a sampling layer. 2: `kl(z_mean, z_log_var)`. 3: `loss(x, x_hat, z_mean, z_log_var)` with
    the weights (1, 1e-3). 4: `forward(encoder, decoder, x)`. 5: `held_out(vae, data)`.
    """
    if number not in PROGRAMS:
        known = ", ".join(map(str, PROGRAMS))
        raise ValueError(f"number must be one of {known}; got {number!r}: choose one of these.")
    each = PROGRAMS[number]
    found = each.check.__wrapped__(answer)._replace(check=f"program {number}")
    if found.ok:
        return found._replace(message=each.says)
    if found.mistake == each.planted:
        return found._replace(mistake=STILL_THERE, message=f"It is still there. {each.asks}")
    if found.mistake in OF_FORM:
        return found
    other = "Not yet: your change is another mistake, beside the first or in its place."
    return found._replace(message=f"{other} {each.asks}")


PROGRAMS = {
    1: Program(
        sampling_layer,
        "sigma_is_the_variance",
        "Hand the layer z_log_var = log 9 for many images alike: how wide do the draws spread, "
        "and how wide should they?",
        "The noise was scaled by the variance and not by the standard deviation: narrow Gaussians "
        "came out far too narrow, and the KL spoke of others than those that were drawn from.",
    ),
    2: Program(
        kl,
        "kl_mean_over_dimensions",
        "Hand it 1 and then 6 latent dimensions, all alike: what becomes of the KL?",
        "The KL was a mean over the latent dimensions, not their sum: latent_dim then changes "
        "beta, and nobody is told.",
    ),
    3: Program(
        loss,
        "loss_sum_over_batch",
        "Hand it a batch, and then the same images twice over in one batch: what becomes of the "
        "loss, and of a step against its gradient?",
        "Both terms were summed over the batch and not averaged: with another batch_size, the loss "
        "and each step change their scale.",
    ),
    4: Program(
        forward,
        "forward_three_calls",
        "For each of the three values that it gives, ask from which draw of the encoder it comes: "
        "is it one and the same?",
        "The encoder was called three times and drew three times: the z that was decoded had "
        "nothing to do with the z_mean and z_log_var that the KL measures.",
    ),
    5: Program(
        held_out,
        "held_out_train_and_test",
        "Count the images that it measures: how many of them has the model never seen?",
        "Training images were measured together with held-out ones: what a model has learned by "
        "heart made it look better than it is.",
    ),
}
