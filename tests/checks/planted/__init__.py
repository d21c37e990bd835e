"""Answers of students: right ones, and wrong ones with the diagnosis that each must get."""

WRONG = {}  # check: {name of the mistake: answers that make it}
RIGHT = {}  # check: answers that are right


def wrong(check_name, mistake):
    """Note an answer that makes a mistake."""

    def note(answer):
        WRONG.setdefault(check_name, {}).setdefault(mistake, []).append(answer)
        return answer

    return note


def right(check_name):
    """Note a right answer."""

    def note(answer):
        RIGHT.setdefault(check_name, []).append(answer)
        return answer

    return note
