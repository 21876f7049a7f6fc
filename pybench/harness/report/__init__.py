"""The report: one HTML page of what was run, measured and raced, made from files alone; it runs nothing."""

from __future__ import annotations
