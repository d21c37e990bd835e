"""Answers of students: right ones, and wrong ones with the diagnosis that each must get.

`python -m tests.checks.planted_mistakes` prints the table: mistake, diagnosis, what the check says.
"""

import sys

from fidle_vae import checks as check
from tests.checks.planted import RIGHT as RIGHT
from tests.checks.planted import (  # noqa: F401, each adds its own to WRONG and RIGHT
    WRONG,
    choices,
    losses,
    measures,
    models,
    networks,
    numbers,
    paths,
    programs,
    sampling,
    steps,
)

CHECKS = {
    "kl": check.kl,
    "reconstruction": check.reconstruction,
    "loss": lambda answer: check.loss(answer, losses.WEIGHTS),
    "sampling_layer": check.sampling_layer,
    "grid": check.grid,
    "morph": check.morph,
    "encoder": lambda answer: check.encoder(answer, 2),
    "decoder": check.decoder,
    "train_step": check.train_step,
    "vae": lambda made: check.vae(*made()),
    "beta": check.beta,
    "epoch_loss": check.epoch_loss,
    "best_epoch": check.best_epoch,
    "importance": check.importance,
    "film": check.film,
    "forward": check.forward,
    "held_out": check.held_out,
    "worst": check.worst,
    "balance": lambda answer: check.balance(*answer),
    "answer": lambda answer: check.answer(*answer)._replace(check="answer"),
    "convolutional encoder": lambda answer: check.encoder(answer, 2, convolutional=True)._replace(
        check="convolutional encoder"
    ),
} | {
    f"program {number}": lambda answer, number=number: check.program(number, answer)
    for number in range(1, 6)
}


def main():
    """Print the table; give how many answers did not get their diagnosis."""
    planted = [
        (name, mistake, answer)
        for name, mistakes in WRONG.items()
        for mistake, answers in mistakes.items()
        for answer in answers
    ]
    missed = 0
    print("| check | mistake | what it says |\n| --- | --- | --- |")
    for name, mistake, answer in planted:
        found = CHECKS[name](answer)
        taken = "" if found.mistake == mistake else f", TAKEN FOR {found.mistake}"
        missed += bool(taken)
        print(f"| {name} | {mistake}{taken} | {found.message} |")
    print(f"\n{len(planted)} wrong answers, {missed} of them taken for something else.")
    return missed


if __name__ == "__main__":
    sys.exit(main() > 0)
