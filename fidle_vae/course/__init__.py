"""The lessons: which there are, how they run, and how they are shown."""
