-- +goose Up
-- What has ever been open to everybody, for those who harvest the portal (OAI-PMH): a practice that
-- was clear and is no longer is told of as deleted, by its number alone, and for good. Nothing refers to
-- practices here, so that the number outlives its practice.
create table harvest (
    practice_id  bigint primary key,
    changed_at   timestamptz not null, -- when it last changed for the world
    gone         boolean not null,
    -- The sets it is in, or was in when it went: a harvester of one set learns that it went.
    workspace_id bigint not null,
    sectors      text[] not null default '{}'
);
create index harvest_order on harvest (changed_at, practice_id);
create index harvest_workspace on harvest (workspace_id, changed_at, practice_id);
create index harvest_sectors on harvest using gin (sectors);

-- Kept by the database itself, in the transaction that changes the practice: whichever verb relabels,
-- hides, publishes or removes one, today's or a later one, it cannot forget. It runs at the commit, so
-- that the moments follow the order in which changes come to be seen as nearly as they can.
-- +goose StatementBegin
create function keep_harvest() returns trigger language plpgsql as $$
declare
    p practices%rowtype;
begin
    select * into p from practices where id = coalesce(new.id, old.id);
    if found and p.handling = 'clear' and p.stage = 'open' then
        insert into harvest (practice_id, changed_at, gone, workspace_id, sectors)
        values (p.id, clock_timestamp(), false, p.workspace_id, p.sectors)
        on conflict (practice_id) do update set changed_at = excluded.changed_at, gone = false,
            workspace_id = excluded.workspace_id, sectors = excluded.sectors;
    else
        update harvest set changed_at = clock_timestamp(), gone = true where practice_id = coalesce(new.id, old.id) and not gone;
    end if;
    return null;
end
$$;
-- +goose StatementEnd
create constraint trigger practices_harvest after insert or update or delete on practices
    deferrable initially deferred for each row execute function keep_harvest();

insert into harvest (practice_id, changed_at, gone, workspace_id, sectors)
select id, updated_at, false, workspace_id, sectors from practices where handling = 'clear' and stage = 'open';

-- Reading lists of a workspace's moderators.
create table collections (
    id           bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces,
    title        text not null check (title <> '' and plain(title, 200)),
    introduction text not null default '' check (plain(introduction, 20000)),
    language     text not null check (char_length(language) between 2 and 12),
    handling     text not null check (handling in ('clear', 'green', 'amber')),
    version      bigint not null default 1 check (version > 0),
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now()
);
create index collections_workspace on collections (workspace_id, id);

create table collection_items (
    collection_id bigint not null references collections on delete cascade,
    practice_id   bigint not null references practices on delete cascade,
    position      int not null check (position between 1 and 100),
    note          text not null default '' check (plain(note, 1000)),
    primary key (collection_id, practice_id)
);
create index collection_items_practice on collection_items (practice_id);

-- The portal's role adds to what has been open and marks it; it never lets it be forgotten.
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'praxis_portal') then
        revoke delete on harvest from praxis_portal;
    end if;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop table collection_items, collections;
drop trigger practices_harvest on practices;
drop function keep_harvest;
drop table harvest;
