"""The checks of quiz answers and of programs with a planted mistake."""

from fidle_vae.checks.quiz.answers import answer
from fidle_vae.checks.quiz.programs import program

__all__ = ["answer", "program"]
