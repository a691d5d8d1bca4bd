-- +goose Up
-- Two practices that are one: the merged one's address leads to the other, to which its threads,
-- adoption reports, files and watchers have moved. What moved is kept, so that it can be undone.
alter table practices
    add column merged_into bigint references practices,
    add check (merged_into <> id),
    add check (merged_into is null or status = 'archived');
create index practices_merged_into on practices (merged_into) where merged_into is not null;

create table merges (
    id          bigint generated always as identity primary key,
    practice_id bigint not null references practices on delete cascade, -- the one that was merged
    into_id     bigint not null references practices on delete cascade,
    status      text not null, -- of the merged one, before
    threads     bigint[] not null,
    adoptions   bigint[] not null,
    attachments bigint[] not null,
    watchers    bigint[] not null,
    member_id   bigint not null references members,
    at          timestamptz not null default now(),
    undone_at   timestamptz
);
create unique index merges_standing on merges (practice_id) where undone_at is null;
create index merges_into on merges (into_id);
create index merges_practice on merges (practice_id);
create index merges_member on merges (member_id);

-- +goose Down
drop table merges;
alter table practices drop column merged_into;
