-- +goose Up
-- The version of its original that a translation says; parts that changed there since are stale.
alter table practices add column translated_version bigint;
update practices t set translated_version = o.version from practices o where o.id = t.translation_of;

-- +goose Down
alter table practices drop column translated_version;
