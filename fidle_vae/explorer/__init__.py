"""The latent-space explorer."""
