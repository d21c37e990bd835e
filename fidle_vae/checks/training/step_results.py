"""Mistakes in what a training step returns, where it moves the weights as it should."""

import keras

from fidle_vae.checks.engine import Mistake, describe_error
from fidle_vae.checks.training.our_step import our_losses

IN_THE_RESULT = [
    Mistake(
        "step_gives_nothing",
        "The weights move as they should; return the loss too.",
        lambda step: step.returned is None,
    ),
    Mistake(
        "step_gives_no_loss",
        'The weights move as they should; the dict has {seen} and no "loss".',
        lambda step: (
            isinstance(step.returned, dict)
            and "loss" not in step.returned
            and str([name if isinstance(name, str) else "no text" for name in step.returned])
        ),
    ),
    Mistake(
        "step_is_a_set",
        'A dict has a colon between a name and its value: {{"loss": loss}}.',
        lambda step: isinstance(step.returned, set),
    ),
    Mistake(
        "step_gives_a_tuple",
        "The weights move as they should, but the step gives a {seen}: fit takes a dict, "
        '{{"loss": loss}}.',
        lambda step: isinstance(step.returned, list | tuple) and type(step.returned).__name__,
    ),
    Mistake(
        "step_loss_is_no_number",
        "The weights move as they should; the loss {seen}.",
        lambda step: step.no_number,
    ),
    Mistake(
        "step_loss_of_trackers",
        "The weights move as they should; the loss is 0, as the tracker of that name was given "
        "none: give your own loss.",
        lambda step: float(keras.ops.convert_to_numpy(step.loss)) == 0,
    ),
    Mistake(
        "step_loss_after_the_move",
        "The weights move as they should; the loss is computed once more, after the move: give the "
        "one that the gradients are of.",
        lambda step: step.loss_is(our_losses(1)["loss"]),
    ),
    Mistake(
        "step_loss_of_a_term",
        "The weights move as they should; what you give as the loss is {seen}.",
        lambda step: step.loss_of_a_term,
    ),
    Mistake(
        "step_loss_multiplied",
        "The weights move as they should; the loss is {seen} times what it is: it is a mean over "
        "images, so give it as it is.",
        lambda step: step.loss_factor,
    ),
    Mistake(
        "step_wrong_loss",
        "The weights move as they should; the loss is {seen}.",
        lambda step: step.wrong_loss,
    ),
    Mistake(
        "step_gives_no_dict",
        'The weights move as they should, but give the loss in a dict, {{"loss": loss}}: fit takes '
        "its items.",
        lambda step: not isinstance(step.returned, dict),
    ),
    Mistake(
        "step_gives_lists",
        "The weights move as they should; fit shows a number for each name of the dict, and {seen} "
        "is a list: the loss is enough.",
        lambda step: step.more_than_numbers,
    ),
    Mistake(
        "step_gives_no_tensor",
        "fit compiles the step: give the tensor itself, not float(loss) or loss.numpy().",
        lambda step: step.error_of_fit and not keras.ops.is_tensor(step.loss),
    ),
    Mistake(
        "step_not_compiled",
        "fit compiles the step, and then it fails. {seen}",
        lambda step: step.error_of_fit and describe_error(step.error_of_fit),
    ),
]
