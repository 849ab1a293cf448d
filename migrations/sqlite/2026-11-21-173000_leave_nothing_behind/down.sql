DROP INDEX mails_to_nobody;
