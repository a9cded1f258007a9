from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from qinglian.capabilities.parties.factors import USED_FOR, used_key

LABELS = {
    "login": _("E-mail address, or account name of staff"),
    "email": _("Email"),
    "password1": _("Password"),
    "password2": _("Password, once more"),
    "oldpassword": _("Password until now"),
    "password": _("Password"),
    "code": _("Code"),
    "name": _("Name of this passkey"),
    "passwordless": _("Sign in with this passkey alone, without a password"),
}


class OurWords(forms.Form):
    """Labels and errors in the words of this site; the server answers, in the reader's language."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, field in self.fields.items():
            field.label = LABELS.get(key, field.label)
            field.help_text = ""
            field.error_messages["required"] = _("Fill this in.")
            for name in ("placeholder", "aria-describedby"):  # the library's own point at what is not shown
                field.widget.attrs.pop(name, None)
        self._bound_fields_cache.clear()
        for key in self.errors if self.is_bound else ():  # looked at only now: every field has our words
            if key in self.fields and not self.fields[key].widget.is_hidden:
                self.fields[key].widget.attrs |= {
                    "aria-invalid": "true",
                    "aria-describedby": f"id_{key}_error",
                }


class SignInForm(OurWords, LoginForm):
    pass


class SignUpForm(OurWords, SignupForm):
    pass


class AddressCodeForm(OurWords, ConfirmEmailVerificationCodeForm):
    pass


class ForgottenForm(OurWords, ResetPasswordForm):
    pass


class ForgottenCodeForm(OurWords, ConfirmPasswordResetCodeForm):
    pass


class NewPasswordForm(OurWords, ResetPasswordKeyForm):
    pass


class ChosenPasswordForm(OurWords, ChangePasswordForm):
    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        if found.get("password1") and found["password1"] == found.get("oldpassword"):
            self.add_error("password1", _("This is the password until now. Choose another one."))
        return found


class ConfirmByPasswordForm(OurWords, PasswordForm):
    pass


class _OnceOnly(forms.Form):
    def clean_code(self) -> str:
        key = used_key(self.user.pk, self.cleaned_data["code"])  # type: ignore[attr-defined]
        if cache.get(key):
            raise get_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()  # type: ignore[misc]
        cache.set(key, "used", USED_FOR)
        return code


class CodeForm(OurWords, _OnceOnly, AuthenticateForm):
    pass


class ConfirmByCodeForm(OurWords, _OnceOnly, ReauthenticateForm):
    pass


class SetUpAppForm(OurWords, ActivateTOTPForm):
    pass


class AddPasskeyForm(OurWords, AddWebAuthnForm):
    pass


class RenamePasskeyForm(OurWords, EditWebAuthnForm):
    pass
