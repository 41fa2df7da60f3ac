"""The page's tools for language models, called by the protocol's own client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import CallToolResult, Tool

from zoo import MODALITIES


@pytest.fixture(scope="module")
def site(start_app):
    with start_app(warm_up=False, GRADIO_MCP_SERVER="True") as url:
        yield url


@pytest.fixture
def scans(site, make_study) -> dict[str, str]:
    """URLs of a study's uploaded files, by modality."""
    folder = make_study(name="case1")
    return {name: uploaded(site, folder / f"case1_{name}.nii.gz") for name in MODALITIES}


def uploaded(site: str, file: Path) -> str:
    with file.open("rb") as content:
        (path,) = httpx.post(f"{site}gradio_api/upload", files={"files": content}).json()
    return f"{site}gradio_api/file={path}"


@asynccontextmanager
async def client(site: str) -> AsyncIterator[ClientSession]:
    async with (
        streamablehttp_client(f"{site}gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


def ask(site: str, tool: str, **arguments: str) -> CallToolResult:
    async def call() -> CallToolResult:
        async with client(site) as session:
            return await session.call_tool(tool, arguments)

    return asyncio.run(call())


def tools(site: str) -> list[Tool]:
    async def listed() -> list[Tool]:
        async with client(site) as session:
            return (await session.list_tools()).tools

    return asyncio.run(listed())


def test_each_tool_says_what_it_does_and_what_it_takes(site):
    offered = {tool.name: tool for tool in tools(site)}
    assert set(offered) == {"list_models", "grade", "compare", "contributions", "explain", "segment", "report"}
    takes = offered["grade"].inputSchema
    assert takes["required"] == ["model"]
    assert "contrast agent" in takes["properties"]["t1ce"]["description"]
    assert "not a medical device" in offered["grade"].description


def test_a_study_is_graded(site, scans):
    answer = ask(site, "grade", model="single-t1ce", **scans)
    assert not answer.isError
    assert "not a medical device" in answer.content[0].text
    assert "'model': 'single-t1ce.compact'" in answer.content[0].text


def test_models_are_compared(site, scans):
    answer = ask(site, "compare", models="single-t1ce, early-fusion", **scans)
    assert not answer.isError
    assert "early-fusion.compact" in answer.content[0].text


def test_a_heat_map_is_a_file_to_fetch(site, scans):
    answer = ask(site, "explain", model="single-t1ce", **scans)
    assert not answer.isError
    text = " ".join(content.text for content in answer.content)
    assert "not a medical device" in text
    (url,) = re.findall(r"http://[^ ']+/single-t1ce\.compact\.hires-cam\.study\.nii\.gz", text)
    assert httpx.get(url).content[:2] == b"\x1f\x8b", "gzip"


def test_an_error_is_our_sentence(site, scans):
    answer = ask(site, "grade", model="nobody", **scans)
    assert answer.isError
    assert "No model is called 'nobody'" in answer.content[0].text
