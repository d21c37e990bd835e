"""Measures of how good a VAE is, on held-out images, as research papers use them."""
