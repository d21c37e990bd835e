"""The parts of `python -m benchmarks.paper.table`."""
