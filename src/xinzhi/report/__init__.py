"""The report: from results to sentences, charts, tables and files."""

from xinzhi.report.assess import AssessResult, assess, document, summary, write_report

__all__ = ["AssessResult", "assess", "document", "summary", "write_report"]
