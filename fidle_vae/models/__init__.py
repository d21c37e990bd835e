"""Losses, layers, networks and models, and the geometry of the latent space."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "vae": ["VAE"],
        "adversarial": ["Adversarial"],
        "adversarial_networks": ["build_discriminator", "build_generator"],
        "averaged_weights": ["averaged"],
        "conditional_vae": ["ConditionalVAE"],
        "gaussian_vae": ["GaussianVAE"],
        "growing_networks": ["FadeIn", "build_growing"],
        "layers": ["SamplingLayer", "VariationalLossLayer"],
        "networks": ["build_decoder", "build_encoder"],
        "losses": ["bernoulli_nll", "gaussian_kl", "gaussian_nll"],
        "posterior": ["ExactPosterior", "exact_posterior"],
        "latent_space": [
            "LatentPlane",
            "active_units",
            "gaussian_grid",
            "gaussian_like",
            "grid_points",
            "morph_path",
        ],
        "bernoulli_mixture": ["BernoulliMixture", "fit_mixture"],
        "style_generator": ["build_style_generator"],
        "vae_gan": ["VAEGAN"],
        "vector_vae": ["VectorVAE", "build_vector_networks"],
        "pixel_chain": ["build_pixel_chain"],
        "contractive": ["ContractiveAutoencoder", "sigmoid_contraction", "squared_jacobian"],
        "morph_ends": ["best_copies", "far_ends"],
    },
)
