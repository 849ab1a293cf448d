# Getting in, proving it is still you, and the list of places where you are signed in.

welcome-heading = Welcome to { $site }
welcome-lead = Sign in to see and manage what is linked to your player.

code-heading = One more step
code-lead = Enter the code to finish signing in.

identity-heading = Is it still you?
identity-lead = This changes who can get into your account, so please confirm it once more. We then carry on where you were.

forgot-heading = Forgot your password?
forgot-lead = Tell us who you are. If the account exists, we mail a link to its address.
reset-heading = Choose a new password
reset-lead = You are signed out everywhere else once it is saved.

security-heading = Security
security-lead = Your password, and the places where you are signed in.
security-password = Password
security-password-body = A second way in, beside Amazon.
security-password-since = Set on
security-password-none = You have no password. Amazon is your way in.
security-password-change = Change password
security-password-set = Set a password
security-sessions = Where you are signed in
security-sessions-body = End what you do not recognise, then change your password.
security-signed-in = Signed in
security-last-seen = Last seen
security-this-one = This browser
security-end = End session
security-everywhere = Sign out everywhere
