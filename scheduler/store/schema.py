"""The tables of the store. Moments are ISO texts in UTC, dates ISO texts, documents canonical JSON:
the same in both databases, sortable, and fit to be hashed."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _text(name: str, *args: object, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, *args, nullable=null, primary_key=key)  # type: ignore[arg-type]


def _whole(name: str, *args: object, null: bool = False, key: bool = False) -> Column[int]:
    return Column(name, Integer, *args, nullable=null, primary_key=key, autoincrement=False)  # type: ignore[arg-type]


agencies = Table(
    "agencies", metadata,
    _text("agency_id", key=True), _text("name"), _text("made_at"),
)  # fmt: skip

blobs = Table("blobs", metadata, _text("digest", key=True), Column("content", LargeBinary, nullable=False))
"""Texts of single tables (UTF-8, deflated), by the SHA-256 of the text; equal ones are kept once."""

snapshots = Table("snapshots", metadata, _text("digest", key=True), _text("files"))
"""`files`: file name to blob."""

edits = Table(
    "edits", metadata,
    _text("agency_id", ForeignKey("agencies.agency_id"), key=True), _whole("revision", key=True),
    _text("snapshot", ForeignKey("snapshots.digest")), _text("at"), _text("author"), _text("reason"),
    _text("changes"),
)  # fmt: skip
"""Each row moved the agency's head; the head is the row with the highest revision."""

scenarios = Table(
    "scenarios", metadata,
    _text("scenario_id", key=True), _text("agency_id", ForeignKey("agencies.agency_id")), _text("name"),
    _text("changes"), _text("at"), _text("author"), _text("removed_at", null=True),
)  # fmt: skip

drafts = Table(
    "drafts", metadata,
    _text("draft_id", key=True), _text("agency_id", ForeignKey("agencies.agency_id")),
    _text("precinct_id"), _text("week"), _text("snapshot", ForeignKey("snapshots.digest")), _text("inputs"),
    _text("precincts"), _text("plan"), _text("proof"), _text("author"), _text("made_at"),
    _whole("follows"), _text("parent", null=True), _text("note"),
    Index("drafts_of_week", "agency_id", "week", "precinct_id"),
)  # fmt: skip

publications = Table(
    "publications", metadata,
    _whole("publication_id", key=True), _text("agency_id", ForeignKey("agencies.agency_id")),
    _text("precinct_id"), _text("week"), _whole("number"), _text("draft_id", null=True),
    _text("snapshot", ForeignKey("snapshots.digest")), _text("inputs"), _text("proof"), _text("author"),
    _text("at"), _text("moment"), _text("reason"), _whole("undoes", null=True),
    UniqueConstraint("agency_id", "precinct_id", "week", "number", name="publication_number"),
)  # fmt: skip

published_visits = Table(
    "published_visits", metadata,
    _whole("publication_id", ForeignKey("publications.publication_id"), key=True), _text("uid", key=True),
    _whole("sequence"), _text("changed_at"), _whole("cancelled"), _text("officer_id"), _text("school_id"),
    _text("date"), _whole("start"), _whole("end"), _text("focus"), _text("tasks"), _text("place"),
    _text("lines"),
    Index("published_visits_of_day", "date", "school_id"),
)  # fmt: skip

appointments = Table(
    "appointments", metadata,
    _whole("publication_id", ForeignKey("publications.publication_id"), key=True), _text("uid", key=True),
    _whole("sequence"), _text("changed_at"), _whole("cancelled"), _text("session_id"), _text("school_id"),
    _text("date"), _whole("start"), _whole("end"), _text("program"), _text("officer"), _text("place"),
)  # fmt: skip

feeds = Table(
    "feeds", metadata,
    _text("agency_id", ForeignKey("agencies.agency_id"), key=True), _text("kind", key=True),
    _text("target_id", key=True), _whole("version"), _text("changed_at"), _text("etag"),
    Column("body", LargeBinary, nullable=False),
)  # fmt: skip
"""The bytes of each calendar, made by a publication. `version` counts its changes."""

publication_feeds = Table(
    "publication_feeds", metadata,
    _whole("publication_id", ForeignKey("publications.publication_id"), key=True), _text("kind", key=True),
    _text("target_id", key=True), _whole("version"),
)  # fmt: skip
"""Which version of which calendar first held a publication."""

links = Table(
    "links", metadata,
    _text("link_id", key=True), _text("agency_id", ForeignKey("agencies.agency_id")), _text("kind"),
    _text("target_id"), _text("token_hash"), _text("made_at"), _text("author"),
    _text("revoked_at", null=True), _text("revoked_why", null=True), _text("replaces", null=True),
    Index("links_by_token", "token_hash", unique=True),
)  # fmt: skip

receipts = Table(
    "receipts", metadata,
    _text("link_id", ForeignKey("links.link_id"), key=True), _text("client", key=True),
    _text("first_at"), _text("last_at"), _whole("version"), _whole("fetches"), _text("waits"),
)  # fmt: skip
"""Who fetched what: a row a link and client. `waits`: the last minutes between two fetches."""

log_entries = Table(
    "log_entries", metadata,
    _whole("entry_id", key=True), _text("agency_id", ForeignKey("agencies.agency_id")), _text("uid"),
    _text("status"), _text("officer_id"), _text("school_id"), _text("date"), _whole("start"), _whole("end"),
    _text("focus"), _text("tasks"), _text("cause", null=True), _whole("contacts"), _text("author"),
    _text("at"),
    Index("log_entries_of_day", "agency_id", "date"),
)  # fmt: skip

users = Table(
    "users", metadata,
    _text("user_id", key=True), _text("name"), _text("roles"), _text("precincts"),
    _text("officer_id", null=True), _text("changed_at"), _text("removed_at", null=True),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    _whole("seq", key=True), _text("at"), _text("actor"), _text("action"), _text("subject"), _text("detail"),
    _text("hash"),
)  # fmt: skip
"""Each row's hash covers the hash before it."""

counters = Table("counters", metadata, _text("name", key=True), _whole("value"), _text("text"))
"""`audit`: the last row of the trail and its hash; `calendars`: rises when a feed or link changes."""
