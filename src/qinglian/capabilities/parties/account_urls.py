"""Addresses by the names that allauth looks for; what is not here does not exist."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import path

from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.parties import views

door, enrol = reads("parties.door"), reads("parties.enrol")
urlpatterns = [
    path("sign-in/", door(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", door(views.SecondFactor.as_view()), name="mfa_authenticate"),
    path("sign-in/passkey/", door(views.passkey), name="passkey"),
    path("sign-in/passkey/key/", door(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/closed/", door(account.account_inactive), name="account_inactive"),
    path("sign-up/", door(views.SignUp.as_view()), name="account_signup"),
    path("sign-up/code/", door(views.AddressCode.as_view()), name="account_email_verification_sent"),
    path("sign-in/forgotten/", door(views.Forgotten.as_view()), name="account_reset_password"),
    path(
        "sign-in/forgotten/code/",
        door(views.ForgottenCode.as_view()),
        name="account_confirm_password_reset_code",
    ),
    path("sign-in/forgotten/new/", door(views.NewPassword.as_view()), name="account_complete_password_reset"),
    path("sign-in/forgotten/done/", door(views.SignIn.as_view()), name="account_password_reset_completed"),
    path("sign-out/", door(views.SignOut.as_view()), name="account_logout"),
    path("account/", enrol(mfa.index), name="mfa_index"),
    path("account/password/", enrol(views.ChangePassword.as_view()), name="account_change_password"),
    path("account/confirm/password/", enrol(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/", enrol(views.Confirm.as_view()), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        enrol(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/address/", enrol(views.address), name="account_email"),
    path("account/app/", enrol(views.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("account/app/remove/", enrol(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", enrol(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/codes/new/", enrol(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/passkeys/", enrol(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("account/passkeys/add/", enrol(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/", enrol(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", enrol(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/sessions/", enrol(sessions.list_usersessions), name="usersessions_list"),
]
