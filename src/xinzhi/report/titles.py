"""Names in two languages for what tables, options and statuses call by an id."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.core import Text
from xinzhi.report.disparity_titles import DISPARITY_COLUMNS
from xinzhi.report.finance_titles import FINANCE_COLUMNS
from xinzhi.report.frontier_titles import FRONTIER_COLUMNS
from xinzhi.report.innovation_titles import INNOVATION_COLUMNS
from xinzhi.report.productivity_titles import PRODUCTIVITY_COLUMNS
from xinzhi.report.shock_titles import SHOCK_COLUMNS
from xinzhi.report.strengths_titles import STRENGTHS_COLUMNS
from xinzhi.report.structure_titles import STRUCTURE_COLUMNS
from xinzhi.report.talent_titles import TALENT_COLUMNS
from xinzhi.report.transition_titles import TRANSITION_COLUMNS
from xinzhi.report.watch_titles import WATCH_COLUMNS

Names = Mapping[str, Text]

_METHODS: Names = {
    "system": Text("按体系规定", "as the system says"),
    "none": Text("不处理", "none"),
    "log": Text("取自然对数", "natural logarithm"),
    "winsorise": Text("缩尾", "winsorised"),
    "min-max": Text("极差标准化", "min–max"),
    "z-score": Text("z 分数", "z-scores"),
    "rank": Text("按排序", "ranks"),
    "goalposts": Text("固定标杆", "goalposts"),
    "pooled": Text("各年合并", "all years together"),
    "yearly": Text("各年分别", "each year apart"),
    "equal": Text("逐级等权", "equal within each group"),
    "given": Text("体系给定", "given by the system"),
    "entropy": Text("熵权", "entropy"),
    "critic": Text("CRITIC 法", "CRITIC"),
    "pca": Text("主成分", "principal components"),
    "arithmetic": Text("算术平均", "arithmetic mean"),
    "geometric": Text("几何平均", "geometric mean"),
    "harmonic": Text("调和平均", "harmonic mean"),
    "topsis": Text("TOPSIS", "TOPSIS"),
}

# option → its title and the names of its values
CHOICES: Mapping[str, tuple[Text, Names]] = {
    "treatment": (Text("异常值处理", "Treatment"), _METHODS),
    "normalisation": (Text("标准化", "Normalisation"), _METHODS),
    "scope": (Text("比较范围", "Scope"), _METHODS),
    "weighting": (Text("赋权", "Weights"), _METHODS),
    "aggregation": (Text("集成", "Aggregation"), _METHODS),
}

# what the variance of an index is attributed to
SHARES_OF: Names = {
    **{key: CHOICES[key][0] for key in ("treatment", "normalisation", "weighting", "aggregation")},
    "weight_spread": Text("权重扰动", "Disturbance of weights"),
    "data_noise": Text("数据误差", "Errors in the data"),
}

# forecasts, in the order in which they are shown
METHODS: Names = {
    "gm11": Text("GM(1,1)", "GM(1,1)"),
    "last_value": Text("末值法", "Last value"),
    "linear_trend": Text("直线趋势", "Straight line"),
}

FITS: Names = {
    "good": Text("好", "good"),
    "qualified": Text("合格", "qualified"),
    "barely_qualified": Text("勉强合格", "barely qualified"),
    "unqualified": Text("不合格", "unqualified"),
}

IMPUTATIONS: Names = {
    "linear": Text("线性内插", "linear interpolation"),
    "nearest": Text("最近年份", "nearest year"),
    "growth": Text("固定增长率", "constant growth"),
    "regression": Text("回归", "regression"),
}

STATUS_TITLES: Names = {
    "reported": Text("公布值", "reported"),
    "converted": Text("换算单位", "converted"),
    "corrected": Text("已更正", "corrected"),
    "provisional": Text("初步数", "provisional"),
    "doubtful": Text("存疑", "doubtful"),
    "imputed": Text("插补", "imputed"),
    "missing": Text("缺失", "missing"),
}

GRADES: Names = {
    "extreme_imbalance": Text("极度失调", "extreme imbalance"),
    "severe_imbalance": Text("严重失调", "severe imbalance"),
    "moderate_imbalance": Text("中度失调", "moderate imbalance"),
    "mild_imbalance": Text("轻度失调", "mild imbalance"),
    "near_imbalance": Text("濒临失调", "near imbalance"),
    "bare_coordination": Text("勉强协调", "bare coordination"),
    "primary_coordination": Text("初级协调", "primary coordination"),
    "intermediate_coordination": Text("中级协调", "intermediate coordination"),
    "good_coordination": Text("良好协调", "good coordination"),
    "excellent_coordination": Text("优质协调", "excellent coordination"),
}

COLUMNS: Names = {
    **DISPARITY_COLUMNS,
    **FINANCE_COLUMNS,
    **FRONTIER_COLUMNS,
    **INNOVATION_COLUMNS,
    **PRODUCTIVITY_COLUMNS,
    **SHOCK_COLUMNS,
    **STRENGTHS_COLUMNS,
    **STRUCTURE_COLUMNS,
    **TALENT_COLUMNS,
    **TRANSITION_COLUMNS,
    **WATCH_COLUMNS,
    "a": Text("发展系数 a", "Development coefficient a"),
    "aggregation": Text("集成", "Aggregation"),
    "b": Text("灰作用量 b", "Grey input b"),
    "base_year": Text("基期", "Base year"),
    "best": Text("回测误差最小的方法", "Method of the lowest error"),
    "cells": Text("数值个数", "Cells"),
    "change": Text("变化", "Change"),
    "changed": Text("改变的值个数", "Values changed"),
    "choice": Text("做法", "Choice"),
    "chosen": Text("是否采用", "Chosen"),
    "class_ratio_high": Text("最大级比", "Highest class ratio"),
    "class_ratio_low": Text("最小级比", "Lowest class ratio"),
    "class_ratio_passes": Text("级比检验是否通过", "Class ratios pass"),
    "contribution": Text("贡献", "Contribution"),
    "coordination": Text("耦合协调度", "Coordination"),
    "coordination_fan": Text("协调度（Fan 式）", "Coordination (Fan)"),
    "coordination_high": Text("协调度上限", "Coordination, high"),
    "coordination_low": Text("协调度下限", "Coordination, low"),
    "coordination_rank": Text("协调度排名", "Rank by coordination"),
    "coordination_wang": Text("协调度（王淑佳式）", "Coordination (Wang)"),
    "covariate": Text("协变量", "Covariate"),
    "degree": Text("耦合度", "Coupling degree"),
    "degree_fan": Text("耦合度（Fan 式）", "Degree (Fan)"),
    "degree_wang": Text("耦合度（王淑佳式）", "Degree (Wang)"),
    "doubtful": Text("存疑个数", "Doubtful"),
    "draws": Text("抽样次数", "Draws"),
    "en": Text("英文", "English"),
    "first_order": Text("一阶份额", "First-order share"),
    "first_order_high": Text("一阶份额上限", "First-order share, high"),
    "first_order_low": Text("一阶份额下限", "First-order share, low"),
    "first_year": Text("首年", "First year"),
    "fitted": Text("拟合值", "Fitted"),
    "forecasts": Text("回测次数", "Forecasts tested"),
    "grade": Text("等级", "Grade"),
    "imputation": Text("插补方法", "Imputation"),
    "imputed": Text("插补个数", "Imputed"),
    "indicator": Text("指标", "Indicator"),
    "indicator_a": Text("指标甲", "Indicator A"),
    "indicator_b": Text("指标乙", "Indicator B"),
    "interaction": Text("共同作用的份额", "Share of interactions"),
    "kurtosis": Text("超额峰度", "Excess kurtosis"),
    "kurtosis_after": Text("处理后超额峰度", "Excess kurtosis after"),
    "lagging": Text("滞后子系统", "Lagging subsystem"),
    "lagging_agreement": Text("一致的抽样占比", "Share of draws agreeing"),
    "largest_change": Text("全部地区的最大名次变动", "Largest shift of any region"),
    "last_year": Text("末年", "Last year"),
    "level": Text("水平", "Level"),
    "level_high": Text("水平上限", "Level, high"),
    "level_low": Text("水平下限", "Level, low"),
    "local_weight": Text("组内权重", "Weight in its group"),
    "mae": Text("平均绝对误差", "Mean absolute error"),
    "mape": Text("平均相对误差", "Mean relative error"),
    "mean_absolute_change": Text("全部地区的平均名次变动", "Mean shift of all regions"),
    "measure": Text("变动的量", "Measure"),
    "method": Text("方法", "Method"),
    "node": Text("节点", "Node"),
    "normalisation": Text("标准化", "Normalisation"),
    "normalised": Text("标准化值", "Normalised"),
    "obstacle": Text("障碍度", "Obstacle degree"),
    "option": Text("选项", "Option"),
    "options": Text("可选项数", "Number of options"),
    "order_degree": Text("有序度", "Order degree"),
    "order_parameter": Text("序参量", "Order parameter"),
    "other": Text("另一子系统", "Other subsystem"),
    "publisher_en": Text("发布者（英）", "Publisher (English)"),
    "publisher_zh": Text("发布者", "Publisher (Chinese)"),
    "rank": Text("排名", "Rank"),
    "rank_high": Text("排名区间末", "Rank, last"),
    "rank_low": Text("排名区间首", "Rank, first"),
    "rank_shift": Text("本地区的最大名次变动", "Largest shift of the region"),
    "rank_without": Text("不用插补值的排名", "Rank without imputed cells"),
    "ratio": Text("比值", "Ratio"),
    "reason_en": Text("原因（英）", "Reason (English)"),
    "reason_zh": Text("原因", "Reason (Chinese)"),
    "region": Text("地区", "Region"),
    "regions": Text("有数据的地区数", "Regions with data"),
    "relative_mae": Text("与末值法误差之比", "Error over that of the last value"),
    "score": Text("得分", "Score"),
    "score_high": Text("得分上限", "Score, high"),
    "score_low": Text("得分下限", "Score, low"),
    "share": Text("抽样占比", "Share of draws"),
    "sign": Text("协同方向 θ", "Sign θ"),
    "size": Text("个数", "Size"),
    "skewness": Text("偏度", "Skewness"),
    "skewness_after": Text("处理后偏度", "Skewness after"),
    "small_error": Text("小误差概率", "Share of small errors"),
    "source": Text("来源", "Source"),
    "spearman": Text("斯皮尔曼相关", "Spearman correlation"),
    "status": Text("状态", "Status"),
    "subsystem": Text("子系统", "Subsystem"),
    "subsystems": Text("子系统组合", "Subsystems"),
    "synergy": Text("协同度", "Synergy"),
    "system": Text("指标体系", "System"),
    "tested": Text("检验的已知值个数", "Known cells tested"),
    "total": Text("总份额", "Total share"),
    "total_high": Text("总份额上限", "Total share, high"),
    "total_low": Text("总份额下限", "Total share, low"),
    "treated": Text("处理后的值", "Treated"),
    "treatment": Text("异常值处理", "Treatment"),
    "unit": Text("单位", "Unit"),
    "used_by": Text("用于指标", "Used by"),
    "value": Text("数值", "Value"),
    "values": Text("可选项", "Options"),
    "variance_ratio": Text("后验差比值", "Posterior variance ratio"),
    "vintage": Text("版本", "Vintage"),
    "weight": Text("权重", "Weight"),
    "weighting": Text("赋权", "Weights"),
    "year": Text("年份", "Year"),
    "zh": Text("中文", "Chinese"),
}


def column_title(name: str, table: str = "") -> Text:
    """Return a column's title; its own name where it has none.

    table : whose column it is; ``table.column`` goes before ``column``, also where the table is
        called after its section, as in an assessment
    """
    keys = (f"{table}.{name}", f"{table.partition('_')[2]}.{name}", name)
    return next((COLUMNS[key] for key in keys if key in COLUMNS), Text(name, name))


def status_title(status: str) -> Text:
    """Return a status in words."""
    return STATUS_TITLES.get(status, Text(status, status))


def choice_title(option: str, value: str) -> Text:
    """Return a value of an option in words; several joined by + one after the other."""
    names = CHOICES[option][1]
    words = [names.get(part, Text(part, part)) for part in value.split("+")]
    return Text("、".join(w.zh for w in words), ", then ".join(w.en for w in words))
