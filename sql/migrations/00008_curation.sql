-- +goose Up
-- Tables that come after 00007 are the portal's to read and write, as those before are.
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'praxis_portal') then
        execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to praxis_portal', current_schema());
        execute format('alter default privileges in schema %I grant usage on sequences to praxis_portal', current_schema());
    end if;
end
$$;
-- +goose StatementEnd

alter table cases
    add column claimed_by    bigint references members on delete set null,
    add column claimed_until timestamptz;
create index cases_claimed_by on cases (claimed_by) where claimed_by is not null;
-- Where a submission stands in its workspace's queue.
create index cases_waiting on cases (workspace_id, opened_at, id) where closed_at is null and kind = 'submission';

alter table case_actions
    add column before    jsonb, -- what the item was before it, for as long as it can be undone
    add column undone_at timestamptz;

create table saved_replies ( -- what moderators of a workspace often write to authors
    id           bigint generated always as identity primary key,
    workspace_id bigint not null references workspaces on delete cascade,
    member_id    bigint not null references members on delete cascade, -- who wrote it last
    title        text not null check (title <> '' and plain(title, 120)),
    body         text not null check (body <> '' and plain(body, 4000)),
    updated_at   timestamptz not null default now(),
    unique (workspace_id, title)
);
create index saved_replies_member on saved_replies (member_id);

-- +goose Down
drop table saved_replies;
alter table case_actions drop column undone_at, drop column before;
drop index cases_waiting;
alter table cases drop column claimed_until, drop column claimed_by;
