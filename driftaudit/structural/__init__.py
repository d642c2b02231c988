"""The composer of the structure: brings contents here, and judges what does not resolve."""
