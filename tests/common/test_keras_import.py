import logging

import pytest

from fidle_vae.common.keras_import import import_keras

RETRACING = (
    "5 out of the last 101 calls to <function %s.<locals>.one_step> triggered "
    "tf.function retracing."
)


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        ("TensorFlowTrainer.make_predict_function", False),
        ("TensorFlowTrainer._make_function", False),
        ("my_function", True),
    ],
)
def test_only_the_advice_on_keras_and_many_models_is_left_out(function, shown):
    import_keras()
    record = logging.makeLogRecord({"msg": RETRACING % function})
    assert bool(logging.getLogger("tensorflow").filter(record)) is shown
