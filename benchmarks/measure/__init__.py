"""Tools that the benchmarks share: the machine, alternating runs, times, the held-out ELBO."""
