"""Grading: a folder of submitted notebooks in, a table of what each has right out."""
