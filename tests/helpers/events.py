"""What TensorBoard shows of a folder."""

import pytest


def events(folder):
    """Return the scalars that TensorBoard shows by step and name."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder)).Reload()
    shown = {}
    for name in read.Tags()["scalars"]:
        for event in read.Scalars(name):
            assert name not in shown.setdefault(event.step, {})
            shown[event.step][name] = event.value
    return shown
