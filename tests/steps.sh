# How tests/run and .ci/run report their steps and install what is missing. Sourced, not run.

steps=()
failures=0

# What a step returns that could not look: neither passed nor failed.
not_checked=77

# step NAME COMMAND…: runs it, notes the outcome and the time, and goes on either way: one run shows all that is wrong.
step() {
    local name=$1 started=$SECONDS outcome=passed status=0
    shift
    printf '\n==> %s\n' "$name"
    "$@" || status=$?
    case $status in
        0) ;;
        "$not_checked") outcome='NOT CHECKED' ;;
        *) outcome=FAILED; failures=$((failures + 1)) ;;
    esac
    steps+=("$(printf '%-11s %5d s  %s' "$outcome" $((SECONDS - started)) "$name")")
}

# The list of steps, and whether all of them passed.
report() {
    printf '\n'
    printf '%s\n' "${steps[@]}"
    return $((failures > 0))
}

# install PACKAGE…: from Debian; says what to do where it may not.
install() {
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo)
    fi
    if ! command -v apt-get >/dev/null || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
        printf 'Missing on this machine: %s\nInstall these Debian packages, or what your system calls them, and run this again.\n' "$*" >&2
        exit 1
    fi
    printf 'Installing: %s\n' "$*"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}
