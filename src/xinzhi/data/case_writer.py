"""Writing a transition case as the text of its TOML file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from xinzhi.data.case_fields import fields


def case_text(document: Mapping[str, Any]) -> str:
    """Return a document with the keys of a case file as TOML; ``parse_case`` reads it back.

    Keys come in the order of ``case_fields``; what is None is left out.
    """
    lines = [_line(field.key, document.get(field.key)) for field in fields()["case"]]
    for table, known in fields().items():
        if table == "case":
            continue
        for entry in document.get(table, ()):
            lines += ["", f"[[{table}]]"]
            lines += [_line(field.key, entry.get(field.key)) for field in known]
    for classification, mapping in document.get("mapping", {}).items():
        lines += ["", f"[mapping.{classification}]"]
        lines += [_line(sector, codes) for sector, codes in mapping.items()]
    return "\n".join(line for line in lines if line is not None) + "\n"


def _line(key: str, value: Any) -> str | None:
    return None if value is None else f"{_key(key)} = {_value(value)}"


def _key(key: object) -> str:
    text = str(key)
    bare = text.isascii() and text.replace("_", "").replace("-", "").isalnum()
    return text if bare else json.dumps(text, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(float(value)) if isinstance(value, float) else str(int(value))
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False)
