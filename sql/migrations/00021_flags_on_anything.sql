-- +goose Up
-- Adoption reports, files, reading lists and profiles can be flagged and hidden, as practices, threads
-- and posts are.
alter table adoptions
    add column hidden_at timestamptz,
    add column hidden_by bigint references members;
alter table attachments
    add column hidden_at timestamptz,
    add column hidden_by bigint references members;
alter table collections
    add column created_by bigint references members on delete set null, -- who does not decide over it
    add column hidden_at timestamptz,
    add column hidden_by bigint references members;
alter table members -- what she wrote freely of herself; she stays a member
    add column hidden_at timestamptz,
    add column hidden_by bigint references members;
create index adoptions_hidden_by on adoptions (hidden_by) where hidden_by is not null;
create index attachments_hidden_by on attachments (hidden_by) where hidden_by is not null;
create index collections_created_by on collections (created_by) where created_by is not null;
create index collections_hidden_by on collections (hidden_by) where hidden_by is not null;
create index members_hidden_by on members (hidden_by) where hidden_by is not null;
update collections c set created_by = a.actor from audit a
    where a.action = 'collection.create' and a.target_kind = 'collection' and a.target_id = c.id
        and exists (select from members m where m.id = a.actor);

-- A case about such a thing goes with it. A report and a file live in a practice, a list in its
-- workspace; of a profile only officers decide, so its cases are in no workspace.
alter table cases
    alter column workspace_id drop not null,
    add column adoption_id   bigint references adoptions on delete cascade,
    add column attachment_id bigint references attachments on delete cascade,
    add column collection_id bigint references collections on delete cascade,
    add column member_id     bigint references members on delete cascade,
    drop constraint cases_target_kind_check,
    drop constraint cases_check,
    add constraint cases_target_kind_check
        check (target_kind in ('practice', 'thread', 'post', 'adoption', 'attachment', 'collection', 'member')),
    add constraint cases_place check (num_nonnulls(practice_id, thread_id, collection_id, member_id) = 1),
    add constraint cases_thing check ((target_kind = 'adoption') = (adoption_id is not null)
        and (target_kind = 'attachment') = (attachment_id is not null) and (target_kind = 'collection') = (collection_id is not null)
        and (target_kind = 'member') = (member_id is not null)),
    add constraint cases_workspace_of check (workspace_id is not null or member_id is not null);
create index cases_adoption on cases (adoption_id) where adoption_id is not null;
create index cases_attachment on cases (attachment_id) where attachment_id is not null;
create index cases_collection on cases (collection_id) where collection_id is not null;
create index cases_member on cases (member_id) where member_id is not null;

-- +goose Down
delete from cases where target_kind not in ('practice', 'thread', 'post');
drop index cases_member, cases_collection, cases_attachment, cases_adoption;
alter table cases
    drop constraint cases_workspace_of, drop constraint cases_thing, drop constraint cases_place, drop constraint cases_target_kind_check,
    drop column member_id, drop column collection_id, drop column attachment_id, drop column adoption_id,
    alter column workspace_id set not null,
    add constraint cases_target_kind_check check (target_kind in ('practice', 'thread', 'post')),
    add constraint cases_check check (num_nonnulls(practice_id, thread_id) = 1);
alter table members drop column hidden_by, drop column hidden_at;
alter table collections drop column hidden_by, drop column hidden_at, drop column created_by;
alter table attachments drop column hidden_by, drop column hidden_at;
alter table adoptions drop column hidden_by, drop column hidden_at;
