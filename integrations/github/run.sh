#!/usr/bin/env bash
# What action.yml runs: annotations in the log, SARIF in a file and a summary, in one run of meshgen.
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
{
    echo "changed=$changed"
    printf 'sarif<<meshgen-end-of-name\n%s\nmeshgen-end-of-name\n' "${INPUT_SARIF//$'\n'/}"
} >>"$GITHUB_OUTPUT"
exit "$status"
