-- +goose Up
-- More kinds of files, each told by its content.
alter table attachments drop constraint attachments_media_type_check;
alter table attachments add constraint attachments_media_type_check check (media_type in ('application/pdf',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.oasis.opendocument.text', 'text/csv', 'text/plain', 'image/png', 'image/jpeg', 'image/webp'));

-- Files that come in pieces. The bytes wait in a file of the node that takes them; received counts those
-- that are on its disk for good.
create table uploads (
    id            bigint generated always as identity primary key,
    member_id     bigint not null references members on delete cascade,
    practice_id   bigint not null references practices on delete cascade,
    name          text not null check (name <> '' and plain(name, 200)),
    size          bigint not null check (size > 0 and size <= 52428800),
    received      bigint not null default 0 check (received >= 0 and received <= size),
    attachment_id bigint references attachments on delete cascade, -- what it became
    created_at    timestamptz not null default now()
);
create index uploads_member on uploads (member_id, created_at);
create index uploads_practice on uploads (practice_id);
create index uploads_attachment on uploads (attachment_id) where attachment_id is not null;
create index uploads_created on uploads (created_at);

-- +goose Down
drop table uploads;
alter table attachments drop constraint attachments_media_type_check;
alter table attachments add constraint attachments_media_type_check check (media_type in ('application/pdf',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document')) not valid;
