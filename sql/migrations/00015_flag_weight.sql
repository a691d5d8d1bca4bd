-- +goose Up
-- Flags of those whose earlier flags were mostly unfounded weigh less: a case that only they opened
-- is light, and waits behind the others.
alter table flags add column weight real not null default 1 check (weight > 0 and weight <= 1);
alter table cases add column light boolean not null default false;
create index cases_order on cases (light, opened_at, id) where closed_at is null;
drop index cases_queue;

-- +goose Down
create index cases_queue on cases (opened_at, id) where closed_at is null;
drop index cases_order;
alter table cases drop column light;
alter table flags drop column weight;
