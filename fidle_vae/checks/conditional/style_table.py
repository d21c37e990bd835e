"""The check of a table of styles and classes: one z in each row, one class in each column."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, exercise, from_arguments, outcome, recognise

CHECK = "style_table"
SIZES = ((3, 2, 5), (4, 3, 2))  # styles, their numbers, classes


@exercise
@from_arguments
def style_table(my_style_table: Callable) -> Result:
    """Check `my_style_table(styles, classes)`: z and labels, for each style all classes."""
    rng = np.random.default_rng(42)
    tables = []
    for n, d, classes in SIZES:
        styles = rng.normal(size=(n, d)).astype("float32")
        values = outcome(CHECK, my_style_table, styles, classes)
        if isinstance(values, Result):
            return values
        tables.append(_Table(styles, classes, values))
    right = "For each style in turn, all classes."
    return recognise(CHECK, _Tables(tables), MISTAKES, right)


class _Table:
    """What was returned for some styles; z and labels are None where it is no pair of arrays."""

    def __init__(self, styles, classes, values):
        self.styles, self.classes, self.z, self.labels = styles, classes, None, None
        self.count = len(values) if isinstance(values, tuple | list) else 1
        if self.count == 2:
            try:
                arrays = [np.asarray(ops.convert_to_numpy(value), float) for value in values]
                self.z, self.labels = arrays
            except (TypeError, ValueError, RuntimeError):  # PyTorch raises the last one
                pass

    def are(self, z, labels):
        """Whether these are the z and the labels."""
        return _same(self.z, z) and _same(self.labels, labels)


def _same(found, due):
    return found is not None and found.shape == due.shape and np.allclose(found, due, atol=1e-5)


class _Tables:
    """The tables of all cases."""

    def __init__(self, tables):
        self.tables, self.first = tables, tables[0]

    @property
    def shapes(self):
        found = f"z {self.first.z.shape} and labels {self.first.labels.shape}"
        n, d = self.first.styles.shape
        rows = n * self.first.classes
        return (
            f"For {n} styles and {self.first.classes} classes, the shapes are {found}; "
            f"({rows}, {d}) and ({rows},) are expected"
        )

    @property
    def misshapen(self):
        return any(
            table.z.shape != _repeated(table).shape or table.labels.shape != _tiled(table).shape
            for table in self.tables
        )

    @property
    def first_difference(self):
        """Describe the first row that is wrong."""
        for table in self.tables:
            z, labels = _repeated(table), _tiled(table)
            wrong = (np.abs(table.z - z) > 1e-4).any(axis=1) | (np.abs(table.labels - labels) > 0)
            if wrong.any():
                row, classes = int(wrong.argmax()), table.classes
                return (
                    f"Row {row} must have style {row // classes} and class {row % classes} of "
                    f"{classes}"
                )
        return ""


def _repeated(table):
    return np.repeat(table.styles, table.classes, axis=0)


def _tiled(table):
    return np.tile(np.arange(table.classes), len(table.styles))


def _are(z, labels):
    """Return the trace of a mistake that gives these, functions of styles and of classes."""
    return lambda found: all(
        table.are(z(table.styles, table.classes), labels(len(table.styles), table.classes))
        for table in found.tables
    )


def _by_style(styles, classes):
    return np.repeat(styles, classes, axis=0)


def _over_and_over(styles, classes):
    return np.tile(styles, (classes, 1))


def _all_in_turn(n, classes):
    return np.tile(np.arange(classes), n)


def _by_class(n, classes):
    return np.repeat(np.arange(classes), n)


MISTAKES = [
    Mistake(
        "style_table_outputs",
        "The number of values it gives is {found.first.count} where two are expected: return z and "
        "labels, with a comma between them.",
        lambda found: found.first.count != 2,
    ),
    Mistake(
        "no_number",
        "What it gives are not two arrays of numbers.",
        lambda found: found.first.z is None,
    ),
    Mistake(
        "style_table_exchanged",
        "z and labels are exchanged: z comes first.",
        lambda found: all(
            _same(table.labels, _repeated(table)) and _same(table.z, _tiled(table))
            for table in found.tables
        ),
    ),
    Mistake(
        "style_table_column_by_column",
        "Every style meets every class, but in another order, all styles of class 0 first: for "
        "each style in turn, all classes. A row of the figure is one style.",
        _are(_over_and_over, _by_class),
    ),
    Mistake(
        "style_table_both_repeated",
        "Both z and labels are repeated one by one, so that a style meets few of the classes: "
        "labels must run through all classes for each style, np.tile.",
        _are(_by_style, _by_class),
    ),
    Mistake(
        "style_table_both_tiled",
        "Both styles and labels run through and begin again, so that neighbours have different "
        "styles: keep each style for all classes, np.repeat along axis=0.",
        _are(_over_and_over, _all_in_turn),
    ),
    Mistake(
        "style_table_labels_once",
        "The labels run through the classes once: they must do so for each style.",
        _are(_by_style, lambda n, classes: np.arange(classes)),
    ),
    Mistake(
        "style_table_styles_once",
        "Each style stands there once: it is needed for each of the classes.",
        _are(lambda styles, classes: styles, _all_in_turn),
    ),
    Mistake(
        "style_table_nothing_repeated",
        "These are the styles and the classes, each once: make a row for every pair of them.",
        _are(lambda styles, classes: styles, lambda n, classes: np.arange(classes)),
    ),
    Mistake(
        "style_table_flattened",
        "Without an axis, np.repeat makes one long list of the numbers: axis=0 repeats rows.",
        _are(np.repeat, _all_in_turn),
    ),
    Mistake(
        "style_table_repeats_numbers",
        "The numbers of each style are repeated within its row: axis=0 repeats rows.",
        _are(lambda styles, classes: np.repeat(styles, classes, axis=1), _all_in_turn),
    ),
    Mistake(
        "style_table_long_rows",
        "np.tile(styles, classes) puts copies side by side, in longer rows: repeat rows, "
        "np.repeat along axis=0.",
        _are(np.tile, _all_in_turn),
    ),
    Mistake(
        "style_table_counts_exchanged",
        "Each style is repeated as often as there are styles: it is needed for each of the "
        "classes.",
        _are(lambda styles, classes: np.repeat(styles, len(styles), axis=0), _all_in_turn),
    ),
    Mistake(
        "style_table_from_one",
        "The labels are 1 to classes: they count from 0, as Python does.",
        _are(_by_style, lambda n, classes: _all_in_turn(n, classes) + 1),
    ),
    Mistake(
        "style_table_one_hot",
        "The labels are rows of zeros and a one: decode takes integers and makes those itself.",
        _are(_by_style, lambda n, classes: np.eye(classes)[_all_in_turn(n, classes)]),
    ),
    Mistake(
        "style_table_grid",
        "z is a grid with an axis for the styles and one for the classes: make one list of rows of "
        "it, by reshape.",
        lambda found: all(
            _same(table.z, _repeated(table).reshape(len(table.styles), table.classes, -1))
            for table in found.tables
        ),
    ),
    Mistake(
        "style_table_labels_grid",
        "The labels are a grid with an axis for the styles and one for the classes: make one list "
        "of it, by reshape.",
        _are(_by_style, lambda n, classes: _all_in_turn(n, classes).reshape(n, classes)),
    ),
    Mistake("style_table_shapes", "{found.shapes}.", lambda found: found.misshapen),
    Mistake(
        "style_table_rows",
        "The shapes are right, the rows are not. {seen}.",
        lambda found: found.first_difference,
    ),
]
