"""The sections of the report, in its order, and the analyses that are still to come.

Each module has ``run(context) -> Result | NotRun`` and ``write(result, context) -> Section``.
"""

from __future__ import annotations

from types import ModuleType

from xinzhi.report.sections import coupling, data_method, index, new_quality

# Results are asked for in this order too: coupling reads the index.
SECTIONS: tuple[ModuleType, ...] = (index, coupling, new_quality, data_method)
