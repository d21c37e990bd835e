"""Import Keras without the greeting of its backend."""

import importlib
import os
import sys
import tempfile


def import_keras() -> None:
    """Import Keras without TensorFlow's greeting, which looks like errors and has no switch."""
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
