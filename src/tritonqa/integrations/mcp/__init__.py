"""Assistants ask: a server of the Model Context Protocol over a reader or a library."""

from tritonqa.integrations.mcp.server import make_server

__all__ = ["make_server"]
