"""The ways to do the same that are measured side by side."""
