"""Two writers for all exports: a CSV, and an XLSX. They know columns and rows, and nothing of pupils."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import ceil
from typing import Any, BinaryIO

from rustpy_xlsxwriter import Format, write_worksheet

from exports.columns import Column, Shape

BOM = b"\xef\xbb\xbf"
COPY_OPTIONS: dict[str, Any] = {"format": "csv", "delimiter": ";", "force_quote": True, "encoding": "utf-8"}
"""How PostgreSQL writes the lines behind `head`: as `lines` does."""

A4, ACROSS = 9, 210
"""The number of that paper, and how wide a sheet of it still reads, in characters."""
_FORMATS = {Shape.DATE: "dd-mm-yyyy", Shape.MOMENT: "dd-mm-yyyy hh:mm"}


def head(*, columns: Sequence[Column]) -> bytes:
    """The beginning of a CSV: what tells a spreadsheet that it is UTF-8, and the line of headers."""
    return BOM + b"".join(lines(rows=[[column.header for column in columns]]))


def lines(*, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Rows of text, each cell quoted."""
    kept = io.StringIO()
    writer = csv.writer(kept, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        writer.writerow(row)
        yield kept.getvalue().encode()
        kept.seek(0)
        kept.truncate()


def spreadsheet(
    *, to: BinaryIO, title: str, columns: Sequence[Column], rows: Iterator[Sequence[Any]]
) -> None:
    """An XLSX of `rows`, one after the other, in memory that does not grow: typed dates and numbers, the line of
    headers stays in view, each column has its width and the whole a filter."""
    headers = [column.header for column in columns]
    # The writer learns its columns from the first row: without one, an empty row brings the headers.
    first = next(rows, None)
    all_rows = chain([first if first is not None else [None] * len(headers)], rows)
    write_worksheet(
        (dict(zip(headers, row, strict=True)) for row in all_rows),
        to,
        sheet_name=title,
        freeze_row=1,
        freeze_col=_named(columns),
        autofilter=first is not None,
        header_format=Format().set_bold().set_background_color("#E6EEF5"),
        column_widths={column.header: float(column.width) for column in columns},
        column_formats={
            column.header: Format().set_num_format(_FORMATS[column.shape]).set_align("left")
            for column in columns
            if column.shape in _FORMATS
        },
        # Numbers that are names, ELK and BSN: no green corner says that they should count.
        ignore_errors=[column.header for column in columns if column.shape in (Shape.TEXT, Shape.SEALED)],
        page_setup={
            "landscape": True,
            "paper_size": A4,
            "fit_to_pages": (ceil(sum(column.width for column in columns) / ACROSS), 0),
            "repeat_rows": 0,
            "repeat_columns": (0, max(0, _named(columns) - 1)),
            "footer": "&L&A&R&P / &N",
        },
    )


def _named(columns: Sequence[Column]) -> int:
    """The columns up to the last name: whoever looks at the far right still sees whose row it is."""
    names = [place for place, column in enumerate(columns, start=1) if column.name == "last_name"]
    return names[0] if names else 0
