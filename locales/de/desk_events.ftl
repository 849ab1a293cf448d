# Was geschah, wie Mitarbeitende es lesen: ein Satz für jede Art von Eintrag. Ein Satz darf danach wählen, wer es war, und nach
# festen Wörtern des Eintrags; ohne sie benennt er die Art.

event-player-account-registered = { $with ->
    [email] Hat das Konto mit einer Adresse angelegt
    [amazon] Hat das Konto mit Amazon angelegt
    [device] Hat das Konto mit einem Gerät angelegt
   *[other] Hat das Konto angelegt
}{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-session-started = { $with ->
    [password] Mit Passwort angemeldet
    [amazon] Mit Amazon angemeldet
    [registration] Nach der Registrierung angemeldet
    [device] Von einem Gerät hereingelassen
    [code] Per Code auf einem Fernseher hereingelassen
   *[other] Angemeldet
}{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-session-refused = { $code ->
    [account_disabled] Anmeldung mit Amazon abgelehnt: Der Spieler ist gesperrt
    [account_closing] Anmeldung mit Amazon abgelehnt: Das Konto ist geschlossen
   *[other] { $with ->
        [code] Anmeldung abgelehnt: falscher Code aus der Mail
        [second_factor] Anmeldung abgelehnt: falscher Code des zweiten Faktors
       *[other] Anmeldung abgelehnt
    }
}{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-session-ended = Abgemeldet
event-player-session-ended-from-afar = Hat eine Sitzung von einer anderen aus beendet
event-player-session-ended-everywhere = Überall sonst abgemeldet
event-player-session-switched = { $way ->
    [to] Ein Spiel ging von diesem Spieler zu einem anderen über
    [from] Ein Spiel kam von einem anderen Spieler zu diesem
   *[other] Ein Spiel ging zu einem anderen Spieler über
}
event-player-identity-confirmed = { $with ->
    [amazon] Hat sich mit Amazon ausgewiesen
   *[other] Hat sich ausgewiesen
}
event-player-identity-refused = Konnte sich nicht ausweisen
event-player-profile-changed = Hat das Profil geändert{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-password-set = Hat ein Passwort gesetzt{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-password-changed = Hat das Passwort geändert{ $door ->
    [game] , in einem Spiel
   *[other] {""}
}
event-player-password-removed = Hat das Passwort entfernt
event-player-second-factor-turned-on = Hat die Anmeldung in zwei Schritten eingeschaltet
event-player-second-factor-turned-off = Hat die Anmeldung in zwei Schritten ausgeschaltet{ $cause ->
    [recovery] , nach der Wartezeit für ein verlorenes Telefon
   *[other] {""}
}
event-player-factor-recovery-asked = Hat gemeldet, dass der zweite Faktor verloren ist
event-player-factor-recovery-started = Hat die Wartezeit für einen verlorenen zweiten Faktor per Mail begonnen
event-player-factor-recovery-ended = Hat die Wartezeit für einen verlorenen zweiten Faktor beendet
event-player-recovery-codes-renewed = Hat neue Ersatzcodes erstellt
event-player-browser-forgotten = Hat einen Browser zurückgenommen, der nicht nach Codes gefragt wurde
event-player-password-reset-asked = Jemand wollte das Passwort zurücksetzen
event-player-password-reset = Hat das Passwort per Mail zurückgesetzt
event-player-email-change-asked = Wollte die Adresse ändern
event-player-email-changed = Hat die Adresse geändert
event-player-email-restored = Hat eine Änderung der Adresse zurückgenommen
event-player-device-added = { $way ->
    [from] Hat ein Gerät von einem anderen Spieler übernommen
   *[other] Ein neues Gerät kommt von selbst herein
}
event-player-device-switched-off = { $way ->
    [to] Ein Gerät ging an einen anderen Spieler
   *[other] Hat ein Gerät gesperrt
}
event-player-claim-begun = Ein Spiel bat um einen Code, um diesen Spieler zu übernehmen
event-player-sign-in-code-asked = Ein Spiel bat um einen Code zum Anmelden auf einem Fernseher
event-player-sign-in-code-allowed = Ließ einen Fernseher per Code herein
event-player-sign-in-code-ended = Ein Code auf einem Fernseher wurde benutzt oder abgelehnt
event-player-account-claimed = In einem Browser übernommen
event-player-data-exported = Alle Daten des Kontos heruntergeladen
event-player-account-erased = Das Konto wurde gelöscht
event-player-account-closing = Das Konto wurde geschlossen und soll gelöscht werden
event-player-account-kept = Das Konto wurde behalten
event-link-amazon-code-asked = { $actor ->
    [service] Ein Spielserver bat um einen Code, um Amazon zu verknüpfen
   *[other] Ein Spiel bat um einen Code, um Amazon zu verknüpfen
}
event-link-amazon-added = Amazon verknüpft{ $door ->
    [game] , in einem Spiel
    [code] , mit einem Code
   *[other] {""}
}
event-link-amazon-confirmed = Im Browser die Verknüpfung bestätigt, die ein Spiel hergestellt hatte
event-link-amazon-denied = Wer das Amazon-Konto hat, erkannte die Verknüpfung eines Spiels nicht und trennte sie
event-link-amazon-replaced = Ein anderes Amazon-Konto statt des bisherigen verknüpft
event-link-amazon-renewed = Mit dem verknüpften Amazon-Konto wiedergekommen{ $door ->
    [code] , mit einem Code
   *[other] {""}
}
event-link-amazon-reconnected = { $actor ->
    [system] Die Verknüpfung geht von selbst wieder
   *[other] Hat die Verknüpfung erneuert
}{ $door ->
    [game] , in einem Spiel
    [code] , mit einem Code
   *[other] {""}
}
event-link-amazon-removed = { $actor ->
    [support] Vom Support getrennt
    [player] Vom Spieler getrennt
   *[other] Getrennt
}{ $door ->
    [game] , in einem Spiel
    [undo] , durch den gemailten Link an die Amazon-Adresse
   *[other] {""}
}
event-link-amazon-revoked = Zugriff bei Amazon entzogen
event-link-amazon-reconnect-needed = Der Spieler muss die Verknüpfung erneuern{ $cause ->
    [key_lost] : Wir können unsere Kopie nicht mehr lesen
    [scope_missing] : Amazon lässt uns zu wenig sehen
    [token_ended] : Das Token eines Spiels ist abgelaufen
    [account_closing] : Das Konto wurde geschlossen
    [answer_lost] : Eine Antwort von Amazon ging verloren
    [restored] : Eine Sicherung wurde zurückgespielt
   *[other] {""}
}
event-link-amazon-refused = Verknüpfung abgelehnt{ $code ->
    [identity_taken] : Ein anderer Spieler hat dieses Amazon-Konto
    [player_has_another] : Dieser Spieler hat ein anderes Amazon-Konto
    [wrong_identity] : Es war ein anderes Amazon-Konto als das verknüpfte
    [link_unconfirmed] : Ein Spiel hat dieses Amazon-Konto verknüpft, und niemand hat es bestätigt
    [reauthentication_required] : Diese Sitzung hatte nicht gezeigt, wer sie ist
    [declined] : bei Amazon abgebrochen
    [scope_missing] : Amazon durfte nicht genug sagen
    [last_method] : Es war der letzte Zugang
    [amazon_unavailable] : Amazon hat nicht geantwortet
    [amazon_misconfigured] : Amazon hat unseren Client abgelehnt
    [attempt_unknown] : Die Anmeldung bei Amazon war zu alt, schon benutzt oder aus einem anderen Browser
   *[other] {""}
}{ $door ->
    [game] , in einem Spiel
    [code] , mit einem Code
   *[other] {""}
}
event-link-amazon-token-handed-out = Ein Spielserver bekam ein Zugriffstoken
event-refresh-brake-pulled = Die Bremse gegen Massenwiderruf griff
event-refresh-brake-released = Die Bremse gegen Massenwiderruf wurde gelöst
event-staff-account-added = Hat jemanden ins Team aufgenommen
event-staff-account-enrolled = Jemand im Team hat sich eingerichtet
event-staff-account-disabled = Hat jemanden im Team gesperrt
event-staff-factor-reset = Hat einen zweiten Faktor zurückgesetzt
event-staff-session-started = Beim Support angemeldet
event-staff-session-refused = Anmeldung beim Support abgelehnt
event-staff-session-ended = Beim Support abgemeldet
event-staff-identity-confirmed = Hat sich beim Support ausgewiesen
event-staff-identity-refused = Konnte sich beim Support nicht ausweisen
event-staff-recovery-renewed = Hat neue Ersatzcodes erstellt
event-staff-request-refused = Wollte etwas, das die Rolle nicht erlaubt
event-staff-role-proposed = Hat eine Rolle vorgeschlagen
event-staff-role-withdrawn = Hat eine vorgeschlagene Rolle zurückgezogen
event-staff-role-changed = Hat eine Rolle geändert
event-staff-players-searched = Hat nach Spielern gesucht
event-staff-player-viewed = Hat diese Seite angesehen
event-staff-player-unmasked = Hat Verdecktes gesehen
event-staff-player-disabled = Vom Support gesperrt
event-staff-player-enabled = Vom Support freigegeben
event-staff-note-added = Hat eine Notiz geschrieben
event-staff-link-checked = Hat die Verknüpfung bei Amazon geprüft
event-staff-sessions-ended = Hat alle Sitzungen beendet
event-staff-reset-sent = Hat ein Zurücksetzen des Passworts geschickt
event-staff-audit-read = Hat das Protokoll gelesen
event-staff-audit-exported = Hat das Protokoll exportiert
event-service-key-added = Hat einen Dienstschlüssel angelegt
event-service-key-revoked = Hat einen Dienstschlüssel widerrufen
event-service-webhook-added = Hat einen Webhook angelegt
event-service-webhook-removed = Hat einen Webhook entfernt
event-service-webhook-disabled = Hat einen Webhook abgeschaltet
event-service-database-restored = Eine Sicherung der Datenbank wurde zurückgespielt
event-service-webhook-replayed = Hat Ereignisse noch einmal an einen Webhook geschickt
event-player-passkey-added = Hat einen Passkey hinzugefügt
event-player-passkey-renamed = Hat einen Passkey umbenannt
event-player-passkey-removed = Hat einen Passkey entfernt
event-player-passkey-copy-suspected = Eine Anmeldung mit einem Passkey wurde abgelehnt: Sein Zähler ging zurück, es gibt vielleicht eine Kopie
