"""An agency's tables as texts by file name, without files."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal

from scheduler.domain.agency import Agency
from scheduler.tables.columns import TABLES
from scheduler.tables.csvfile import RawTable, parse_csv
from scheduler.tables.folder import build_agency, records, settings_text, table_text
from scheduler.tables.rows import Rows
from scheduler.tables.settings import FILE, Settings, settings_of


def agency_texts(agency: Agency) -> dict[str, str]:
    """File name to content, as `write_agency` writes them; tables without rows are left out where
    they may be absent."""
    out = {FILE: settings_text(agency)}
    for name, rows in records(agency).items():
        listed = list(rows)
        if listed or not TABLES[name].optional:
            out[TABLES[name].file] = table_text(TABLES[name], listed)
    return out


def agency_of_texts(texts: Mapping[str, str]) -> Agency:
    """The inverse of `agency_texts`. Raises InputError with every problem."""
    settings = settings_of(tomllib.loads(texts[FILE], parse_float=Decimal), Settings())
    tables = {
        name: Rows(t, parse_csv(texts[t.file], t, t.file) if t.file in texts else RawTable([], []))
        for name, t in TABLES.items()
    }
    return build_agency(settings, tables)[0]
