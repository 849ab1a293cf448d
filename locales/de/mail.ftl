# Die Entwicklungsseite mit Mails, die gesendet worden wären.

outbox-heading = Postausgang
outbox-lead = Nur in der Entwicklung: Mails, die gesendet worden wären, die neueste zuerst.
outbox-empty = Noch wurde nichts gesendet.
