"""A passkey in a real browser: set up by a member of staff, and then it alone signs in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from tests.journeys import steps
from tests.journeys.visitor import Visitor

Somebody = Callable[..., Visitor]
WHO = "chen"  # nobody else's journey: setting up a passkey ends the other sessions of the account
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_set_up_and_signs_in_without_password_and_code(somebody: Somebody) -> None:
    chen = somebody("en")
    line = chen.context.new_cdp_session(chen.page)
    line.send("WebAuthn.enable")
    device = line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    held = lambda: line.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]  # noqa: E731
    steps.signs_in(chen, WHO)

    chen.goes("account/passkeys/add/")
    if "/confirm/" in chen.page.url:  # the code of signing in was used: the page shows the next one
        chen.writes("code", chen.page.locator(f"#code-of-{WHO}").inner_text())
        chen.sends()
    chen.looks("passkey-add")
    chen.writes("name", "My laptop")
    chen.page.locator('[name="passwordless"]').check()
    chen.sends()
    chen.page.wait_for_url("**/account/codes/")  # recovery codes, for the day on which the device is lost
    chen.goes("account/passkeys/")
    expect(chen.page.get_by_text("My laptop")).to_be_visible()
    chen.looks("passkeys")
    assert len(held()) == 1 and held()[0]["isResidentCredential"]

    chen.page.locator('form[action$="/sign-out/"] button').click()
    assert "/sign-in/" in chen.goes("desk/").url, "signed out"
    chen.goes("sign-in/passkey/")
    chen.looks("passkey-sign-in")
    used = held()[0]["signCount"]
    chen.sends()
    chen.page.wait_for_url("**/desk/")
    assert held()[0]["signCount"] > used
    chen.looks("passkey-desk")

    chen.page.locator('form[action$="/sign-out/"] button').click()
    line.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    chen.goes("sign-in/passkey/")
    chen.sends()
    expect(chen.page.locator("[data-passkey-failed]")).to_be_visible()
    assert "/sign-in/" in chen.goes("desk/").url, "without the key nobody gets in"
