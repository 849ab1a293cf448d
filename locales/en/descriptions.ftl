# What a page is for, in one sentence for search engines and previews. The id is `description-` and the page's title.

description-page = A page of your player account: signing in, your linked Amazon account, your devices and your data.
description-welcome-title = Your player account: sign in, link your Amazon account, and see what is linked to your player.
description-sign-in = Sign in to your player account with a password or with Amazon.
description-create-account = Create a player account with an email address and a password.
description-forgot-heading = Ask for a mail with which you choose a new password for your player account.
description-privacy-heading = What is kept about you, what for, and for how long.
description-account-heading = The Amazon account that is linked to your player: link it, unlink it, or link another.
description-start-heading = Link your Amazon account to your player, so that rewards arrive there.
description-profile-title = Your display name, user name, email address and language.
description-security-heading = Your password, your devices, and everywhere you are signed in.
description-activity-heading = What happened in your account, when, and from where.
description-data-heading = Download what is kept about you, or delete your account.
description-devices-heading = Devices whose games play as your player.
description-activate-heading = Enter the code that your TV or your game shows.
