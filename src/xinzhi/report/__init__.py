"""The report: sections placed and worded from results."""
