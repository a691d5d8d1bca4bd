-- +goose Up
-- Imports find what they brought before by its key alone.
create index practices_external_key on practices (external_key) where external_key is not null;
-- An import may change what an import brought, as long as nobody else has: drafts are their authors'.
alter table practices add column imported boolean not null default false;

-- +goose Down
alter table practices drop column imported;
drop index practices_external_key;
