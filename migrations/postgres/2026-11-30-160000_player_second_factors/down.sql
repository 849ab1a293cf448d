DROP TABLE pending_sign_ins;
DROP TABLE remembered_browsers;
DROP TABLE player_recovery_codes;
DROP TABLE player_second_factors;
