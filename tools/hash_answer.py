"""Print the entry of course.toml for an answer: hash_answer.py KEY ANSWER [HINT]."""

import json
import sys

from fidle_vae.checks.quiz.answers import hash_answer
from fidle_vae.course.catalogue import questions


def main(key: str, answer: str, hint: str = "") -> str:
    """Return the lines to paste; a known key keeps its hint unless another one is passed."""
    kind = "letter" if answer.isalpha() else "number"
    if not hint:
        hint = questions()[key].hint if key in questions() else "Section ?: what leads to it?"
    return (
        f"[lesson.quiz.{key}]\ndigest = {json.dumps(hash_answer(key, answer))}\n"
        f"kind = {json.dumps(kind)}\nhint = {json.dumps(hint, ensure_ascii=False)}"
    )


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    print(main(*sys.argv[1:]))
