"""A sheet as people fill it in, and where in it something is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from tasks.domain.errors import ConfigurationError

SHOWN = 30
HEAD_ROWS = 5


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet of texts: ``rows`` are (number in the sheet, cells), blank ones left out; ``file`` and ``name`` as people know it."""

    file: str
    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands below the heads of a grid: by row number, the text of each known column (absent: empty)."""

    grid: Grid
    places: Mapping[str, int]
    heads: Mapping[str, str]
    rows: tuple[tuple[int, Mapping[str, str]], ...]

    def fault(self, row: int, column: str, what: str) -> str:
        """Return the fault with its sheet, row and column as the spreadsheet shows them."""
        if column not in self.places:
            return f"工作表“{self.grid.name}”第 {row} 行:{what}"
        return f"工作表“{self.grid.name}”第 {row} 行 {letters(self.places[column])} 列({self.heads[column]}):{what}"


def letters(place: int) -> str:
    """Return a column's letters by its place from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    head, last = divmod(place, 26)
    return (letters(head - 1) if head else "") + ascii_uppercase[last]


def table(grid: Grid, names: Mapping[str, Collection[str]], required: Collection[str]) -> Table:
    """Return what stands below the heads; ``names`` are the heads by which each column may be called, the first as we call it.

    The heads are the first of the top rows that has one of the ``required``. Raises ``ConfigurationError`` where there are no
    such heads, one stands twice, one is unknown, or a required one is missing.
    """
    called = {word: column for column, words in names.items() for word in words}
    top = grid.rows[:HEAD_ROWS]
    found = next(
        (at for at, (_, cells) in enumerate(top) if {called.get(cell) for cell in cells} & set(required)), None
    )
    if found is None:
        wanted = "、".join(next(iter(names[column])) for column in required)
        raise _refused(grid, [f"工作表“{grid.name}”前 {HEAD_ROWS} 行里没有表头;应有:{wanted}"])
    number, cells = grid.rows[found]
    heads = {place: cell for place, cell in enumerate(cells) if cell}
    if faults := list(_head_faults(grid, number, heads, called, names, required)):
        raise _refused(grid, faults)
    columns = {place: called[head] for place, head in heads.items()}
    rows = tuple(
        (row, {column: texts[place] if place < len(texts) else "" for place, column in columns.items()})
        for row, texts in grid.rows[found + 1 :]
    )
    return Table(
        grid,
        {column: place for place, column in columns.items()},
        {column: heads[place] for place, column in columns.items()},
        rows,
    )


def _head_faults(
    grid: Grid,
    row: int,
    heads: Mapping[int, str],
    called: Mapping[str, str],
    names: Mapping[str, Collection[str]],
    required: Collection[str],
) -> Iterator[str]:
    seen: set[str] = set()
    for place, head in heads.items():
        where = f"工作表“{grid.name}”第 {row} 行 {letters(place)} 列:"
        if head not in called:
            known = "、".join(next(iter(words)) for words in names.values())
            yield f"{where}不认识的表头“{head}”,请删去这一列或改为:{known}"
        elif called[head] in seen:
            yield f"{where}表头“{head}”重复"
        seen.add(called.get(head, head))
    for column in required:
        if column not in seen:
            yield f"工作表“{grid.name}”第 {row} 行:缺少表头“{next(iter(names[column]))}”"


def _refused(grid: Grid, faults: list[str]) -> ConfigurationError:
    return refusal(grid.file, faults)


def refusal(file: str, faults: list[str]) -> ConfigurationError:
    """Return the error that tells all faults of a file; nothing of it was taken."""
    lines = "".join(f"\n  {fault}" for fault in faults[:SHOWN])
    rest = f"\n  ……另有 {len(faults) - SHOWN} 处" if len(faults) > SHOWN else ""
    return ConfigurationError(
        file, f"有 {len(faults)} 处错误,什么也没有导入{lines}{rest}", "请在表格里逐一改正后再试。"
    )
