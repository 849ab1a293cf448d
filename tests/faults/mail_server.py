"""A mail server that takes letters, remembers them, and can be slow or silent."""

import email
import email.policy
import socketserver
import threading
import time


class MailServer:
    def __init__(self):
        self.letters = []
        self.begun = 0
        # Seconds between the end of a letter and the answer that it was taken.
        self.slowness = 0
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    outer._talk(self.rfile, self.wfile)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _talk(self, heard, said):
        def say(line):
            said.write(line.encode() + b"\r\n")
            said.flush()
        say("220 faults ESMTP")
        recipient = ""
        while line := heard.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                say("250 faults")
            elif verb == b"RCPT":
                recipient = line.decode("utf-8", "replace").partition("<")[2].partition(">")[0]
                say("250 ok")
            elif verb == b"DATA":
                say("354 go on")
                text = b""
                while (part := heard.readline()) not in (b".\r\n", b""):
                    text += part
                self.begun += 1
                if self.slowness:
                    time.sleep(self.slowness)
                self.letters.append(Letter(recipient, text))
                say("250 taken")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def settings(self):
        return {"DOVETAIL_SMTP_URL": f"smtp://127.0.0.1:{self.port}",
                "DOVETAIL_MAIL_FROM": "Dovetail <no-reply@faults.example>"}

    def to(self, address):
        return [letter for letter in self.letters if letter.to == address]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Letter:
    def __init__(self, to, text):
        self.to, self.at = to, time.time()
        message = email.message_from_bytes(text, policy=email.policy.default)
        self.subject = message["subject"]
        body = message.get_body(preferencelist=("plain",))
        self.text = body.get_content() if body else text.decode("utf-8", "replace")
