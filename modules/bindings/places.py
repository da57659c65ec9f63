"""Where a call of the bindings was made, for an error that arrives later."""

import sys
from types import FrameType, TracebackType

Place = list[tuple[FrameType, int, int]]
"""Frame, instruction and line, the innermost first."""


def place_of_call() -> Place:
    """Return the frames that lead to the present call, without those of jsii and of the bindings.

    A loop, since a platform makes 460 such calls: traceback.walk_stack takes twice the time.
    """
    place: Place = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith(("jsii.", "modules.bindings.")):
            place.append((frame, frame.f_lasti, frame.f_lineno))
        frame = frame.f_back
    return place


def traceback_to(place: Place) -> TracebackType | None:
    """Return the traceback that an error raised at a place would have had."""
    made = None
    for frame, instruction, line in place:
        made = TracebackType(made, frame, instruction, line)
    return made
