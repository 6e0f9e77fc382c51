"""Files that come in: what they hold and what is wrong with them, line by line. Pure: bytes to rows."""

from imports.columns import Column, Kind, Row, read
from imports.kinds import KINDS
from imports.problem import Problem, Unreadable

__all__ = ["KINDS", "Column", "Kind", "Problem", "Row", "Unreadable", "read"]
