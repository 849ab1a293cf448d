# Devices that games run on: typing a code, claiming a player, and the list of devices.

activate-heading = Enter the code
activate-lead = A game shows a code on your TV, console or phone. Enter it here, and see what it is for before anything happens.
activate-code = Code on the screen
activate-code-hint = Eight letters, such as WDJB-MJHT.
activate-wrong = Check the letters on the screen.
notice-activate-wrong-title = This code leads nowhere
notice-activate-wrong-body = It is mistyped, used, too old, or was wrong too often. Check the screen, or ask the game for a new code.

claim-heading = Is this your device?
claim-lead = A game asked for this code. Nothing has happened yet.
claim-device-unnamed = A device without a name
claim-player-unnamed = A player without a name
claim-game = Game
claim-place = Where it asked from
claim-asked = Asked
claim-player-since = Playing since
claim-only-yours-title = Only go on if you see the code on this device yourself
claim-only-yours-body = If somebody sent you the code, they are trying to get into your account. Then choose “This is not my device”.
claim-account = Make it your account
claim-submit = Create account
claim-have-account = Do you want to play with an account you already have?
claim-move = Play as { $name } on this device
claim-move-body = From now on this device opens { $name }. Nothing opens { $player } any more, so what was played there stays behind.
claim-sign-out = To keep { $player } and make it an account of its own instead, sign out first and enter the code again in this browser.
claim-not-mine = This is not my device
notice-claim-cancelled-title = Nothing has happened
notice-claim-cancelled-body = The code leads nowhere any more. Never enter a code that somebody sent you.
notice-claim-over-title = This code no longer works
notice-claim-over-body = It is used or too old. Ask the game for a new one and enter it here.
notice-claimed-title = The account is yours
notice-claimed-body = The device stays signed in. Add your email next, so that we can let you back in if you forget the password.
notice-device-moved-title = The device opens your player now
notice-device-moved-body = If the game still shows the other player, close it and start it again.

devices-heading = Devices
devices-lead = These devices get in to your player by themselves, without a password. Disable what you no longer use.
devices-none = No device gets in by itself.
devices-since = Since
devices-off = Disable
devices-activate = Enter a code that a game shows
notice-device-off-title = The device is disabled
notice-device-off-body = It no longer gets in by itself, and its games are signed out.
security-devices = Devices
security-devices-body = Consoles, TVs and phones that get in without a password.
security-devices-show = Show devices
