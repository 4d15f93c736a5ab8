"""The only place that knows Jinja2: strict, sandboxed, a jurisdiction's own templates before ours."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from reports.official import chinese_date
from tasks.domain.errors import DocumentError
from tasks.domain.frames import label

TEMPLATES = Path(__file__).parent / "templates"

MOST_TEXTS = 256

__all__ = ["Environment", "environment"]


class Environment(ImmutableSandboxedEnvironment):
    """Renders templates; a template that is missing, broken or asks for what isn't there is a ``DocumentError``."""

    def from_string(self, source: Any, *given: Any, **others: Any) -> Template:
        """Return the compiled template; a text that comes again, as the parts of a Word template do, is compiled once."""
        if given or others:
            return super().from_string(source, *given, **others)
        compiled = self.__dict__.setdefault("_compiled_texts", {})
        if source not in compiled:
            if len(compiled) == MOST_TEXTS:
                compiled.clear()
            compiled[source] = super().from_string(source)
        return compiled[source]

    def text(self, template: str, **values: Any) -> str:
        """Return the rendered template."""
        try:
            return self.get_template(template).render(values)
        except TemplateError as error:
            raise _fault(template, error) from error

    def words(self, template: str, **values: Any) -> dict[str, str]:
        """Return what the template sets, by name, without surrounding space."""
        try:
            module = self.get_template(template).make_module(values)
        except TemplateError as error:
            raise _fault(template, error) from error
        return {name: str(text).strip() for name, text in vars(module).items() if not name.startswith("_")}

    def compiled(self, template: str) -> None:
        """Raise ``DocumentError`` unless the template can be read and compiled."""
        try:
            self.get_template(template)
        except TemplateError as error:
            raise _fault(template, error) from error

    def fill(self, name: str, word: Any, **values: Any) -> None:
        """Fill a Word template (docxtpl) in place; its texts are escaped."""
        try:
            word.render(values, jinja_env=self)
        except TemplateError as error:
            raise _fault(name, error) from error

    def source(self, template: str) -> str:
        """Return the template's own text, the jurisdiction's if it has one."""
        assert self.loader is not None
        try:
            return self.loader.get_source(self, template)[0]
        except TemplateError as error:
            raise _fault(template, error) from error


def environment(overrides: Path | None = None) -> Environment:
    """Return an environment that looks for templates in ``overrides`` first, then in ours.

    HTML is escaped, plain text (.txt) is not. Filters: ``chinese_date``, ``label(group)``, ``emphasised(phrases)``.
    """
    folders = [folder for folder in (overrides, TEMPLATES) if folder is not None]
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters.update(chinese_date=chinese_date, label=_label, emphasised=_emphasised)
    return made


def _label(value: object, group: str) -> str:
    return label(group, value)


def _emphasised(text: str, phrases: Iterable[str]) -> Markup:
    """Return ``text`` escaped, with every one of ``phrases`` in strong."""
    marked = escape(text)
    for phrase in dict.fromkeys(phrases):
        marked = marked.replace(escape(phrase), Markup("<strong>{}</strong>").format(phrase))
    return marked


def _fault(template: str, error: TemplateError) -> DocumentError:
    line = f" 第 {error.lineno} 行" if isinstance(error, TemplateSyntaxError) else ""
    return DocumentError(
        f"模板 {template}{line}", str(error), "请改正模板，或删去本地区 templates/ 中的同名文件以恢复默认"
    )
