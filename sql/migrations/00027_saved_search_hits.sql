-- +goose Up
-- What a saved search has told its owner of, so that one thing is told once, whatever becomes of it.
create table saved_search_hits (
    search_id bigint not null references saved_searches on delete cascade,
    kind      text not null check (kind in ('practice', 'thread', 'post')),
    thing_id  bigint not null check (thing_id > 0),
    told_at   timestamptz not null default now(),
    primary key (search_id, kind, thing_id)
);
-- By this a node reads what was saved since it last looked.
create index saved_searches_created on saved_searches (created_at, id);

-- +goose Down
drop index saved_searches_created;
drop table saved_search_hits;
