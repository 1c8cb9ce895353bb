"""What people hold in their hands: calendars, tables, the report, and words for scores."""
