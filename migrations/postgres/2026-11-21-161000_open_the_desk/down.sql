DROP TABLE staff_proposals;
DROP TABLE staff_recovery_codes;
DROP TABLE staff_sessions;
DROP TABLE staff;
