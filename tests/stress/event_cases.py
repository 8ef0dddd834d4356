"""Events on the small tables whose chokepoints can be worked out by hand."""

from __future__ import annotations

from xinzhi.data.events import Event, parse_event


def event_of(effect: str, **times: object) -> Event:
    """Return an event with one or several ``[[effect]]``, written as in a file."""
    given = {"start": 0, "duration": 73, **times}
    lines = [f"{key} = {value}" for key, value in given.items()]
    text = "\n".join(
        ['id = "drawn-up"', 'title = { zh = "假想", en = "Drawn up" }', *lines, effect]
    )
    return parse_event(text.encode(), "drawn-up.toml")


def effect_of(kind: str, size: float, code: str = "01", more: str = "") -> str:
    """Return the lines of one effect on a sector of the classification ``drawn``."""
    return (
        f'[[effect]]\nkind = "{kind}"\nsize = {size}\n'
        f'targets = [{{ classification = "drawn", code = "{code}" }}]\n{more}\n'
    )
