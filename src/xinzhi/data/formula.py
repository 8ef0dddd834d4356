"""Formulas of indicator systems: arithmetic over panel indicators, parsed and never executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.units import Unit

Array = np.ndarray[Any, np.dtype[np.float64]]

_QUOTED = re.compile(r"`([^`]+)`")
_LONGEST = 2_000


@dataclass(frozen=True)
class Formula:
    """Numbers, indicator names, ``+ - * /`` and parentheses, for instance ``rd / gdp``.

    A name that is no Python identifier stands in backquotes: ```R&D经费` / gdp``.
    """

    text: str
    names: tuple[str, ...]
    _tree: ast.expr
    _aliases: Mapping[str, str]

    def evaluate(self, values: Mapping[str, Array]) -> Array:
        """Return the value for arrays of one shape; a division by zero gives a missing value."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result = np.asarray(self._value(self._tree, values), dtype=float)
        return np.where(np.isfinite(result), result, np.nan)

    def unit_factor(self, units: Mapping[str, Unit], target: Unit) -> float | None:
        """Return the factor from the formula's value in base units to ``target``.

        None where an input's unit is unspecified, so that nothing can be checked.

        Raises : InputError where terms of different dimension are added, or the outcome is not
        what ``target`` measures
        """
        if target.id == "unspecified" or any(
            units[name].id == "unspecified" for name in self.names
        ):
            return None
        dimension = self._dimension(self._tree, units)
        wanted = _without_zeros(target.dimension)
        if dimension != wanted:
            found = _words(dimension), _words(wanted)
            raise InputError(
                Text(
                    f"公式 {self.text} 的量纲是 {found[0]}，而单位 {target.id} 的量纲是 {found[1]}",
                    f"formula {self.text} measures {found[0]}, but unit {target.id} "
                    f"measures {found[1]}",
                ),
                remedy=Text("请改正公式或单位。", "Correct the formula or the unit."),
            )
        return 1.0 / target.factor

    def with_numbers(self, numbers: Mapping[str, float]) -> str:
        """Return the formula with numbers in place of names, to be read beside the result."""
        return self._words_of(self._tree, numbers)

    def _value(self, node: ast.expr, values: Mapping[str, Array]) -> Any:
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, values), self._value(node.right, values)
            if isinstance(node.op, ast.Add):
                return left + right
            if isinstance(node.op, ast.Sub):
                return left - right
            return left * right if isinstance(node.op, ast.Mult) else np.divide(left, right)
        if isinstance(node, ast.UnaryOp):
            operand = self._value(node.operand, values)
            return -operand if isinstance(node.op, ast.USub) else operand
        if isinstance(node, ast.Name):
            return values[self._aliases.get(node.id, node.id)]
        assert isinstance(node, ast.Constant)
        return node.value

    def _dimension(self, node: ast.expr, units: Mapping[str, Unit]) -> dict[str, int]:
        if isinstance(node, ast.BinOp):
            left, right = self._dimension(node.left, units), self._dimension(node.right, units)
            if isinstance(node.op, (ast.Add, ast.Sub)):
                if left != right:
                    terms = _words(left), _words(right)
                    raise InputError(
                        Text(
                            f"公式 {self.text} 把 {terms[0]} 与 {terms[1]} 相加减",
                            f"formula {self.text} adds {terms[0]} to {terms[1]}",
                        ),
                        remedy=Text("只有同一量纲才能相加减。", "Only like can be added to like."),
                    )
                return left
            sign = 1 if isinstance(node.op, ast.Mult) else -1
            names = {*left, *right}
            return _without_zeros({k: left.get(k, 0) + sign * right.get(k, 0) for k in names})
        if isinstance(node, ast.UnaryOp):
            return self._dimension(node.operand, units)
        if isinstance(node, ast.Name):
            return _without_zeros(units[self._aliases.get(node.id, node.id)].dimension)
        return {}

    def _words_of(self, node: ast.expr, numbers: Mapping[str, float]) -> str:
        if isinstance(node, ast.BinOp):
            symbols = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷"}
            symbol = symbols[type(node.op)]
            left, right = self._words_of(node.left, numbers), self._words_of(node.right, numbers)
            tight = symbol in "×÷"
            if tight and _is_sum(node.left):
                left = f"({left})"
            if isinstance(node.right, ast.BinOp) and (tight or symbol == "−"):
                right = f"({right})"
            return f"{left} {symbol} {right}"
        if isinstance(node, ast.UnaryOp):
            sign = "−" if isinstance(node.op, ast.USub) else ""
            inner = self._words_of(node.operand, numbers)
            return f"{sign}({inner})" if isinstance(node.operand, ast.BinOp) else sign + inner
        if isinstance(node, ast.Name):
            return f"{numbers[self._aliases.get(node.id, node.id)]:,.10g}"
        assert isinstance(node, ast.Constant)
        assert isinstance(node.value, int | float)
        return f"{node.value:,}"


def parse_formula(text: str) -> Formula:
    """Read a formula.

    Raises : InputError where it holds anything but numbers, names, ``+ - * /`` and parentheses
    """
    aliases: dict[str, str] = {}

    def shorten(match: re.Match[str]) -> str:
        alias = f"quoted_{len(aliases)}_"
        aliases[alias] = match.group(1)
        return alias

    if len(text) > _LONGEST:
        raise _refusal(text[:60] + "…", Text("太长", "it is too long"))
    try:
        tree = ast.parse(_QUOTED.sub(shorten, text.strip()), mode="eval").body
        names = tuple(dict.fromkeys(aliases.get(name, name) for name in _names(tree, text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _refusal(text, Text("无法解析", "it cannot be read")) from None
    if not names:
        raise _refusal(text, Text("没有指标名", "it names no indicator"))
    return Formula(text.strip(), names, tree, aliases)


def _names(node: ast.AST, text: str) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
        return _names(node.left, text) + _names(node.right, text)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _names(node.operand, text)
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return []
    if isinstance(node, ast.Call):
        raise _refusal(text, Text("不允许函数调用", "function calls are not allowed"))
    kind = type(node).__name__
    raise _refusal(text, Text(f"不允许 {kind}", f"{kind} is not allowed"))


def _refusal(text: str, reason: Text) -> InputError:
    return InputError(
        Text(f"公式 {text}：{reason.zh}", f"formula {text}: {reason.en}"),
        remedy=Text(
            "公式只能由数字、指标名、+ - * / 和括号组成，例如 rd_expenditure / gdp。",
            "A formula holds numbers, indicator names, + - * / and parentheses, "
            "for instance rd_expenditure / gdp.",
        ),
    )


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))


def _without_zeros(dimension: Mapping[str, int]) -> dict[str, int]:
    return {name: power for name, power in sorted(dimension.items()) if power}


def _words(dimension: Mapping[str, int]) -> str:
    return " · ".join(k if p == 1 else f"{k}^{p}" for k, p in dimension.items()) or "1"
