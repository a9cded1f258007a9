"""The keys and hooks of one account."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from qinglian.capabilities.access.gate import reader_of, reads
from qinglian.capabilities.interfaces import actions, queries
from qinglian.capabilities.interfaces.forms import HookForm, KeyForm
from qinglian.capabilities.interfaces.scopes import KEPT
from qinglian.faults import Fault


def _me(request: HttpRequest) -> int:
    user = reader_of(request).user_id
    assert user is not None  # the policy lets in who has an account
    return user


def _page(
    request: HttpRequest,
    key_form: KeyForm | None = None,
    hook_form: HookForm | None = None,
    key: str = "",
) -> HttpResponse:
    me, now = _me(request), timezone.now()
    wrong = next((form for form in (key_form, hook_form) if form is not None), None)
    shown = {
        "keys": queries.keys_of(me, now),
        "ended": queries.ended_keys_of(me, now),
        "kept": KEPT.days,
        "hooks": queries.hooks_of(me),
        "key_form": key_form or KeyForm(prefix="key"),
        "hook_form": hook_form or HookForm(prefix="hook"),
        "form": wrong,
        "told": key,
    }
    return render(request, "interfaces/mine.html", shown, status=422 if wrong else 200)


@reads("interfaces.own")
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request)


@reads("interfaces.own")
@never_cache
def new_key(request: HttpRequest) -> HttpResponse:
    """Told once, on this page: it is not kept, and there is no page that could show it again."""
    if request.method != "POST":
        return redirect("interfaces:mine")
    form = KeyForm(request.POST, prefix="key")
    if not form.is_valid():
        return _page(request, key_form=form)
    said = form.cleaned_data
    try:
        key = actions.make_key(_me(request), said["label"], said["scopes"], said["days"], timezone.now())
    except Fault as fault:
        form.add_error(None, _(fault.template) % fault.params)
        return _page(request, key_form=form)
    return _page(request, key=key)


@reads("interfaces.own")
@never_cache
def new_hook(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("interfaces:mine")
    form = HookForm(request.POST, prefix="hook")
    if not form.is_valid():
        return _page(request, hook_form=form)
    said = form.cleaned_data
    try:
        actions.make_hook(_me(request), said["url"].strip(), said["events"], timezone.now())
    except Fault as fault:
        form.add_error(None, _(fault.template) % fault.params)
        return _page(request, hook_form=form)
    messages.success(request, _("The hook is set up. Try it, so that you see whether it answers."))
    return redirect("interfaces:mine")


def _done(request: HttpRequest, act: Callable[[], bool], said: str) -> HttpResponse:
    if request.method == "POST" and act():
        messages.success(request, said)
    return redirect("interfaces:mine")


@reads("interfaces.own")
def end_key(request: HttpRequest, ident: str) -> HttpResponse:
    act = lambda: actions.revoke_key(ident, _me(request), timezone.now())  # noqa: E731
    return _done(request, act, _("The key was revoked; it opens nothing any more."))


@reads("interfaces.own")
def end_hook(request: HttpRequest, hook: int) -> HttpResponse:
    act = lambda: actions.end_hook(hook, _me(request), timezone.now())  # noqa: E731
    return _done(request, act, _("The hook was ended; it is not called any more."))


@reads("interfaces.own")
def set_going(request: HttpRequest, hook: int) -> HttpResponse:
    act = lambda: actions.set_going(hook, _me(request), timezone.now())  # noqa: E731
    return _done(request, act, _("The hook is called again within a minute."))


@reads("interfaces.own")
def try_hook(request: HttpRequest, hook: int) -> HttpResponse:
    act = lambda: actions.try_hook(hook, _me(request), timezone.now())  # noqa: E731
    return _done(request, act, _("It is being called; look again in a moment."))


@reads("interfaces.own")
@never_cache
def hook_secret(request: HttpRequest, hook: int) -> HttpResponse:
    """Shown only when asked for: a page that is merely read does not hold it."""
    secret = actions.secret_told(hook, _me(request)) if request.method == "POST" else None
    if secret is None:
        return redirect("interfaces:mine")
    return render(request, "interfaces/secret.html", {"secret": secret})
