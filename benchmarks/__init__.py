"""Measurements to repeat: `python -m benchmarks.<name>` prints a table, with the machine."""
