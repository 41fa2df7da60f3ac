#!/usr/bin/env bash
# pluggy 1.7.0 no longer calls a hook implementation that is decorated with functools.cache (or lru_cache), and says
# nothing: neither `register` nor `check_pending` complains, and the hook's results just lack it. 1.6.0 calls it.
# Expected: called as in 1.6.0, or an error at `register`, since the object does carry the marker's options.
# Seen, of a plugin whose hook returns 1:
#   1.6.0 plain [1] cached [1]
#   1.7.0 plain [1] cached []
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/probe.py" <<'PY'
import functools
import importlib.metadata
import types

import pluggy

hookspec, hookimpl = pluggy.HookspecMarker("demo"), pluggy.HookimplMarker("demo")


class Spec:
    @hookspec
    def answer(self):
        """One number."""


@hookimpl
def plain():
    return 1


@functools.cache
@hookimpl
def cached():
    return 1


found = [importlib.metadata.version("pluggy")]
for function in (plain, cached):
    manager = pluggy.PluginManager("demo")
    manager.add_hookspecs(Spec)
    plugin = types.ModuleType("plugin")
    plugin.answer = function
    manager.register(plugin)
    manager.check_pending()
    found += [function.__name__, str(manager.hook.answer())]
print(*found)
PY
for version in 1.6.0 1.7.0; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet --disable-pip-version-check "pluggy==$version"
    "$folder/$version/bin/python" "$folder/probe.py"
done | tee "$folder/seen"
diff "$folder/seen" - <<'EOF'
1.6.0 plain [1] cached [1]
1.7.0 plain [1] cached []
EOF
