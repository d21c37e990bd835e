"""Faults injected on purpose, and what must not be lost: `make torture`."""
