"""The tables of ``finance`` from a folder of files or a workbook."""

from __future__ import annotations

from pathlib import Path

from xinzhi.data.table_sets import TableForms, TableSet, read_table_set

FORMS = TableForms(
    columns={
        "spells": ("firm stage outcome start? end?", "duration? amount?"),
        "stages": ("stage", "entrants? round_size?"),
        "demand": ("stage year?", "amount low? high?"),
        "supply": ("stage source year?", "amount public?"),
        "crowding": ("stage basis", "multiplier? elasticity? low? high? halving?"),
        "loans": (
            "loan? firm? rating? sector?",
            "exposure default_probability? loss_given_default correlation?",
        ),
        "layers": ("layer bearer", "share attachment? detachment?"),
        "shocks": ("scenario? sector", "output_loss_share"),
        "instruments": (
            "instrument kind repayment?",
            "amount years default_probability loss_given_default firms? correlation? cost? "
            "benefit? whole? state_share? rate? fee? subsidy? deductible? growth? volatility? "
            "conversion? carry? hurdle? return_cap? turns? step? step_year? step_up? "
            "target_probability?",
        ),
        "firms": ("firm year", "default *"),
    },
    chinese_tables={
        **{"轮次": "spells", "阶段": "stages", "资金需求": "demand", "资金供给": "supply"},
        **{"撬动": "crowding", "贷款": "loans", "分担": "layers", "冲击": "shocks"},
        **{"工具": "instruments", "企业": "firms"},
    },
    chinese_columns={
        **{"firm": ("企业",), "stage": ("阶段",), "outcome": ("结局",), "start": ("进入",)},
        **{"end": ("离开",), "duration": ("历时",), "amount": ("金额",), "entrants": ("新进",)},
        **{"round_size": ("轮次金额",), "year": ("年份",), "low": ("下限",), "high": ("上限",)},
        **{"source": ("来源",), "public": ("公共份额",), "basis": ("依据",)},
        **{"multiplier": ("倍数",), "elasticity": ("弹性",), "halving": ("减半金额",)},
        **{"loan": ("贷款",), "rating": ("评级",), "sector": ("行业", "部门")},
        **{"exposure": ("在保余额", "敞口"), "default_probability": ("违约概率", "违约率")},
        **{"loss_given_default": ("违约损失率",), "correlation": ("相关系数", "资产相关系数")},
        **{
            "layer": ("层",),
            "bearer": ("承担方",),
            "share": ("分担比例", "份额"),
            "attachment": ("起点",),
        },
        **{"detachment": ("终点",), "scenario": ("情景",), "output_loss_share": ("产出损失率",)},
        **{"instrument": ("工具",), "kind": ("种类", "类型"), "repayment": ("还款方式",)},
        **{"years": ("年限", "年数"), "firms": ("企业数",), "cost": ("管理成本",)},
        **{
            "benefit": ("公共效益", "公共收益"),
            "whole": ("不可分",),
            "state_share": ("财政份额", "政府份额"),
        },
        **{"rate": ("利率", "费率"), "fee": ("手续费",), "subsidy": ("贴补比例",)},
        **{"deductible": ("免赔比例",), "growth": ("价值增速",), "volatility": ("波动率",)},
        **{"conversion": ("转股价值",), "carry": ("业绩分成",), "hurdle": ("门槛收益率",)},
        **{"return_cap": ("让利上限",), "turns": ("周转次数",), "step": ("降息幅度",)},
        **{"step_year": ("考核年",), "step_up": ("加息幅度",), "target_probability": ("达标概率",)},
        **{"default": ("违约",)},
    },
    chinese_values={
        "outcome": {
            **{"下一轮": "next", "上市": "listed", "并购": "acquired", "失败": "failed"},
            **{"在途": "censored", "删失": "censored"},
        },
        "basis": {"假定": "assumption", "假设": "assumption"},
        "bearer": {"担保基金": "fund", "银行": "bank"},
        "kind": {
            **{
                "科技贷款": "loan",
                "科技保险": "insurance",
                "股权投资": "equity",
                "母基金": "fund_of_funds",
            },
            **{
                "可转债": "convertible",
                "供应链金融": "supply_chain",
                "转型贷款": "transition_loan",
            },
        },
        "repayment": {"等额本息": "annuity", "到期还本": "bullet"},
    },
    main=("spells", "supply", "demand", "crowding", "loans", "instruments", "firms"),
)


def read_finance_case(path: str | Path) -> TableSet:
    """Read a folder with a file for each table, or a workbook with a sheet for each.

    Tables are called spells 轮次, stages 阶段, demand 资金需求, supply 资金供给, crowding 撬动,
    loans 贷款, layers 分担, shocks 冲击, instruments 工具, firms 企业; the columns are those of
    ``finance``, or their Chinese names. Of firms every further column of numbers is a feature
    Raises : InputError as ``read_table_set``
    """
    return read_table_set(path, FORMS)
