-- +goose Up
create table workspaces (
    id          bigint generated always as identity primary key,
    key         text unique check (key ~ '^[a-z0-9_]{1,60}$'),
    kind        text not null check (kind in ('cohort', 'theme', 'region', 'country')),
    name        text not null check (name <> '' and plain(name, 120)),
    names       jsonb not null default '{}',
    description text not null default '' check (plain(description, 2000)),
    about       jsonb not null default '{}',
    access      text not null check (access in ('open', 'request', 'invitation')),
    programme   text not null default '',
    country     text references countries,
    version     bigint not null default 1,
    created_at  timestamptz not null default now()
);
create index workspaces_country on workspaces (country) where country is not null;

create table workspace_members (
    workspace_id bigint not null references workspaces on delete cascade,
    member_id    bigint not null references members on delete cascade,
    role         text not null check (role in ('member', 'moderator')),
    joined_at    timestamptz not null default now(),
    primary key (member_id, workspace_id)
);
create index workspace_members_workspace on workspace_members (workspace_id, member_id);

create table workspace_requests ( -- asked to join a workspace that lets in on request
    workspace_id bigint not null references workspaces on delete cascade,
    member_id    bigint not null references members on delete cascade,
    at           timestamptz not null default now(),
    primary key (workspace_id, member_id)
);
create index workspace_requests_member on workspace_requests (member_id);

create table practices (
    id                  bigint generated always as identity primary key,
    external_key        text check (plain(external_key, 120)),
    version             bigint not null default 1 check (version > 0),
    status              text not null default 'draft'
        check (status in ('draft', 'submitted', 'changes_requested', 'published', 'rejected', 'archived')),
    hidden_at           timestamptz,
    hidden_by           bigint references members on delete set null,
    -- Who reads it: one of the three stages that the rule of access knows.
    stage               text not null generated always as (
        case when status = 'draft' then 'private'
             when hidden_at is not null or status not in ('published', 'archived') then 'review'
             else 'open' end) stored,
    handling            text not null check (handling in ('clear', 'green', 'amber', 'amber+strict', 'red')),
    named               bigint[] not null default '{}' check (cardinality(named) <= 50 and (named = '{}' or handling = 'red')),
    workspace_id        bigint references workspaces,
    author_id           bigint not null references members,
    author_country      text not null default '',
    author_organization text not null default '',
    title               text not null check (title <> '' and plain(title, 200)),
    summary             text not null default '' check (plain(summary, 1000)),
    sections            jsonb not null default '{}' check (jsonb_typeof(sections) = 'object'),
    language            text not null check (char_length(language) between 2 and 12),
    country             text references countries,
    organization        text not null default '' check (plain(organization, 120)),
    year                int check (year between 1900 and 2100),
    type                text not null default '',
    level               text not null default '' check (level in ('', 'local', 'state', 'federal', 'international')),
    sectors             text[] not null default '{}' check (cardinality(sectors) <= 20),
    topics              text[] not null default '{}' check (cardinality(topics) <= 20),
    substances          text[] not null default '{}' check (cardinality(substances) <= 20),
    refs                jsonb not null default '[]' check (jsonb_typeof(refs) = 'array'),
    translation_of      bigint references practices,
    evidence_rating     text,
    evidence_basis      text check (plain(evidence_basis, 4000)),
    evidence_by         bigint references members,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    submitted_at        timestamptz,
    published_at        timestamptz,
    submitted_version   bigint, -- the first that moderators have seen: earlier ones are the author's alone
    published_version   bigint, -- the first that readers have seen
    check (status = 'draft' or workspace_id is not null),
    check (status not in ('published', 'archived') or published_at is not null),
    check ((evidence_rating is null) = (evidence_by is null)),
    unique (author_id, external_key) -- over all authors it would tell of drafts that one may not see
);
create index practices_workspace on practices (workspace_id, coalesce(published_at, created_at) desc, id desc);
-- The order of every list: when it was published, drafts when they were begun.
create index practices_order on practices (coalesce(published_at, created_at) desc, id desc);
create index practices_sectors on practices using gin (sectors);
create index practices_topics on practices using gin (topics);
create index practices_substances on practices using gin (substances);
create index practices_author on practices (author_id, updated_at desc);
create index practices_translation on practices (translation_of) where translation_of is not null;
create index practices_country on practices (country);
create index practices_named on practices using gin (named) where named <> '{}';
create index practices_hidden_by on practices (hidden_by) where hidden_by is not null;
create index practices_evidence_by on practices (evidence_by) where evidence_by is not null;

create table practice_versions ( -- every saved version, as it was
    practice_id bigint not null references practices on delete cascade,
    version     bigint not null,
    editor      bigint not null references members,
    content     jsonb not null, -- the author's text, as the practice's columns hold it
    status      text not null,
    at          timestamptz not null default now(),
    primary key (practice_id, version)
);
create index practice_versions_editor on practice_versions (editor);

create table adoptions (
    id           bigint generated always as identity primary key,
    practice_id  bigint not null references practices on delete cascade,
    member_id    bigint not null references members,
    country      text not null references countries,
    organization text not null default '' check (plain(organization, 120)),
    year         int check (year between 1900 and 2100),
    result       text not null check (result in ('worked', 'mixed', 'failed', 'tried')),
    note         text not null default '' check (plain(note, 4000)),
    created_at   timestamptz not null default now()
);
create index adoptions_practice on adoptions (practice_id, id);
create index adoptions_member on adoptions (member_id);
create index adoptions_country on adoptions (country);
-- They are counted on every card: one member reports once for a country and year.
create unique index adoptions_once on adoptions (practice_id, member_id, country, coalesce(year, 0));

create table attachments (
    id          bigint generated always as identity primary key,
    practice_id bigint not null references practices on delete cascade,
    uploaded_by bigint not null references members,
    name        text not null check (name <> '' and plain(name, 200)),
    media_type  text not null check (media_type in ('application/pdf',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document')),
    size        bigint not null check (size > 0 and size <= 52428800),
    sha256      bytea not null check (octet_length(sha256) = 32), -- names the bytes in the store
    text_state  text not null default 'waiting' check (text_state in ('waiting', 'read', 'empty', 'failed')),
    text_error  text not null default '',
    claimed_until timestamptz, -- a node is reading its text
    created_at  timestamptz not null default now()
);
create index attachments_practice on attachments (practice_id, id);
create index attachments_waiting on attachments (id) where text_state = 'waiting';
create index attachments_sha256 on attachments (sha256);
create index attachments_uploaded_by on attachments (uploaded_by);

create table attachment_pages ( -- the text of each page, for the index and its snippets
    attachment_id bigint not null references attachments on delete cascade,
    page          int not null check (page > 0),
    text          text not null,
    primary key (attachment_id, page)
);

-- +goose Down
drop table attachment_pages, attachments, adoptions, practice_versions, practices, workspace_requests,
    workspace_members, workspaces;
