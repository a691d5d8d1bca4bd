-- +goose Up
-- Imports find what they brought before by its key alone.
create index practices_external_key on practices (external_key) where external_key is not null;

-- +goose Down
drop index practices_external_key;
