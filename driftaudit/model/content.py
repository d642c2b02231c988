"""What a content is: a text, or something else."""

_LOOKED_AT = 8000  # bytes; as many as git looks at


def is_binary(content: bytes) -> bool:
    """Whether git takes the content for binary: a NUL is among its first 8,000 bytes."""
    return b"\0" in content[:_LOOKED_AT]
