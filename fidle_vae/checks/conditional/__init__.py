"""The checks on conditions: beside z, over all classes, in a loss, and of several futures."""

from fidle_vae.checks.conditional.best_of import best_of
from fidle_vae.checks.conditional.conditional_networks import conditional_networks
from fidle_vae.checks.conditional.constrained_loss import constrained_loss
from fidle_vae.checks.conditional.join import join
from fidle_vae.checks.conditional.style_table import style_table

__all__ = ["best_of", "conditional_networks", "constrained_loss", "join", "style_table"]
