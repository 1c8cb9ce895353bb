"""The tables as people edit them: typed as text, checked by the tables' own rules, told as a difference,
saved as one revision; from and to CSV and Excel."""

from scheduler.service.workbook.absences import absence_row, add_absence
from scheduler.service.workbook.files import csv_text, excel, excel_template, take_csv, take_excel
from scheduler.service.workbook.labels import LABELS, POLICY, REASONS, SETTING_WORDS
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

__all__ = [
    "LABELS", "POLICY", "REASONS", "SETTING_WORDS", "Clash", "Proposal", "Sheets", "absence_row",
    "add_absence", "again", "clash", "csv_text", "excel", "excel_template", "history", "propose",
    "require_editor", "save", "sheets", "sheets_of", "take_csv", "take_excel",
]  # fmt: skip
