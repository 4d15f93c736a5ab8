"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

FORMATS = (".csv", ".parquet", ".xlsx")


def day(text: str) -> date:
    """Return the day written as YYYY-MM-DD; an impossible date is wrong use."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是真实存在的日期,请写 2026-07-15 这样的日期") from None


def moment(text: str) -> datetime:
    """Return the time written in ISO form; without a zone it is the zone of Chinese offices."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} 不是时间,请写 2026-07-15T18:00 这样的时间") from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def output_file(text: str) -> Path:
    """Return the path of an export; its ending chooses the format."""
    path = Path(text)
    if path.suffix not in FORMATS:
        raise argparse.ArgumentTypeError(f"{text!r} 的扩展名须是 {'、'.join(FORMATS)} 之一")
    return path


def workbook(text: str) -> Path:
    """Return the path of a workbook."""
    path = Path(text)
    if path.suffix != ".xlsx":
        raise argparse.ArgumentTypeError(f"{text!r} 的扩展名须是 .xlsx")
    return path


def add_jurisdiction(parser: argparse.ArgumentParser) -> None:
    """Add ``-j NAME``."""
    parser.add_argument("-j", "--jurisdiction", required=True, metavar="NAME", help="地区名,如 demo")


def add_day(parser: argparse.ArgumentParser) -> None:
    """Add ``--as-of D``."""
    parser.add_argument("--as-of", type=day, metavar="D", help="业务日期,缺省为今天(如 2026-07-15)")


def add_known_at(parser: argparse.ArgumentParser) -> None:
    """Add ``--known-at T``."""
    parser.add_argument("--known-at", type=moment, metavar="T", help="按该时点已知的数据、规则和日历计算")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add ``-o FILE``."""
    parser.add_argument(
        "-o", "--output", type=output_file, required=True, metavar="FILE", help="输出文件(.csv、.parquet、.xlsx)"
    )
