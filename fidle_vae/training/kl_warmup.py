"""A callback that increases the weight of the KL during the first epochs."""

import keras

from fidle_vae.common.validation import require_count


class BetaWarmup(keras.callbacks.Callback):
    """Increase the weight of the KL from nearly zero to its full value during the first epochs.

    At full weight from the start, the KL may switch off latent dimensions before the decoder has
    found a use for them (Bowman et al. 2015, Sonderby et al. 2016). In epoch e, counted from 1, the
    loss contains the share e / `epochs` of its KL; from epoch `epochs` on, all of it. Held-out
    losses always contain all of it, so that they can be compared from epoch to epoch.

    Args:
        epochs: number of epochs until the full weight is reached.
    """

    def __init__(self, epochs):
        super().__init__()
        require_count("epochs", epochs, 10)
        self.epochs = epochs

    def on_train_begin(self, logs=None):
        """Raise ValueError if the model has no `kl_share` to change."""
        if not hasattr(self.model, "kl_share"):
            raise ValueError(
                f"BetaWarmup needs a fidle_vae VAE; the model is a {type(self.model).__name__}: "
                "put its encoder and decoder into VAE(encoder, decoder)."
            )

    def on_epoch_begin(self, epoch, logs=None):
        """Set the share of the KL for this epoch."""
        self.model.kl_share.assign(min((epoch + 1) / self.epochs, 1.0))

    def on_train_end(self, logs=None):
        """Restore the full weight, in case training ends before the warm-up does."""
        self.model.kl_share.assign(1.0)
