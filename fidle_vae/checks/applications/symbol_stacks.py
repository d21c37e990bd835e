"""The checks of a stack of symbols that is one whole number: push, pop, a message in order."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from fidle_vae.checks.engine import (
    Mistake,
    Result,
    diagnose,
    exercise,
    from_arguments,
    outcome,
    runs_elsewhere,
)

# Small numbers, so that one more or less is seen; frequencies of different sizes, none a neighbour.
TABLES = ([0, 1, 4, 8], [0, 3, 5, 6, 13], [0, 2, 7])


@exercise
@from_arguments
def push(my_push: Callable) -> Result:
    """Check `my_push(stack, symbol, cumulative)`: the stack with the symbol on it."""
    cases = [
        {"stack": stack, "symbol": symbol, "cumulative": [*table]}
        for table in TABLES
        for stack, symbol in ((23, 0), (47, 1), (96, len(table) - 2))
    ]
    if runs_elsewhere(my_push):  # where no table of the values must do
        table, (symbol, stack, *_) = _drawn()
        cases.append({"stack": 30 + stack, "symbol": symbol, "cumulative": table})
    found = diagnose("push", my_push, cases, [_push], MISTAKES_OF_PUSH, _given, arrays=True)
    long = [{"stack": 10**17 + i, "symbol": 1, "cumulative": [*TABLES[0]]} for i in range(3)]
    return _exactly(found, my_push, _push, long)


@exercise
@from_arguments
def pops(my_pops: Callable) -> Result:
    """Check `my_pops(stack, n, cumulative)`: n symbols, the one that was pushed last first."""
    cases = [
        {"stack": _message(symbols, table), "n": n, "cumulative": [*table]}
        for table, symbols, n in (
            (TABLES[0], (2, 2, 1, 0, 2, 1, 1), 6),
            (TABLES[1], (3, 0, 3, 2, 1, 3, 0), 5),
            (TABLES[2], (1, 0, 1, 1, 0), 4),
        )
    ]
    if runs_elsewhere(my_pops):
        table, symbols = _drawn()
        cases.append({"stack": _message(symbols, table), "n": 5, "cumulative": table})
    found = diagnose("pops", my_pops, cases, [_pops], MISTAKES_OF_POPS, _given, arrays=True)
    long = {"stack": _message((2, 1, 0, 1) * 9, TABLES[0]), "n": 36, "cumulative": [*TABLES[0]]}
    return _exactly(found, my_pops, _pops, [long])


@exercise
def message(my_message: Callable) -> Result:
    """Check `my_message(symbols, cumulative)`: a stack that pops the symbols in their order."""
    cases = [
        {"symbols": [*symbols], "cumulative": [*table]}
        for table, symbols in (
            (TABLES[0], (2, 1, 0, 2)),
            (TABLES[1], (0, 3, 1)),
            (TABLES[2], (1, 0, 0, 1)),
            (TABLES[2], (0,)),
        )
    ]
    if runs_elsewhere(my_message):
        table, symbols = _drawn()
        cases.append({"symbols": symbols, "cumulative": table})
    return diagnose("message", my_message, cases, [_message], MISTAKES, _given, arrays=True)


def _given(case, index):
    return ", ".join(f"{name} = {value}" for name, value in case.items())


def _drawn():
    """Draw cumulative frequencies of five symbols, and six of these."""
    rng = np.random.default_rng(9)
    table = [0, *np.cumsum(rng.integers(1, 7, 5)).tolist()]
    return table, rng.integers(0, 5, 6).tolist()


def _exactly(result, solution, right, cases):
    """Return a result, or that of stacks beyond the 53 bits of a float, within 64, if it is right.

    `diagnose` compares floats, to a tolerance.
    """
    for case in cases if result.ok else ():
        values = outcome(result.check, partial(solution, *case.values()))
        if isinstance(values, Result):
            return values
        found, due = ([int(each) for each in np.ravel(v)] for v in (values, right(*case.values())))
        wrong = [pair for pair in zip(found, due, strict=True) if pair[0] != pair[1]]
        if wrong:
            seen = "{} where {} is expected".format(*wrong[0])
            return Result(
                result.check,
                f"{result.check}_rounded",
                "It is right for small stacks alone. / makes a float of 53 bits, and a stack is "
                f"longer: divide by //, which stays whole. For {_given(case, ())}: {seen}.",
            )
    return result


def _span(symbol, cumulative):
    return cumulative[symbol], cumulative[symbol + 1] - cumulative[symbol], cumulative[-1]


def _push(stack, symbol, cumulative, total=None):
    start, frequency, last = _span(symbol, cumulative)
    return stack // frequency * (total or last) + start + stack % frequency


def _symbol_at(rest, cumulative):
    return max(s for s in range(len(cumulative) - 1) if cumulative[s] <= rest)


def _pop(stack, cumulative):
    quotient, rest = divmod(stack, cumulative[-1])
    symbol = _symbol_at(rest, cumulative)
    start, frequency, _ = _span(symbol, cumulative)
    return symbol, frequency * quotient + rest - start


def _pops(stack, n, cumulative, pop=_pop):
    symbols = []
    for _ in range(n):
        symbol, stack = pop(stack, cumulative)
        symbols.append(symbol)
    return symbols


def _message(symbols: Sequence[int], cumulative, first=1, step=_push):
    stack = first
    for symbol in reversed(symbols):
        stack = step(stack, symbol, cumulative)
    return stack


def _of_span(formula):
    """Return a push from a formula of the stack, c, f and T."""
    return lambda stack, symbol, cumulative: formula(stack, *_span(symbol, cumulative))


MISTAKES_OF_PUSH = [
    Mistake(
        "push_without_start",
        "c is missing: without it, all symbols leave a remainder from 0 on, and the pop cannot "
        "tell them apart.",
        _of_span(lambda stack, c, f, t: stack // f * t + stack % f),
    ),
    Mistake(
        "push_without_rest",
        "The remainder, stack % f, is missing: a part of what was on the stack is lost.",
        _of_span(lambda stack, c, f, t: stack // f * t + c),
    ),
    Mistake(
        "push_true_division",
        "/ gives a fraction: take //, which leaves its remainder to stack % f.",
        _of_span(lambda stack, c, f, t: stack / f * t + c + stack % f),
    ),
    Mistake(
        "push_not_times_total",
        "The quotient must be multiplied by the total: the stack has to grow.",
        _of_span(lambda stack, c, f, t: stack // f + c + stack % f),
    ),
    Mistake(
        "push_exchanged",
        "f and T are exchanged: divide by f, multiply by T. This is how a pop goes.",
        _of_span(lambda stack, c, f, t: stack // t * f + c + stack % t),
    ),
    Mistake(
        "push_remainder_by_total",
        "The remainder is taken by T: by f, as in the quotient.",
        _of_span(lambda stack, c, f, t: stack // f * t + c + stack % t),
    ),
    Mistake(
        "push_multiplied_by_frequency",
        "The whole stack is multiplied: divide it by f first, in whole numbers.",
        _of_span(lambda stack, c, f, t: stack * t + c),
    ),
    Mistake(
        "push_next_start",
        "Where c belongs stands the end of the symbol's span: cumulative[symbol], and not "
        "cumulative[symbol + 1].",
        _of_span(lambda stack, c, f, t: stack // f * t + c + f + stack % f),
    ),
    Mistake(
        "push_symbol_before",
        "cumulative starts with 0: symbol s goes from cumulative[s] to cumulative[s + 1]. Yours "
        "are one place too early.",
        lambda stack, symbol, cumulative: (
            stack // (cumulative[symbol] - cumulative[symbol - 1]) * cumulative[-1]
            + cumulative[symbol - 1]
            + stack % (cumulative[symbol] - cumulative[symbol - 1])
        ),
    ),
    Mistake(
        "push_total_by_sum",
        "cumulative is added up already: the total is its last entry, not its sum.",
        lambda stack, symbol, cumulative: _push(stack, symbol, cumulative, sum(cumulative)),
    ),
    Mistake(
        "push_cumulative_as_frequency",
        "f is the difference cumulative[symbol + 1] - cumulative[symbol], and not cumulative of "
        "the next symbol.",
        _of_span(lambda stack, c, f, t: stack // (c + f) * t + c + stack % (c + f)),
    ),
    Mistake(
        "push_subtracted",
        "c is subtracted: a push adds it, and the pop subtracts it again.",
        _of_span(lambda stack, c, f, t: stack // f * t - c + stack % f),
    ),
    Mistake(
        "push_symbol_as_start",
        "The symbol itself is added: add c, the frequencies of those before it.",
        lambda stack, symbol, cumulative: (
            _push(stack, symbol, cumulative) - cumulative[symbol] + symbol
        ),
    ),
    Mistake(
        "push_equal_frequencies",
        "The frequencies make no difference here: this is a number system with one digit for each "
        "symbol. What is probable must take less room.",
        lambda stack, symbol, cumulative: stack * (len(cumulative) - 1) + symbol,
    ),
    Mistake(
        "push_stack_unchanged",
        "This is the stack as it was: push the symbol onto it.",
        lambda stack, symbol, cumulative: stack,
    ),
]


def _popping(
    symbol=_symbol_at,
    state=lambda c, f, t, quotient, rest: f * quotient + rest - c,
    undone=_symbol_at,
):
    """Return n pops by another symbol, another new stack, or that of another symbol."""

    def pop(stack, cumulative):
        quotient, rest = divmod(stack, cumulative[-1])
        found = symbol(rest, cumulative)
        return found, state(*_span(undone(rest, cumulative), cumulative), quotient, rest)

    return lambda stack, n, cumulative: _pops(stack, n, cumulative, pop)


def _symbol_below(rest, cumulative):
    return max((s for s in range(len(cumulative) - 1) if cumulative[s] < rest), default=0)


MISTAKES_OF_POPS = [
    Mistake(
        "pops_reversed",
        "The order is that of the pushes: the symbol that comes first is the one pushed last.",
        lambda stack, n, cumulative: _pops(stack, n, cumulative)[::-1],
    ),
    Mistake(
        "pops_same_symbol",
        "It finds one symbol again and again: the stack must get smaller with each pop.",
        lambda stack, n, cumulative: [_pop(stack, cumulative)[0]] * n,
    ),
    Mistake(
        "pops_without_rest",
        "The new stack has lost its remainder: add stack % T - c.",
        _popping(state=lambda c, f, t, quotient, rest: f * quotient),
    ),
    Mistake(
        "pops_start_kept",
        "c is not subtracted: the new stack is f * (stack // T) + stack % T - c.",
        _popping(state=lambda c, f, t, quotient, rest: f * quotient + rest),
    ),
    Mistake(
        "pops_without_frequency",
        "The quotient is not multiplied by f: the new stack is f * (stack // T) + stack % T - c.",
        _popping(state=lambda c, f, t, quotient, rest: quotient + rest - c),
    ),
    Mistake(
        "pops_only_quotient",
        "The new stack is the quotient alone, as in a number system: multiply it by f, and add "
        "stack % T - c.",
        _popping(state=lambda c, f, t, quotient, rest: quotient),
    ),
    Mistake(
        "pops_next_symbol",
        "You name the symbol after the right one: c must not be larger than the remainder.",
        _popping(symbol=lambda rest, cumulative: _symbol_at(rest, cumulative) + 1),
    ),
    Mistake(
        "pops_at_the_border",
        "A remainder that equals c belongs to the symbol: it begins there. Compare with <=.",
        _popping(symbol=_symbol_below),
    ),
    Mistake(
        "pops_past_the_border",
        "A remainder of exactly c + f belongs to the next symbol, whose span begins there: >=, "
        "not >, and <=, not <.",
        _popping(symbol=_symbol_below, undone=_symbol_below),
    ),
    Mistake(
        "pops_late_rest",
        "stack % T is taken after the line before has changed the stack: keep the remainder first.",
        _popping(state=lambda c, f, t, quotient, rest: f * quotient + f * quotient % t - c),
    ),
    Mistake(
        "pops_remainders",
        "These are the remainders: which symbol's span does each lie in?",
        _popping(symbol=lambda rest, cumulative: rest),
    ),
    Mistake(
        "pops_starts",
        "These are the starts c of the symbols: their numbers are asked.",
        _popping(symbol=lambda rest, cumulative: cumulative[_symbol_at(rest, cumulative)]),
    ),
    Mistake(
        "pops_one_too_few",
        "One symbol is missing at the end: pop n of them.",
        lambda stack, n, cumulative: _pops(stack, n - 1, cumulative),
    ),
    Mistake(
        "pops_one_too_many",
        "It pops one symbol too many: n of them are asked.",
        lambda stack, n, cumulative: _pops(stack, n + 1, cumulative),
    ),
    Mistake(
        "pops_first_only",
        "This is the first symbol alone: pop n of them. Does `return` stand inside the loop?",
        lambda stack, n, cumulative: _pop(stack, cumulative)[0],
    ),
    Mistake(
        "pops_stack",
        "This is what is left of the stack: the symbols are asked.",
        lambda stack, n, cumulative: _left(stack, n, cumulative),
    ),
]


def _left(stack, n, cumulative):
    for _ in range(n):
        stack = _pop(stack, cumulative)[1]
    return stack


def _first_in(symbols, cumulative, first=1, step=_push):
    return _message(symbols[::-1], cumulative, first, step)


_BY_TOTAL = _of_span(lambda stack, c, f, t: stack // f * t + c + stack % t)


MISTAKES = [
    Mistake(
        "message_first_in",
        "The first symbol lies at the bottom of the stack, and is popped last: push the last one "
        "first.",
        _first_in,
    ),
    Mistake(
        "message_sorted",
        "The symbols are sorted, which loses their order: turn the list round.",
        lambda symbols, cumulative: _message(sorted(symbols), cumulative),
    ),
    Mistake(
        "message_sorted_down",
        "The symbols are sorted from the largest on, which loses their order: turn the list round.",
        lambda symbols, cumulative: _first_in(sorted(symbols), cumulative),
    ),
    Mistake(
        "message_from_zero",
        "The order is right, but an empty stack is 1 here: on 0, a first symbol may leave no "
        "trace.",
        lambda symbols, cumulative: _message(symbols, cumulative, first=0),
    ),
    Mistake(
        "message_last_only",
        "Only one symbol is on the stack: push all of them.",
        lambda symbols, cumulative: _push(1, symbols[0], cumulative),
    ),
    Mistake(
        "message_without_last",
        "The last symbol is missing: turn round the whole list, as reversed() does.",
        lambda symbols, cumulative: _message(symbols[:-1], cumulative),
    ),
    Mistake(
        "message_without_first",
        "The first symbol is missing: turn round the whole list, as reversed() does.",
        lambda symbols, cumulative: _message(symbols[1:], cumulative),
    ),
    Mistake(
        "message_without_rest",
        "The remainder of the stack is lost at each push: put that line back.",
        lambda symbols, cumulative: _message(
            symbols, cumulative, step=_of_span(lambda stack, c, f, t: stack // f * t + c)
        ),
    ),
    Mistake(
        "message_remainder_by_total",
        "The order is right now, but the remainder is taken by T: put mod f back.",
        lambda symbols, cumulative: _message(symbols, cumulative, step=_BY_TOTAL),
    ),
    Mistake(  # begins as the planted mistake does, which is in it
        "message_first_in_by_total",
        "The push was right, put mod f back: look at the order of the symbols.",
        lambda symbols, cumulative: _first_in(symbols, cumulative, step=_BY_TOTAL),
    ),
    Mistake(
        "message_without_start",
        "c is lost at each push: put that line back.",
        lambda symbols, cumulative: _message(
            symbols, cumulative, step=_of_span(lambda stack, c, f, t: stack // f * t + stack % f)
        ),
    ),
]
