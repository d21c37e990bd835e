"""The check of a batch for two hands: what the encoder sees, and what it must give back."""

from collections.abc import Callable

import numpy as np
from keras import ops

from fidle_vae.checks.engine import Mistake, Result, exercise, from_arguments, outcome, recognise

N, SHAPE = 9, (4, 4, 1)
HANDS = ("thin", "bold")
CHOSEN = np.array([6, 1, 4])


@exercise
@from_arguments
def warped_batch(my_batch: Callable) -> Result:
    """Check `my_batch(thin, bold, chosen, warp)`: (questions, answers), [thin, bold] each."""
    rng = np.random.default_rng(43)
    hands = {hand: rng.random((N, *SHAPE), dtype="float32") for hand in HANDS}
    made = outcome(
        "warped_batch", lambda: my_batch(*(h.copy() for h in hands.values()), CHOSEN.copy(), _warp)
    )
    if isinstance(made, Result):
        return made
    right = "The encoder sees warped images, and gives them back as they were, each hand its own."
    return recognise("warped_batch", _Batch(made, hands), MISTAKES, right)


def _warp(images):
    """Return images turned upside down, and darker."""
    return 0.7 * np.asarray(ops.convert_to_numpy(images))[:, ::-1]


class _Batch:
    """What a batch holds: each array by its hand, its images and how often it is warped."""

    def __init__(self, made, hands):
        self.known = {
            (hand, images, times): _warped(array, times)
            for hand, all_images in hands.items()
            for images, array in {
                "chosen": all_images[CHOSEN],
                "all": all_images,
                "first": all_images[: len(CHOSEN)],
            }.items()
            for times in (0, 1, 2)
        }
        self.two = isinstance(made, list | tuple) and len(made) == 2
        parts = made if self.two else ([], [])
        self.lists = self.two and all(np.iterable(part) and len(part) == 2 for part in parts)
        self.questions, self.answers = (
            [self._name(each) for each in part] if self.lists else [] for part in parts
        )
        self.all = self.questions + self.answers

    def _name(self, array):
        try:
            array = np.asarray(ops.convert_to_numpy(array), float)
        except (TypeError, ValueError, RuntimeError):  # no tensor of numbers
            return None
        for name, known in self.known.items():
            if array.shape == known.shape and np.allclose(array, known, atol=1e-5):
                return name
        return None

    def are(self, questions=(1, 1), answers=(0, 0), order=HANDS, answer_order=HANDS):
        """Whether the chosen images are there, warped so often, in this order of the hands."""
        due = [(hand, "chosen", n) for hand, n in zip(order, questions, strict=True)]
        due += [(hand, "chosen", n) for hand, n in zip(answer_order, answers, strict=True)]
        return self.all == due

    def take(self, images):
        """Whether an array has all images, or the first ones, and not the chosen ones."""
        return any(each is not None and each[1] == images for each in self.all)


def _warped(array, times):
    for _ in range(times):
        array = _warp(array)
    return array


OTHER = HANDS[::-1]
MISTAKES = [
    Mistake(
        "batch_not_two",
        "Return two things, with a comma between them: questions, answers.",
        lambda b: not b.two,
    ),
    Mistake(
        "batch_no_lists",
        "Questions and answers must be lists of two arrays each, [thin, bold].",
        lambda b: not b.lists,
    ),
    Mistake(
        "batch_of_all",
        "There are images that were not chosen: take thin[chosen] and bold[chosen].",
        lambda b: b.take("all"),
    ),
    Mistake(
        "batch_of_the_first",
        "These are the first images, as many as were chosen: take thin[chosen] and bold[chosen].",
        lambda b: b.take("first"),
    ),
    Mistake(
        "batch_not_warped",
        "The encoder sees the images as they are: warp the questions.",
        lambda b: b.are(questions=(0, 0)),
    ),
    Mistake(
        "batch_answers_warped",
        "The answers are warped too, so that the decoders would learn to draw warped digits: the "
        "answer is the image as it was.",
        lambda b: b.are(answers=(1, 1)),
    ),
    Mistake(
        "batch_exchanged",
        "Questions and answers are exchanged: the encoder sees the warped images.",
        lambda b: b.are(questions=(0, 0), answers=(1, 1)),
    ),
    Mistake(
        "batch_warped_twice",
        "The questions are warped twice: once will do.",
        lambda b: b.are(questions=(2, 2)) or b.are(questions=(2, 2), answers=(1, 1)),
    ),
    Mistake(
        "batch_one_hand_warped",
        "Only one hand is warped in the questions, so that the encoder can tell the hands by that: "
        "warp both.",
        lambda b: b.are(questions=(1, 0)) or b.are(questions=(0, 1)),
    ),
    Mistake(
        "batch_one_answer_warped",
        "One of the answers is warped: both are the images as they were.",
        lambda b: b.are(answers=(1, 0)) or b.are(answers=(0, 1)),
    ),
    Mistake(
        "batch_crossed",
        "The answer to a thin digit is another digit in the bold hand, since nothing pairs them: "
        "each hand answers for itself.",
        lambda b: b.are(answer_order=OTHER) or b.are(order=OTHER),
    ),
    Mistake(
        "batch_order",
        "The hands are in the order bold, thin, in questions and answers: the model takes thin "
        "first.",
        lambda b: b.are(order=OTHER, answer_order=OTHER),
    ),
    Mistake(
        "batch_by_hand",
        "You return [question, answer] of each hand: return the questions of both, then the "
        "answers of both.",
        lambda b: (
            b.all
            == [
                ("thin", "chosen", 1),
                ("thin", "chosen", 0),
                ("bold", "chosen", 1),
                ("bold", "chosen", 0),
            ]
        ),
    ),
    Mistake(
        "batch_one_hand",
        "Both places hold the same hand: the first is thin, the second bold.",
        lambda b: (
            None not in b.all
            and (b.questions[0][0] == b.questions[1][0] or b.answers[0][0] == b.answers[1][0])
        ),
    ),
    Mistake(
        "batch_other",
        "Among the four arrays there is one that is not asked for: questions are warp(thin[chosen])"
        " and warp(bold[chosen]), answers are the same ones unwarped.",
        lambda b: not b.are(),
    ),
]
