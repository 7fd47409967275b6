"""What can be wrong with the words of a command."""

from __future__ import annotations

from policies.problems import AskProblem

LONGEST = 2_000  # characters; the longest operation there is has a third of it


class TooLong(AskProblem):
    code = "too-long"
    sentence = "That command has {length} characters."
    why = f"No operation needs more than {LONGEST}."
    remedy = "Send the names alone; type the command with `help` to see its form."


class UnknownCommand(AskProblem):
    code = "unknown-command"
    sentence = "I don't know the command /{command}.{hint}"
    why = "It reached me, but none of my operations has that name."
    remedy = "I know: {known}."


class UnknownVerb(AskProblem):
    code = "unknown-verb"
    sentence = "/{command} has no '{verb}'.{hint}"
    why = "Its verbs are: {known}."
    remedy = "Type `/{command} help` to see what each does."


class UnknownOption(AskProblem):
    code = "unknown-option"
    sentence = "'{option}' is not an option of {operation}.{hint}"
    why = "Its options are: {known}."
    remedy = "Type `/{command} help {verb}` for what each means."


class Twice(AskProblem):
    code = "given-twice"
    sentence = "'{option}' is given twice."
    why = "I can't tell which of the two you mean."
    remedy = "Give it once."


class Missing(AskProblem):
    code = "missing-argument"
    sentence = "{operation} needs {name}: {meaning}."
    why = "It wasn't given."
    remedy = "For example: `/{command} {example}`"


class Surplus(AskProblem):
    code = "surplus-argument"
    sentence = "'{word}' is one word too many for {operation}."
    why = "By position it takes {places}; everything else is written key=value."
    remedy = 'For example: `/{command} {example}`. A name with a blank in it goes in "double quotes".'


class BadValue(AskProblem):
    code = "bad-value"
    sentence = "{name}={value} won't do: {fault}."
    why = "{meaning}."
    remedy = "For example: `/{command} {example}`"


class Clash(AskProblem):
    code = "clash"
    sentence = "Those don't go together: {fault}."
    why = "Each may be right by itself."
    remedy = "For example: `/{command} {example}`"


class OpenQuote(AskProblem):
    code = "open-quote"
    sentence = "A double quote is opened and never closed."
    why = "What follows it can't be told apart."
    remedy = 'Close it, or leave it away; only names with a blank need "double quotes".'
