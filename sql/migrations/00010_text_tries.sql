-- +goose Up
-- Readings of a file's text that were begun, counted before each: one that kills its reader is given up.
alter table attachments add column text_tries smallint not null default 0;

-- +goose Down
alter table attachments drop column text_tries;
