"""The film of a training: what a callback records, and how it is drawn."""
