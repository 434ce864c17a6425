"""Which of Consul's identities a rule's entry comes out as, where a service's name is the identity."""

from __future__ import annotations

from meshgen.backends.consul.profiles import is_mirrored
from meshgen.intent.access import Action, From
from meshgen.intent.keys import Account
from meshgen.support import Axis, Polarity, Use

# From what is said exactly to what cannot be said at all.
_KINDS = ("services", "named", "part", "namespace", "address")


def _kind(use: Use) -> str:
    """A caller of the profile is as hard to say as the hardest of its entries."""
    value = str(use.usage.value)
    if use.usage.key == "serviceAccount":
        return _of_account(value, use)
    return max((_of_entry(entry, use) for entry in use.profile.callers[value]), key=_KINDS.index)


def _of_entry(entry: From, use: Use) -> str:
    if entry.service_account is not None:
        return _of_account(entry.service_account, use)
    if entry.cidr is not None:
        return "address"
    return "namespace" if entry.namespace is not None and not is_mirrored(use.profile) else "services"


def _of_account(written: str, use: Use) -> str:
    """Tell whether the services that run as an account run as nothing else."""
    account = Account(*written.split("/"))
    running = use.set.by_account.get(account, ())
    if not running:
        return "named"
    return "services" if all(service.accounts == (account,) for service in running) else "part"


IDENTITY = Axis(name="identity", values=_KINDS, of=_kind)


def _effect(use: Use) -> str:
    """Whether covering more callers than the entry names lets in more, or fewer."""
    is_except = use.polarity is Polarity.EXCEPT
    is_allow = _action(use) is Action.ALLOW
    return "admits" if is_allow != is_except else "refuses"


def _action(use: Use) -> Action:
    index = use.usage.path[2]
    assert use.service is not None
    assert isinstance(index, int)
    return use.service.rules[index].action


EFFECT = Axis(name="effect", values=("admits", "refuses"), of=_effect)
