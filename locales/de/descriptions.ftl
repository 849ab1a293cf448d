# Wozu eine Seite da ist, in einem Satz für Suchmaschinen und Vorschauen. Die Kennung ist `description-` und der Titel der Seite.

description-page = Eine Seite deines Spielerkontos: Anmeldung, verknüpftes Amazon-Konto, Geräte und Daten.
description-welcome-title = Dein Spielerkonto: Melde dich an, verknüpfe dein Amazon-Konto und sieh, was mit deinem Spieler verknüpft ist.
description-sign-in = Melde dich mit Passwort oder mit Amazon bei deinem Spielerkonto an.
description-create-account = Leg ein Spielerkonto mit E-Mail-Adresse und Passwort an.
description-forgot-heading = Lass dir eine E-Mail schicken, mit der du ein neues Passwort für dein Spielerkonto wählst.
description-privacy-heading = Was über dich aufbewahrt wird, wozu und wie lange.
description-account-heading = Das Amazon-Konto, das mit deinem Spieler verknüpft ist: verknüpfen, trennen oder ein anderes verknüpfen.
description-start-heading = Verknüpfe dein Amazon-Konto mit deinem Spieler, damit Belohnungen dort ankommen.
description-profile-title = Dein Anzeigename, Benutzername, deine E-Mail-Adresse und Sprache.
description-security-heading = Dein Passwort, deine Geräte und wo du überall angemeldet bist.
description-activity-heading = Was in deinem Konto geschehen ist, wann und von wo.
description-data-heading = Lade herunter, was über dich aufbewahrt wird, oder lösche dein Konto.
description-devices-heading = Geräte, deren Spiele als dein Spieler spielen.
description-activate-heading = Gib den Code ein, den dein Fernseher oder dein Spiel zeigt.
