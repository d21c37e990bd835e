"""What `python -m benchmarks.paper_table` is made of."""
