"""A training step that raised an error, and what had been noted before."""

import re
from functools import cached_property

from fidle_vae.checks.engine import describe_error, line_of
from fidle_vae.checks.training.watched_model import Notes
from fidle_vae.models.vae import VAE


class Failure:
    """An error that a training step raised, and what had been noted before."""

    def __init__(self, error: Exception, vae: VAE, notes: Notes):
        self.error, self.vae, self.notes = error, vae, notes
        self.text, self.line = str(error), line_of(error)
        self.described = describe_error(error)

    def says(self, pattern, where=""):
        """Return what a pattern finds in the error, if the student's line has `where`."""
        return re.search(pattern, self.text) if where in self.line else None

    @property
    def unknown_name(self):
        """The name that Python does not know, or ""."""
        found = isinstance(self.error, NameError) and self.says(r"name '(\w+)'")
        return found[1] if found else ""

    @property
    def moved(self):
        """The gradients and weights that the optimizer was given last, or ()."""
        return self.notes.applied[-1] if self.notes.applied else ()

    @property
    def gradients(self):
        """What the optimizer was given first, or ()."""
        return self.moved[0] if self.moved else ()

    @cached_property
    def loss_arguments(self):
        """What `compute_loss` was given, if it is the one that failed; else ()."""
        failed = "compute_loss" in self.line or "differentiate" in self.line
        return self.notes.losses[-1] if failed and self.notes.losses else ()

    def loss_has(self, *expected):
        """Whether compute_loss failed, and got such x, y and y_pred: True for a value given."""
        given = tuple(value is not None for value in self.loss_arguments)
        return given == expected

    @property
    def y_pred(self):
        """What a failing `compute_loss` was given as the model's output."""
        return self.loss_arguments[2] if self.loss_arguments else None
