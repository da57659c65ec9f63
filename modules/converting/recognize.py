"""The known formats, and which of them a document has."""

from modules.converting.awslabs.format import AWSLABS
from modules.converting.deploykf.format import DEPLOYKF
from modules.converting.document import Document
from modules.converting.eksctl.format import EKSCTL
from modules.converting.format import Format
from modules.converting.kfctl.format import KFCTL

FORMATS = (EKSCTL, AWSLABS, KFCTL, DEPLOYKF)
"""In the order in which they are read: a cluster, then what runs on it."""


def format_of(document: Document) -> Format:
    """The format of a document.

    Raises:
        ValueError: it has none of them.
    """
    for known in FORMATS:
        if known.recognizes(document):
            return known
    keys = ", ".join(list(document.data)[:5])
    names = ", ".join(known.name for known in FORMATS)
    raise ValueError(
        f"{document.file}, line {document.line((next(iter(document.data)),))}: is not a known format, its keys are {keys}; "
        f"convert reads: {names}"
    )
