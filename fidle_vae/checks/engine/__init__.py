"""How a check finds out what is wrong, and what it says."""
