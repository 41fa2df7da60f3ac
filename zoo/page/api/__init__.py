"""The page for programs: HTTP endpoints and MCP tools."""
