-- +goose Up
create table threads (
    id                  bigint generated always as identity primary key,
    workspace_id        bigint not null references workspaces,
    practice_id         bigint references practices,
    title               text not null check (title <> '' and plain(title, 200)),
    language            text not null check (char_length(language) between 2 and 12),
    handling            text not null check (handling in ('clear', 'green', 'amber', 'amber+strict', 'red')),
    named               bigint[] not null default '{}' check (cardinality(named) <= 50 and (named = '{}' or handling = 'red')),
    author_id           bigint not null references members,
    author_country      text not null default '',
    author_organization text not null default '',
    hidden_at           timestamptz,
    hidden_by           bigint references members on delete set null,
    stage               text not null generated always as (
        case when hidden_at is null then 'open' else 'review' end) stored,
    closed              boolean not null default false,
    version             bigint not null default 1 check (version > 0),
    posts               int not null default 0, -- number of the last post
    last_post_id        bigint,
    last_post_at        timestamptz not null default now(),
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now()
);
create index threads_workspace on threads (workspace_id, last_post_at desc, id desc);
create index threads_practice on threads (practice_id, last_post_at desc) where practice_id is not null;
create index threads_author on threads (author_id);
create index threads_recent on threads (last_post_at desc, id desc);
create index threads_named on threads using gin (named) where named <> '{}';
create index threads_hidden_by on threads (hidden_by) where hidden_by is not null;

create table posts (
    id         bigint generated always as identity primary key,
    thread_id  bigint not null references threads on delete cascade,
    number     int not null check (number > 0),
    author_id  bigint not null references members,
    body       text not null check (plain(body, 20000)),
    language   text not null default '' check (char_length(language) <= 12),
    reply_to   bigint references posts,
    version    bigint not null default 1 check (version > 0),
    created_at timestamptz not null default now(),
    edited_at  timestamptz,
    deleted_at timestamptz,
    deleted_by bigint references members,
    hidden_at  timestamptz,
    hidden_by  bigint references members on delete set null,
    unique (thread_id, number),
    check (deleted_at is not null or body <> ''),
    check (deleted_at is null or body = '')
);
create index posts_author on posts (author_id, id);
create index posts_reply on posts (reply_to) where reply_to is not null;
create index posts_deleted_by on posts (deleted_by) where deleted_by is not null;
create index posts_hidden_by on posts (hidden_by) where hidden_by is not null;

create table post_versions ( -- the text before each edit
    post_id bigint not null references posts on delete cascade,
    version bigint not null,
    body    text not null,
    editor  bigint not null references members,
    at      timestamptz not null default now(),
    primary key (post_id, version)
);
create index post_versions_editor on post_versions (editor);

create table reactions (
    post_id   bigint not null references posts on delete cascade,
    member_id bigint not null references members on delete cascade,
    name      text not null check (name in ('helpful', 'we_do_this_too', 'thank_you', 'question')),
    at        timestamptz not null default now(),
    primary key (post_id, member_id, name)
);
create index reactions_member on reactions (member_id);

create table mentions (
    post_id   bigint not null references posts on delete cascade,
    member_id bigint not null references members on delete cascade,
    primary key (post_id, member_id)
);
create index mentions_member on mentions (member_id);

create table read_positions (
    member_id bigint not null references members on delete cascade,
    thread_id bigint not null references threads on delete cascade,
    number    int not null, -- of the last post that was read
    post_id   bigint not null,
    at        timestamptz not null default now(),
    primary key (member_id, thread_id)
);
create index read_positions_thread on read_positions (thread_id);

create table watches (
    member_id bigint not null references members on delete cascade,
    thread_id bigint not null references threads on delete cascade,
    level     text not null check (level in ('watching', 'normal', 'muted')),
    primary key (thread_id, member_id)
);
create index watches_member on watches (member_id);

create table saved_searches (
    id         bigint generated always as identity primary key,
    member_id  bigint not null references members on delete cascade,
    name       text not null check (name <> '' and plain(name, 120)),
    query      text not null check (char_length(query) <= 2000), -- as in the address of the search page
    created_at timestamptz not null default now()
);
create index saved_searches_member on saved_searches (member_id, id);

-- +goose Down
drop table saved_searches, watches, read_positions, mentions, reactions, post_versions, posts, threads;
