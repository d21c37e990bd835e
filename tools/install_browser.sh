#!/usr/bin/env bash
# Install the missing programs that the tests need besides Python: a browser, node and, on Linux,
# bubblewrap, which isolates submissions during grading.
set -euo pipefail
has() { command -v "$1" >/dev/null; }

missing=()
[ -n "${FIDLE_BROWSER:-}" ] || has chromium || has chromium-browser || has google-chrome ||
    has google-chrome-stable || missing+=(chromium fonts-dejavu-core)
has node || missing+=(nodejs)
[ "$(uname)" != Linux ] || has bwrap || missing+=(bubblewrap)
[ ${#missing[@]} -gt 0 ] || exit 0

if ! has apt-get || { [ "$(id -u)" -ne 0 ] && ! has sudo; }; then
    echo "Install with your system's own tools: ${missing[*]}" >&2
    exit 1
fi
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
