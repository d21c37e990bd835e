"""Checks of quiz answers and of programs with a planted mistake."""
