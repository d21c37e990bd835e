"""Other ways to train the same network, in our words; each has `new_model` and `train`."""
