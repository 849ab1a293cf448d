// Auth.js (@auth/core) with a provider of type "oauth", since it has none for Amazon.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const resolve = createRequire(`${process.env.MODULES}/`).resolve;
const { Auth, skipCSRFCheck, raw } = await import(pathToFileURL(resolve("@auth/core")));
const { AMAZON, PORT, CLIENT_ID, CLIENT_SECRET } = process.env;
const origin = `http://localhost:${PORT}`;
const config = {
    secret: "a secret of this test alone", trustHost: true, basePath: "/auth", skipCSRFCheck,
    logger: { error: (error) => console.error(error, error.cause) },
    providers: [{
        id: "amazon", name: "Amazon", type: "oauth", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET,
        client: { token_endpoint_auth_method: "client_secret_post" }, checks: ["state"],
        authorization: { url: `${AMAZON}/ap/oa`, params: { scope: "profile" } },
        token: `${AMAZON}/auth/o2/token`, userinfo: `${AMAZON}/user/profile`,
        profile: (of) => ({ id: of.user_id, name: of.name, email: of.email }),
    }],
};

http.createServer(async (request, response) => {
    const begins = request.url === "/login";
    const asked = begins
        ? new Request(`${origin}/auth/signin/amazon`, {
            method: "POST", body: new URLSearchParams({ callbackUrl: `${origin}/auth/session` }) })
        : new Request(origin + request.url, { headers: request.headers });
    const answer = await Auth(asked, config);
    const headers = {};
    answer.headers.forEach((value, name) => { if (name !== "set-cookie") headers[name] = value; });
    response.writeHead(answer.status, { ...headers, "set-cookie": answer.headers.getSetCookie() });
    response.end(await answer.text());
}).listen(Number(PORT), "127.0.0.1");
