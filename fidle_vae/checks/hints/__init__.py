"""Hints that a student asks for: a ladder of three for each exercise, one TOML file a lesson.

A new lesson adds its file here, with a table for each exercise and program, named as the summary
names it: `nudge` is a question, `formula` says what to write, `line` is the code with a hole, ____.
"""

from fidle_vae.checks.hints.ladder import hint

__all__ = ["hint"]
