DROP TABLE game_sign_in_codes;
