-- +goose Up
-- What was decided over a report, a file or a reading list stays readable when the thing is taken away: its
-- closed cases keep its name and whose it was, and go on lying where it did. An open one goes with it.
alter table cases
    add column gone text, -- the name of what was taken away; null while it is there
    add column gone_makers bigint[], -- whose work it was, the owner first
    add column gone_label text, -- a reading list's label, by which its cases are seen still
    drop constraint cases_place,
    drop constraint cases_thing,
    add constraint cases_place check (num_nonnulls(practice_id, thread_id, collection_id, member_id) = case when gone is not null and target_kind = 'collection' then 0 else 1 end),
    add constraint cases_thing check ((target_kind = 'adoption' and gone is null) = (adoption_id is not null)
        and (target_kind = 'attachment' and gone is null) = (attachment_id is not null) and (target_kind = 'collection' and gone is null) = (collection_id is not null)
        and (target_kind = 'member') = (member_id is not null)),
    add constraint cases_gone check (gone is null or closed_at is not null and target_kind in ('adoption', 'attachment', 'collection'));
create index cases_gone_owner on cases ((gone_makers[1])) where gone is not null;

alter table cases drop constraint cases_target, add constraint cases_target check (case target_kind
    when 'practice' then practice_id is not distinct from target_id
    when 'thread' then thread_id is not distinct from target_id
    when 'post' then thread_id is not null
    when 'adoption' then practice_id is not null and (gone is not null or adoption_id is not distinct from target_id)
    when 'attachment' then practice_id is not null and (gone is not null or attachment_id is not distinct from target_id)
    when 'collection' then gone is not null or collection_id is not distinct from target_id
    else member_id is not distinct from target_id end) not valid;
-- As before: what lies wrong already stays, and binds nobody.
-- +goose StatementBegin
do $$
begin
    alter table cases validate constraint cases_target;
exception when check_violation then
    raise warning 'some cases are about what is gone; the constraint cases_target holds for new ones';
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function cases_outlive() returns trigger language plpgsql as $$
begin
    case tg_table_name
    when 'adoptions' then
        update cases set gone = '', gone_makers = array[old.member_id], adoption_id = null where adoption_id = old.id and closed_at is not null;
    when 'attachments' then
        update cases set gone = old.name, gone_makers = array[old.uploaded_by], attachment_id = null where attachment_id = old.id and closed_at is not null;
    else
        update cases set gone = old.title, gone_makers = array_remove(old.created_by || old.written_by, null), gone_label = old.handling, collection_id = null where collection_id = old.id and closed_at is not null;
    end case;
    return old;
end
$$;
-- +goose StatementEnd
create trigger adoptions_outlived before delete on adoptions for each row execute function cases_outlive();
create trigger attachments_outlived before delete on attachments for each row execute function cases_outlive();
create trigger collections_outlived before delete on collections for each row execute function cases_outlive();

-- +goose Down
drop trigger collections_outlived on collections;
drop trigger attachments_outlived on attachments;
drop trigger adoptions_outlived on adoptions;
drop function cases_outlive();
delete from cases where gone is not null;
alter table cases drop constraint cases_target, add constraint cases_target check (case target_kind
    when 'practice' then practice_id is not distinct from target_id
    when 'thread' then thread_id is not distinct from target_id
    when 'post' then thread_id is not null
    when 'adoption' then practice_id is not null and adoption_id is not distinct from target_id
    when 'attachment' then practice_id is not null and attachment_id is not distinct from target_id
    when 'collection' then collection_id is not distinct from target_id
    else member_id is not distinct from target_id end) not valid;
alter table cases
    drop constraint cases_gone, drop constraint cases_thing, drop constraint cases_place,
    drop column gone_label, drop column gone_makers, drop column gone,
    add constraint cases_place check (num_nonnulls(practice_id, thread_id, collection_id, member_id) = 1),
    add constraint cases_thing check ((target_kind = 'adoption') = (adoption_id is not null)
        and (target_kind = 'attachment') = (attachment_id is not null) and (target_kind = 'collection') = (collection_id is not null)
        and (target_kind = 'member') = (member_id is not null));
