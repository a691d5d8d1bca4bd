-- +goose Up
-- A file of a report lies where its report does: else it would have the label of another practice. Where a
-- merge moves a report, its files and unfinished uploads go with it by themselves.
update attachments a set practice_id = d.practice_id from adoptions d where d.id = a.adoption_id and d.practice_id <> a.practice_id;
update uploads u set practice_id = d.practice_id from adoptions d where d.id = u.adoption_id and d.practice_id <> u.practice_id;
alter table adoptions add constraint adoptions_of_practice unique (id, practice_id);
create index attachments_report on attachments (adoption_id, practice_id) where adoption_id is not null;
create index uploads_report on uploads (adoption_id, practice_id) where adoption_id is not null;
alter table attachments add constraint attachments_of_report foreign key (adoption_id, practice_id)
    references adoptions (id, practice_id) on update cascade on delete cascade not valid;
alter table attachments validate constraint attachments_of_report;
alter table attachments drop constraint attachments_adoption_id_fkey; -- which said less
drop index attachments_adoption;
alter table uploads add constraint uploads_of_report foreign key (adoption_id, practice_id)
    references adoptions (id, practice_id) on update cascade on delete cascade not valid;
alter table uploads validate constraint uploads_of_report;
alter table uploads drop constraint uploads_adoption_id_fkey;
drop index uploads_adoption;

-- And so does a case over a report or a file, whichever verb moves them: the moderators of the place decide.
-- Who had claimed it may be none of them, so a claim ends on the way to another workspace.
-- +goose StatementBegin
create function cases_follow() returns trigger language plpgsql as $$
declare
    room bigint := (select workspace_id from practices where id = new.practice_id);
begin
    if tg_table_name = 'adoptions' then
        update cases set practice_id = new.practice_id, workspace_id = coalesce(room, workspace_id),
            claimed_by = case when workspace_id = room then claimed_by end, claimed_until = case when workspace_id = room then claimed_until end
            where adoption_id = new.id;
    else
        update cases set practice_id = new.practice_id, workspace_id = coalesce(room, workspace_id),
            claimed_by = case when workspace_id = room then claimed_by end, claimed_until = case when workspace_id = room then claimed_until end
            where attachment_id = new.id;
    end if;
    return null;
end
$$;
-- +goose StatementEnd
create trigger adoptions_cases after update of practice_id on adoptions
    for each row when (old.practice_id <> new.practice_id) execute function cases_follow();
create trigger attachments_cases after update of practice_id on attachments
    for each row when (old.practice_id <> new.practice_id) execute function cases_follow();
update cases c set practice_id = p.id, workspace_id = coalesce(p.workspace_id, c.workspace_id)
from adoptions d join practices p on p.id = d.practice_id
where c.adoption_id = d.id and (c.practice_id <> p.id or c.workspace_id <> p.workspace_id);
update cases c set practice_id = p.id, workspace_id = coalesce(p.workspace_id, c.workspace_id)
from attachments f join practices p on p.id = f.practice_id
where c.attachment_id = f.id and (c.practice_id <> p.id or c.workspace_id <> p.workspace_id);

-- Whoever wrote in a reading list does not decide over it, as whoever made it does not.
alter table collections add column written_by bigint[] not null default '{}';
update collections c set written_by = array(select distinct a.actor from audit a
    where a.action in ('collection.create', 'collection.update') and a.target_kind = 'collection' and a.target_id = c.id and a.actor is not null order by 1);

-- +goose Down
alter table collections drop column written_by;
drop trigger attachments_cases on attachments;
drop trigger adoptions_cases on adoptions;
drop function cases_follow();
create index uploads_adoption on uploads (adoption_id) where adoption_id is not null;
create index attachments_adoption on attachments (adoption_id) where adoption_id is not null;
alter table uploads
    add constraint uploads_adoption_id_fkey foreign key (adoption_id) references adoptions on delete cascade,
    drop constraint uploads_of_report;
alter table attachments
    add constraint attachments_adoption_id_fkey foreign key (adoption_id) references adoptions on delete cascade,
    drop constraint attachments_of_report;
drop index uploads_report, attachments_report;
alter table adoptions drop constraint adoptions_of_practice;
