-- +goose Up
-- The one log. Identity order is not commit order, so the sequencer gives committed rows their
-- position; nothing else does.
create table events (
    id           bigint generated always as identity primary key,
    position     bigint unique check (position > 0 and position < 9007199254740992),
    topic        text not null check (topic ~ '^[a-z]+(:[1-9][0-9]{0,17})?$'),
    type         text not null check (type ~ '^[a-z]+(\.[a-z]+)?$'),
    actor        bigint,
    entity_kind  text not null,
    entity_id    bigint not null,
    version      bigint not null default 0,
    thread_id    bigint,
    practice_id  bigint,
    workspace_id bigint,
    data         jsonb not null default '{}',
    audit_id     bigint not null,
    at           timestamptz not null default now()
);
create index events_unsequenced on events (id) where position is null;
create index events_topic on events (topic, position) where position is not null;
create index events_at on events (at);

-- One row: where the log stands, and which server it was written on. A changed system identifier
-- or timeline means that the database was restored.
create table log_state (
    single            boolean primary key default true check (single),
    position          bigint not null, -- last handed out
    oldest            bigint not null, -- kept from here on (exclusive)
    system_identifier text not null default '',
    timeline          bigint not null default 0
);
insert into log_state (position, oldest)
select floor(extract(epoch from now()) * 1000), floor(extract(epoch from now()) * 1000);

create table log_holes ( -- positions between the two that a restore took away; "until" was never handed out
    after bigint primary key,
    until bigint not null check (until > after),
    at    timestamptz not null default now()
);

create table keys ( -- random keys that all nodes share
    name text primary key,
    key  bytea not null check (octet_length(key) = 32)
);

create table consumers ( -- once-only consumers and how far they have read
    name     text primary key,
    position bigint not null
);

-- The audit: who did what to which thing, never the text of it. Rows are only ever added.
create table audit (
    id           bigint generated always as identity primary key,
    at           timestamptz not null default now(),
    actor        bigint,
    action       text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
    target_kind  text not null,
    target_id    bigint not null,
    workspace_id bigint,
    detail       jsonb not null default '{}' check (octet_length(detail::text) <= 4000)
);
create index audit_target on audit (target_kind, target_id, id);
create index audit_actor on audit (actor, id);

create table audit_chain ( -- made by the sequencer in the order of the log
    position bigint primary key check (position > 0),
    audit_id bigint not null unique references audit,
    hash     bytea not null check (octet_length(hash) = 32)
);

-- +goose StatementBegin
create function append_only() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
-- +goose StatementEnd
create trigger audit_append_only before update or delete or truncate on audit
    for each statement execute function append_only();
create trigger audit_chain_append_only before update or delete or truncate on audit_chain
    for each statement execute function append_only();

-- +goose Down
drop table audit_chain, audit, consumers, keys, log_holes, log_state, events;
drop function append_only;
