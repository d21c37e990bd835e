"""Print the line of checks/quiz/answers.py for an answer: hash_answer.py KEY ANSWER [HINT]."""

import sys

from fidle_vae.checks.quiz.answers import ANSWERS, entry


def main(key: str, answer: str, hint: str = "") -> str:
    """Give the line to paste; a key that is known keeps its hint unless another one is told."""
    kind = "letter" if answer.isalpha() else "number"
    hint = hint or ANSWERS.get(key, ("", "", "Section ?: what leads to the answer?"))[2]
    return f'    "{key}": ("{entry(key, answer)}", "{kind}", "{hint}"),'


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    print(main(*sys.argv[1:]))
