"""What a command works on: a file, a workspace with its settings, or the embedded figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.options import region_set_of

if TYPE_CHECKING:
    from xinzhi.data import IndicatorSystem, Panel, RegionSet, Workspace

_HERE = Path()


def settled(
    context: click.Context, positional: Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Fill in what the command line leaves out with the settings of the workspace in use.

    That is the workspace that is named as input, or, where nothing is named, the one that the
    command runs in.
    """
    found = dict(options)
    workspace = _workspace_in_use(one_input(positional, options["data_path"]))
    if workspace is not None:
        found["workspace"] = workspace.folder
        for name, value in _defaults(workspace).items():
            left_out = context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT
            if name in found and left_out and value is not None:
                found[name] = value
    return found


def _defaults(workspace: Workspace) -> dict[str, str | None]:
    """Return the settings of a workspace as a user would type them, None where there is none."""
    from xinzhi.data import shipped_systems

    settings = workspace.settings
    system, years = settings.system, settings.years
    if system is not None and system not in shipped_systems():
        system = str(workspace.path(system))
    span = None
    if years is not None:
        span = str(years[0]) if years[0] == years[1] else f"{years[0]}:{years[1]}"
    return {
        "region": settings.region,
        "year": span,
        "system": system,
        "peers": ",".join(settings.peers) or None,
    }


def _workspace_in_use(path: Path | None) -> Workspace | None:
    from xinzhi.data import is_workspace, open_workspace

    folder = _HERE if path is None else path
    return open_workspace(folder) if is_workspace(folder) else None


def panel_of(positional: Path | None, options: Mapping[str, Any]) -> Panel:
    """Read the panel that was named, or that of the workspace in use; else the embedded figures."""
    own = _own_panel(positional, options)
    return _embedded() if own is None else own


def panel_for(
    system: IndicatorSystem, positional: Path | None, options: Mapping[str, Any]
) -> Panel:
    """Read a panel as ``panel_of``; to the embedded figures comes the pack that a system needs.

    Gaps are filled only where ``--impute`` asks for it.
    """
    from xinzhi.data import impute, join_panels, science_technology_panel

    own = _own_panel(positional, options)
    panel = _embedded() if own is None else own
    if system.pack and own is None:
        panel = join_panels(science_technology_panel(), panel)
    if options["impute"] is None:
        return panel
    used = {name for indicator in system.indicators for name in indicator.formula.names}
    return impute(panel, options["impute"], sorted(used))


def _own_panel(positional: Path | None, options: Mapping[str, Any]) -> Panel | None:
    """Read the figures that were named or are in the workspace in use, None where there are none.

    A workspace that is named must hold figures; one that the command only runs in need not.
    """
    from xinzhi.core import InputError

    path = one_input(positional, options["data_path"])
    if path is not None:
        return read(path, region_set_of(options))
    workspace = _workspace_in_use(None)
    if workspace is None:
        return None
    try:
        return workspace.panel()
    except InputError:
        if workspace.settings.vintages or len(workspace.imports()):
            raise
        return None


def _embedded() -> Panel:
    """Return the embedded figures, with a note where a workspace would have been used."""
    from xinzhi.core import Text
    from xinzhi.data import embedded_panel, is_workspace

    panel = embedded_panel()
    if not is_workspace(_HERE):
        return panel
    note = Text(
        "工作区还没有数据，用的是随附数据。",
        "the workspace holds no figures yet; those shipped are used.",
    )
    return replace(panel, warnings=(*panel.warnings, note))


def is_folder(path: Path) -> bool:
    """Tell whether an input is a folder, such as a workspace, and not a file."""
    return path.is_dir()


def read(path: Path, regions: RegionSet | None) -> Panel:
    """Read the panel of a file, or of a workspace where ``path`` is its folder."""
    from xinzhi.data import is_workspace, open_workspace, read_panel

    return open_workspace(path).panel() if is_workspace(path) else read_panel(path, regions)


def one_input(positional: Path | None, named: Path | None) -> Path | None:
    """Return the input, given as an argument or by ``--data`` but not both."""
    if positional is not None and named is not None:
        from xinzhi.core import InputError, Text

        raise InputError(
            Text(
                f"给了两个输入：{positional} 和 --data {named}",
                f"two inputs given: {positional} and --data {named}",
            ),
            remedy=Text("只给一个。", "Give one of them."),
        )
    return positional or named
