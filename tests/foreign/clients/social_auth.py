"""social-auth-core's own backend for Amazon, with the smallest strategy that it takes."""
import os

from flask import Flask, jsonify, redirect, request, session
from social_core.backends.amazon import AmazonOAuth2
from social_core.storage import NonceMixin, BaseStorage
from social_core.strategy import BaseStrategy

amazon, port, return_url = os.environ["AMAZON"], int(os.environ["PORT"]), os.environ["RETURN_URL"]
app = Flask(__name__)
app.secret_key = os.urandom(16)
SETTINGS = {"SOCIAL_AUTH_AMAZON_KEY": os.environ["CLIENT_ID"], "SOCIAL_AUTH_AMAZON_SECRET": os.environ["CLIENT_SECRET"]}


class Nonces(NonceMixin):
    """Each state counts once."""
    open = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        cls.open.add((server_url, salt))
        return True

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        return (server_url, salt) in cls.open and not cls.open.discard((server_url, salt))


class Storage(BaseStorage):
    nonce = Nonces


class Strategy(BaseStrategy):
    def get_setting(self, name):
        return SETTINGS[name]

    def request_data(self, merge=True):
        return request.values.to_dict()

    def request_host(self):
        return request.host

    def session_get(self, name, default=None):
        return session.get(name, default)

    def session_set(self, name, value):
        session[name] = value

    def session_pop(self, name):
        return session.pop(name, None)

    def build_absolute_uri(self, path=None):
        return path

    def redirect(self, url):
        return redirect(url)

    def html(self, content):
        return content


class Backend(AmazonOAuth2):
    AUTHORIZATION_URL = f"{amazon}/ap/oa"
    ACCESS_TOKEN_URL = f"{amazon}/auth/o2/token"

    def get_json(self, url, *arguments, **named):
        return super().get_json(url.replace("https://api.amazon.com", amazon), *arguments, **named)

    # What follows belongs to an application: here the customer is shown.
    def authenticate(self, *arguments, **named):
        response = named["response"]
        return {"user_id": self.get_user_id(None, response), **self.get_user_details(response)}


def backend():
    return Backend(Strategy(Storage()), redirect_uri=return_url)


@app.get("/login")
def login():
    return backend().start()


@app.get("/auth/amazon/callback")
def callback():
    made = backend()
    made.strategy.authenticate = lambda backend, **named: backend.authenticate(**named)
    return jsonify(made.auth_complete())


app.run("127.0.0.1", port)
