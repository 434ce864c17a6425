"""What a cluster holds against an object is told cause by cause, at the field that each names."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.dryruns import GROUP, KINDS, WEB, Told, Validated, refusal
from tests.unit.dryruns import validated as validated
from tests.unit.standin import Answer, status


def conflict(manager: str, field: str) -> Mapping[str, str]:
    return {"reason": "FieldManagerConflict", "message": f'conflict with "{manager}"', "field": field}


@pytest.mark.parametrize(
    ("answer", "err"),
    [
        pytest.param(
            refusal(
                422,
                'Widget.example.com "web" is invalid: [...]',
                {
                    "reason": "FieldValueInvalid",
                    "message": 'Invalid value: "5s": must be in minutes',
                    "field": "spec.rules[0].timeout",
                },
                {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.rules[0].to"},
                {
                    "reason": "FieldValueInvalid",
                    "message": 'Invalid value: "x":  not\n that.',
                    "field": "metadata.annotations[example.com/a]",
                },
            ),
            "web.yaml:3:69: error[MG769 refused-by-cluster]: the cluster refuses "
            'metadata.annotations["example.com/a"]: Invalid value: "x": not that\n'
            "web.yaml:7:5: error[MG769 refused-by-cluster]: the cluster refuses spec.rules[0].to: "
            "Required value\n"
            "web.yaml:8:14: error[MG769 refused-by-cluster]: the cluster refuses spec.rules[0].timeout: "
            'Invalid value: "5s": must be in minutes\n',
            id="422-with-causes",
        ),
        pytest.param(
            refusal(
                422,
                'Widget.example.com "web" is invalid: [...]',
                {
                    "reason": "FieldValueInvalid",
                    "message": 'Invalid value: "": "spec.ports[1]" must validate at least one schema (anyOf)',
                    "field": "<nil>",
                },
                {"reason": "FieldValueInvalid", "message": "Invalid value: no widget", "field": "<nil>"},
                {
                    "reason": "FieldValueInvalid",
                    "message": "Invalid value: null: some validation rules were not checked because ...",
                    "field": "<nil>",
                },
            ),
            "web.yaml:1:1: error[MG769 refused-by-cluster]: the cluster refuses the object: "
            "Invalid value: no widget\n"
            "web.yaml:5:35: error[MG769 refused-by-cluster]: the cluster refuses spec.ports[1]: "
            'Invalid value: "": "spec.ports[1]" must validate at least one schema (anyOf)\n',
            id="422-of-no-field",
        ),
        pytest.param(
            status(
                500,
                "failed to create typed patch object (shop/web; example.com/v1, Kind=Widget): errors:\n"
                "  .spec.rules[0].match: field not declared in schema\n"
                '  .spec.ports[port=81,protocol="TCP"].port: expected string, got int\n',
            ),
            "web.yaml:5:42: error[MG769 refused-by-cluster]: the cluster refuses spec.ports[1].port: "
            "expected string, got int\n"
            "web.yaml:7:5: error[MG402 unknown-field]: the cluster refuses spec.rules[0].match: "
            "field not declared in schema\n",
            id="500-unknown-field",
        ),
        pytest.param(
            status(
                500,
                "failed to create typed patch object (shop/web; example.com/v1, Kind=Widget): "
                ".spec.rules: expected map, got list",
            ),
            "web.yaml:6:3: error[MG769 refused-by-cluster]: the cluster refuses spec.rules: "
            "expected map, got list\n",
            id="500-one-type",
        ),
        pytest.param(
            status(500, "failed to convert new object (shop/web; example.com/v1, Kind=Widget): no time"),
            "web.yaml:1:1: error[MG769 refused-by-cluster]: the cluster refuses the object: "
            "failed to convert new object (shop/web; example.com/v1, Kind=Widget): no time\n",
            id="500-not-converted",
        ),
        pytest.param(
            status(
                400,
                'Widget in version "v1" cannot be handled as a Widget: strict decoding error: '
                'unknown field "spec.rules[0].match", duplicate field "spec.ports"',
            ),
            "web.yaml:5:3: error[MG769 refused-by-cluster]: the cluster refuses spec.ports: "
            "duplicate field 'spec.ports'\n"
            "web.yaml:7:5: error[MG402 unknown-field]: the cluster refuses spec.rules[0].match: "
            "unknown field 'spec.rules[0].match'\n",
            id="400-strict",
        ),
        pytest.param(
            status(
                400, 'admission webhook "policy.example.com" denied the request: no widget without owner.'
            ),
            "web.yaml:1:1: error[MG770 denied-by-webhook]: the webhook policy.example.com says: "
            "no widget without owner\n",
            id="400-webhook",
        ),
        pytest.param(
            refusal(
                403,
                'admission webhook "policy.example.com" denied the request: too short',
                {"message": "too short", "field": "spec.rules[0].timeout"},
            ),
            "web.yaml:8:14: error[MG770 denied-by-webhook]: the webhook policy.example.com says "
            "of spec.rules[0].timeout: too short\n",
            id="403-webhook-with-a-field",
        ),
        pytest.param(
            status(403, 'widgets "web" is forbidden: exceeded quota: few'),
            "web.yaml:1:1: error[MG769 refused-by-cluster]: the cluster refuses the object: "
            'widgets "web" is forbidden: exceeded quota: few\n',
            id="403-quota",
        ),
        pytest.param(
            refusal(
                409,
                'Apply failed with 3 conflicts: conflicts with "helm"',
                conflict("helm", ".metadata.annotations.example.com/a"),
                conflict("helm", '.spec.ports[port=80,protocol="TCP"].name'),
                conflict("flux", ".spec.rules"),
            ),
            "web.yaml:3:69: error[MG771 managed-by-another]: "
            "metadata.annotations[\"example.com/a\"] was applied by 'helm' with another value\n"
            "  hint: leave the field out, apply with --force-conflicts, or name that manager: "
            "--field-manager\n"
            "web.yaml:5:28: error[MG771 managed-by-another]: "
            "spec.ports[0].name was applied by 'helm' with another value\n"
            "  hint: leave the field out, apply with --force-conflicts, or name that manager: "
            "--field-manager\n"
            "web.yaml:6:3: error[MG771 managed-by-another]: "
            "spec.rules was applied by 'flux' with another value\n"
            "  hint: leave the field out, apply with --force-conflicts, or name that manager: "
            "--field-manager\n",
            id="409-managers",
        ),
        pytest.param(
            status(409, "the object has been modified"),
            "web.yaml:1:1: error[MG769 refused-by-cluster]: the cluster refuses the object: "
            "the object has been modified\n",
            id="409-changed",
        ),
        pytest.param(
            status(404, 'namespaces "shop" not found'),
            "web.yaml:3:34: error[MG772 namespace-absent]: the cluster has no namespace 'shop', "
            "so nothing in it was judged\n"
            "  hint: kubectl create namespace shop makes it\n",
            id="404-namespace",
        ),
    ],
)
def test_each_cause_of_a_refusal_is_told_at_its_field_and_asked_for_once(
    answer: Answer, err: str, validated: Validated
) -> None:
    told = validated({GROUP: [KINDS], WEB: [answer]})

    assert told == Told(1, err, (f"GET {GROUP}", f"PATCH {WEB}"))


def test_what_the_cluster_warns_of_is_a_warning_at_its_field(validated: Validated) -> None:
    said = '299 - "example.com/v1 Widget is deprecated", 299 - "spec.rules[0].timeout: \\"5s\\" is short"'
    answer = Answer(status=200, body={}, headers={"Warning": said})
    told = validated({GROUP: [KINDS], WEB: [answer]})

    err = (
        "web.yaml:1:13: warning[MG774 warned-by-cluster]: the cluster warns: "
        "example.com/v1 Widget is deprecated\n"
        "web.yaml:8:14: warning[MG774 warned-by-cluster]: the cluster warns: "
        'spec.rules[0].timeout: "5s" is short\n'
    )
    assert told[:2] == (0, err)
