// passport-amazon, without a framework around it.
import http from "node:http";
import { createRequire } from "node:module";

const require = createRequire(`${process.env.MODULES}/`);
const Strategy = require("passport-amazon");
const { AMAZON, PORT, CLIENT_ID, CLIENT_SECRET, RETURN_URL } = process.env;
const strategy = new Strategy({
    clientID: CLIENT_ID, clientSecret: CLIENT_SECRET, callbackURL: RETURN_URL, scope: "profile", state: true,
    authorizationURL: `${AMAZON}/ap/oa`, tokenURL: `${AMAZON}/auth/o2/token`,
}, (accessToken, refreshToken, profile, done) => done(null, profile));
// The address of the profile stands in its source.
const get = strategy._oauth2.get.bind(strategy._oauth2);
strategy._oauth2.get = (url, token, done) => get(url.replace("https://api.amazon.com", AMAZON), token, done);
const session = {};

http.createServer((request, response) => {
    const url = new URL(request.url, RETURN_URL);
    Object.assign(request, { session, query: Object.fromEntries(url.searchParams), originalUrl: request.url });
    const attempt = Object.create(strategy);
    const answer = (status, what) => { response.writeHead(status); response.end(JSON.stringify(what)); };
    attempt.redirect = (to) => { response.writeHead(302, { Location: to }); response.end(); };
    attempt.success = (profile) => answer(200, profile);
    attempt.fail = (what) => answer(401, what);
    attempt.error = (error) => answer(500, String(error.stack) + String(error.oauthError?.data));
    attempt.authenticate(request, {});
}).listen(Number(PORT), "127.0.0.1");
