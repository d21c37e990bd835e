"""The checks on probabilities: of tables, of images, of hidden causes."""

from fidle_vae.checks.probability.conditional_table import conditional
from fidle_vae.checks.probability.hidden_cause import nearest, responsibilities
from fidle_vae.checks.probability.image_log_prob import log_prob
from fidle_vae.checks.probability.monte_carlo import estimate
from fidle_vae.checks.probability.pixel_chains import pixel_chain

__all__ = ["conditional", "estimate", "log_prob", "nearest", "pixel_chain", "responsibilities"]
