-- +goose Up
create table cases (
    id           bigint generated always as identity primary key,
    kind         text not null check (kind in ('submission', 'flag')),
    target_kind  text not null check (target_kind in ('practice', 'thread', 'post')),
    target_id    bigint not null,
    practice_id  bigint references practices on delete cascade, -- where the target lives
    thread_id    bigint references threads on delete cascade,
    workspace_id bigint not null references workspaces,
    escalated_at timestamptz,
    opened_at    timestamptz not null default now(),
    closed_at    timestamptz,
    closed_by    bigint references members,
    outcome      text,
    check (num_nonnulls(practice_id, thread_id) = 1),
    check ((closed_at is null) = (outcome is null))
);
-- One open case a thing: flags on the same item gather in it.
create unique index cases_open on cases (kind, target_kind, target_id) where closed_at is null;
create index cases_queue on cases (opened_at, id) where closed_at is null;
create index cases_workspace on cases (workspace_id, opened_at);
create index cases_target on cases (target_kind, target_id);
create index cases_practice on cases (practice_id) where practice_id is not null;
create index cases_thread on cases (thread_id) where thread_id is not null;
create index cases_closed_by on cases (closed_by) where closed_by is not null;

create table case_actions (
    id      bigint generated always as identity primary key,
    case_id bigint not null references cases on delete cascade,
    actor   bigint not null references members,
    action  text not null check (action in ('approve', 'request_changes', 'reject', 'hide', 'keep', 'relabel', 'escalate', 'withdraw')),
    note    text not null default '' check (plain(note, 4000)),
    at      timestamptz not null default now()
);
create index case_actions_case on case_actions (case_id, id);
create index case_actions_actor on case_actions (actor);

create table flags (
    id        bigint generated always as identity primary key,
    case_id   bigint not null references cases on delete cascade,
    member_id bigint not null references members on delete cascade,
    reason    text not null check (reason in ('wrong_handling', 'names_a_person', 'harmful', 'off_topic', 'spam', 'other')),
    note      text not null default '' check (plain(note, 4000)),
    at        timestamptz not null default now(),
    unique (case_id, member_id)
);
create index flags_member on flags (member_id);

create table notifications (
    id           bigint generated always as identity primary key,
    member_id    bigint not null references members on delete cascade,
    kind         text not null check (kind ~ '^[a-z_]+$'),
    actor        bigint references members on delete set null,
    thread_id    bigint references threads on delete cascade,
    post_id      bigint references posts on delete cascade,
    practice_id  bigint references practices on delete cascade,
    workspace_id bigint references workspaces on delete cascade,
    case_id      bigint references cases on delete cascade,
    note         text not null default '' check (plain(note, 4000)),
    event        bigint not null, -- id of the event that it tells of: told once, however often a node dies
    created_at   timestamptz not null default now(),
    read_at      timestamptz,
    unique (member_id, event)
);
create index notifications_unread on notifications (member_id) where read_at is null;
create index notifications_member on notifications (member_id, id desc);
create index notifications_actor on notifications (actor) where actor is not null;
create index notifications_thread on notifications (thread_id) where thread_id is not null;
create index notifications_post on notifications (post_id) where post_id is not null;
create index notifications_practice on notifications (practice_id) where practice_id is not null;
create index notifications_workspace on notifications (workspace_id) where workspace_id is not null;
create index notifications_case on notifications (case_id) where case_id is not null;

create table mails ( -- waiting to be sent; the text is made when it is sent, never kept
    id         bigint generated always as identity primary key,
    recipient  text not null,
    locale     text not null,
    template   text not null,
    data       jsonb not null,
    attempts   int not null default 0,
    due_at     timestamptz not null default now(),
    last_error text not null default '',
    created_at timestamptz not null default now()
);
create index mails_due on mails (due_at);

-- +goose Down
drop table mails, notifications, flags, case_actions, cases;
