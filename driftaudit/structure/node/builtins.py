"""The modules that Node brings along, those of its newer versions included."""

_NAMES = """
assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns
domain events fs http http2 https inspector module net os path perf_hooks process punycode querystring
readline repl stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads
zlib _http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex
_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common
_tls_wrap assert/strict dns/promises fs/promises inspector/promises path/posix path/win32
readline/promises stream/consumers stream/promises stream/web timers/promises util/types
"""
BUILT_IN = frozenset(_NAMES.split())
_BY_SCHEME_ALONE = frozenset(("sea", "sqlite", "test", "test/reporters"))
SCHEME = "node:"


def is_built_in(module: str) -> bool:
    """Whether Node itself has a module."""
    name = module.removeprefix(SCHEME)
    return name in BUILT_IN or (name != module and name in _BY_SCHEME_ALONE)
