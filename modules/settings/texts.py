"""Allowed forms of a field's texts, as metadata of the field; `modules.rules.texts` applies it to every text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """How texts of one field can differ from one plain line; part of the field's `Annotated` metadata."""

    lines: bool = False
    """Tabs and line breaks are allowed."""
    escaped: bool = False
    """`${` and `%{` are allowed, since they are escaped (`modules.text.escaped`) where the text is used, or only in the
    file of a chart, which Terraform does not read.
    """
    iam_variables: bool = False
    """IAM variables, such as `${aws:PrincipalTag/team}`, are allowed in values; `policy_variables` writes them as `&{…}`."""


FREE_FORM = Text(lines=True, escaped=True)
"""JSON in an external schema: values of a chart, the configuration of an add-on."""
PEM = Text(lines=True)
POLICY = Text(iam_variables=True)
PLAIN = Text()

IAM_VARIABLE = re.compile(r"\$\{(?=[A-Za-z0-9-]+:|[*?$]\})")
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""
