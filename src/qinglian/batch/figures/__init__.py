"""Figures over published tables: defined once, computed anywhere: DuckDB, SQLite or Spark, and by hand."""

from qinglian.batch.figures.definitions import PERIOD, Column, Figure, Table

__all__ = ["PERIOD", "Column", "Figure", "Table"]
