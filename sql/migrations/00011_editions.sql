-- +goose Up
-- A published practice is put right in small edits and grows by editions; watchers hear of editions.
alter table practices add column edition int not null default 1 check (edition > 0);
alter table practice_versions
    add column edition int not null default 1 check (edition > 0),
    add column why     text not null default '' check (plain(why, 500)); -- what changed, in the editor's words

create table practice_watches (
    practice_id bigint not null references practices on delete cascade,
    member_id   bigint not null references members on delete cascade,
    at          timestamptz not null default now(),
    primary key (practice_id, member_id)
);
create index practice_watches_member on practice_watches (member_id);

-- What a moderator, or a registry elsewhere, thinks of a practice's evidence, each time anew.
create table evidence_ratings (
    id          bigint generated always as identity primary key,
    practice_id bigint not null references practices on delete cascade,
    version     bigint not null,
    rating      text not null check (rating <> '' and plain(rating, 60)),
    basis       text not null default '' check (plain(basis, 4000)),
    answers     jsonb not null default '{}' check (jsonb_typeof(answers) = 'object'), -- to the scale's questions
    member_id   bigint not null references members,
    at          timestamptz not null default now()
);
create index evidence_ratings_practice on evidence_ratings (practice_id, id desc);
create index evidence_ratings_member on evidence_ratings (member_id);

create table registry_ratings ( -- in the words of the registry, never in ours
    id          bigint generated always as identity primary key,
    practice_id bigint not null references practices on delete cascade,
    registry    text not null check (registry <> '' and plain(registry, 120)),
    rating      text not null check (rating <> '' and plain(rating, 200)),
    url         text not null default '' check (plain(url, 2000)),
    year        int check (year between 1900 and 2100),
    member_id   bigint not null references members,
    at          timestamptz not null default now(),
    unique (practice_id, registry)
);
create index registry_ratings_member on registry_ratings (member_id);

-- When a published practice is to be looked at again; officers set for how long one is good.
alter table practices
    add column review_due_at    timestamptz,
    add column review_asked_at  timestamptz, -- its authors were asked whether it still holds
    add column review_passed_at timestamptz; -- they did not answer: its moderators were told
create index practices_review_due on practices (review_due_at) where status = 'published';
create table settings ( -- of the whole portal, set by officers
    name  text primary key check (name in ('review_months')),
    value text not null check (plain(value, 200))
);
update practices set review_due_at = published_at + interval '24 months' where published_at is not null;
insert into evidence_ratings (practice_id, version, rating, basis, member_id, at)
    select id, version, evidence_rating, coalesce(evidence_basis, ''), evidence_by, coalesce(published_at, updated_at)
    from practices where evidence_rating is not null;

-- +goose Down
drop table settings, registry_ratings, evidence_ratings, practice_watches;
drop index practices_review_due;
alter table practice_versions drop column why, drop column edition;
alter table practices drop column review_passed_at, drop column review_asked_at, drop column review_due_at, drop column edition;
