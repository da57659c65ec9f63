"""Where a call of the bindings was made, for an error that arrives later."""

import sys
import traceback
from types import FrameType, TracebackType

Place = list[tuple[FrameType, int, int]]
"""Frame, instruction and line, the innermost first."""


def place_of_call() -> Place:
    """Return the frames that lead to the present call, without those of jsii and of the bindings."""
    return [(frame, frame.f_lasti, line) for frame, line in traceback.walk_stack(sys._getframe(1)) if _of_user(frame)]


def traceback_to(place: Place) -> TracebackType | None:
    """Return the traceback that an error raised at a place would have had."""
    made = None
    for frame, instruction, line in place:
        made = TracebackType(made, frame, instruction, line)
    return made


def _of_user(frame: FrameType) -> bool:
    return not frame.f_globals.get("__name__", "").startswith(("jsii.", "modules.bindings."))
