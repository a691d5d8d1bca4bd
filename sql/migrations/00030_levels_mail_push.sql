-- +goose Up
-- How closely a member follows a thread, a practice, a workspace. What is nearer wins: her level of the thread, else of
-- the practice that it is about, else of its workspace, else normal.
alter table watches drop constraint watches_level_check,
    add constraint watches_level_check check (level in ('watching', 'tracking', 'normal', 'muted'));
alter table practice_watches add column level text not null default 'watching'
    constraint practice_watches_level_check check (level in ('watching', 'tracking', 'normal', 'muted'));
create table workspace_watches (
    workspace_id bigint not null references workspaces on delete cascade,
    member_id    bigint not null references members on delete cascade,
    level        text   not null check (level in ('watching', 'tracking', 'normal', 'muted')),
    at           timestamptz not null default now(), -- what is older is not unread by it
    primary key (workspace_id, member_id)
);
create index workspace_watches_member on workspace_watches (member_id);

-- When a member wants mail; who has no row has the defaults. Hours and days are hers, in her time zone.
create table mail_settings (
    member_id  bigint primary key references members on delete cascade,
    mode       text     not null default 'daily' check (mode in ('off', 'at_once', 'daily', 'weekly')),
    hour       smallint not null default 7 check (hour between 0 and 23),
    weekday    smallint not null default 1 check (weekday between 1 and 7), -- 1 is Monday
    quiet_from smallint check (quiet_from between 0 and 23),
    quiet_to   smallint check (quiet_to between 0 and 23),
    bounces    integer  not null default 0 check (bounces >= 0), -- hard ones since she last saved this
    saved_at   timestamptz not null default now(),
    check (case when quiet_from is null then quiet_to is null else quiet_to is not null and quiet_from <> quiet_to end)
);

-- Who is to get a mail of what is new, and when: a row for each member with notifications that no mail has told of.
create table mail_due (
    member_id bigint primary key references members on delete cascade,
    due_at    timestamptz not null
);
create index mail_due_at on mail_due (due_at);

-- When a mail told of it; all that stands here already counts as told.
alter table notifications add column mailed_at timestamptz default now();
alter table notifications alter column mailed_at drop default;

-- A mail has a moment of its own at which it is due next: due_at is what programs before this migration look at, and
-- is infinity on rows that are not theirs to send. handed_at stands from just before a server may have taken it until
-- what became of it is known.
alter table mails
    add column member_id  bigint references members on delete cascade,
    add column next_at    timestamptz,
    add column handed_at  timestamptz,
    add column done_at    timestamptz,
    add column outcome    text not null default '' check (outcome in ('', 'sent', 'failed', 'unsure', 'dropped')),
    add column bounced_at timestamptz,
    add constraint mails_done_check check ((done_at is null) = (outcome = ''));
create index mails_member on mails (member_id);
create index mails_next on mails ((coalesce(next_at, due_at))) where done_at is null;
create index mails_done on mails (done_at) where done_at is not null;

-- The link of a mail of which nobody knows whether it arrived goes on working beside that of the mail sent in its stead.
alter table invitations add column earlier_hash bytea unique check (octet_length(earlier_hash) = 32);

-- Browsers that show a member's notifications; one ends with the session that asked for it.
create table push_subscriptions (
    id         bigint generated always as identity primary key,
    member_id  bigint not null references members on delete cascade,
    session_id bigint not null references sessions on delete cascade,
    endpoint   text   not null unique check (endpoint like 'https://%' and char_length(endpoint) <= 1000),
    p256dh     text   not null check (char_length(p256dh) <= 100),
    auth       text   not null check (char_length(auth) <= 40),
    created_at timestamptz not null default now()
);
create index push_subscriptions_member on push_subscriptions (member_id);
create index push_subscriptions_session on push_subscriptions (session_id);
create table pushes (
    id              bigint generated always as identity primary key,
    subscription_id bigint not null references push_subscriptions on delete cascade,
    notification_id bigint not null references notifications on delete cascade,
    attempts        integer not null default 0,
    due_at          timestamptz not null default now(),
    created_at      timestamptz not null default now(),
    unique (subscription_id, notification_id)
);
create index pushes_due on pushes (due_at);
create index pushes_notification on pushes (notification_id);

-- The private address of a member's feed, as its SHA-256.
create table feed_tokens (
    member_id  bigint primary key references members on delete cascade,
    hash       bytea  not null unique check (octet_length(hash) = 32),
    created_at timestamptz not null default now()
);

-- +goose Down
drop table feed_tokens, pushes, push_subscriptions, mail_due, mail_settings, workspace_watches;
alter table invitations drop column earlier_hash;
drop index mails_done;
drop index mails_next;
delete from mails where done_at is not null or due_at = 'infinity';
alter table mails drop column member_id, drop column next_at, drop column handed_at, drop column done_at, drop column outcome, drop column bounced_at;
alter table notifications drop column mailed_at;
delete from practice_watches where level <> 'watching';
alter table practice_watches drop column level;
update watches set level = 'normal' where level = 'tracking';
alter table watches drop constraint watches_level_check,
    add constraint watches_level_check check (level in ('watching', 'normal', 'muted'));
