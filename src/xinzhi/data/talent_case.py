"""The tables of ``talent`` from a folder of files or a workbook."""

from __future__ import annotations

from pathlib import Path

from xinzhi.data.table_sets import TableForms, TableSet, read_table_set

FORMS = TableForms(
    columns={
        "stocks": ("year field grade age?", "heads"),
        "transitions": ("field? grade age? to", "rate"),
        "history": ("field grade year", "heads inflow"),
        "inflow": ("field grade age? kind", "heads"),
        "pipelines": (
            "pipeline field grade age?",
            "years completion local_share intake cost? maximum?",
        ),
        "instruments": ("field grade age? kind", "cost maximum?"),
        "targets": ("field grade year", "heads most?"),
        "budget": ("year", "budget"),
        "output": ("sector year", "output"),
        "labour": ("sector field grade", "coefficient"),
    },
    chinese_tables={
        **{"存量": "stocks", "流动率": "transitions", "历史": "history", "流入": "inflow"},
        **{"培养": "pipelines", "手段": "instruments", "目标": "targets", "预算": "budget"},
        **{"产出": "output", "用工系数": "labour"},
    },
    chinese_columns={
        **{"year": ("年份",), "field": ("领域",), "grade": ("职级",), "age": ("年龄",)},
        **{"heads": ("人数",), "to": ("去向",), "rate": ("比率",), "kind": ("方式",)},
        **{"inflow": ("流入",), "pipeline": ("培养渠道",), "years": ("学制",)},
        **{"completion": ("毕业率",), "local_share": ("留用率",), "intake": ("招生",)},
        **{"cost": ("单价",), "maximum": ("上限",), "most": ("至多",), "budget": ("预算",)},
        **{"sector": ("部门",), "output": ("产出",), "coefficient": ("系数",)},
    },
    chinese_values={
        "to": {"退休": "retirement", "迁出": "out_migration", "其他流出": "wastage"},
        "kind": {"招聘": "hiring", "引进": "in_migration", "留住": "retention"},
    },
    main=("stocks",),
)


def read_talent_case(path: str | Path) -> TableSet:
    """Read a folder with a file for each table, or a workbook with a sheet for each.

    Files and sheets are called as the tables (stocks, transitions, …) or in Chinese (存量, 流动率,
    …), columns likewise.
    Raises : InputError as ``read_table_set``
    """
    return read_table_set(path, FORMS)
