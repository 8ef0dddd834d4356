"""Formulas of the section on disparity with the numbers put in."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.core import Text
from xinzhi.report.context import missing
from xinzhi.report.structure_parts import Row
from xinzhi.report.words import full, say

_SYMBOLS = {
    "gini": "G = G_w + G_nb + G_t",
    "within": "G_w = Σ Gⱼⱼ pⱼ sⱼ",
    "between": "G_nb = Σ Gⱼₕ (pⱼ sₕ + pₕ sⱼ) Dⱼₕ",
    "transvariation": "G_t = Σ Gⱼₕ (pⱼ sₕ + pₕ sⱼ) (1 − Dⱼₕ)",
}
_REGRESSIONS = {
    "absolute": "ln(y_T ÷ y_0) ÷ {years} = a + b ln y_0",
    "panel_fixed_effects": "ln(y_t ÷ y_(t−1)) = α_i + τ_t + b ln y_(t−1)",
}


def gini_working(row: Row, part: str, terms: Sequence[float]) -> Text:
    """Return the Gini coefficient, or one of its parts, as the sum of ``terms``."""
    value = full(row[part], 6)
    whole = f"G = ΣΣ|yᵢ − yᵣ| ÷ (2n²ȳ) = {value}; n = {row['count']}, ȳ = {full(row['mean'], 6)}"
    if not terms:
        return _same(whole)
    added = f"{_SYMBOLS[part]} = {' + '.join(full(term, 6) for term in terms)} = {value}"
    return _same(f"{whole}\n{added}" if part == "gini" else added)


def group_working(row: Row) -> Text:
    """Return the Gini coefficient within a group."""
    return _same(
        f"Gⱼⱼ = ΣΣ|yᵢ − yᵣ| ÷ (2nⱼ²ȳⱼ) = {full(row['gini'], 6)}; nⱼ = {row['count']}, "
        f"ȳⱼ = {full(row['mean'], 6)}"
    )


def pair_working(row: Row) -> Text:
    """Return what two groups contribute: net between and transvariation."""
    return say(
        "组间净值 + 超变密度 = {a} + {b} = {c}；Gⱼₕ = {g}，Dⱼₕ = {d}",
        "net between + transvariation = {a} + {b} = {c}; Gⱼₕ = {g}, Dⱼₕ = {d}",
        a=full(row["between"], 6),
        b=full(row["transvariation"], 6),
        c=full(row["contribution"], 6),
        g=full(row["gini"], 6),
        d=full(row["relative_affluence"], 6),
    )


def sigma_working(row: Row, test: Row | None) -> Text:
    """Return the standard deviation of logarithms, and the test of the ends where there is one."""
    lines = [f"σ = √(Σ(ln yᵢ − m)² ÷ {row['count']}) = {full(row['standard_deviation'], 6)}"]
    if test is not None:
        lines.append(
            f"σ²({test['end']}) ÷ σ²({test['start']}) = {full(test['ratio'], 6)}; "
            f"Pitman–Morgan t = {full(test['statistic'], 4)}, "
            f"df = {test['degrees_of_freedom']}, p = {full(test['p_value'], 3)}"
        )
    return _same("\n".join(lines))


def beta_working(row: Row) -> Text:
    """Return the regression of a model of beta convergence with its test."""
    b, error = full(row["coefficient"], 6), full(row["standard_error"], 6)
    lines = [
        f"{_REGRESSIONS[str(row['model'])].format(years=full(row['years']))}; b = {b}",
        f"t = {b} ÷ {error} = {full(row['statistic'], 4)}, df = {row['degrees_of_freedom']}, "
        f"p = {full(row['p_value'], 3)}; R² = {full(row['r_squared'], 3)}, "
        f"n = {row['observations']}",
    ]
    if not missing(row["nickell_bias"]):
        lines.append(f"Nickell: −(1 + ρ) ÷ (T − 1) ≈ {full(row['nickell_bias'], 3)}, ρ = 1 + b")
    return _same("\n".join(lines))


def moran_working(row: Row, permutations: int) -> Text:
    """Return Moran's I with both tests."""
    return say(
        "I = ΣΣ wᵢⱼ zᵢ zⱼ ÷ Σ zᵢ² = {i}\nz = ({i} − ({m})) ÷ {s} = {z}，p = {n}；"
        "{k} 次置换的双侧 p = {p}",
        "I = ΣΣ wᵢⱼ zᵢ zⱼ ÷ Σ zᵢ² = {i}\nz = ({i} − ({m})) ÷ {s} = {z}, p = {n}; "
        "two-sided p of {k} permutations = {p}",
        i=full(row["moran"], 6),
        m=full(row["expected"], 6),
        s=full(row["standard_deviation"], 6),
        z=full(row["z"], 4),
        n=full(row["p_value"], 3),
        k=f"{permutations}",
        p=full(row["permutation_p_value"], 3),
    )


def local_working(row: Row) -> Text:
    """Return a local Moran's I: own standardised value times the mean of the neighbours'."""
    index, lag = row["local_moran"], row["lag"]
    terms = f"{full(index / lag, 6)} × {full(lag, 6)} = " if lag else ""
    return _same(
        f"Iᵢ = zᵢ × Σ wᵢⱼ zⱼ = {terms}{full(index, 6)}; p = {full(row['p_value'], 3)}, "
        f"q = {full(row['q_value'], 3)}"
    )


def _same(text: str) -> Text:
    return Text(text, text)
