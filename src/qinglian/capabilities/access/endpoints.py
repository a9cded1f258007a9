"""Every way out of the platform, and the policy under which it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from qinglian.capabilities.access.policies import Policy, Source


@dataclass(frozen=True)
class Endpoint:
    name: str  # as `reverse` knows it; the path where it has no name
    route: str
    view: Callable[..., Any]
    policy: str | None
    arguments: tuple[str, ...]


@cache
def policies() -> dict[str, Policy]:
    """Every policy, gathered from each capability's apps.py."""
    found: dict[str, Policy] = {}
    for config in apps.get_app_configs():
        found |= getattr(config, "reads", {})
    return found


@cache
def _of_other_views() -> dict[str, str]:
    """URL name → policy, for views that are not ours to mark."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        found |= getattr(config, "views_read", {})
    return found


@cache
def _sensitive() -> frozenset[str]:
    """URL names of sensitive acts, for views that are not marked with `fresh`."""
    return frozenset(name for each in apps.get_app_configs() for name in getattr(each, "sensitive", []))


def needs_fresh(view: Callable[..., Any], view_name: str) -> bool:
    return getattr(view, "fresh", False) or view_name in _sensitive()


@cache
def _unfenced() -> frozenset[str]:
    """Policies whose pages are about the own account alone, and read tables that nobody else may."""
    return frozenset(name for each in apps.get_app_configs() for name in getattr(each, "unfenced", []))


def is_unfenced(policy: str) -> bool:
    return policy in _unfenced()


def sources() -> list[Source]:
    """What is read other than through views: exports, feeds, searches."""
    return [source for config in apps.get_app_configs() for source in getattr(config, "sources", [])]


def policy_name(view: Callable[..., Any], view_name: str) -> str | None:
    return getattr(view, "policy", None) or _of_other_views().get(view_name)


def endpoints(urlconf: Any = None) -> Iterator[Endpoint]:
    """Every view that the resolver can reach."""
    yield from _walk(get_resolver(urlconf), "", "", ())


def _walk(here: URLResolver, spaces: str, route: str, known: tuple[str, ...]) -> Iterator[Endpoint]:
    for each in here.url_patterns:
        path = route + str(each.pattern)
        arguments = (*known, *each.pattern.converters)
        if isinstance(each, URLResolver):
            inner = f"{spaces}{each.namespace}:" if each.namespace else spaces
            yield from _walk(each, inner, path, arguments)
        elif isinstance(each, URLPattern):
            name = f"{spaces}{each.name}" if each.name else path
            yield Endpoint(name, path, each.callback, policy_name(each.callback, name), arguments)
