"""Import Keras without the messages that its backend prints."""

import importlib
import logging
import os
import sys
import tempfile


def import_keras() -> None:
    """Import Keras without lines of TensorFlow that look like errors, now or later."""
    logging.getLogger("tensorflow").addFilter(_is_of_use)
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


def _is_of_use(record):
    """Return whether a message of TensorFlow helps: not that Keras compiles for each model."""
    message = record.getMessage()
    return not ("TensorFlowTrainer" in message and "retracing" in message)
