# SPDX-License-Identifier: Apache-2.0
#
# Words for the tests of the lab: one line for each check, a sum at the end.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../examples/lab" && pwd)/lab
passed=0 failed=0

# A lab of the test's own, beside the one that somebody may be using.
export NOCTURNE_LAB_DIR=/run/nocturne-test-$$ NOCTURNE_LAB_PORT=${NOCTURNE_TEST_PORT:-2298}
lab() { "$LAB" "$@"; }

check() {
    local what=$1 said
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "FAILED  $what"
        [ -z "$said" ] || tail -5 <<<"$said" | sed 's/^/        /'
    fi
}

# refuses COMMAND...: for checks that something must not work.
refuses() { ! "$@"; }

# until_true SECONDS COMMAND...: waits for a state, generously, and says whether it came.
until_true() {
    local limit=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $limit ] || return 1
        sleep 0.2
    done
}

sum() {
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
}

[ "$(id -u)" = 0 ] || { echo "this test needs root" >&2; exit 77; }
