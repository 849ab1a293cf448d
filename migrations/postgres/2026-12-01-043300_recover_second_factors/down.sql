DROP TABLE factor_recoveries;
