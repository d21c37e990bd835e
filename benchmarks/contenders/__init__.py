"""The implementations that the benchmarks compare."""
