"""Settings with which the program runs in production, here behind a proxy on this machine."""

import base64
import os

SECRET = "production-server-secret-of-the-fault-rows-1"


def settings():
    def key(length):
        return base64.b64encode(os.urandom(length)).decode()
    return {
        "DOVETAIL_MODE": "production",
        "DOVETAIL_PUBLIC_URL": "https://portal.faults.example",
        "DOVETAIL_TRUSTED_PROXIES": "127.0.0.1/32",
        "DOVETAIL_SIMULATOR_LISTEN": None,
        "DOVETAIL_AMAZON_CLIENT_ID": "amzn1.application-oa2-client.b1946ac92492d2347c6235b4d2611184",
        "DOVETAIL_AMAZON_CLIENT_SECRET": "amzn1.oa2-cs.v1.7d793037a0760186574b0282f2f435e7591a1a3f2f6d8e0c8f0f1c9b6d5e4a32",
        "DOVETAIL_TOKEN_KEYS": f"one:{key(32)}",
        "DOVETAIL_SESSION_KEY": key(64),
        "DOVETAIL_SMTP_URL": "smtp://127.0.0.1:9",
        "DOVETAIL_MAIL_FROM": "Faults <no-reply@portal.faults.example>",
        "DOVETAIL_GAME_CREDENTIALS": f"faults:device:production-device-secret-of-the-fault-rows-1,faults:server:{SECRET}",
        # Amazon is not asked in these rows.
        "DOVETAIL_REFRESH": "off",
    }
