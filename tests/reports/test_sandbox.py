"""A jurisdiction's own template is data, not a program: what reaches for Python is refused, whoever wrote it."""

from __future__ import annotations

import pytest

from reports.environment import environment
from tasks.domain.errors import DocumentError

HOSTILE = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ text.format.__globals__ }}",
    "{{ things.append(1) }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ act.__code__ }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(act) }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../etc/passwd' %}",
]


def act():
    """A function that templates are given."""


@pytest.mark.parametrize("template", HOSTILE)
def test_a_template_that_reaches_for_python_or_other_files_is_refused(template, tmp_path):
    (tmp_path / "hostile.txt").write_text(template, encoding="utf-8")
    with pytest.raises(DocumentError):
        environment(tmp_path).text("hostile.txt", text="x", things=[], act=act)
