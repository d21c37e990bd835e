"""Makes all classes of this package that can be saved known to Keras: import it before loading."""

import fidle_vae.models.adversarial
import fidle_vae.models.conditional_normalization
import fidle_vae.models.conditional_vae  # and VAE with its layers
import fidle_vae.models.contractive
import fidle_vae.models.growing_networks
import fidle_vae.models.pixel_chain
import fidle_vae.models.self_attention
import fidle_vae.models.style_generator
import fidle_vae.models.vae_gan
import fidle_vae.models.vector_vae  # and GaussianVAE
import fidle_vae.models.weight_constraints  # noqa: F401
