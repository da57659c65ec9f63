"""`kubeflow-aws init`: writes a new main.py, or a repository with it, from questions or options."""

import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from cli.init import asking, lookup
from cli.init.answers import KINDS, QUESTIONS, Answer, Answers, default, problems, questions
from cli.init.folder import files
from cli.init.rendering import main_py
from modules.doctor.address import ADDRESS_SERVICE
from modules.errors import ProblemsError
from modules.program import run

MAIN = "main.py"


def main(
    kind: str | None,
    given: Mapping[str, Answer | None],
    *,
    repository: Path | None = None,
    force: bool = False,
    look_up: bool | None = None,
    check_address: bool | None = None,
) -> None:
    """Write the files, and print the next command.

    Args:
        kind: of the platform; None: a question.
        given: name of a question to its answer; None or empty: a question, or the default without a terminal.
        repository: folder of a new repository; None: only main.py, in the current folder.
        force: replace files that exist.
        look_up: whether AWS may be called with the credentials of this machine; None: a question.
        check_address: whether the address service may be called; None: a question.

    Raises:
        ValueError: without a terminal an answer is missing, an answer is not valid, or a file exists.
    """
    folder = repository or Path()
    _refuse_existing([folder / MAIN], force=force)  # before the questions
    if kind is None:
        if not on_terminal():
            raise ValueError(f"no terminal for questions; add --kind, one of {', '.join(KINDS)}")
        kind = asking.kind()
    answers = _answers(kind, given, repository is not None, look_up, check_address)
    if found := problems(kind, answers):
        raise ProblemsError(found)
    text = main_py(kind, answers)
    contents = {MAIN: text} if repository is None else _repository(kind, text, answers)
    _write(folder, contents, force=force)
    for path in contents:
        print(f"written: {folder / path}")
    following = f"cd {shlex.quote(str(folder))} && {run('synth', is_clone=False)}" if repository else run("synth")
    print(f"Next: {following}   (writes generated/; nothing exists in AWS yet)")


def on_terminal() -> bool:
    """Whether a question can be answered."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _answers(
    kind: str,
    given: Mapping[str, Answer | None],
    repository: bool,
    look_up: bool | None,
    check_address: bool | None,
) -> Answers:
    wanted = questions(kind, repository=repository)
    unused = [option for name, option in _options(given).items() if name not in {one.name for one in wanted}]
    if unused:
        raise ValueError(f"{', '.join(unused)}: not used by a platform of kind {kind}; remove it")
    answers: dict[str, Answer] = {name: value for name, value in given.items() if value}
    found: dict[str, Answer] = {}
    missing = []
    for question in wanted:
        if question.name == "email":  # the region is known now
            open_ = {one.name: default(one, kind) for one in wanted if one.name not in answers}
            found = _looked_up(str(answers.get("region", "")), open_, look_up, check_address)
        if question.name in answers:
            continue
        value = found.get(question.name) or default(question, kind)
        if on_terminal():
            answers[question.name] = asking.answer(question, value, kind, answers)
        elif value is None:
            missing.append(question.option)
        else:
            answers[question.name] = value
    if missing:
        raise ValueError(f"no terminal for questions; add {', '.join(missing)}")
    return answers


def _options(given: Mapping[str, Answer | None]) -> Mapping[str, str]:
    return {one.name: one.option for one in QUESTIONS if given.get(one.name)}


def _looked_up(
    region: str, open_: Mapping[str, Answer | None], look_up: bool | None, check_address: bool | None
) -> dict[str, Answer]:
    """Answers from AWS as far as allowed, for the questions that have none; `open_` has their defaults."""
    found: dict[str, Answer] = {}
    if region and open_.keys() & {"admins", "zones", "instance_type"} and lookup.has_credentials():
        text = "Look up caller, zones and instance types with the AWS credentials of this machine?"
        if look_up or (look_up is None and on_terminal() and asking.yes(text)):
            found |= lookup.from_aws(region, str(open_.get("instance_type")), print)
    if region and "public_access_cidrs" in open_:
        text = f"Request this machine's public address from {ADDRESS_SERVICE}?"
        if check_address or (check_address is None and on_terminal() and asking.yes(text)):
            found |= lookup.from_address_service(print)
    return found


def _repository(kind: str, text: str, answers: Answers) -> Mapping[str, str]:
    bucket = answers.get("state_bucket")
    return files(
        kind, text, name=str(answers["name"]), region=str(answers["region"]), bucket=str(bucket) if bucket else None
    )


def _refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    existing = [str(path) for path in paths if path.exists()]
    if existing and not force:
        raise ValueError(f"{', '.join(existing)}: exists; --force replaces it, --repo FOLDER writes a new folder")


def _write(folder: Path, contents: Mapping[str, str], *, force: bool) -> None:
    _refuse_existing((folder / path for path in contents), force=force)
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
