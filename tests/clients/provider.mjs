// Usage: node provider.mjs MODULE PORT REDIRECT_URI...  An OpenID Connect provider (oidc-provider, at MODULE)
// on loopback, where whoever gives an e-mail address is signed in as that one. Prints a line once it is up.
import { argv } from "node:process";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [module, port, ...redirectUris] = argv.slice(2);
const { default: Provider } = await import(pathToFileURL(module).href);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "esro",
      client_secret: "of-the-tests",
      redirect_uris: redirectUris,
      post_logout_redirect_uris: redirectUris,
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  conformIdTokenClaims: false, // e-mail and name stand in the token itself, as the department's have them
  cookies: { keys: ["of-the-tests"] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith("unverified"), name: id.split("@")[0] }),
  }),
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  // Nobody is asked whether the app may know the e-mail address.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});

async function signIn(request, response) {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    response.end('<form method="post"><label>E-mail <input name="email"></label><button>Continue</button></form>');
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const accountId = new URLSearchParams(body).get("email");
  await provider.interactionFinished(request, response, { login: { accountId } });
}

const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith("/sign-in/")) signIn(request, response);
  else answer(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log(`The provider is at ${issuer}.`));
