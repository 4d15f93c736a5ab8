"""What is wrong in a configuration file, in the words of the person who will mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from tasks.domain.errors import ConfigurationError

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: its line (from 1), the key's path from the top, what is wrong and what to do."""

    line: int
    key: KeyPath
    what: str
    to_do: str

    def sentence(self, where: str) -> str:
        """Return the fault as one line that begins with file:line."""
        return f"{where}:{self.line} {_dotted(self.key)}：{self.what}。{self.to_do}。".replace(" ：", " ")


ONLY = "只能是 "
# By pydantic's error type, then by the type's first word. The named values come from pydantic's context.
RULES = {
    "missing": ("缺少这个键", "请补上"),
    "enum": ("不能是{value}", ONLY + "{expected}"),
    "literal_error": ("不能是{value}", ONLY + "{expected}"),
    "date_parsing": ("{value}不是真实存在的日期", "应为日期，写作 2026-09-30"),
    "greater_than": ("{value}太小", "应大于 {gt}"),
    "greater_than_equal": ("{value}太小", "不能小于 {ge}"),
    "less_than": ("{value}太大", "应小于 {lt}"),
    "less_than_equal": ("{value}太大", "不能大于 {le}"),
    "too_short": ("项数太少", "至少要有 {min_length} 项"),
    "too_long": ("项数太多", "最多 {max_length} 项"),
    "string_too_short": ("文字太短", "至少 {min_length} 个字"),
    "string_too_long": ("文字太长", "最多 {max_length} 个字"),
    "string_pattern_mismatch": ("{value}的写法不对", "应符合 {pattern}"),
}
KINDS = {
    "int": "整数",
    "float": "数字",
    "decimal": "数字",
    "string": "文字；数字、日期要当文字用时加引号",
    "bool": " true 或 false",
    "date": "日期，写作 2026-09-30",
    "time": "时刻，写作 08:30",
    "datetime": "日期加时刻，写作 2026-09-30T08:30:00+08:00",
    "list": "列表",
    "tuple": "列表",
    "set": "列表",
    "frozen": "列表",
    "dict": "键值表",
    "model": "键值表",
    "dataclass": "键值表",
}


def refusal(where: str, faults: Sequence[Fault]) -> ConfigurationError:
    """Return the error that lists ``faults`` by line."""
    sentences = "".join(f"\n  {fault.sentence(where)}" for fault in sorted(set(faults)))
    return ConfigurationError(where, f"有 {len(set(faults))} 处错误{sentences}", "请改正以上各处后重新运行。")


def faults_of(error: ValidationError, model: type[BaseModel], lines: Mapping[KeyPath, int]) -> list[Fault]:
    """Return what pydantic found, in Chinese, at the line of the nearest key that is in the file."""
    found = error.errors(include_url=False)
    return _joined([_fault(details, model, lines) for details in found if not _is_echo(details, found)])


def _is_echo(details: ErrorDetails, found: Sequence[ErrorDetails]) -> bool:
    """Return whether a list is only too short because its items are at fault themselves."""
    at = details["loc"]
    return details["type"] == "too_short" and any(
        len(each["loc"]) > len(at) == _shared(at, each["loc"]) for each in found
    )


def _shared(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _joined(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults; what each member of a union allows is told in one."""
    joined: dict[tuple[int, KeyPath, str], Fault] = {}
    for fault in faults:
        known = joined.get((fault.line, fault.key, fault.what))
        if known and known.to_do.startswith(ONLY) and fault.to_do.startswith(ONLY):
            fault = replace(known, to_do=f"{known.to_do}、{fault.to_do.removeprefix(ONLY)}")
        joined[fault.line, fault.key, fault.what] = fault
    return list(joined.values())


def _fault(details: ErrorDetails, model: type[BaseModel], lines: Mapping[KeyPath, int]) -> Fault:
    present = _present(details["loc"], lines)
    match details["type"]:
        case "missing":
            key = (*present, str(details["loc"][-1]))
            return Fault(lines[present], key, *RULES["missing"])
        case "extra_forbidden":
            return Fault(lines[present], present, "不认识的键", _nearest(present, model))
        case "value_error" | "assertion_error":
            return Fault(lines[present], present, str(details["ctx"]["error"]).rstrip("。"), "请改正")
    return Fault(lines[present], present, *_rule(details))


def _rule(details: ErrorDetails) -> tuple[str, str]:
    value = _quoted(details["input"])
    if rule := RULES.get(details["type"]):
        known = {"value": value, **details.get("ctx", {})}
        if "expected" in known:
            known["expected"] = "、".join(re.findall(r"'(.*?)'", known["expected"]))
        return rule[0].format(**known), rule[1].format(**known)
    if kind := KINDS.get(details["type"].split("_")[0]):
        return f"{value}的类型不对", f"应为{kind}"
    return f"{value}不合要求（{details['msg']}）", "请改正"


def _present(location: tuple[int | str, ...], lines: Mapping[KeyPath, int]) -> KeyPath:
    """Return the part of pydantic's location that the file has: it also names union members and missing keys."""
    path: KeyPath = ()
    for part in location:
        if (*path, str(part)) in lines:
            path = (*path, str(part))
    return path


def _nearest(key: KeyPath, model: type[BaseModel]) -> str:
    kinds: list[Any] = [model]
    for part in key[:-1]:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    allowed = sorted({name for kind in kinds for each in _members(kind) for name in _keys(each)})
    close = difflib.get_close_matches(key[-1], allowed, n=1)
    hint = f"是不是想写 {close[0]}？" if close else ""
    return f"{hint}这里可用的键：{'、'.join(allowed)}"


def _keys(kind: Any) -> list[str]:
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _inside(kind: Any, part: str) -> Iterator[Any]:
    """Yield the types that a key or an index of ``kind`` may hold."""
    for member in _members(kind):
        if part in _keys(member):
            yield member.model_fields[part].annotation
        elif arguments := get_args(member):
            yield from (arguments[1:] if len(arguments) > 1 and arguments[1] is not Ellipsis else arguments[:1])


def _members(kind: Any) -> Iterator[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _members(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for member in get_args(kind):
            yield from _members(member)
    elif isinstance(kind, type) and issubclass(kind, RootModel):
        yield from _members(kind.model_fields["root"].annotation)
    else:
        yield kind


def _quoted(value: object) -> str:
    return f"“{value}”" if isinstance(value, str | int | float) else "空值" if value is None else "这里的内容"


def _dotted(key: KeyPath) -> str:
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in key).lstrip(".")
