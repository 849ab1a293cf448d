"""requests-oauthlib, as its documentation uses it with Flask."""
import os

from flask import Flask, jsonify, redirect, request, session
from requests_oauthlib import OAuth2Session

amazon, port, return_url = os.environ["AMAZON"], int(os.environ["PORT"]), os.environ["RETURN_URL"]
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
app = Flask(__name__)
app.secret_key = os.urandom(16)


@app.get("/login")
def login():
    client = OAuth2Session(os.environ["CLIENT_ID"], redirect_uri=return_url, scope=["profile"])
    address, session["state"] = client.authorization_url(f"{amazon}/ap/oa")
    return redirect(address)


@app.get("/auth/amazon/callback")
def callback():
    client = OAuth2Session(os.environ["CLIENT_ID"], redirect_uri=return_url, state=session["state"])
    client.fetch_token(f"{amazon}/auth/o2/token", client_secret=os.environ["CLIENT_SECRET"],
                       authorization_response=request.url)
    return jsonify(client.get(f"{amazon}/user/profile").json())


app.run("127.0.0.1", port)
