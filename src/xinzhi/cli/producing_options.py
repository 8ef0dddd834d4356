"""The options of ``xinzhi productivity``: roles of columns, and choices of the methods."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.language import say
from xinzhi.cli.options import column_names, option_group, table_options

FIRM_METHODS = ("ols", "op", "lp", "acf", "wooldridge")
METHODS = (
    *("dea", "super", "sbm", "directional", "bootstrap", "network"),
    *("malmquist", "luenberger", "malmquist-luenberger"),
    *("growth-accounting", "reallocation", "sfa"),
    *FIRM_METHODS,
)


def _stages(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> dict[str, tuple[list[str], list[str]]] | None:
    """Return name → (inputs, outputs) of ``NAME:A,B>C``."""
    found = {}
    for text in texts:
        name, _, flow = text.replace("：", ":").replace("＞", ">").partition(":")
        taken, _, made = flow.partition(">")
        inputs, outputs = (
            column_names(_context, _parameter, taken),
            column_names(_context, _parameter, made),
        )
        if not (name.strip() and inputs and outputs) or name.strip() in found:
            raise click.BadParameter(
                say(
                    f"{text}：应写作 名称:投入,投入>产出，各环节名称不同",
                    f"{text}: write NAME:INPUT,INPUT>OUTPUT, every stage with a name of its own",
                )
            )
        found[name.strip()] = (inputs, outputs)
    return found or None


def _share(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> float | str | None:
    """Return a number, or the name of a column."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


role_options = option_group(
    table_options(
        "每行一个单元（和时期）的表：CSV、TSV、XLSX；企业数据还可用 Parquet、DuckDB 或工作区",
        "table with one row a unit (and period): CSV, TSV, XLSX; for firms also Parquet, "
        "DuckDB or a workspace",
    ),
    click.option(
        "--table", metavar="NAME", help=say("数据库中的表", "table of a database of firms")
    ),
    click.option(
        "--method",
        type=click.Choice(METHODS),
        default="dea",
        show_default=True,
        metavar="METHOD",
        help=", ".join(METHODS),
    ),
    click.option("--unit", metavar="COL", help=say("单元列", "column of the unit")),
    click.option("--time", metavar="COL", help=say("时间列", "column of the period")),
    click.option(
        "--inputs",
        metavar="A,B",
        callback=column_names,
        help=say(
            "投入列；增长核算和企业方法：先资本、后劳动",
            "input columns; for growth accounting and firms capital first, then labour",
        ),
    ),
    click.option(
        "--outputs", metavar="C", callback=column_names, help=say("产出列", "output columns")
    ),
    click.option(
        "--undesirable",
        metavar="D",
        callback=column_names,
        help=say("非期望产出列", "columns of undesirable outputs"),
    ),
)
frontier_options = option_group(
    click.option(
        "--returns",
        type=click.Choice(["crs", "vrs", "nirs", "ndrs"]),
        help=say("规模报酬：不变、可变、非递增、非递减", "returns to scale"),
    ),
    click.option(
        "--orientation",
        type=click.Choice(["input", "output", "none"]),
        help=say("导向；none 只用于 sbm", "orientation; none is for sbm only"),
    ),
    click.option(
        "--direction",
        type=click.Choice(["output", "input", "graph"]),
        help=say("directional、luenberger 的方向", "direction of directional and luenberger"),
    ),
    click.option(
        "--reference",
        type=click.Choice(["adjacent", "sequential", "biennial", "global"]),
        help=say("指数的参考技术", "reference technology of an index over time"),
    ),
    click.option(
        "--stage",
        "stages",
        multiple=True,
        metavar="NAME:A,B>C",
        callback=_stages,
        help=say("network 的环节，按先后多次给出", "stage of network, repeated in order"),
    ),
    click.option(
        "--decomposition",
        type=click.Choice(["relational", "additive"]),
        help=say("network 的分解", "decomposition of network"),
    ),
    click.option(
        "--distribution",
        type=click.Choice(["half-normal", "truncated-normal"]),
        help=say("sfa 的无效率项分布", "distribution of inefficiency of sfa"),
    ),
    click.option(
        "--frontier",
        type=click.Choice(["production", "cost"]),
        help=say("sfa 的前沿", "frontier of sfa"),
    ),
    click.option(
        "--trend",
        is_flag=True,
        default=None,
        help=say("sfa：前沿随时间移动", "sfa: let the frontier shift over time"),
    ),
)
growth_options = option_group(
    click.option(
        "--labour",
        metavar="A,B",
        callback=lambda *given: column_names(*given) or None,
        help=say("投入中哪些是劳动，其余为资本", "which inputs are labour, the rest being capital"),
    ),
    click.option(
        "--capital-share",
        metavar="NUMBER|COL",
        callback=_share,
        help=say("增长核算的资本份额", "capital share of growth accounting"),
    ),
    click.option(
        "--human-capital",
        metavar="COL",
        help=say("人均人力资本列", "column of human capital per worker"),
    ),
    click.option(
        "--depreciation",
        type=float,
        metavar="NUMBER",
        help=say(
            "折旧率；给出时第一项投入是投资，按永续盘存法得出资本",
            "rate of depreciation; the first input is then investment, and capital is built of it",
        ),
    ),
    click.option(
        "--deflator",
        metavar="COL",
        help=say("投资价格指数列", "column of the price index of investment"),
    ),
    click.option(
        "--sector", metavar="COL", help=say("reallocation 的行业列", "sectors of reallocation")
    ),
    click.option(
        "--nominal-output",
        metavar="COL",
        help=say(
            "reallocation：现价产出列，按 Tang–Wang 分解",
            "reallocation: output at current prices, for the Tang–Wang form",
        ),
    ),
    click.option(
        "--proxy",
        metavar="COL",
        help=say(
            "企业方法的代理变量：中间投入，op 为投资",
            "proxy of the methods for firms: intermediate inputs, for op investment",
        ),
    ),
    click.option(
        "--tfp",
        "tfp_file",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help=say(
            "企业方法：把各企业的 TFP 写入此文件，不放进结果",
            "methods for firms: write the TFP of every firm to this file, not into the result",
        ),
    ),
    click.option(
        "--replications",
        type=click.IntRange(min=0),
        metavar="N",
        help=say("自助抽样次数", "bootstrap replications"),
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        metavar="N",
        help=say("自助抽样的随机种子，缺省 0", "random seed of the bootstrap, 0 by default"),
    ),
)
