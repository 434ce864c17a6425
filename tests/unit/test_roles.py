"""The roles that suffice name each kind and verb that a cluster is asked for, and nothing else."""

from __future__ import annotations

import pytest

from meshgen.cli import run
from meshgen.roles import roles
from meshgen.scalars import dump

COMPARED = {
    "": "services",
    "consul.hashicorp.com": "jwtproviders meshes servicedefaults serviceintentions serviceresolvers "
    "servicerouters servicesplitters",
    "gateway.networking.k8s.io": "grpcroutes httproutes tcproutes",
    "networking.istio.io": "destinationrules envoyfilters virtualservices",
    "policy.linkerd.io": "authorizationpolicies httplocalratelimitpolicies httproutes meshtlsauthentications "
    "networkauthentications servers",
    "security.istio.io": "authorizationpolicies peerauthentications requestauthentications",
    "split.smi-spec.io": "trafficsplits",
}


def test_the_roles_permit_what_is_asked_and_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    code = run(["profile", "detect", "--permissions"])

    assert (code, capfd.readouterr().out) == (0, "---\n".join(map(dump, roles())))
    listing = {"verbs": ["list"]}
    definitions = {
        "apiGroups": ["apiextensions.k8s.io"],
        "resources": ["customresourcedefinitions"],
        **listing,
    }
    deployments = {"apiGroups": ["apps"], "resources": ["deployments"], **listing}
    config = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["istio"]}
    workloads = ["daemonsets", "deployments", "replicasets", "statefulsets"]
    surroundings = [
        {"apiGroups": [group], "resources": resources, **listing}
        for group, resources in (
            ("", ["pods", "services"]),
            ("apps", workloads),
            ("batch", ["cronjobs", "jobs"]),
        )
    ]
    judged, compared = (
        [
            {"apiGroups": [group], "resources": plurals.split(), "verbs": verbs}
            for group, plurals in COMPARED.items()
        ]
        for verbs in (["create", "patch"], ["list", "get", "create", "patch"])
    )
    assert [(role["metadata"], role["rules"]) for role in roles()] == [
        ({"name": "meshgen-schema-pull"}, [definitions]),
        ({"name": "meshgen-profile-detect"}, [definitions, deployments, config]),
        ({"name": "meshgen-render-live"}, surroundings),
        ({"name": "meshgen-validate-live"}, judged),
        ({"name": "meshgen-diff-live"}, [*surroundings, *compared]),
    ]
