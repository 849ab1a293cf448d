# Die Seite eines Spielers beim Support.

player-heading = Spieler
player-actions = Aktionen
player-unmask = Verdecktes zeigen
