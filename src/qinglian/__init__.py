"""Qinglian 清廉: an integrity platform that a zone can run and anybody can check."""

__version__ = "0.1.0"
