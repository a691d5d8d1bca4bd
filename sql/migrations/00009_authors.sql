-- +goose Up
-- Who writes a practice beside its author: they read and edit it as she does, the label stays hers.
alter table practices
    add column coauthors bigint[] not null default '{}' check (cardinality(coauthors) <= 20 and author_id <> all (coauthors)),
    -- Who last changed each section, and when: {"results": {"by": 7, "at": "2026-01-31T09:00:00Z"}}.
    add column edits jsonb not null default '{}' check (jsonb_typeof(edits) = 'object');
create index practices_coauthors on practices using gin (coauthors) where coauthors <> '{}';

-- +goose Down
drop index practices_coauthors;
alter table practices drop column edits, drop column coauthors;
