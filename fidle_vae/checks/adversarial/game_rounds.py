"""The check of the rounds of an adversarial game: who learns when, and from which noise."""

from collections.abc import Callable

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    Spy,
    exercise,
    failed,
    from_arguments,
    not_done,
    recognise,
)

CHECK = "game_rounds"
BATCHES, K = 6, 2


@exercise
@from_arguments
def game_rounds(play: Callable) -> Result:
    """Check `play(batches, discriminator_step, generator_step, draw_noise, k)`: one epoch.

    The discriminator takes a step, (x, z), with each batch; the generator one, (z), after every k
    batches; each step has noise of its own.
    """
    rng = np.random.default_rng(78)
    record = _Record([rng.normal(size=(4, 2)).astype("float32") for _ in range(BATCHES)])
    try:
        play(record.batches, record.discriminator_step, record.generator_step, record.draw_noise, K)
    except NotImplementedError as error:
        return failed(CHECK, error) if str(error) else not_done(CHECK)
    except Exception as error:  # the student's code may raise anything
        return failed(CHECK, error)
    return recognise(CHECK, record, MISTAKES, "Both learn in turn, and never twice from one noise.")


class _Record(Spy):
    """What a game was asked to do, in order: "d" or "g", the batch, and the noise."""

    def __init__(self, batches):
        self.batches, self.drawn, self.steps = batches, [], []
        self.not_called = False  # whether a step got draw_noise itself

    def draw_noise(self):
        """Return new noise."""
        self.drawn.append(np.random.default_rng(len(self.drawn)).normal(size=(4, 3)))
        return self.drawn[-1]

    def discriminator_step(self, x, z):
        """Note a step of the discriminator."""
        self.not_called |= callable(z)
        self.steps.append(("d", _place(x, self.batches), _place(z, self.drawn)))
        return 1.4

    def generator_step(self, z):
        """Note a step of the generator."""
        self.not_called |= callable(z)
        self.steps.append(("g", None, _place(z, self.drawn)))
        return 0.7

    def of(self, player):
        """Return the batches and the noises of one player's steps."""
        return [(x, z) for who, x, z in self.steps if who == player]

    @property
    def counts(self):
        return len(self.of("d")), len(self.of("g"))

    @property
    def turns(self):
        """After how many steps of the discriminator each one of the generator comes."""
        players = [who for who, *_ in self.steps]
        return [players[:i].count("d") for i, who in enumerate(players) if who == "g"]

    @property
    def noises(self):
        return [z for _, _, z in self.steps]

    @property
    def reused_by(self):
        """The player that gets one noise twice, in words, or ""."""
        for player, name in (("d", "discriminator"), ("g", "generator")):
            noises = [z for _, z in self.of(player)]
            if len(set(noises)) < len(noises):
                return name
        return ""


def _place(array, arrays):
    """Return which of the arrays this is, or -1."""
    return next((i for i, each in enumerate(arrays) if _same(each, array)), -1)


def _same(array, other):
    """Whether these are the same values, maybe as a tensor."""
    if array is other:
        return True
    if callable(other) or np.shape(other) != array.shape:
        return False
    return np.allclose(np.asarray(other, dtype=float), array, atol=1e-6)


MISTAKES = [
    Mistake(
        "game_rounds_no_steps",
        "Neither network takes a step: call discriminator_step(x, z) and generator_step(z).",
        lambda record: record.counts == (0, 0),
    ),
    Mistake(
        "game_rounds_no_discriminator",
        "The discriminator takes no step: with every batch, it is its turn.",
        lambda record: record.counts[0] == 0,
    ),
    Mistake(
        "game_rounds_no_generator",
        "The generator takes no step: after every k batches, it is its turn.",
        lambda record: record.counts[1] == 0,
    ),
    Mistake(
        "game_rounds_no_noise",
        "A step gets draw_noise itself, and no noise: call it, with brackets.",
        lambda record: record.not_called,
    ),
    Mistake(
        "game_rounds_other_noise",
        "A step gets other noise than what draw_noise() gives: hand it that, as the last argument.",
        lambda record: -1 in record.noises,
    ),
    Mistake(
        "game_rounds_other_batches",
        "The discriminator does not get each batch once, in order: it gets "
        f"{{seen}}, counted from 0, of {BATCHES}.",
        lambda record: (
            [x for x, _ in record.of("d")] != list(range(BATCHES))
            and str([x for x, _ in record.of("d")])
        ),
    ),
    Mistake(
        "game_rounds_one_after_the_other",
        "First the discriminator takes all of its steps, and then the generator: they must take "
        "turns, or the one learns from what the other was.",
        lambda record: [who for who, *_ in record.steps] == sorted(who for who, *_ in record.steps),
    ),
    Mistake(
        "game_rounds_generator_often",
        "The generator takes a step after every batch: its turn comes after k of them.",
        lambda record: record.counts[1] == BATCHES,
    ),
    Mistake(
        "game_rounds_k_for_the_generator",
        "The generator takes k steps for one of the discriminator: it is the other way round.",
        lambda record: record.counts[1] == K * BATCHES,
    ),
    Mistake(
        "game_rounds_other_count",
        "The generator takes {seen} steps: one after every k batches.",
        lambda record: record.counts[1] != BATCHES // K and record.counts[1],
    ),
    Mistake(
        "game_rounds_noise_once",
        "All steps get one and the same noise: the generator learns to draw from these few z, and "
        "from no others.",
        lambda record: len(set(record.noises)) == 1,
    ),
    Mistake(
        "game_rounds_noise_reused",
        "Some noise is used again: the {seen} gets the same z in more than one of its steps.",
        lambda record: record.reused_by,
    ),
    Mistake(
        "game_rounds_early",
        "The generator takes its steps after {seen} batches of the discriminator: with "
        f"k = {K}, they come after {list(range(K, BATCHES + 1, K))}.",
        lambda record: record.turns != list(range(K, BATCHES + 1, K)) and str(record.turns),
    ),
]
