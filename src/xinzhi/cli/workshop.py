"""The commands of the data workshop: new, data check, import, template, diff, pack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import (
    common_options,
    out_option,
    region_set_of,
    region_set_option,
    system_option,
    years_of,
)
from xinzhi.cli.output import deliver, json_of, language_of

if TYPE_CHECKING:
    from xinzhi.core import Text
    from xinzhi.data import InspectionResult, Mapping, RepairResult

_FILE = click.Path(path_type=Path)


@click.command(
    help=say("建立工作区：设置文件和数据库", "make a workspace: settings and a database")
)
@click.argument("folder", type=_FILE)
@common_options
def new(folder: Path, **options: Any) -> None:
    """Make a workspace."""
    from xinzhi.core import Result
    from xinzhi.data import create_workspace

    workspace = create_workspace(folder)
    if options["as_json"]:
        import pandas as pd

        table = pd.DataFrame({"folder": [str(workspace.folder)]})
        click.echo(json_of("new", Result(tables={"workspace": table}), options))
    elif not options["quiet"]:
        click.echo(workspace.folder)


@click.command(
    "check",
    help=say(
        "检查一个表；有发现时退出状态为 2\n\n--fix 把确定无疑的改正写入新文件，并逐条记录",
        "check a table; exit status 2 where something is found\n\n"
        "--fix writes what is certain into a new file, with a record of every change",
    ),
)
@click.argument("file", type=_FILE)
@click.option("--fix", is_flag=True, help=say("写出改正后的文件", "write a corrected file"))
@click.option("--sheet", metavar="NAME", help=say("工作表", "sheet of a workbook"))
@region_set_option
@out_option
@common_options
def check(file: Path, **options: Any) -> None:
    """Check a table, and repair what is certain."""
    from xinzhi.data import finding_text, inspect_table, repair_table

    regions, sheet = region_set_of(options), options["sheet"]
    result: InspectionResult | RepairResult
    if options["fix"]:
        out = options["out"] or file.with_name(f"{file.stem}.fixed{file.suffix}")
        result = repair_table(file, out, regions, sheet, force=options["force"])
        if not options["quiet"]:
            count = len(result.to_frame("fixes"))
            click.echo(say(f"{out}：改正 {count} 处", f"{out}: {count} corrections"), err=True)
    else:
        result = inspect_table(file, regions, sheet)
        if options["out"] is not None:
            deliver("data check", result, options, all_rows=True)
    if options["as_json"]:
        click.echo(json_of("data check", result, options))
    elif not options["quiet"] and (options["fix"] or options["out"] is None):
        for finding in result.findings:
            click.echo(finding_text(finding).get(language_of(options)))
        if not result.findings:
            click.echo(say("没有发现问题。", "nothing found."))
    if result.findings:
        sys.exit(2)


@click.command(
    "import",
    help=say(
        "把文件导入工作区；全部导入或全不导入",
        "import files into a workspace: all of them or none",
    ),
)
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option(
    "--workspace",
    "folder",
    type=_FILE,
    default=".",
    metavar="FOLDER",
    show_default=True,
    help=say("工作区", "the workspace"),
)
@click.option(
    "--map", "map_path", type=_FILE, metavar="MAP.toml", help=say("对应表", "the mapping")
)
@click.option(
    "--region",
    "region_name",
    metavar="NAME",
    default="",
    help=say(
        "表中没有写明地区时，它是哪个地区的（记住，供同名的表以后使用）",
        "whose table it is, where nothing in it says so (remembered for the same book)",
    ),
)
@click.option(
    "--dry-run",
    is_flag=True,
    help=say(
        "只输出识别出的对应表（TOML，可修改后用 --map 给出）",
        "print the mapping that was found (TOML, to edit and give by --map), and write nothing",
    ),
)
@common_options
def import_(files: tuple[Path, ...], **options: Any) -> None:
    """Import files."""
    from xinzhi.data import Mapping, detect, import_files, open_workspace

    if options["dry_run"]:
        for file in files:
            click.echo(detect(file).to_toml())
        return
    given = options["map_path"]
    mapping = None if given is None else Mapping.from_toml(_text_of(given), given.name)

    def show(used: Mapping) -> None:
        if not options["quiet"]:
            click.echo(used.describe().get(language_of(options)), err=True)

    result = import_files(
        open_workspace(options["folder"]),
        files,
        mapping,
        region=options["region_name"],
        overwrite=options["force"],
        show=show,
        progress=not options["quiet"],
    )
    deliver("data import", result, options, all_rows=True)


@click.command(
    "template",
    help=say(
        "写出待填的 Excel 表：体系所需的指标、单位和说明",
        "write an Excel form to fill in: the figures a system needs, their units and notes",
    ),
)
@click.argument("file", type=_FILE)
@system_option
@region_set_option
@click.option(
    "--year",
    metavar="2023|2010:2023",
    help=say("要填的年份", "the years of the form"),
)
@click.option(
    "--ahp",
    is_flag=True,
    help=say(
        "改为写出成对比较表（层次分析法），供 index --ahp 使用",
        "write the form of pairwise comparisons instead, for index --ahp",
    ),
)
@common_options
def template(file: Path, **options: Any) -> None:
    """Write a form to fill in."""
    from xinzhi.core import InputError, Text
    from xinzhi.data import load_system, write_template

    system, years = load_system(options["system"]), years_of(options["year"])
    if options["ahp"]:
        from xinzhi.cli.judgements import write_judgement_form

        if years is not None or options["region_set"] is not None:
            raise InputError(
                Text(
                    "成对比较表没有年份和地区",
                    "the form of pairwise comparisons has no years and no regions",
                ),
                remedy=Text("去掉 --year 和 --regions。", "Leave out --year and --regions."),
            )
        write_judgement_form(system, file, language_of(options), force=options["force"])
    else:
        write_template(system, file, region_set_of(options), years or (), force=options["force"])
    if options["as_json"]:
        import pandas as pd

        from xinzhi.core import Result

        table = pd.DataFrame({"file": [str(file)]})
        click.echo(json_of("data template", Result(tables={"files": table}), options))
    elif not options["quiet"]:
        click.echo(file)


@click.command(
    "diff",
    help=say("比较两个文件或工作区的数据", "compare the figures of two files or workspaces"),
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@region_set_option
@out_option
@common_options
def diff(old: Path, new: Path, **options: Any) -> None:
    """Compare two panels."""
    from xinzhi.cli.inputs import read
    from xinzhi.data import compare_panels

    regions = region_set_of(options)
    result = compare_panels(read(old, regions), read(new, regions))
    tables = ("changed", "added", "removed")
    changed, added, removed = (len(result.to_frame(name)) for name in tables)
    if not options["quiet"]:
        zh = f"改变 {changed} 个，新增 {added} 个，删去 {removed} 个"
        click.echo(say(zh, f"{changed} changed, {added} added, {removed} removed"), err=True)
    if changed or options["as_json"] or options["out"] is not None:
        deliver("data diff", result, options, all_rows=True)


@click.group(help=say("数据包：较大的公开数据集", "data packs: larger public data sets"))
def pack() -> None:
    """Fetch larger public data sets."""


@pack.command("list", help=say("列出数据包", "list the packs"))
@common_options
def pack_list(**options: Any) -> None:
    """List the packs."""
    import pandas as pd

    from xinzhi.core import Result
    from xinzhi.data import pack_is_present, packs

    rows = [
        {
            "pack": one.id,
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "files": len(one.files),
            "present": pack_is_present(one),
            "repository": one.repository,
            "commit": one.commit,
            "licence": one.licence.get("en"),
        }
        for one in packs().values()
    ]
    deliver("data pack list", Result(tables={"packs": pd.DataFrame(rows)}), options, all_rows=True)


@pack.command(
    "get",
    help=say(
        "下载数据包到用户缓存（XINZHI_CACHE 可改），并核对哈希",
        "download a pack into the user's cache (XINZHI_CACHE moves it) and check its hashes",
    ),
)
@click.argument("name")
@click.option(
    "--mirror",
    type=_FILE,
    metavar="FOLDER",
    help=say("从本地文件夹取同样的文件", "take the same files from a folder"),
)
@common_options
def pack_get(name: str, **options: Any) -> None:
    """Fetch a pack."""
    from xinzhi.data import get_pack

    shown = not options["quiet"] and sys.stderr.isatty()
    paths = get_pack(name, options["mirror"], progress=shown)
    if options["as_json"]:
        import pandas as pd

        from xinzhi.core import Result

        table = pd.DataFrame({"file": [str(path) for path in paths]})
        click.echo(json_of("data pack get", Result(tables={"files": table}), options))
    elif not options["quiet"]:
        for path in paths:
            click.echo(path)


def _text_of(path: Path) -> str:
    from xinzhi.core import InputError, Text

    def refused(zh: str, en: str) -> InputError:
        message: Text = Text(f"{path}：{zh}", f"{path}: {en}")
        return InputError(message, remedy=Text("请检查路径。", "Check the path."))

    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refused("不是 UTF-8 文本", "is not text in UTF-8") from None
    except OSError as error:
        raise refused(
            f"无法读取（{error.strerror}）", f"cannot be read ({error.strerror})"
        ) from None
