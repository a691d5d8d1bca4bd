-- +goose Up
-- What the code never writes, the database refuses. An answer is to a post of its own thread: whoever
-- reads one thread would otherwise be shown words of another, whose label may be stricter.
update posts p set reply_to = null where reply_to is not null
    and not exists (select from posts q where q.id = p.reply_to and q.thread_id = p.thread_id);
create unique index posts_of_thread on posts (thread_id, id);
create index posts_answer on posts (reply_to, thread_id) where reply_to is not null;
alter table posts
    add constraint posts_of_thread unique using index posts_of_thread,
    add constraint posts_answer_in_thread foreign key (thread_id, reply_to) references posts (thread_id, id) not valid;
alter table posts validate constraint posts_answer_in_thread;
alter table posts drop constraint posts_reply_to_fkey; -- which said less
drop index posts_reply;

-- A case lies where what it is about does: that decides over who may decide.
update cases set practice_id = target_id where target_kind = 'practice' and practice_id <> target_id
    and exists (select from practices where id = target_id);
update cases set thread_id = target_id where target_kind = 'thread' and thread_id <> target_id
    and exists (select from threads where id = target_id);
alter table cases add constraint cases_target check (case target_kind
    when 'practice' then practice_id is not distinct from target_id
    when 'thread' then thread_id is not distinct from target_id
    when 'post' then thread_id is not null
    when 'adoption' then practice_id is not null and adoption_id is not distinct from target_id
    when 'attachment' then practice_id is not null and attachment_id is not distinct from target_id
    when 'collection' then collection_id is not distinct from target_id
    else member_id is not distinct from target_id end) not valid;
-- What lies wrong and cannot be put right, as what it is about is gone, stays and binds nobody.
-- +goose StatementBegin
do $$
begin
    alter table cases validate constraint cases_target;
exception when check_violation then
    raise warning 'some cases are about what is gone; the constraint cases_target holds for new ones';
end
$$;
-- +goose StatementEnd

-- events.audit_id refers to nothing on purpose. An event and its audit row come in one statement, the
-- busiest there is; a foreign key would look the audit row up and lock it once for each event, in a
-- table whose rows nobody may touch, and want an index on a queue whose rows are swept after a while.
-- That no audit row is left out of the log is found by the chain (praxis doctor).

-- +goose Down
alter table cases drop constraint cases_target;
create index posts_reply on posts (reply_to) where reply_to is not null;
alter table posts
    add constraint posts_reply_to_fkey foreign key (reply_to) references posts,
    drop constraint posts_answer_in_thread;
drop index posts_answer;
alter table posts drop constraint posts_of_thread;
