"""Checks of what is done in the latent space."""
