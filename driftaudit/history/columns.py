"""Column types that lose nothing, in SQLite as in PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, LargeBinary, String, TypeDecorator


class Exact(TypeDecorator[str]):
    """Text as bytes: as text, names that are not UTF-8 would be refused, or come back changed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Return the bytes that stand for a text."""
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text."""
        return None if value is None else bytes(value).decode("utf-8", "surrogatepass")


class Moment(TypeDecorator[datetime]):
    """A time in UTC to the microsecond, as text that sorts as times do."""

    impl = String(26)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text of a time."""
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time."""
        return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)
