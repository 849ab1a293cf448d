"""Authlib's client for Flask."""
import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify

amazon, port = os.environ["AMAZON"], int(os.environ["PORT"])
app = Flask(__name__)
app.secret_key = os.urandom(16)
client = OAuth(app).register(
    "amazon", client_id=os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"],
    authorize_url=f"{amazon}/ap/oa", access_token_url=f"{amazon}/auth/o2/token", api_base_url=f"{amazon}/",
    client_kwargs={"scope": "profile"})


@app.get("/login")
def login():
    return client.authorize_redirect(os.environ["RETURN_URL"])


@app.get("/auth/amazon/callback")
def callback():
    client.authorize_access_token()
    return jsonify(client.get("user/profile").json())


app.run("127.0.0.1", port)
