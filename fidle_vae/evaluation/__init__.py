"""How good a VAE is, measured on held-out images as papers measure it."""
