# The mails, and the development page with those that would have been sent.
#
# A mail says what happened, and what to do if it was not you. A code stands alone on a line. Which words
# fill which mail stands in src/outbound/mail/message.rs.

mail-signature =
    -- { "" }
    { $site }
    { $portal }
mail-help = Help: { $help }
mail-account-with-address = the account with the address { $address }
mail-account-without-address = an account without an address
mail-from-browser = an unknown browser
mail-from-game = the game { $game }

mail-registration-code-subject = { $code } is your code for { $site }
mail-registration-code-body =
    Hello,

    here is the code that confirms your address and makes your account at { $site }:

    { $code }

    Enter it in the browser in which you registered. It works for one hour.

    If you did not register, ignore this mail. Without the code nothing happens, and no account is made. Never give the code to anybody, whoever asks.

mail-registration-taken-subject = You already have an account at { $site }
mail-registration-taken-body =
    Hello { $name },

    somebody, perhaps you, tried to register at { $site } with this address. It already belongs to your account, so nothing was changed.

    If it was you, sign in here:
    { $portal }/sign-in

    If you no longer know your password, choose a new one here:
    { $portal }/forgot-password

    If it was not you, you need not do anything. Whoever it was has not learned that this account exists.

mail-sign-in-code-subject = Your code to sign in at { $site }
mail-sign-in-code-body =
    Hello,

    there have been many wrong passwords lately, so we ask for one more proof. Here is the code to sign in at { $site }:

    { $code }

    It works for one hour, in the browser in which you entered your password.

    If you are not signing in right now, somebody knows your password. Choose a new one here:
    { $portal }/forgot-password
    Never give the code to anybody, whoever asks.

mail-email-code-subject = { $code } confirms your address for { $site }
mail-email-code-body =
    Hello,

    here is the code that adds this address to { $account } at { $site }:

    { $code }

    It was asked for on { $when } from this browser: { $browser }, network { $network }.

    Enter it in the browser in which you asked for it. It works for one hour.

    If you did not ask for it, ignore this mail. Without the code nothing happens. Never give the code to anybody, whoever asks.

mail-email-taken-subject = Somebody tried to use your address at { $site }
mail-email-taken-body =
    Hello { $name },

    somebody, perhaps you, tried to add this address to another account at { $site }. It belongs to your account, so nothing was changed.

    If it was you and you want the address on the other account, change it on this one first:
    { $portal }/account/email

    If it was not you, you need not do anything. Whoever it was has not learned that this account exists.

mail-email-restored-subject = This address no longer belongs to your account at { $site }
mail-email-restored-body =
    Hello { $name },

    on { $when } somebody who reads the mail of { $address }, the earlier address of your account at { $site }, took the change of address back. This address no longer belongs to the account, and everybody was signed out.

    If it was you, you need not do anything.

    If it was not you, somebody else reads the mail of { $address }. Sign in with your password, set your address again, and ask support for help if you cannot:
    { $portal }/account/email

mail-email-changed-subject = Your address at { $site } was changed
mail-email-changed-body =
    Hello { $name },

    on { $when } the address of your account at { $site } was changed to { $address }. This address no longer belongs to it.

    If it was you, you need not do anything.

    If it was not you, take the address back here:
    { $link }
    Then choose a new password and look at where you are signed in.

mail-password-changed-subject = Your password at { $site } was changed
mail-password-changed-body =
    Hello { $name },

    on { $when } a new password was saved for your account at { $site }, from { $browser }, network { $network }.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-sign-in-after-failures-subject = A sign-in at { $site } after many wrong passwords
mail-sign-in-after-failures-body =
    Hello { $name },

    on { $when } somebody entered the right password for your account at { $site }, after many sign-ins with a wrong one had been refused. It came from { $browser }, network { $network }.

    If it was you, you need not do anything.

    If it was not you, somebody else knows your password. Choose a new one at once; that also ends every session:
    { $portal }/forgot-password

mail-password-removed-subject = Your password at { $site } was removed
mail-password-removed-body =
    Hello { $name },

    on { $when } the password of your account at { $site } was removed. Your way in is now Amazon or a passkey.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-two-step-on-subject = Two-step sign-in at { $site } was turned on
mail-two-step-on-body =
    Hello { $name },

    on { $when } two-step sign-in was turned on for your account at { $site }, from { $browser }, network { $network }. Whoever signs in needs a code from an app as well.

    If it was you, keep your recovery codes in a safe place. You need not do anything else.

    If it was not you, choose a new password at once and tell our support team:
    { $portal }/forgot-password

mail-two-step-off-subject = Two-step sign-in at { $site } was turned off
mail-two-step-off-body =
    Hello { $name },

    on { $when } two-step sign-in was turned off for your account at { $site }, from { $browser }, network { $network }. No code is asked for any more.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-factor-recovery-link-subject = You have lost your second factor at { $site }?
mail-factor-recovery-link-body =
    Hello { $name },

    on { $when } somebody signed in to your account at { $site } as far as the code of two-step sign-in, and said that the second factor is lost.

    If it was you, open this link and begin the wait. It soon expires. Nothing is turned off before the wait is over:
    { $link }

    If it was not you, do not open it. Somebody knows your password or can use your Amazon account, so choose a new password at once:
    { $portal }/forgot-password

mail-factor-recovery-runs-subject = Two-step sign-in at { $site } is being turned off
mail-factor-recovery-runs-body =
    Hello { $name },

    from { $day } on, two-step sign-in of your account at { $site } can be turned off by whoever knows your password or can use your Amazon account. That was asked for because the second factor is lost, and begun with a link from a mail to you.

    If it was you, wait. Then sign in here again:
    { $portal }/sign-in

    If it was not you, stop it now:
    { $link }

    Then choose a new password, for your account and for your mailbox:
    { $portal }/forgot-password

    You get this mail every day until the wait is over.

mail-factor-recovery-due-subject = Two-step sign-in at { $site } can be turned off now
mail-factor-recovery-due-body =
    Hello { $name },

    the wait for your lost second factor at { $site } is over. Sign in, say that the second factor is lost, and turn two-step sign-in off. This is possible for two weeks:
    { $portal }/sign-in

    If it was not you who asked for it, stop it now and choose a new password:
    { $link }

mail-factor-recovery-cancelled-subject = Two-step sign-in at { $site } stays on
mail-factor-recovery-cancelled-body =
    Hello { $name },

    on { $when } somebody who is signed in to your account at { $site } or reads your mail stopped it from being turned off. Two-step sign-in stays on.

    If it was not you who wanted to turn it off, somebody knows your password or can use your Amazon account. Choose a new password:
    { $portal }/forgot-password

mail-recovery-codes-renewed-subject = New recovery codes for { $site }
mail-recovery-codes-renewed-body =
    Hello { $name },

    on { $when } new recovery codes were made for your account at { $site }, from { $browser }, network { $network }. The former ones no longer work.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-recovery-code-used-subject = A recovery code was used at { $site }
mail-recovery-code-used-body =
    Hello { $name },

    on { $when } one of your recovery codes was used for your account at { $site }, from { $browser }, network { $network }. It does not work again.

    If it was you, you can see here how many you have left, and make new ones:
    { $portal }/account/two-step

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-password-reset-subject = Your password at { $site } was reset
mail-password-reset-body =
    Hello,

    on { $when } the password of your account at { $site } was reset with a link we had mailed to you. Every session was ended.

    { $open ->
        [yes]
            This still opens the account:
            { $list }

            Remove what is not yours here:
       *[no] Nothing else opens the account. What does is always shown here:
    }
    { $portal }/account/security/access

    If you did not reset it, somebody can read your mail. Secure your mailbox first, then choose a new password here:
    { $portal }/forgot-password

mail-password-reset-link-subject = Choose a new password for { $site }
mail-password-reset-link-body =
    Hello,

    somebody, we hope you, asked for a new password at { $site }. Choose it here:
    { $portal }/reset-password?token={ $token }

    The link works once and soon expires; only the newest one counts. Saving the new password ends every session.

    If you did not ask for it, ignore this mail. Your password stays as it is.

mail-amazon-linked-subject = An Amazon account was linked at { $site }
mail-amazon-linked-body =
    Hello { $name },

    on { $when } an Amazon account was linked to your account at { $site }: { $amazon }. It can be used to sign in from now on.

    If it was you, you need not do anything.

    If it was not you, unlink it and choose a new password:
    { $portal }/account
    { $portal }/account/password

mail-amazon-linked-by-code-subject = Your Amazon account was linked at { $site }
mail-amazon-linked-by-code-body =
    Hello,

    on { $when } somebody who was signed in to the Amazon account with this address entered a code that a TV or console showed. Since then this Amazon account is linked to a player at { $site }.

    If it was you, you need not do anything.

    If it was not you, or if somebody sent you the code, undo it here within seven days. You need not sign in:
    { $link }

mail-amazon-replaced-subject = Your linked Amazon account at { $site } was replaced
mail-amazon-replaced-body =
    Hello { $name },

    on { $when } the Amazon account linked to your account at { $site } was replaced.

    Linked until then: { $former }
    Linked from then on: { $amazon }

    Only the new one can be used to sign in.

    If it was you, you need not do anything.

    If it was not you, unlink it and choose a new password:
    { $portal }/account
    { $portal }/account/password

mail-link-code-subject = Your code to confirm your Amazon account at { $site }
mail-link-code-body =
    Hello { $name },

    somebody signs in at { $site } with this Amazon account, which a game linked to your player: { $amazon }. If it is you, this code confirms that the player is yours:

    { $code }

    It works for ten minutes, in the browser that asked for it.

    If it is not you, do not give the code to anybody. Sign in and unlink the Amazon account:
    { $portal }/account

mail-amazon-confirmed-subject = Your Amazon account was confirmed at { $site }
mail-amazon-confirmed-body =
    Hello { $name },

    on { $when } the Amazon account that a game had linked to your account at { $site } was confirmed: { $amazon }. It can be used to sign in in a browser from now on.

    If it was you, you need not do anything.

    If it was not you, unlink it and choose a new password:
    { $portal }/account
    { $portal }/account/password

mail-amazon-denied-subject = The link of a game was refused at { $site }
mail-amazon-denied-body =
    Hello { $name },

    a game had linked this Amazon account to your account at { $site }: { $amazon }. On { $when } whoever has that Amazon account said that it was not them. The link is gone, and nobody was signed in.

    If you did not link it yourself, somebody may be using your game. Choose a new password, which signs out everybody else:
    { $portal }/account/password

mail-amazon-unlinked-subject = Your Amazon account was unlinked at { $site }
mail-amazon-unlinked-body =
    Hello { $name },

    on { $when } this Amazon account was unlinked from your account at { $site }: { $amazon }. It can no longer be used to sign in.

    Amazon itself may still list us among the apps you allowed. You can remove us there:
    { $apps }

    If it was not you, choose a new password, then link your Amazon account again:
    { $portal }/account/password
    { $portal }/account

mail-amazon-revoked-subject = Amazon ended the link with { $site }
mail-amazon-revoked-body =
    Hello { $name },

    on { $when } Amazon told us that access to this Amazon account has ended: { $amazon }. This happens when you remove us from your apps at Amazon. The link with your account at { $site } is over, and we have deleted its access.

    If that is what you wanted, you need not do anything.

    If not, link it again here:
    { $portal }/account

outbox-heading = Outbox
outbox-lead = Development only: mails that would have been sent, newest first.
outbox-empty = Nothing has been sent yet.

mail-device-added-subject = A device gets in to your account at { $site }
mail-device-added-body =
    Hello { $name },

    on { $when } a device signed in to your player at { $site } without a password: { $device }. It may do so again, but only to play.

    If it is yours, you need not do anything.

    If it is not, disable it here:
    { $portal }/account/devices

mail-signed-in-by-code-subject = A TV or console signed in to your account at { $site }
mail-signed-in-by-code-body =
    Hello { $name },

    on { $when } somebody who was signed in to your account at { $site } let a TV or console in by a code: { $device }, on the network { $network }. It may play as you, and it cannot change how you sign in.

    If it was you, you need not do anything.

    If it was not you, or if somebody sent you the code, sign it out here and choose a new password:
    { $portal }/account/security
    { $portal }/account/password

mail-data-exported-subject = Your data was taken from { $site }
mail-data-exported-body =
    Hello { $name },

    on { $when } a file with everything that { $site } has about you was taken. It holds no password and no code, but it says a lot about you.

    If it was you, keep the file safe.

    If it was not you, choose a new password, then end the sessions that you do not recognise:
    { $portal }/account/password
    { $portal }/account/security

mail-account-closing-subject = Your account at { $site } is closed
mail-account-closing-body =
    Hello { $name },

    on { $when } you asked us to delete your account at { $site }. It is closed now and will be deleted on { $day }, with everything we know about you.

    If you want to keep it, or if it was not you, sign in before that day and press “Keep my account”:
    { $portal }/sign-in

    If it was not you, choose a new password as well:
    { $portal }/forgot-password

mail-account-kept-subject = Your account at { $site } stays
mail-account-kept-body =
    Hello { $name },

    on { $when } somebody signed in to your account at { $site } and kept it. It will not be deleted.

    If you did not do this, choose a new password, then delete the account again:
    { $portal }/forgot-password
    { $portal }/account/data

mail-account-erased-subject = Your account at { $site } was deleted
mail-account-erased-body =
    Hello { $name },

    on { $when } your account at { $site } was deleted, with everything we knew about you. It cannot be brought back. This is our last mail about it.

    If it was linked, Amazon itself may still list us among the apps you allowed. You can remove us there:
    { $apps }

    If you did not delete it, tell us, and choose a new password for this mailbox: whoever did could get into your account.

    You are welcome back at any time:
    { $portal }/register

    This is the receipt, with the number of entries that were deleted. Only we can confirm it. Keep it in case you ever want to show that we deleted your data:
    { $receipt }

mail-support-unlinked-subject = Support unlinked your Amazon account at { $site }
mail-support-unlinked-body =
    Hello { $name },

    on { $when } support unlinked this Amazon account from your account at { $site }: { $amazon }. It can no longer be used to sign in, and wherever you had signed in with it you are signed out.

    You can link an Amazon account again whenever you like:
    { $portal }/account

    What support does on your account is listed here:
    { $portal }/account/activity

    If you did not ask for this, get in touch with support.

mail-support-unlinked-recovery-subject = Support unlinked your Amazon account at { $site }
mail-support-unlinked-recovery-body =
    Hello { $name },

    on { $when } support unlinked this Amazon account from your account at { $site }: { $amazon }. It was your only way in, so choose a password now:
    { $portal }/reset-password?token={ $token }

    The link works once and soon expires. If it is too late, ask for a new one with this address:
    { $portal }/forgot-password

    Then sign in with this address and your password. You can link an Amazon account again whenever you like.

    If you did not ask for this, get in touch with support.

mail-support-checked-link-subject = Support checked your Amazon link at { $site }
mail-support-checked-link-body =
    Hello { $name },

    on { $when } support checked whether the Amazon account linked to your account at { $site } still works. { $outcome ->
        [active] Amazon said that it does. You need not do anything.
        [revoked] Amazon said that access has ended, so it no longer counts as linked. You can link it again here:
            { $portal }/account
        [needs_reconnect] It has to be linked again before it works. You can do that here:
            { $portal }/account
       *[unasked] Nothing was changed. You need not do anything.
    }

    What support does on your account is listed here:
    { $portal }/account/activity

    If you did not ask for this, get in touch with support.

mail-support-ended-sessions-subject = Support signed you out everywhere at { $site }
mail-support-ended-sessions-body =
    Hello { $name },

    on { $when } support ended every session of your account at { $site }, in browsers and in games. Sign in again where you need it:
    { $portal }/sign-in

    What support does on your account is listed here:
    { $portal }/account/activity

    If you did not ask for this, get in touch with support.

mail-support-sent-reset-subject = Choose a new password for { $site }
mail-support-sent-reset-body =
    Hello { $name },

    on { $when } support sent you this link. With it you choose a password for your account at { $site }:
    { $portal }/reset-password?token={ $token }

    The link works once and soon expires; only the newest one counts. Saving the new password ends every session. Then sign in with this address and your password, even if you never had one before. Nobody else needs the link: support will never ask for it.

    If you did not ask for this, ignore the link and get in touch with support. Until you use it, nothing changes.

mail-support-disabled-subject = Support disabled your account at { $site }
mail-support-disabled-body =
    Hello { $name },

    on { $when } support disabled your account at { $site }. Every session has ended, and nobody can sign in to it. Nothing was deleted.

    If you want to know why, or think that this is a mistake, get in touch with support.

mail-support-enabled-subject = Support enabled your account at { $site } again
mail-support-enabled-body =
    Hello { $name },

    on { $when } support enabled your account at { $site } again. You can sign in as before:
    { $portal }/sign-in

    If you have questions, get in touch with support.

mail-support-wrote-note-subject = Support wrote a note about your account at { $site }
mail-support-wrote-note-body =
    Hello { $name },

    on { $when } support wrote a note about your account at { $site }, for whoever helps you next. It changes nothing. You can read it in the file that you get here:
    { $portal }/account/data

    What support does on your account is listed here:
    { $portal }/account/activity

    If you have not been in touch with support, ask what the note is about.

mail-passkey-added-subject = A passkey was added to your account at { $site }

mail-passkey-added-body =
    Hello { $name },

    on { $when } the passkey { $passkey } was added to your account at { $site }, from { $browser }, network { $network }.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once, then remove the passkey:
    { $portal }/forgot-password
    { $portal }/account/passkeys

mail-passkey-removed-subject = A passkey was removed from your account at { $site }

mail-passkey-removed-body =
    Hello { $name },

    on { $when } the passkey { $passkey } was removed from your account at { $site }. Nobody can sign in with it any more.

    If it was you, you need not do anything.

    If it was not you, choose a new password at once. That also ends every session:
    { $portal }/forgot-password

mail-passkey-copy-suspected-subject = A sign-in with your passkey at { $site } was refused

mail-passkey-copy-suspected-body =
    Hello { $name },

    on { $when } somebody used the passkey { $passkey } for your account at { $site }, from { $browser }, network { $network }. We refused it: there may be a copy of this passkey, or the device that keeps it miscounted.

    Sign in another way, remove the passkey, and add a new one:
    { $portal }/account/passkeys
