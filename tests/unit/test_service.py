"""What an API server refuses in a Service: each clause tripped, and what comes near it let through."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.service import BAD_SERVICE, refused
from meshgen.resources import Resource, spell

HTTP = {"name": "http", "port": 80, "protocol": "TCP"}
UDP = {"name": "dns", "port": 53, "protocol": "UDP"}


def told(spec: Any, name: str = "reviews") -> list[str]:
    body = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": spec,
    }
    complaints = list(refused(Resource.of(body)))

    assert {BAD_SERVICE} >= {each.code for each in complaints}
    return [f"{spell(each.path)}: {each.message}" for each in complaints]


# What is laid over a Service with one port, and what is told.
CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"ports": []}, ["spec: a Service that is not headless has no ports"]),
    ({"ports": None}, ["spec: a Service that is not headless has no ports"]),
    ({"ports": [], "clusterIP": "None"}, []),
    ({"ports": [], "clusterIP": "None", "clusterIPs": ["None"]}, []),
    ({"ports": [HTTP, {"port": 81}]}, ["spec.ports[1]: port 81 of several has no name"]),
    ({"ports": [{"port": 80, "name": None}]}, []),
    ({"ports": [HTTP, {**UDP, "name": "http"}]}, ["spec.ports[1].name: the port name 'http' stands twice"]),
    ({"ports": [HTTP, UDP]}, []),
    (
        {
            "type": "NodePort",
            "ports": [{**HTTP, "nodePort": 3000}, {**HTTP, "name": "b", "port": 81, "nodePort": 3000}],
        },
        ["spec.ports[1].nodePort: the node port 3000 stands twice"],
    ),
    ({"type": "NodePort", "ports": [{**HTTP, "nodePort": 3000}, {**UDP, "nodePort": 3000}]}, []),
    (
        {
            "type": "NodePort",
            "ports": [{**HTTP, "nodePort": 0}, {**HTTP, "name": "b", "port": 81, "nodePort": 0}],
        },
        [],
    ),
    (
        {"selector": {"a b": "c d", "app": "reviews", "empty": None}},
        [
            "spec.selector[\"a b\"]: 'a b' is no key of a label",
            "spec.selector[\"a b\"]: 'c d' is no value of a label",
        ],
    ),
    (
        {"ports": [{**HTTP, "nodePort": 3000}]},
        ["spec.ports[0].nodePort: a ClusterIP Service has no node port, here 3000"],
    ),
    ({"ports": [{**HTTP, "nodePort": 0}]}, []),
    ({"type": "NodePort", "clusterIP": "None"}, ["spec.clusterIP: a NodePort Service cannot be headless"]),
    (
        {
            "type": "LoadBalancer",
            "clusterIPs": ["None"],
            "clusterIP": "None",
            "ports": [{**HTTP, "port": 10250}],
        },
        [
            "spec.clusterIP: a LoadBalancer Service cannot be headless",
            "spec.ports[0].port: a load balancer cannot expose port 10250, which is the kubelet's",
        ],
    ),
    ({"type": "NodePort", "ports": [{**HTTP, "port": 10250}]}, []),
    ({"type": "ExternalName"}, ["spec: an ExternalName Service has no externalName"]),
    ({"type": "ExternalName", "externalName": "db.example.com.", "ports": []}, []),
    (
        {"type": "ExternalName", "externalName": "DB"},
        ["spec.externalName: 'DB' is no host name of lower case"],
    ),
    (
        {"type": "ExternalName", "externalName": "db", "clusterIP": "None", "ipFamilyPolicy": "SingleStack"},
        [
            "spec.clusterIP: an ExternalName Service has no clusterIP",
            "spec.ipFamilyPolicy: an ExternalName Service has no ipFamilyPolicy",
        ],
    ),
    ({"type": "ExternalName", "externalName": "db", "clusterIP": ""}, []),
    (
        {"loadBalancerClass": "a/b"},
        ["spec.loadBalancerClass: a ClusterIP Service has no loadBalancerClass"],
    ),
    ({"type": "LoadBalancer", "loadBalancerClass": "a/b", "allocateLoadBalancerNodePorts": False}, []),
    (
        {"allocateLoadBalancerNodePorts": False},
        ["spec.allocateLoadBalancerNodePorts: a ClusterIP Service has no allocateLoadBalancerNodePorts"],
    ),
    (
        {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8", " ::/0 ", "10.0.0.0"]},
        ["spec.loadBalancerSourceRanges[2]: '10.0.0.0' is no range of addresses"],
    ),
    (
        {"externalTrafficPolicy": "Local"},
        ["spec.externalTrafficPolicy: a Service that nobody outside reaches has no externalTrafficPolicy"],
    ),
    ({"externalTrafficPolicy": "Local", "externalIPs": ["192.0.2.1"]}, []),
    ({"externalTrafficPolicy": "Local", "type": "NodePort"}, []),
    (
        {"type": "LoadBalancer", "externalTrafficPolicy": "Cluster", "healthCheckNodePort": 3000},
        ["spec.healthCheckNodePort: health checks need type LoadBalancer, externalTrafficPolicy Local"],
    ),
    ({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": 3000}, []),
    ({"healthCheckNodePort": 0}, []),
    ({"clusterIP": "10.0.0.256"}, ["spec.clusterIP: '10.0.0.256' is no IP address"]),
    ({"clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1", "2001:db8::1"]}, []),
    (
        {"clusterIPs": ["10.0.0.1"]},
        ["spec.clusterIPs[0]: clusterIPs begins with '10.0.0.1', and there is no clusterIP"],
    ),
    (
        {"clusterIP": "10.0.0.2", "clusterIPs": ["10.0.0.1"]},
        ["spec.clusterIPs[0]: clusterIPs begins with '10.0.0.1', and clusterIP is '10.0.0.2'"],
    ),
    (
        {"clusterIP": "None", "clusterIPs": ["None", "here"]},
        [
            "spec.clusterIPs: 'None' stands beside other addresses",
            "spec.clusterIPs[1]: 'here' is no IP address",
        ],
    ),
    ({"externalIPs": ["one"]}, ["spec.externalIPs[0]: 'one' is no IP address"]),
    ({"ipFamilies": ["IPv4", "IPv4"]}, ["spec.ipFamilies: the family IPv4 stands twice"]),
    ({"ipFamilies": ["IPv6", "IPv4"]}, []),
    (
        {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}}},
        ["spec.sessionAffinityConfig: sessionAffinityConfig stands beside no session affinity"],
    ),
    ({"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 5}}}, []),
]


@pytest.mark.parametrize(("over", "expected"), CASES)
def test_a_service_is_refused_as_an_api_server_does(over: dict[str, Any], expected: list[str]) -> None:
    assert expected == told({"ports": [HTTP], **over})


NAMES = [
    ("reviews-2", []),
    ("", []),
    ("a" * 63, []),
    (
        "2reviews",
        ["metadata.name: the name of a Service is a DNS label that begins with a letter, not '2reviews'"],
    ),
    ("a.b", ["metadata.name: the name of a Service is a DNS label that begins with a letter, not 'a.b'"]),
    (
        "a" * 64,
        [f"metadata.name: the name of a Service is a DNS label that begins with a letter, not '{'a' * 64}'"],
    ),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_the_name_of_a_service_begins_with_a_letter(name: str, expected: list[str]) -> None:
    assert expected == told({"ports": [HTTP]}, name=name)
