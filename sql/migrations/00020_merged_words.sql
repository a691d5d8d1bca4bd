-- +goose Up
-- Translations move with a merged practice, too. The version of the original that each of them says
-- is kept: of the other practice they say none.
alter table merges
    add column translations        bigint[] not null default '{}',
    add column translated_versions bigint[] not null default '{}',
    add check (cardinality(translations) = cardinality(translated_versions));

-- A thread that is opened about a merged practice is about the one that lives on. The row is locked
-- against a merge that is under way.
-- +goose StatementBegin
create function follow_merge() returns trigger language plpgsql as $$
declare
    into_id bigint;
begin
    loop
        select merged_into into into_id from practices where id = new.practice_id for share;
        exit when into_id is null;
        new.practice_id := into_id;
    end loop;
    return new;
end
$$;
-- +goose StatementEnd
create trigger threads_follow_merge before insert on threads
    for each row when (new.practice_id is not null) execute function follow_merge();

-- +goose Down
drop trigger threads_follow_merge on threads;
drop function follow_merge;
alter table merges drop column translated_versions, drop column translations; -- and their check with them
