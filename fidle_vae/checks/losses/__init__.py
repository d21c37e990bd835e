"""Checks of losses and their terms."""
