DROP TABLE game_tokens;
DROP TABLE game_sessions;
