"""Checks of training steps, histories and trained models."""
