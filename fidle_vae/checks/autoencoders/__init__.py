"""The checks of autoencoders: the networks, their training, PCA, a classifier, draws."""

from fidle_vae.checks.autoencoders.copy_training import copies
from fidle_vae.checks.autoencoders.gaussian_draws import draws
from fidle_vae.checks.autoencoders.networks import autoencoder
from fidle_vae.checks.autoencoders.principal_components import pca
from fidle_vae.checks.autoencoders.replaced_decoder import classifier

__all__ = ["autoencoder", "classifier", "copies", "draws", "pca"]
