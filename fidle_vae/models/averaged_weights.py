"""Draws of a generator with the average of its weights in place of the last ones."""

from contextlib import contextmanager


@contextmanager
def averaged(game):
    """Give the generator of a game its averaged weights, inside a `with` block.

    After each step, the optimizer adds the weights to a moving average: compile the game with
    `keras.optimizers.Adam(..., use_ema=True, ema_momentum=0.99)`. Behind the block, the generator
    has its own weights again, and training goes on with these. Averaged are the weights that are
    trained; the statistics of a batch normalization stay as they are.

    Args:
        game: an `Adversarial` model, trained for at least one step.
    """
    optimizer = game.optimizer
    if not getattr(optimizer, "use_ema", False):
        raise ValueError(
            f"game must be compiled with an optimizer that averages; got "
            f"{type(optimizer).__name__} with use_ema=False: pass use_ema=True to it."
        )
    if not int(optimizer.iterations):
        raise ValueError("game must have been trained for at least one step; call fit first.")
    weights = game.generator.get_weights()
    optimizer.finalize_variable_values(game.generator.trainable_variables)
    try:
        yield game
    finally:
        game.generator.set_weights(weights)
