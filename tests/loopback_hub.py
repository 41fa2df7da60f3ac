"""A Hugging Face Hub on loopback: enough of its HTTP API to push and pull for real, with faults on demand.

Everything is kept in memory. Covers models, datasets and spaces: create, pre-upload, LFS (basic transfer), commit,
info, tree, resolve, delete. Clients need HF_ENDPOINT and HF_HUB_DISABLE_XET=1: `LoopbackHub.environment`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response

TOKEN = "hf_loopbackonlynotasecret"
LFS_SUFFIXES = ("safetensors", "bin", "gz", "png", "pt")
START_SECONDS = 20.0


@dataclass(frozen=True)
class Commit:
    """files: by path, the sha256 of the content and whether it is kept in LFS."""

    sha: str
    files: dict[str, tuple[str, bool]]
    message: str


@dataclass
class Fault:
    """What goes wrong with requests of `method` whose path contains `part`, `times` times.

    how: a status such as "500", "drop" (the connection ends halfway through the body), "garble" (another byte in it),
    "slow" (for so many seconds, or until it is taken away).
    """

    method: str
    part: str
    how: str
    times: int = 1
    seconds: float = 3.0


@dataclass
class ActivationCache:
    """Repositories by kind and name, newest commit last; blobs by sha256; what was asked; what is to go wrong."""

    repos: dict[str, list[Commit]] = field(default_factory=dict)
    spaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    blobs: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def commit(self, kind: str, name: str, revision: str = "main") -> Commit | Response:
        """The commit that a revision means, or the Hub's own refusal."""
        commits = self.repos.get(f"{kind}/{name}")
        if not commits:
            return refusal(404, "RepoNotFound", "Repository not found")
        found = [commit for commit in commits if commit.sha.startswith(revision)]
        if revision != "main" and not found:
            return refusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commits[-1] if revision == "main" else found[0]

    def store(self, content: bytes) -> str:
        sha = hashlib.sha256(content).hexdigest()
        self.blobs[sha] = content
        return sha

    def fault(self, method: str, path: str) -> Fault | None:
        """The next fault for this request; each is used up."""
        for fault in self.faults:
            if fault.times and fault.method == method and fault.part in path:
                fault.times -= 1
                return fault
        return None


class LoopbackHub:
    """The server in a thread: `with LoopbackHub() as hub: …`. hub.memory is all that it knows."""

    def __init__(self) -> None:
        self.memory = ActivationCache()
        app = Faulty(build_app(self.memory), self.memory)
        self._server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> LoopbackHub:
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline, "the loopback Hub did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True  # within 0.2 s, for which no test has to wait

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client's process needs, but for a cache of its own (HF_HOME)."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_TELEMETRY": "1"}

    def files(self, name: str, kind: str = "models") -> dict[str, bytes]:
        """The newest revision's files."""
        newest = self.memory.repos[f"{kind}/{name}"][-1]
        return {path: self.memory.blobs[sha] for path, (sha, _) in newest.files.items()}

    def revisions(self, name: str, kind: str = "models") -> list[str]:
        """Commits, oldest first; the first is the empty one that creates the repository."""
        return [commit.sha for commit in self.memory.repos[f"{kind}/{name}"]]


class Faulty:
    """ASGI middleware: notes each request, and lets the faults happen."""

    def __init__(self, app: Callable[..., Any], memory: ActivationCache) -> None:
        self.app, self.memory = app, memory

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.memory.requests.append((scope["method"], scope["path"]))
        fault = self.memory.fault(scope["method"], scope["path"])
        if fault is None:
            return await self.app(scope, receive, send)
        if fault.how.isdigit():
            return await Response("out of order", int(fault.how))(scope, receive, send)
        if fault.how == "slow":
            await self._delay(fault)
            return await self.app(scope, receive, send)
        return await self.app(scope, receive, spoiling(send, fault.how))

    async def _delay(self, fault: Fault) -> None:
        deadline = time.monotonic() + fault.seconds
        while fault in self.memory.faults and time.monotonic() < deadline:
            await asyncio.sleep(0.05)


def spoiling(send: Callable[..., Any], how: str) -> Callable[..., Any]:
    """A `send` that cuts the body in half and hangs up, or changes its middle byte."""

    async def spoil(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body" and (body := message.get("body")):
            middle = len(body) // 2
            if how == "drop":
                await send(message | {"body": body[:middle], "more_body": True})
                raise ConnectionResetError("dropped on purpose")
            message = message | {"body": body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]}
        await send(message)

    return spoil


def refusal(status: int, code: str, message: str) -> Response:
    headers = {"X-Error-Code": code, "X-Error-Message": message}
    return Response(json.dumps({"error": message}), status, headers, "application/json")


def is_authorised(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def git_sha(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def apply_operations(memory: ActivationCache, files: dict[str, tuple[str, bool]], body: bytes) -> str | Response:
    """Change `files` as the lines of a commit say; its message, or a refusal."""
    message = ""
    for line in body.splitlines():
        operation = json.loads(line)
        value = operation["value"]
        if operation["key"] == "header":
            message = value["summary"]
        elif operation["key"] == "file":
            files[value["path"]] = (memory.store(base64.b64decode(value["content"])), False)
        elif operation["key"] == "lfsFile":
            if value["oid"] not in memory.blobs:
                return refusal(400, "", "LFS object missing")
            files[value["path"]] = (value["oid"], True)
        elif operation["key"] == "deletedFile":
            files.pop(value["path"], None)
    return message


def build_app(memory: ActivationCache) -> FastAPI:
    """The routes, in the Hub's own words."""
    app = FastAPI()

    @app.get("/api/whoami-v2")
    async def whoami(request: Request) -> Any:
        if not is_authorised(request):
            return refusal(401, "", "Invalid token")
        token = {"role": "write", "displayName": "test"}
        auth = {"type": "access_token", "accessToken": token}
        return {"type": "user", "name": "me", "fullname": "me", "orgs": [], "auth": auth}

    @app.post("/api/validate-yaml")
    async def validate_yaml() -> Any:
        return {"errors": [], "warnings": []}

    @app.post("/api/repos/create")
    async def create(request: Request) -> Any:
        if not is_authorised(request):
            return refusal(401, "", "Not authorised")
        body = await request.json()
        kind, owner = body.get("type", "model") + "s", body.get("organization") or "me"
        name = f"{owner}/{body['name'].split('/')[-1]}"
        key, url = f"{kind}/{name}", f"{request.base_url}{'' if kind == 'models' else kind + '/'}{name}"
        if key in memory.repos:
            taken = {"error": "You already created this repo", "url": url}
            return Response(json.dumps(taken), 409, media_type="application/json")
        memory.repos[key] = [Commit(hashlib.sha1(key.encode()).hexdigest(), {}, "initial commit")]
        memory.spaces[key] = body
        return {"url": url, "name": name, "id": key}

    @app.get("/api/{kind}/{owner}/{name}")
    @app.get("/api/{kind}/{owner}/{name}/revision/{revision}")
    async def info(kind: str, owner: str, name: str, revision: str = "main") -> Any:
        commit = memory.commit(kind, f"{owner}/{name}", revision)
        if isinstance(commit, Response):
            return commit
        siblings = [{"rfilename": path} for path in sorted(commit.files)]
        about = {"private": False, "tags": [], "downloads": 0, "likes": 0, "siblings": siblings}
        return {"id": f"{owner}/{name}", "modelId": f"{owner}/{name}", "sha": commit.sha, **about}

    @app.get("/api/{kind}/{owner}/{name}/tree/{revision}")
    @app.get("/api/{kind}/{owner}/{name}/tree/{revision}/{path:path}")
    async def tree(kind: str, owner: str, name: str, revision: str, path: str = "") -> Any:
        commit = memory.commit(kind, f"{owner}/{name}", revision)
        if isinstance(commit, Response):
            return commit
        return [entry(file, *commit.files[file]) for file in sorted(commit.files)]

    def entry(path: str, sha: str, is_lfs: bool) -> dict[str, Any]:
        size = len(memory.blobs[sha])
        lfs = {"lfs": {"oid": sha, "size": size, "pointerSize": 134}} if is_lfs else {}
        return {"type": "file", "path": path, "size": size, "oid": git_sha(memory.blobs[sha]), **lfs}

    @app.post("/api/{kind}/{owner}/{name}/preupload/{revision}")
    async def preupload(kind: str, owner: str, name: str, revision: str, request: Request) -> Any:
        def mode(file: dict[str, Any]) -> dict[str, Any]:
            large = file["size"] > 10_000_000 or file["path"].rsplit(".", 1)[-1] in LFS_SUFFIXES
            upload = "lfs" if large else "regular"
            return {"path": file["path"], "uploadMode": upload, "shouldIgnore": False, "oid": known(file["path"])}

        def known(path: str) -> str | None:
            sha, is_lfs = newest.files.get(path, (None, False))
            return sha if sha is None or is_lfs else git_sha(memory.blobs[sha])

        files = (await request.json())["files"]
        newest = memory.repos[f"{kind}/{owner}/{name}"][-1]
        return {"files": [mode(file) for file in files], "commitOid": newest.sha}

    @app.post("/{repo:path}.git/info/lfs/objects/batch")
    async def lfs_batch(repo: str, request: Request) -> Any:
        def answer(item: dict[str, Any]) -> dict[str, Any]:
            upload = {"actions": {"upload": {"href": f"{request.base_url}lfs/{item['oid']}", "header": {}}}}
            return item if item["oid"] in memory.blobs else item | upload

        objects = [answer(item) for item in (await request.json())["objects"]]
        body = json.dumps({"transfer": "basic", "objects": objects})
        return Response(body, media_type="application/vnd.git-lfs+json")

    @app.put("/lfs/{oid}")
    async def lfs_put(oid: str, request: Request) -> Any:
        content = await request.body()
        if hashlib.sha256(content).hexdigest() != oid:
            return refusal(400, "", "sha256 mismatch")
        memory.store(content)
        return {}

    @app.post("/api/{kind}/{owner}/{name}/commit/{revision}")
    async def commit(kind: str, owner: str, name: str, revision: str, request: Request) -> Any:
        if not is_authorised(request):
            return refusal(401, "", "Not authorised")
        commits = memory.repos[f"{kind}/{owner}/{name}"]
        files = dict(commits[-1].files)
        message = apply_operations(memory, files, await request.body())
        if isinstance(message, Response):
            return message
        sha = hashlib.sha1(repr((sorted(files.items()), message, len(commits))).encode()).hexdigest()
        commits.append(Commit(sha, files, message))
        url = f"{request.base_url}{owner}/{name}/commit/{sha}"
        return {"success": True, "commitOid": sha, "commitUrl": url, "hookOutput": ""}

    @app.post("/api/spaces/{owner}/{name}/variables")
    async def variables(owner: str, name: str, request: Request) -> Any:
        variable = await request.json()
        memory.variables.setdefault(f"{owner}/{name}", {})[variable["key"]] = variable["value"]
        return {variable["key"]: {"value": variable["value"]}}

    @app.api_route("/{owner}/{name}/resolve/{revision}/{path:path}", methods=["GET", "HEAD"])
    @app.api_route("/{kind}/{owner}/{name}/resolve/{revision}/{path:path}", methods=["GET", "HEAD"])
    async def resolve(
        owner: str, name: str, revision: str, path: str, request: Request, kind: str = "models"
    ) -> Response:
        commit = memory.commit(kind, f"{owner}/{name}", revision)
        if isinstance(commit, Response):
            return commit
        if f"{owner}/{name}" in memory.gated:
            return refusal(403, "GatedRepo", f"Access to model {owner}/{name} is restricted")
        if path not in commit.files:
            return refusal(404, "EntryNotFound", "Entry not found")
        sha, is_lfs = commit.files[path]
        content = memory.blobs[sha]
        tag = sha if is_lfs else git_sha(content)
        headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{tag}"', "Content-Length": str(len(content))}
        if is_lfs:
            headers |= {"X-Linked-Etag": f'"{sha}"', "X-Linked-Size": str(len(content))}
        body = b"" if request.method == "HEAD" else content
        return Response(body, 200, headers, "application/octet-stream")

    @app.delete("/api/repos/delete")
    async def delete(request: Request) -> Any:
        body = await request.json()
        owner = body.get("organization") or "me"
        memory.repos.pop(f"{body.get('type', 'model')}s/{owner}/{body['name'].split('/')[-1]}", None)
        return {}

    return app
