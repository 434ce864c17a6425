"""What a pod does with what reaches one of its ports: mTLS, rules, probes and rates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from meshgen.intent.access import Mode, Probe
from meshgen.intent.keys import Account
from meshgen.intent.languages import Exactly
from meshgen.intent.outcome.call import Caller, Reach, Request
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.covering import Arrival, PortRule, rule_conditions
from meshgen.intent.outcome.facets import Step, Verdict

# kubernetes/kubernetes pkg/probe/grpc/grpc.go: the health service of gRPC is asked
GRPC_HEALTH = "/grpc.health.v1.Health/Check"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPolicy:
    """Everything that decides about calls to one container port of a pod; None: nobody wrote it."""

    sees_requests: bool | None  # None: no service lists the port
    mode: Mode | None
    refused: Step | None  # what becomes of plaintext where the mode does not take it
    transports: tuple[Step, Step] | None  # of callers with an identity, and of the others
    denying: tuple[PortRule, ...]
    allowing: tuple[PortRule, ...]
    default: Step | None
    probes: tuple[tuple[Probe, Step], ...]
    rate_limit: Step | None

    def verdict(self, arrival: Arrival) -> Step | None:
        """Say whether a call gets in; None where that hangs on what nobody wrote."""
        if arrival.caller.reach is Reach.KUBELET:
            return next((step for probe, step in self.probes if _is_probe(probe, arrival.request)), None)
        account = None if self.mode is Mode.DISABLED else arrival.caller.account
        if account is None and self.refused is not None:
            return self.refused
        if self.sees_requests is False:
            arrival = arrival._replace(request=None)
        decided = self._authorized(arrival, account)
        is_open = decided is not None and decided.value is Verdict.ALLOWED
        return None if is_open and self._is_open_unsaid(arrival, account) else decided

    def _is_open_unsaid(self, arrival: Arrival, account: Account | None) -> bool:
        """Tell whether rules that let a call in do not settle it.

        Nobody says that plaintext is taken, or that anything but requests is.
        """
        is_bare = bool(self.sees_requests) and arrival.request is None
        return is_bare or (self.mode is None and account is None)

    def _authorized(self, arrival: Arrival, account: Account | None) -> Step | None:
        for rule in (*self.denying, *self.allowing):
            if rule.covers(arrival, account):
                return rule.step
        return self.default

    def transport(self, caller: Caller) -> Step | None:
        """Say how a call that gets in travels."""
        if self.transports is None or caller.reach is Reach.KUBELET:
            return None
        return self.transports[caller.account is None]

    def token(self, arrival: Arrival) -> Step | None:
        """Say whether the application gets the token for which alone a request is let in."""
        is_open = self.default is not None and self.default.value is Verdict.ALLOWED
        if self.sees_requests is False or is_open:
            return None
        account = None if self.mode is Mode.DISABLED else arrival.caller.account
        letting = [rule.passing for rule in self.allowing if rule.covers(arrival, account)]
        return letting[0] if letting and None not in letting else None

    def conditions(self) -> Conditions:
        """Say what it tells apart."""
        return Conditions.of(
            [
                *(rule_conditions(rule) for rule in (*self.denying, *self.allowing)),
                *(_of_probe(probe) for probe, _ in self.probes),
            ]
        )


def _is_probe(probe: Probe, request: Request | None) -> bool:
    if probe.tcp is not None:
        return request is None
    if request is None:
        return False
    if probe.path is None:
        return request.path == GRPC_HEALTH
    return request.method == "GET" and request.target == probe.path


def _of_probe(probe: Probe) -> Conditions:
    if probe.path is not None:
        return Conditions(methods=frozenset(("GET",)), paths=frozenset((Exactly(probe.path),)))
    return Conditions() if probe.tcp is not None else Conditions(paths=frozenset((Exactly(GRPC_HEALTH),)))


def judged(policies: Iterable[PortPolicy], arrival: Arrival) -> Step | None:
    """Say whether a call gets in that may reach several ports; None where nothing written settles it."""
    found = [policy.verdict(arrival) for policy in policies]
    steps = [step for step in found if step is not None]
    if len({step.value for step in steps}) > 1:
        denied = next(step for step in steps if step.value is Verdict.DENIED)
        return replace(denied, says=f"{denied.says}, and other pods let it in", value=Verdict.MIXED)
    return steps[0] if steps and len(steps) == len(found) else None
