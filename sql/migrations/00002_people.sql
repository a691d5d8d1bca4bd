-- +goose Up
create table countries (
    code       text primary key check (code ~ '^[A-Z]{2}$'),
    region     text not null,
    subregion  text not null,
    names      jsonb not null check (names ? 'en'),
    member     boolean not null,
    membership text not null check (membership in ('yes', 'likely', 'no')),
    source     text not null check (source <> ''),
    updated_at timestamptz not null default now()
);

create table organizations (
    code       text primary key check (code ~ '^[A-Z0-9-]{2,16}$'),
    name       text not null check (name <> ''),
    names      jsonb not null default '{}',
    type       text not null,
    seat       text not null,
    member     boolean not null,
    membership text not null check (membership in ('yes', 'likely', 'no')),
    source     text not null check (source <> ''),
    updated_at timestamptz not null default now()
);

create table members (
    id                bigint generated always as identity primary key,
    email             text not null check (email = lower(email) and char_length(email) <= 254),
    name              text not null check (name <> '' and plain(name, 120)),
    country           text not null references countries,
    organization      text references organizations,
    organization_text text not null default '' check (plain(organization_text, 120)),
    sector            text not null default '' check (plain(sector, 60)),
    expertise         text not null default '' check (plain(expertise, 300)),
    bio               text not null default '' check (plain(bio, 2000)),
    locale            text not null default 'en' check (char_length(locale) between 2 and 12),
    time_zone         text not null default 'UTC' check (char_length(time_zone) <= 64),
    programme         text not null default '' check (plain(programme, 60)),
    year              int check (year between 1940 and 2100),
    officer           boolean not null default false,
    suspended         boolean not null default false,
    password          text, -- argon2id, PHC string; null until the invitation is accepted
    sharing           jsonb not null default '{"organization":true,"expertise":true,"bio":true,"programme":true}',
    version           bigint not null default 1,
    created_at        timestamptz not null default now()
);
create unique index members_email on members (email);
create index members_officer on members (id) where officer;
create index members_country on members (country, id);
create index members_name on members (lower(name), id);
create index members_organization on members (organization) where organization is not null;

create table sessions (
    id         bigint generated always as identity primary key,
    hash       bytea not null unique check (octet_length(hash) = 32), -- SHA-256 of the token
    member_id  bigint not null references members on delete cascade,
    kind       text not null check (kind in ('browser', 'api')),
    agent      text not null default '' check (char_length(agent) <= 300),
    address    text not null default '' check (char_length(address) <= 64),
    created_at timestamptz not null default now(),
    last_seen  timestamptz not null default now(),
    expires_at timestamptz not null
);
create index sessions_member on sessions (member_id);
create index sessions_expiry on sessions (expires_at);

create table tokens ( -- personal access tokens
    id         bigint generated always as identity primary key,
    hash       bytea not null unique check (octet_length(hash) = 32),
    member_id  bigint not null references members on delete cascade,
    name       text not null check (name <> '' and plain(name, 120)),
    scopes     text[] not null check (scopes <@ array['read', 'write', 'moderate'] and cardinality(scopes) > 0),
    created_at timestamptz not null default now(),
    last_used  timestamptz,
    expires_at timestamptz not null
);
create index tokens_member on tokens (member_id);
create index tokens_expiry on tokens (expires_at);

create table invitations ( -- also one-time links to set a password anew
    id          bigint generated always as identity primary key,
    hash        bytea not null unique check (octet_length(hash) = 32),
    email       text not null check (email = lower(email)),
    member_id   bigint references members on delete cascade, -- set: a link for this member
    name        text not null check (name <> '' and plain(name, 120)),
    country     text not null references countries,
    programme   text not null default '',
    year        int,
    locale      text not null default 'en',
    officer     boolean not null default false,
    workspaces  bigint[] not null default '{}',
    invited_by  bigint references members on delete set null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    accepted_at timestamptz
);
create index invitations_email on invitations (email);
create index invitations_member on invitations (member_id) where member_id is not null;
create index invitations_invited_by on invitations (invited_by);
create index invitations_country on invitations (country);
create index invitations_expiry on invitations (expires_at);

create table sign_in_failures ( -- slows guessing, per account and per address
    key          bytea primary key,
    failures     int not null,
    last_at      timestamptz not null,
    locked_until timestamptz not null,
    free         bigint not null, -- failures before it is slowed
    longest      float8 not null, -- seconds that it is locked at most
    refused      boolean not null default false -- what the last attempt was answered
);
create index sign_in_failures_last on sign_in_failures (last_at);

create table idempotency_keys (
    owner      text not null, -- "m:12", or a hash of the address for visitors
    key        text not null check (char_length(key) between 1 and 200),
    request    bytea not null, -- SHA-256 of method, path and body
    status     int,            -- null while the first request is under way
    headers    jsonb,
    body       bytea check (octet_length(body) <= 1048576),
    done_kind  text,           -- what it did, from the same commit on: it is not done again, whatever became of the answer
    done_id    bigint,
    created_at timestamptz not null default now(),
    primary key (owner, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- +goose Down
drop table idempotency_keys, sign_in_failures, invitations, tokens, sessions, members, organizations, countries;
