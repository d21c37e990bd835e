"""What measurements share: the machine, turns, times, held-out values."""
