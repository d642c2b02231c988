"""The program that lists and hashes a tree where it lies. Its modules are sent to the host as they are.

Python 3.6, standard library only. It opens files read-only, follows no link below the root, and writes
nothing but its answer: a marker, then frames of one type byte, a length of four bytes and a payload, and
last a trailer with counts and the SHA-256 of all that came before. No trailer, no result.

It reads one request from standard input, in two parts, each a length in decimal, a newline, and that many
bytes: compressed JSON, and the digests of folders (../protocol.py says what is in them). One process deals
the folders out to others, which list and hash what lies in them.
"""
