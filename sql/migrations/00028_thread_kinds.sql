-- +goose Up
-- What a thread is for: to talk, to ask, to tell everybody of a workspace, or to meet for an hour.
alter table threads
    add column kind           text        not null default 'discussion' check (kind in ('discussion', 'question', 'announcement', 'session')),
    add column sectors        text[]      not null default '{}' check (cardinality(sectors) <= 20), -- whose expertise a question asks for
    add column answer_post_id bigint      references posts, -- in this thread
    add column answered_by    bigint references members,
    add column answered_at    timestamptz,
    add column summary        text        not null default '' check (plain(summary, 5000)),
    add column summary_by     bigint references members,
    add column summary_at     timestamptz,
    add column slow_seconds   integer     not null default 0 check (slow_seconds between 0 and 86400),
    add column starts_at      timestamptz,
    add column ends_at        timestamptz,
    add column host_id        bigint references members,
    add constraint threads_answer_check check ((answer_post_id is null) = (answered_by is null) and (answer_post_id is null) = (answered_at is null)
        and (answer_post_id is null or kind = 'question')),
    add constraint threads_summary_at_check check ((summary = '') = (summary_at is null) and (summary_by is null) = (summary_at is null)),
    add constraint threads_session check (num_nonnulls(starts_at, ends_at, host_id) = case kind when 'session' then 3 else 0 end
        and ends_at > starts_at and ends_at <= starts_at + interval '24 hours');
create index threads_answer on threads (answer_post_id) where answer_post_id is not null;
create index threads_answered_by on threads (answered_by) where answered_by is not null;
create index threads_summary_by on threads (summary_by) where summary_by is not null;
create index threads_host on threads (host_id) where host_id is not null;
create index threads_open_questions on threads (last_post_at desc, id desc) where kind = 'question' and answer_post_id is null and not closed;
create index threads_sessions on threads (ends_at) where kind = 'session';

-- A post may put a question to a session, and may have come from another thread.
alter table posts
    add column asks       boolean not null default false,
    add column moved_from bigint check (moved_from > 0); -- a number to remember: that thread may be gone
create index posts_asks on posts (thread_id) where asks;
create index posts_dated on posts (thread_id, created_at, number);

create table post_votes (
    post_id   bigint      not null references posts on delete cascade,
    member_id bigint      not null references members on delete cascade,
    at        timestamptz not null default now(),
    primary key (post_id, member_id)
);
create index post_votes_member on post_votes (member_id);

-- Where a thread went that was merged into another: it is no more, and its address leads there.
create table thread_moves (
    id      bigint      primary key check (id > 0),
    into_id bigint      not null references threads on delete cascade,
    at      timestamptz not null default now()
);
create index thread_moves_into on thread_moves (into_id);

-- Events of a post that moves are judged by the thread where it is now, whichever program reads them.
grant update (thread_id) on events to praxis_portal;
create index events_post on events (entity_id) where entity_kind = 'post';

-- +goose Down
drop index events_post;
revoke update (thread_id) on events from praxis_portal;
drop table thread_moves, post_votes;
drop index posts_dated, posts_asks;
alter table posts drop column asks, drop column moved_from;
alter table threads
    drop column kind, drop column sectors, drop column answer_post_id, drop column answered_by, drop column answered_at,
    drop column summary, drop column summary_by, drop column summary_at, drop column slow_seconds,
    drop column starts_at, drop column ends_at, drop column host_id;
