"""Signing in and out, the second factor, and open sessions: allauth's ways on pages of our own."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import (
    CompletePasswordResetView,
    ConfirmEmailVerificationCodeView,
    ConfirmPasswordResetCodeView,
    LoginView,
    LogoutView,
    PasswordChangeView,
    PasswordResetView,
    SignupView,
)
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from qinglian.capabilities.parties import queries
from qinglian.capabilities.parties.actions import password_chosen
from qinglian.capabilities.parties.factors import DEMONSTRATION_PASSWORD, demonstration_code
from qinglian.zone.current import current


class Filled:
    """A form that is wrong comes back filled, and says so to machines, too."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response  # type: ignore[no-any-return]


def demonstration() -> dict[str, Any]:
    """The accounts of a demonstration, with the codes that are right now."""
    if not current().demonstration:
        return {}
    units, roles = current().units, current().roles
    accounts = [
        (
            username,
            name,
            units[unit].title if unit in units else unit,
            roles[role].title if role in roles else role,
            demonstration_code(username),
        )
        for username, name, unit, role in queries.demonstration_accounts()
    ]
    accounts = [each for each in accounts if each[-1]]  # others were given by hand, with ways of their own
    return {"accounts": accounts, "password": DEMONSTRATION_PASSWORD}


class SignIn(Filled, LoginView):
    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["password"].help_text = ""  # the page itself leads whoever forgot it
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | demonstration()


class SignUp(Filled, SignupView):
    """For whoever asks: an account is never needed, and makes following several cases easier."""


class AddressCode(Filled, ConfirmEmailVerificationCodeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is signed in has nothing to verify; allauth would send them to a page that is not here."""
        if request.user.is_authenticated:
            return redirect("mfa_index")
        found: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return found


class Forgotten(Filled, PasswordResetView):
    pass


class ForgottenCode(Filled, ConfirmPasswordResetCodeView):
    pass


class NewPassword(Filled, CompletePasswordResetView):
    pass


class ChangePassword(Filled, PasswordChangeView):
    """Other sessions end with the old password; this one goes on."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        password_chosen(self.request.user.pk)
        return response

    def get_default_success_url(self) -> str:
        return reverse("mfa_index")


class SignOut(LogoutView):
    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("front")  # a language chosen on a page that the form led to

    def get_redirect_url(self) -> str:
        return reverse("front")


class SecondFactor(Filled, AuthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | demonstration()


class Confirm(Filled, ReauthenticateView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | demonstration()


class NewFactor(Filled):
    """Sessions from before there was this factor end; this one has just shown it."""

    request: HttpRequest
    kind: str

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        end_other_sessions(self.request, self.request.user)
        record_authentication(self.request, self.request.user, "mfa", type=self.kind, reauthenticated=True)
        return response


class SetUpApp(NewFactor, ActivateTOTPView):
    kind = "totp"


class AddPasskey(NewFactor, AddWebAuthnView):
    kind = "webauthn"


def passkey(request: HttpRequest) -> HttpResponse:
    """The one page that signs in with a passkey alone: it needs script, which the sign-in page does not."""
    return render(request, "account/passkey.html")


def address(_request: HttpRequest) -> HttpResponse:
    """Where allauth sends whoever is signed in and has no address to confirm."""
    return redirect("mfa_index")
