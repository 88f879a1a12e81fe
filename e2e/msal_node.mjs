// MSAL for Node, unmodified. Says on stdout what a person must do; `msal_node.py` is that person.
//
// Usage: node msal_node.mjs FLOW, with the facts as JSON on stdin.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";

const facts = JSON.parse(readFileSync(0, "utf8"));
const scopes = ["https://lcsapi.lcs.dynamics.com//.default"];
const origin = new URL(facts.authority);
const auth = {
  clientId: facts.client_id,
  authority: facts.authority,
  // With the port, or MSAL asks Microsoft about a host that it does not know.
  knownAuthorities: [origin.host],
};
const say = (what, text) => console.log(`${what} ${text}`);

const flows = {
  async password(app) {
    return app.acquireTokenByUsernamePassword({
      scopes, username: facts.username, password: facts.password,
    });
  },
  async device(app) {
    return app.acquireTokenByDeviceCode({
      scopes,
      deviceCodeCallback: (answer) => say("DEVICE", `${answer.verificationUri} ${answer.userCode}`),
    });
  },
  async interactive(app) {
    return app.acquireTokenInteractive({
      scopes,
      openBrowser: async (url) => say("OPEN", url),
      successTemplate: "<h1>signed in</h1>",
    });
  },
  async secret() {
    const app = new ConfidentialClientApplication({
      auth: { ...auth, clientSecret: facts.secret },
    });
    return app.acquireTokenByClientCredential({ scopes });
  },
};

const flow = process.argv[2];
const app = new PublicClientApplication({ auth });
const result = await flows[flow](app);
assert.ok(result?.accessToken, JSON.stringify(result));
if (flow !== "secret") {
  assert.equal(result.account.username, facts.username);
  const silent = await app.acquireTokenSilent({ scopes, account: result.account });
  assert.equal(silent.accessToken, result.accessToken, "the cache answers first");
  const renewed = await app.acquireTokenSilent({
    scopes, account: result.account, forceRefresh: true,
  });
  assert.notEqual(renewed.accessToken, result.accessToken, "a new token");
}
say("DONE", flow);
