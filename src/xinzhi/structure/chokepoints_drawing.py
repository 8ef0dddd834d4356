"""What the charts of ``chokepoints`` share: the words beside a chart, and reading a result."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from xinzhi.core import InputError, Language, Result, Text


class Drawing(NamedTuple):
    """A chart without title or theme, for a page that has its own; the words that belong to it."""

    chart: Any
    title: Text
    subtitle: Text


def of_region(result: Result, table: str, region: str | None) -> pd.DataFrame:
    """Return a table's rows of one region, the first by default; all where there is one."""
    frame = result.tables[table]
    name = region_of(result, region)
    return frame[frame["region"] == name] if name is not None and "region" in frame else frame


def region_of(result: Result, region: str | None) -> str | None:
    """Return the region asked for, the first by default; None where there is one.

    Raises : InputError where the result does not have it
    """
    sectors = result.tables["sectors"]
    if "region" not in sectors:
        if region:
            raise InputError(
                Text(
                    f"结果只有一个地区，没有 {region}",
                    f"the result has one region only, no {region}",
                )
            )
        return None
    have = [str(name) for name in sectors["region"].drop_duplicates()]
    if region is not None and region not in have:
        raise InputError(
            Text(
                f"结果中没有地区 {region}；有：{'、'.join(have)}",
                f"no region {region} in the result; it has {', '.join(have)}",
            )
        )
    return have[0] if region is None else region


def names_of(frame: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Return the label of each code: itself and its title."""
    titles = frame[f"title_{lang}"]
    return {str(code): f"{code} {title}" for code, title in zip(frame["code"], titles, strict=True)}


def when(result: Result, region: str | None) -> Text:
    """Return the region, where there are several, and the year, each after a comma."""
    name, year = region_of(result, region), result.parameters.get("year")
    zh = [name, None if year is None else f"{year} 年"]
    en = [name, None if year is None else str(year)]
    return Text(
        "".join(f"，{word}" for word in zh if word), "".join(f", {word}" for word in en if word)
    )


def nothing(reason: Text) -> InputError:
    """Return the error of a result that has nothing to draw."""
    return InputError(Text(f"没有可画的内容：{reason.zh}", f"nothing to draw: {reason.en}"))
