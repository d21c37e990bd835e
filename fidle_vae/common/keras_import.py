"""Import Keras without the messages that its backend prints."""

import importlib
import os
import sys
import tempfile


def import_keras() -> None:
    """Import Keras without the lines TensorFlow prints at its start, which look like errors."""
    if "keras" in sys.modules:
        return
    standard_error = os.dup(2)
    with tempfile.TemporaryFile() as greeting:
        os.dup2(greeting.fileno(), 2)
        try:
            importlib.import_module("keras")
        except BaseException:
            greeting.seek(0)
            os.write(standard_error, greeting.read())
            raise
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
