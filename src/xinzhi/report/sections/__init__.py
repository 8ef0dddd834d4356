"""The sections of the report, in its order, and the analyses that are still to come.

Each module has ``ID``, ``PART``, ``TITLE`` (of its line where it cannot run),
``run(context) -> Result | NotRun | None``, None where it has no place in the report of these data,
and ``write(result, context) -> Section``.
"""

from __future__ import annotations

from types import ModuleType

from xinzhi.report.sections import (
    chokepoints,
    coupling,
    data_method,
    disparity,
    finance,
    frontier,
    index,
    innovation,
    inputoutput,
    new_quality,
    productivity,
    science,
    sensitivity,
    shock,
    strengths,
    synergy,
    talent,
    transition,
    trend,
    watch,
)

# Results are asked for in this order too: coupling reads the index, synergy and trend what is
# before them, data_method the figures of all.
SECTIONS: tuple[ModuleType, ...] = (
    index,
    coupling,
    synergy,
    trend,
    science,
    new_quality,
    innovation,
    finance,
    talent,
    inputoutput,
    chokepoints,
    shock,
    productivity,
    watch,
    strengths,
    disparity,
    transition,
    frontier,
    data_method,
    sensitivity,
)
