"""Repeatable measurements: `python -m benchmarks.<name>` prints a table with the machine's name."""
