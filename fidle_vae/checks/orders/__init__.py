"""The checks on generators that take orders: conditions, words, truncation, attention."""

from fidle_vae.checks.orders.all_obeyed import all_obeyed
from fidle_vae.checks.orders.attention import attention
from fidle_vae.checks.orders.conditional_norm import conditional_norm
from fidle_vae.checks.orders.ordered_loss import ordered_loss
from fidle_vae.checks.orders.projection import projection
from fidle_vae.checks.orders.truncated import truncated
from fidle_vae.checks.orders.word_rows import word_rows

__all__ = [
    "all_obeyed",
    "attention",
    "conditional_norm",
    "ordered_loss",
    "projection",
    "truncated",
    "word_rows",
]
