-- +goose Up
-- What a member is writing in a thread, kept while she writes, so that she finds it on another device.
create table drafts (
    member_id  bigint not null references members on delete cascade,
    thread_id  bigint not null references threads on delete cascade,
    body       text not null check (body <> '' and plain(body, 20000)),
    reply_to   bigint not null default 0 check (reply_to >= 0),
    language   text not null default '' check (char_length(language) <= 12),
    updated_at timestamptz not null default now(),
    primary key (member_id, thread_id)
);
create index drafts_thread on drafts (thread_id);
create index drafts_updated on drafts (updated_at);

-- Files lie on posts, too. One without a post is its uploader's alone, until she sends it.
alter table posts
    add column files smallint not null default 0 check (files between 0 and 100);
alter table attachments
    alter column practice_id drop not null,
    add column thread_id bigint references threads on delete cascade,
    add column post_id bigint,
    add constraint attachments_of_post foreign key (thread_id, post_id) references posts (thread_id, id) on update cascade on delete cascade,
    add constraint attachments_place check ((practice_id is null) <> (thread_id is null) and (post_id is null or thread_id is not null)
        and (thread_id is null or adoption_id is null));
create index attachments_post on attachments (post_id, thread_id) where post_id is not null;
create index attachments_thread on attachments (thread_id, uploaded_by) where thread_id is not null;
create index attachments_unsent on attachments (created_at) where thread_id is not null and post_id is null;

-- +goose Down
alter table attachments
    drop constraint attachments_place,
    drop constraint attachments_of_post,
    drop column post_id,
    drop column thread_id,
    alter column practice_id set not null;
alter table posts drop column files;
drop table drafts;
