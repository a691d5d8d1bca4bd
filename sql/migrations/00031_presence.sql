-- +goose Up
-- Whether others are told that she reads or writes, and she of them. The programs of before tell of everybody.
alter table members add column presence boolean not null default true;

-- +goose Down
alter table members drop column presence;
