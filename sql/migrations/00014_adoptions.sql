-- +goose Up
-- A report says more of itself, and a second member can stand behind it.
alter table adoptions
    add column month        int check (month between 1 and 12),
    add column level        text not null default '' check (level in ('', 'local', 'state', 'federal', 'international')),
    add column adapted      text not null default '' check (plain(adapted, 4000)), -- what was done otherwise than the practice says
    add column took         text not null default '' check (plain(took, 2000)), -- money, people, time
    add column links        text[] not null default '{}' check (cardinality(links) <= 5),
    add column confirmed_by bigint references members on delete set null,
    add column confirmed_at timestamptz,
    add constraint adoptions_month_of_year check (month is null or year is not null),
    add constraint adoptions_second check (confirmed_by is null or confirmed_by <> member_id);
create index adoptions_confirmed_by on adoptions (confirmed_by) where confirmed_by is not null;
-- Of an organization, whose name members write as they like.
create index adoptions_organization on adoptions (lower(organization)) where organization <> '';
create index practices_organization on practices (lower(organization)) where organization <> '';
create index adoptions_year on adoptions (year, id desc);

-- When she was here last, and before that: what is new since then is marked for her.
alter table members
    add column visited_at        timestamptz,
    add column previous_visit_at timestamptz;

-- +goose Down
alter table members drop column previous_visit_at, drop column visited_at;
drop index adoptions_year, practices_organization, adoptions_organization, adoptions_confirmed_by;
alter table adoptions drop column confirmed_at, drop column confirmed_by, drop column links, drop column took,
    drop column adapted, drop column level, drop column month; -- and their checks with them
