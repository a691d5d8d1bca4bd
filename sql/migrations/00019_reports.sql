-- +goose Up
-- Searches that found nothing, for the officers' reports: how often words were asked for on a day. Of
-- who asked nothing is kept.
create table empty_searches (
    day      date not null,
    language text not null check (char_length(language) <= 12), -- of the pages of who asked
    query    text not null check (query <> '' and plain(query, 200)), -- folded
    times    integer not null check (times > 0),
    primary key (day, language, query)
);
-- Reports are of a period.
create index cases_opened on cases (opened_at) where kind = 'submission';
create index cases_closed on cases (closed_at) where closed_at is not null;
create index case_actions_at on case_actions (at);
create index adoptions_created on adoptions (created_at);
create index audit_archived on audit (at) where action = 'practice.archive';
-- These grow in the order of time, so the small kind of index finds a period: it costs whoever writes nothing.
create index posts_created on posts using brin (created_at);
create index practice_versions_at on practice_versions using brin (at);
create index reactions_at on reactions using brin (at);

-- +goose Down
drop index reactions_at;
drop index practice_versions_at;
drop index posts_created;
drop index audit_archived;
drop index adoptions_created;
drop index case_actions_at;
drop index cases_closed;
drop index cases_opened;
drop table empty_searches;
