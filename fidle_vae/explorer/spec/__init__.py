"""Descriptions of decoders that JavaScript can run."""
