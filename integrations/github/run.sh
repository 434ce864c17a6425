#!/usr/bin/env bash
# What action.yml runs: annotations in the log, SARIF in a file, and a summary with what a change does to requests.
set -uo pipefail

lines() { # each line of $1 that is not blank, after the option $2 where one is given
    while IFS= read -r line; do
        line=${line#"${line%%[![:space:]]*}"}
        line=${line%"${line##*[![:space:]]}"}
        if [[ -n $line ]]; then
            words+=("${2:+$2=}$line")
        fi
    done <<<"$1"
}

taken() { # write the files of commit $1 into folder $2
    mkdir -p "$2" || return
    while IFS= read -r line; do
        if [[ -n $line ]] && git cat-file -e "$1:./$line" 2>/dev/null; then
            git --literal-pathspecs archive "$1" -- "$line" | tar -x -C "$2" || return
        fi
    done <<<"$3"
}

compared() { # tell which requests fare otherwise than on branch $1; fails where that cannot be said
    local old=$RUNNER_TEMP/meshgen-old new=$RUNNER_TEMP/meshgen-new depth=--no-tags named
    if [[ $(git rev-parse --is-shallow-repository) == true ]]; then
        depth=--depth=1
    fi
    rm -rf "$old" "$new"
    git fetch --quiet "$depth" origin "refs/heads/$1" || return
    words=()
    lines "$INPUT_FILES"
    named=$(printf '%s\n' "${words[@]}")
    taken FETCH_HEAD "$old" "$named" && taken HEAD "$new" "$named" || return
    words=(diff --format=markdown --quiet --color=never)
    if [[ -n $INPUT_MESH && $INPUT_MESH != all ]]; then
        lines "$INPUT_MESH" --mesh
        lines "$INPUT_SET" --set
    fi
    "$RUNNER_TEMP/meshgen/bin/meshgen" "${words[@]}" -- "$old" "$new" || (($? == 1))
}

summary=$RUNNER_TEMP/meshgen.md
findings=$RUNNER_TEMP/meshgen.json
words=(validate)
if [[ -n $INPUT_OUTPUT_DIR ]]; then
    words=(render --check "--output-dir=$INPUT_OUTPUT_DIR")
    if [[ $INPUT_KUSTOMIZATION == true ]]; then
        words+=(--kustomization)
    fi
fi
words+=(--report github "--report=sarif=$INPUT_SARIF" "--report=markdown=$summary" "--report=json=$findings")
words+=("--fail-on=$INPUT_FAIL_ON")
lines "$INPUT_MESH" --mesh
lines "$INPUT_SET" --set
words+=(--)
lines "$INPUT_FILES"

rm -f "$summary" "$findings"
"$RUNNER_TEMP/meshgen/bin/meshgen" "${words[@]}"
status=$?

changed=false
if [[ -f $findings ]] && grep -q '"code": "MG706"' "$findings"; then
    changed=true
fi
if [[ -f $summary ]]; then
    cat "$summary" >>"$GITHUB_STEP_SUMMARY"
fi
base=${INPUT_BASE:-${GITHUB_BASE_REF:-}}
if [[ -n $base ]]; then
    printf '\n### What the change does to requests\n\n' >>"$GITHUB_STEP_SUMMARY"
    if told=$(compared "$base"); then
        printf '%s\n' "$told" >>"$GITHUB_STEP_SUMMARY"
    else
        echo "It could not be compared; the log says why." >>"$GITHUB_STEP_SUMMARY"
    fi
fi
{
    echo "changed=$changed"
    printf 'sarif<<meshgen-end-of-name\n%s\nmeshgen-end-of-name\n' "${INPUT_SARIF//$'\n'/}"
} >>"$GITHUB_OUTPUT"
exit "$status"
