"""Maps drawn by the server (ADR 10): SVG made from outlines and from who covers what."""
