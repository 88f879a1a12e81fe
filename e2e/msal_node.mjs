// MSAL for Node, unmodified. Says on stdout what a person must do; `msal_node.py` is that person.
//
// Usage: node msal_node.mjs FLOW, with the facts as JSON on stdin.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";

const facts = JSON.parse(readFileSync(0, "utf8"));
const scopes = ["https://lcsapi.lcs.dynamics.com//.default"];
const auth = {
  clientId: facts.client_id,
  authority: facts.authority,
  // With the port, or MSAL asks Microsoft about a host that it does not know.
  knownAuthorities: [new URL(facts.authority).host],
};
const say = (...words) => console.log(words.join(" "));

const forUsers = {
  password: (app) =>
    app.acquireTokenByUsernamePassword({
      scopes, username: facts.username, password: facts.password,
    }),
  device: (app) =>
    app.acquireTokenByDeviceCode({
      scopes,
      timeout: 60,
      deviceCodeCallback: (answer) => say("DEVICE", answer.verificationUri, answer.userCode),
    }),
  interactive: (app) =>
    app.acquireTokenInteractive({
      scopes,
      openBrowser: async (url) => say("OPEN", url),
      successTemplate: "<h1>back in the program</h1>",
    }),
};

const forTheApplication = {
  secret: { clientSecret: facts.secret },
  certificate: {
    clientCertificate: { thumbprintSha256: facts.thumbprint, privateKey: facts.private_key },
  },
};

async function signInUser(acquire) {
  const app = new PublicClientApplication({ auth });
  const result = await acquire(app);
  assert.equal(result.account.username, facts.username);
  const silent = await app.acquireTokenSilent({ scopes, account: result.account });
  assert.equal(silent.accessToken, result.accessToken, "the cache answers first");
  const renewed = await app.acquireTokenSilent({
    scopes, account: result.account, forceRefresh: true,
  });
  assert.notEqual(renewed.accessToken, result.accessToken, "a new token");
}

async function signInItself(credential) {
  const app = new ConfidentialClientApplication({ auth: { ...auth, ...credential } });
  const result = await app.acquireTokenByClientCredential({ scopes });
  assert.ok(result.accessToken);
  assert.equal(result.account, null, "nobody is signed in");
}

const flow = process.argv[2];
if (flow in forUsers) {
  await signInUser(forUsers[flow]);
} else {
  await signInItself(forTheApplication[flow]);
}
say("DONE", flow);
