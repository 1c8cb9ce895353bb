"""Agency folders: tables to domain and back, with every problem named."""

from scheduler.tables.folder import agency_digest, read_agency, write_agency, write_plan
from scheduler.tables.plans import read_plan
from scheduler.tables.template import tables_document, write_template

__all__ = ["agency_digest", "read_agency", "read_plan", "tables_document", "write_agency",
           "write_plan", "write_template"]  # fmt: skip
