"""Configuration from YAML, strictly: every fault at once, each with its file, line and key.

YAML here is the small part that people expect: ``yes``, ``on`` and ``08:30`` are text, a number with a leading zero is
text (a telephone number stays whole), a date is a date, a key occurs once, and there are no aliases or tags.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.adapters.yaml_faults import Fault, KeyPath, faults_of, refusal
from tasks.domain.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]

M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    """Base of all configuration models: unknown keys are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as plain values, the line of each key and item, and what is wrong with it as YAML.

    Keys are always text. ``lines`` is keyed by the path from the top, indexes as text too: ``("notices", "0", "date")``.
    """

    where: str
    data: Any
    lines: Mapping[KeyPath, int]
    faults: tuple[Fault, ...]


def load_yaml(path: Path, model: type[M]) -> M:
    """Return the file as a ``model``.

    Values are taken strictly: ``"3"`` is no number, ``1`` no truth value; a list becomes the tuple or set that the model
    asks for, text the member of an enumeration. Raises ``ConfigurationError`` listing all faults by line.
    """
    document = read_yaml(path)
    faults = list(document.faults)
    try:
        # JSON mode is the strict one that still turns lists into tuples and text into enumerations and times.
        loaded = model.model_validate_json(json.dumps(document.data, default=str), strict=True)
    except ValidationError as error:
        told = {(fault.line, fault.key) for fault in faults}
        found = faults_of(error, model, document.lines)
        faults += [fault for fault in found if (fault.line, fault.key) not in told]
    if faults:
        raise refusal(document.where, faults)
    return loaded


def read_yaml(path: Path) -> Document:
    """Return the file's content with its lines; a file that is no UTF-8, no YAML or empty is a ``ConfigurationError``."""
    where = shown(path)
    return _document(_text(path, where), where)


@lru_cache(maxsize=64)
def _document(text: str, where: str) -> Document:
    """Return what a text says; the steps of a run each open the same few files again."""
    try:
        reading = _Reading(_Loader(text))
        data = reading.top()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refusal(where, [Fault(line, (), f"有不可见的控制字符 {error.character:#04x}", "请删去它")]) from None
    except yaml.MarkedYAMLError as error:
        raise refusal(where, [_syntax_fault(error)]) from None
    if data is None:
        raise refusal(where, [Fault(1, (), "文件是空的", "请补全内容，或删去这个文件")])
    return Document(where, data, reading.lines, tuple(reading.faults))


def shown(path: Path) -> str:
    """Return how messages name a file: from the project's root if it lies there."""
    full = path.resolve()
    return full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else str(full)


def _text(path: Path, where: str) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            where, f"读不了这个文件：{error.strerror}", "请检查文件是否存在、是否有读取权限。"
        ) from None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(where, [Fault(line, (), "不是 UTF-8 编码", "请在编辑器里另存为 UTF-8")]) from None


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    to_do = "请检查缩进（只用空格）、半角冒号和它后面的空格、成对的引号和括号"
    return Fault(line, (), f"不是合格的 YAML：{error.problem}", to_do)


class _Loader(yaml.SafeLoader):
    """SafeLoader that reads plain text as YAML 1.2 does, and refuses aliases."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not allowed", mark)
        return super().compose_node(parent, index)


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", list("-+.0123456789")),
    ("timestamp", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


class _Reading:
    """One walk over a file's nodes: the values, the line of each, and the faults on the way."""

    def __init__(self, loader: _Loader) -> None:
        self.loader = loader
        self.lines: dict[KeyPath, int] = {}
        self.faults: list[Fault] = []

    def top(self) -> Any:
        node = self.loader.get_single_node()
        return None if node is None else self.value(node, ())

    def value(self, node: yaml.Node, at: KeyPath) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._items(node, at))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*at, str(index))) for index, item in enumerate(node.value)]
        return self._scalar(node, at)

    def _items(self, node: yaml.MappingNode, at: KeyPath) -> Iterator[tuple[str, Any]]:
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(line, at, "键必须是一个词", "请把列表或键值表移到冒号后面"))
                continue
            path = (*at, key_node.value)
            if path in self.lines:
                first = self.lines[path]
                self.faults.append(Fault(line, path, f"键重复，第 {first} 行已经有了", "请只留一处"))
                continue
            self.lines[path] = line
            yield key_node.value, self.value(value_node, path)

    def _scalar(self, node: yaml.Node, at: KeyPath) -> Any:
        try:
            return self.loader.construct_object(node)
        except ValueError:
            what = f"“{node.value}”不是真实存在的日期"
            self.faults.append(Fault(self.lines[at], at, what, "请核对原文，改为真实的日期，写作 2026-09-30"))
            return node.value
