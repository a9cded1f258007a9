"use strict";
// A form that says data-passkey="get" or "create" asks the device first; what it answers is sent as `credential`.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch (error) {
      document.querySelector("[data-passkey-failed]").hidden = false;
    }
  });
}

async function ask(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey === "get") return webauthnJSON.get(options);
  const alone = form.elements.passwordless.checked;
  const wanted = options.publicKey.authenticatorSelection;
  wanted.residentKey = alone ? "required" : "discouraged";
  wanted.requireResidentKey = alone;
  if (alone) wanted.userVerification = "required";
  return webauthnJSON.create(options);
}

async function optionsOf(form) {
  if (form.dataset.options) {
    const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
    return (await (await fetch(form.dataset.options, { headers })).json()).request_options;
  }
  const told = JSON.parse(document.getElementById("passkey-options").textContent);
  return told.creation_options || told.request_options;
}
