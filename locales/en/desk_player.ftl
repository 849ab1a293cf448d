# A player's page at the desk.

player-heading = Player
player-actions = Actions
player-unmask = Show what is masked
