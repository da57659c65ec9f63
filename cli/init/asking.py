"""The questions on a terminal, each with the settings' own error for an answer that is not valid."""

from collections.abc import Callable
from typing import cast

import questionary

from cli.init.answers import KINDS, Answer, Question, problem_of


def kind() -> str:
    """Ask for the kind of the platform."""
    choices = [questionary.Choice(f"{name}: {what}", value=name) for name, what in KINDS.items()]
    return cast(str, _answered(questionary.select("Kind of platform", choices=choices)))


def yes(text: str, *, default: bool = False) -> bool:
    """Ask a yes/no question."""
    return bool(_answered(questionary.confirm(text, default=default)))


def answer(question: Question, default: Answer | None, of_kind: str, known: dict[str, Answer]) -> Answer:
    """Ask until the answer is valid.

    Args:
        question: what to ask.
        default: shown as the answer, to be edited.
        of_kind: kind of the platform.
        known: earlier answers.
    """
    return question.answer(
        str(
            _answered(
                questionary.text(
                    question.text,
                    default=", ".join(default) if isinstance(default, tuple) else default or "",
                    validate=_validator(question, of_kind, known),
                )
            )
        )
    )


def _validator(question: Question, of_kind: str, known: dict[str, Answer]) -> Callable[[str], bool | str]:
    return lambda text: problem_of(question, question.answer(text), of_kind, known) or True


def _answered(asked: questionary.Question) -> object:
    given = asked.ask(kbi_msg="")
    if given is None:
        raise KeyboardInterrupt
    return given
