"""Sign-in as a browser does it, and what has no session."""

import pytest

from modules.acceptance.program.outcome import Outcome
from modules.acceptance.program.running import outcomes
from modules.acceptance.user import Program, User, checks
from tests.modules.acceptance.played import EMAIL, PASSWORD, PROGRAM_TOKEN, TEAM, Played, playing
from tests.modules.acceptance.team_s3 import Bucket

FAULTS = {
    "user-sign-in": {
        "password refused": "Dex refuses the password",
        "other user": "the dashboard sees the user other@team.example.net",
        "no namespace": "sees the namespaces []",
    },
    "no-session": {"open gateway": "expected: 401, 403, or a redirect"},
    "forged-user": {"trusts headers": "expected: 401, 403", "unsigned tokens": "expected: 401, 403"},
    "program-from-outside": {"accepts programs": "expected: 401, 403"},
}


def run(*faults: str, password: str = PASSWORD, accepted: bool = False) -> dict[str, Outcome]:
    with playing(Played(Bucket(), frozenset(faults))) as address:
        user, program = User(address, EMAIL, password, TEAM), Program(address, TEAM, PROGRAM_TOKEN, accepted)
        return {one.id: one for one in outcomes(checks(user, program), {})}


def test_a_user_signs_in_through_the_list_of_connectors() -> None:
    found = run()
    assert {one.status for one in found.values()} == {"passed"}
    assert found["user-sign-in"].text == f"{EMAIL} sees {TEAM}"
    assert found["no-session"].text == "302 /dex/auth"


@pytest.mark.parametrize(
    ("check", "fault", "text"),
    [(check, fault, text) for check, faults in FAULTS.items() for fault, text in faults.items()],
)
def test_a_defect_fails_its_check(check: str, fault: str, text: str) -> None:
    found = run(fault)
    assert found[check].status == "failed"
    assert text in found[check].text


def test_a_wrong_password_is_said_and_not_printed() -> None:
    found = run(password="another")
    assert found["user-sign-in"].text.endswith(f"Dex refuses the password of {EMAIL}")
    assert "another" not in repr(User("", EMAIL, "another", TEAM))


def test_machine_tokens_are_accepted_where_the_settings_say_so() -> None:
    assert (
        run("accepts programs", accepted=True)["program-from-outside"].text
        == f"Pipelines lists the experiments of {TEAM}"
    )
    found = run(accepted=True)["program-from-outside"]
    assert (found.status, found.text.endswith("since machine_tokens is on")) == ("failed", True)
    assert PROGRAM_TOKEN not in repr(Program("", TEAM, PROGRAM_TOKEN, accepted=True))


def test_every_check_has_a_defect() -> None:
    assert FAULTS.keys() == checks(User("", EMAIL, "", TEAM), Program("", TEAM, "", accepted=False)).keys()
