"""The tables as people edit them: typed as text, checked by the tables' own rules, told as a difference,
saved as one revision; from and to CSV and Excel."""

from scheduler.service.workbook.absences import absence_row, add_absence
from scheduler.service.workbook.building import FIRST_ROW
from scheduler.service.workbook.files import csv_text, excel, excel_template, take_csv, take_excel
from scheduler.service.workbook.labels import LABELS, POLICY, REASONS
from scheduler.service.workbook.notes import Note, edited, notes
from scheduler.service.workbook.saving import (
    Clash,
    Proposal,
    again,
    clash,
    history,
    propose,
    require_editor,
    save,
    sheets,
)
from scheduler.service.workbook.sheets import Sheets, sheets_of
from scheduler.service.workbook.telling import Told

__all__ = [
    "FIRST_ROW", "LABELS", "POLICY", "REASONS", "Clash", "Note", "Proposal", "Sheets", "Told", "absence_row",
    "add_absence", "again", "clash", "csv_text", "edited", "excel", "excel_template", "history", "notes",
    "propose", "require_editor", "save", "sheets", "sheets_of", "take_csv", "take_excel",
]  # fmt: skip
