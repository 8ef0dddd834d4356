"""The tables of ``innovation`` from a folder of files or a workbook."""

from __future__ import annotations

from pathlib import Path

from xinzhi.data.table_sets import TableForms, TableSet, read_table_set

FORMS = TableForms(
    columns={
        "challenges": (
            "challenge",
            "value success_probability duration deadline cost duration_sd? milestone_probability? "
            "milestone_time? milestone_cost? keep? correlation? state_share? appropriability? "
            "prize? prize_state_share?",
        ),
        "boxes": ("challenge box", "value probability cost duration?"),
        "risks": ("challenge? layer", "attachment limit? state_share firm_share insurer_share"),
        "stages": (
            "pipeline stage phase?",
            "success duration cost repeat? duration_sd? cost_sd? projects?",
        ),
        "starts": ("pipeline year", "projects"),
        "indicators": ("region year indicator unit?", "value"),
        "projects": (
            "project mechanism? field?",
            "success_probability value cost payment? high_risk? year?",
        ),
        "limits": ("limit of?", "year? at_least? at_most?"),
        "knowledge": ("unit year", "expenditure patents? tfp? deflator? initial?"),
        "proximity": ("unit other", "weight"),
        "technology": ("unit field", "patents"),
    },
    chinese_tables={
        **{"榜题": "challenges", "备选方案": "boxes", "风险分担": "risks", "阶段": "stages"},
        **{"立项": "starts", "指标": "indicators", "项目": "projects", "限制": "limits"},
        **{"知识": "knowledge", "邻近": "proximity"},
        "技术领域": "technology",
    },
    chinese_columns={
        **{"challenge": ("榜题",), "value": ("价值", "数值"), "duration": ("时间",)},
        **{"success_probability": ("成功概率",), "deadline": ("期限",), "cost": ("成本",)},
        **{"duration_sd": ("时间标准差",), "milestone_probability": ("里程碑通过率",)},
        **{"milestone_time": ("里程碑时间",), "milestone_cost": ("里程碑前成本",)},
        **{"keep": ("保留队数",), "correlation": ("相关系数",), "prize": ("奖金",)},
        **{"state_share": ("财政承担份额", "政府份额"), "appropriability": ("团队收益份额",)},
        **{"prize_state_share": ("奖金财政份额",), "box": ("方案",), "probability": ("概率",)},
        **{"layer": ("层",), "attachment": ("起点",), "limit": ("上限", "限制")},
        **{"firm_share": ("企业份额",), "insurer_share": ("保险份额",), "pipeline": ("流程",)},
        **{"stage": ("阶段",), "phase": ("环节",), "success": ("成功率",), "repeat": ("重做率",)},
        **{"cost_sd": ("成本标准差",), "projects": ("项目数",), "year": ("年份",)},
        **{"region": ("地区",), "indicator": ("指标",), "unit": ("单位",), "other": ("来源单位",)},
        **{
            "project": ("项目",),
            "mechanism": ("机制",),
            "field": ("领域",),
            "payment": ("后付款",),
        },
        **{"high_risk": ("高风险",), "of": ("对象",), "at_least": ("至少",), "at_most": ("至多",)},
        **{"expenditure": ("研发经费",), "patents": ("专利",), "tfp": ("全要素生产率",)},
        **{"deflator": ("价格指数",), "initial": ("初始存量",), "weight": ("权重",)},
    },
    chinese_values={
        "stage": {
            **{"基础研究": "basic", "应用研究": "applied", "中试": "pilot", "产品": "product"},
            "规模化": "scale_up",
        },
        "phase": {"从0到1": "0-1", "从1到100": "1-100"},
        "limit": {
            **{"预算": "budget", "能力": "capability", "领域份额": "field_share"},
            **{"领域项目数": "field_count", "领域资金": "field_cost", "条件风险价值": "cvar"},
        },
    },
    named_by={"projects": ("limits", "of")},
    main=("challenges", "stages", "indicators", "projects", "knowledge"),
)
INNOVATION_TABLES = tuple(FORMS.columns)


def read_innovation_case(path: str | Path) -> TableSet:
    """Read a folder with a file for each table, or a workbook with a sheet for each.

    Tables are called challenges 榜题, boxes 备选方案, risks 风险分担, stages 阶段, starts 立项,
    indicators 指标, projects 项目, limits 限制, knowledge 知识, proximity 邻近 and technology
    技术领域; the columns are those of ``innovation``, or their Chinese names.
    Raises : InputError as ``read_table_set``
    """
    return read_table_set(path, FORMS)
