"""A process that trains trials, one after the other, for `local`: a JSON line for each message.

It ends when its input ends, at once and also in the middle of a training: when the process that
started it is gone, nobody else may find its run locked.
"""

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import TextIO

from fidle_vae.common.keras_import import import_keras


def main() -> None:
    """Train the trials that come in, and answer each with its epochs and its end."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what trainings print goes to the log
    trials = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(trials,), daemon=True).start()
    import_keras()
    while True:
        _train(trials.get(), answers)


def _listen(trials):
    for line in sys.stdin:
        trials.put(json.loads(line))
    os._exit(0)


def _train(message: dict, answers: TextIO) -> None:
    from fidle_vae.runs.run import PrunedError
    from fidle_vae.sweeps.grid import Trial
    from fidle_vae.sweeps.pruning import judge_of
    from fidle_vae.sweeps.trial import run_trial

    def say(**content):
        print(json.dumps(content), file=answers, flush=True)

    def tell(epoch, elbo):
        say(epoch=epoch, elbo=elbo)

    trial, root = Trial(*message["trial"]), Path(message["root"])
    if isinstance(trial.parameters["loss_weights"], list):  # as JSON has it
        trial.parameters["loss_weights"] = tuple(trial.parameters["loss_weights"])
    print(f"\n{trial.title}", flush=True)
    try:
        judge = judge_of(root, trial) if message["prune"] else None
        run_trial(root, trial, tell, judge, message["tracker"])
    except PrunedError:
        say(end="pruned")
    except Exception as error:
        say(end="failed", error=" ".join(f"{error or type(error).__name__}".split()))
    else:
        say(end="finished")


if __name__ == "__main__":
    main()
