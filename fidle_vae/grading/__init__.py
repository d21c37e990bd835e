"""Grading: execute a folder of submitted notebooks, and write a table of what each has right."""
