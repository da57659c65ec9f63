"""Outcomes as JUnit XML, which CI systems show as tests.

Source: https://github.com/testmoapp/junitxml
"""

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from modules.acceptance.program.outcome import Outcome


def junit(platform: str, outcomes: Sequence[Outcome]) -> str:
    """One test suite, a test case for each check."""
    counts = {status: sum(one.status == status for one in outcomes) for status in ("failed", "skipped")}
    suite = Xml.Element(
        "testsuite",
        name=f"accept {platform}",
        tests=str(len(outcomes)),
        failures=str(counts["failed"]),
        skipped=str(counts["skipped"]),
        time=f"{sum(one.seconds for one in outcomes):.1f}",
    )
    for one in outcomes:
        case = Xml.SubElement(suite, "testcase", classname=f"accept.{platform}", name=one.id, time=f"{one.seconds:.1f}")
        if one.status == "passed":
            Xml.SubElement(case, "system-out").text = f"{one.title}: {one.text}"
        else:
            kind = "failure" if one.status == "failed" else "skipped"
            Xml.SubElement(case, kind, message=f"{one.title}: {one.text}")
    Xml.indent(suite)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
