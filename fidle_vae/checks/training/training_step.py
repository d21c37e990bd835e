"""The check of a training step: does it move the weights as the loss asks?"""

from fidle_vae.checks.engine import (
    Result,
    exercise,
    failed,
    not_done,
    recognise,
    runs_elsewhere,
)
from fidle_vae.checks.engine.small_vae import K1, K2, small_vae
from fidle_vae.checks.training.failed_step import Failure
from fidle_vae.checks.training.our_step import BATCH, X, weights_of
from fidle_vae.checks.training.step_class import IN_THE_CLASS
from fidle_vae.checks.training.step_errors import ERRORS
from fidle_vae.checks.training.step_moves import IN_THE_MOVE
from fidle_vae.checks.training.step_results import IN_THE_RESULT
from fidle_vae.checks.training.step_taken import Step, run_step, step_of
from fidle_vae.checks.training.watched_model import Notes, watched_vae
from fidle_vae.models.vae import VAE

CHECK = "train_step"
RIGHT = "The weights move as by our own step, and the loss is right."


@exercise
def train_step(MyVAE: type[VAE]) -> Result:  # noqa: N803 (a class)
    """Check the method `train_step(self, x)` of a subclass of VAE: one step on a batch.

    It must move the weights by self.optimizer against the gradient of the loss, and give that loss
    in a dict; `fit` must be able to compile it. TensorFlow's tape needs Keras on TensorFlow.
    """
    if runs_elsewhere(MyVAE):
        return _by_its_moves(MyVAE)
    written = recognise(CHECK, MyVAE, IN_THE_CLASS)
    if not written.ok:
        return written
    vae = None
    try:
        vae, notes = watched_vae(MyVAE)
        before = weights_of(vae)
        returned = run_step(vae)
    except NotImplementedError as error:
        return failed(CHECK, error) if str(error) else not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        known = recognise(CHECK, Failure(error, vae, notes), ERRORS) if vae else None
        return failed(CHECK, error) if known is None or known.ok else known
    if returned is ...:
        return not_done(CHECK)
    moved = [after - b for after, b in zip(weights_of(vae), before, strict=True)]
    step = Step(MyVAE, vae, moved, returned, notes)
    return recognise(CHECK, step, IN_THE_MOVE + IN_THE_RESULT, RIGHT)


def _by_its_moves(kind):
    """Judge a class that runs elsewhere: there the moves and the loss are all that can be seen."""
    vae = small_vae()
    before = weights_of(vae)
    loss, *after = kind.run(step_of, before, X[:BATCH])
    moved = [a - b for a, b in zip(after, before, strict=True)]
    step = Step(kind, vae, moved, {"loss": loss}, Notes())
    if not step.moves_as(K1, K2):
        return Result(CHECK, "step_other_move", "The weights do not move as by our own step.")
    if step.wrong_loss:
        return Result(CHECK, "step_wrong_loss", f"The loss is {step.wrong_loss}.")
    return Result(CHECK, None, RIGHT)
