"""Frozen nouns of the field: agency, calendar, travel, plan, score."""
