-- +goose Up
-- The thesaurus: concepts with their names in many languages. A concept that was removed keeps its key, so
-- that the seed of a later version does not bring it back.
create table concepts (
    id         bigint generated always as identity primary key,
    key        text not null unique check (key ~ '^[a-z0-9_]{1,64}$'),
    broader_id bigint references concepts check (broader_id <> id),
    note       text not null default '' check (char_length(note) <= 2000),
    version    bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    removed_at timestamptz
);
create index concepts_broader on concepts (broader_id) where broader_id is not null;

create table concept_names (
    concept_id bigint not null references concepts on delete cascade,
    language   text not null check (char_length(language) between 2 and 35),
    place      integer not null check (place >= 0), -- the first is the preferred one
    name       text not null check (char_length(name) between 1 and 120),
    ordinary   boolean not null default false, -- it is an ordinary word, too, like "ice"
    primary key (concept_id, language, place),
    unique (concept_id, language, name)
);

create table concept_related ( -- each pair once, the lesser first
    concept_id bigint not null references concepts on delete cascade,
    related_id bigint not null references concepts on delete cascade check (related_id > concept_id),
    primary key (concept_id, related_id)
);
create index concept_related_back on concept_related (related_id);

-- +goose Down
drop table concept_related, concept_names, concepts;
