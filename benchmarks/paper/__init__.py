"""What `python -m benchmarks.paper.table` is made of."""
