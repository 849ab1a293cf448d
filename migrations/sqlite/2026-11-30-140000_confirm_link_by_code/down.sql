DROP TABLE link_undos;
ALTER TABLE code_linkings DROP COLUMN confirm_since;
