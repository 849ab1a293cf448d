// better-auth with its plugin for any OAuth provider, and its database in memory.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const resolve = createRequire(`${process.env.MODULES}/`).resolve;
const load = (name) => import(pathToFileURL(resolve(name)));
const { betterAuth } = await load("better-auth");
const { genericOAuth } = await load("better-auth/plugins");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { AMAZON, PORT, CLIENT_ID, CLIENT_SECRET, RETURN_URL } = process.env;
const origin = `http://localhost:${PORT}`;
const auth = betterAuth({
    baseURL: origin, basePath: "/auth", secret: "a secret of this test alone, long enough",
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    plugins: [genericOAuth({ config: [{
        providerId: "amazon", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, scopes: ["profile"],
        authorizationUrl: `${AMAZON}/ap/oa`, tokenUrl: `${AMAZON}/auth/o2/token`, redirectURI: RETURN_URL,
        getUserInfo: async (tokens) => {
            const answer = await fetch(`${AMAZON}/user/profile`, {
                headers: { Authorization: `Bearer ${tokens.accessToken}` } });
            const of = await answer.json();
            return { id: of.user_id, name: of.name, email: of.email, emailVerified: false };
        },
    }] })],
});

http.createServer(async (request, response) => {
    const begins = request.url === "/login";
    const asked = begins
        ? new Request(`${origin}/auth/sign-in/social`, {
            method: "POST", headers: { "content-type": "application/json", origin },
            body: JSON.stringify({ provider: "amazon", callbackURL: `${origin}/auth/get-session` }) })
        : new Request(origin + request.url, { headers: request.headers });
    const answer = await auth.handler(asked);
    const text = await answer.text();
    const headers = { "set-cookie": answer.headers.getSetCookie() };
    const leads = begins ? JSON.parse(text).url : answer.headers.get("location");
    if (leads) headers.location = leads;
    response.writeHead(leads ? 302 : answer.status, headers);
    response.end(text);
}).listen(Number(PORT), "127.0.0.1");
