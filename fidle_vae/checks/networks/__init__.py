"""Checks of layers, encoders and decoders."""
