# The development page with mails that would have been sent.

outbox-heading = Outbox
outbox-lead = Development only: mails that would have been sent, newest first.
outbox-empty = Nothing has been sent yet.
