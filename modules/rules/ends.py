"""Warnings about ends of support."""

from collections.abc import Iterator
from datetime import date

from modules.aws_data.ends import last_sentence
from modules.errors import split_sentence
from modules.kubeflow.ends.of_platform import ends_of
from modules.rules.rule import Problem, dated_warning
from modules.settings.platform import Platform


@dated_warning(Platform)
def end_warnings(platform: Platform, today: date) -> Iterator[Problem]:
    """Path and sentence of every part that is past its end of support or within 60 days of it.

    Args:
        platform: without problems.
        today: the day that ends are compared with.
    """
    for path, ends in ends_of(platform):
        if (sentence := last_sentence(ends, today)) is not None:
            yield path, *split_sentence(sentence)
