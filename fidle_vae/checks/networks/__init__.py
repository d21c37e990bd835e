"""The checks of layers and networks."""

from fidle_vae.checks.networks.decoder import decoder
from fidle_vae.checks.networks.encoder import encoder
from fidle_vae.checks.networks.forward_pass import forward
from fidle_vae.checks.networks.sampling_layers import sampling_layer

__all__ = ["decoder", "encoder", "forward", "sampling_layer"]
