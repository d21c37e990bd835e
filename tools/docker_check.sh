#!/usr/bin/env bash
# Build and test the Dockerfile's image without Docker and without an image registry: Debian's
# buildah builds it, on a base that mmdebstrap makes from Debian's packages. Without network and
# capabilities, JupyterLab must ask for its token, and a lesson must run.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "docker-check skipped: $1."
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip "it must run as root"
for tool in buildah mmdebstrap unshare ip curl; do
    command -v "$tool" >/dev/null ||
        skip "$tool is missing: apt-get install buildah mmdebstrap util-linux iproute2 curl"
done
alone=(unshare --net --pid --fork --kill-child --mount-proc)
"${alone[@]}" true 2>/dev/null || skip "this system gives no network and process namespaces"

work=$(mktemp -d)
export work
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
images() { buildah --root "$work/images" --runroot "$work/run" --storage-driver vfs "$@"; }
in_image() { images run --isolation chroot --cap-drop all "$container" -- "$@"; }
fail() {
    echo "docker-check failed: $1" >&2
    exit 1
}

use_image() {
    set -euo pipefail
    ip link set lo up
    mapfile -t command < <(images inspect \
        --format '{{range .Docker.Config.Cmd}}{{println .}}{{end}}' "$container")
    mapfile -t health < <(images inspect \
        --format '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' "$container")
    # tests exit codes, because this buildah sometimes loses the output of a short command
    in_image sh -c '[ "$(id -un)" = student ]' || fail "it does not run as the user student"

    in_image "${command[@]}" >"$work/log" 2>&1 &
    for second in $(seq 60); do
        ! in_image "${health[@]:1}" >/dev/null 2>&1 || ! grep -q token= "$work/log" || break
        [ "$second" -lt 60 ] || fail "JupyterLab is not healthy: $(cat "$work/log")"
        sleep 1
    done
    contents=http://127.0.0.1:8888/api/contents
    token=$(grep -o -m 1 'token=[0-9a-f]*' "$work/log")
    without=$(curl -s -o "$work/answer" -w '%{http_code}' "$contents")
    with=$(curl -s -o "$work/answer" -w '%{http_code}' "$contents?$token")
    echo "JupyterLab answers $without without its token and $with with it"
    [ "$without $with" = "403 200" ] || fail "it must answer 403 and 200"
    grep -q notebooks "$work/answer" || fail "JupyterLab shows no lessons: $(cat "$work/answer")"

    in_image fidle-vae run VAE3 -p dataset=digits
    in_image test -s run_dir/report/index.html || fail "the lesson left no report"
}
export -f images in_image fail use_image

echo "Making the base of Debian's packages"
mmdebstrap --quiet --variant=minbase \
    --include=ca-certificates,python3,python3-venv,python-is-python3 trixie "$work/base.tar" ||
    skip "Debian's packages cannot be had"
container=$(images from scratch)
images add --quiet "$container" "$work/base.tar" /
images commit --quiet --rm "$container" base
rm "$work/base.tar"

echo "Building the image"
# with the certificates of this machine, which may be behind a proxy
images bud --isolation chroot --format docker --build-arg BASE=localhost/base \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --tag fidle_vae .

container=$(images from localhost/fidle_vae)
export container
"${alone[@]}" bash -c use_image
echo "docker-check passed"
