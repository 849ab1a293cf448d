DROP TABLE code_linkings;
