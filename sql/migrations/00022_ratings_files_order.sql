-- +goose Up
-- A file belongs to its practice, whose label it has; it may be what a report of use rests on.
alter table attachments add column adoption_id bigint references adoptions on delete cascade;
create index attachments_adoption on attachments (adoption_id) where adoption_id is not null;
alter table uploads add column adoption_id bigint references adoptions on delete cascade;
create index uploads_adoption on uploads (adoption_id) where adoption_id is not null;

-- A filtered library is read in its order from an index, however large it is; one that begins so serves
-- country's foreign key as well.
create index practices_country_order on practices (country, (coalesce(published_at, created_at)) desc, id desc);
drop index practices_country;
create index practices_language_order on practices (language, (coalesce(published_at, created_at)) desc, id desc);
create index practices_level_order on practices (level, (coalesce(published_at, created_at)) desc, id desc);
create index practices_evidence_order on practices (evidence_rating, (coalesce(published_at, created_at)) desc, id desc)
    where evidence_rating is not null;

-- What is judged is the practice, in whatever language it is read: a translation carries its original's
-- rating, so that lists, filters and counts need to know nothing of originals. The reasons stay with the
-- original, for its readers. Kept by the database itself, as the harvest is: whichever verb judges, takes
-- back or moves a practice, it cannot forget. A translation's own judgement shows while there is no other.
-- +goose StatementBegin
create function own_rating(practice bigint) returns evidence_ratings language sql stable as $$
    select r from evidence_ratings r where r.practice_id = practice order by r.id desc limit 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function take_rating() returns trigger language plpgsql as $$
declare
    original practices%rowtype;
    own evidence_ratings%rowtype;
begin
    select * into original from practices where id = new.translation_of;
    if original.evidence_rating is not null then
        new.evidence_rating = original.evidence_rating;
        new.evidence_basis = null;
        new.evidence_by = original.evidence_by;
    elsif tg_op = 'UPDATE' and new.translation_of is distinct from old.translation_of then
        own = own_rating(new.id);
        new.evidence_rating = own.rating;
        new.evidence_basis = own.basis;
        new.evidence_by = own.member_id;
    end if;
    return new;
end
$$;
-- +goose StatementEnd
create trigger practices_take_rating before insert on practices
    for each row when (new.translation_of is not null) execute function take_rating();
create trigger practices_keep_rating before update of translation_of, evidence_rating, evidence_basis, evidence_by on practices
    for each row when (new.translation_of is not null or old.translation_of is not null) execute function take_rating();

-- +goose StatementBegin
create function hand_rating() returns trigger language plpgsql as $$
begin
    if new.evidence_rating is not null then
        update practices set evidence_rating = new.evidence_rating, evidence_by = new.evidence_by where translation_of = new.id;
    else
        update practices t set evidence_rating = own.rating, evidence_basis = own.basis, evidence_by = own.member_id
        from practices same left join lateral own_rating(same.id) own on true
        where t.translation_of = new.id and same.id = t.id;
    end if;
    return null;
end
$$;
-- +goose StatementEnd
create trigger practices_hand_rating after update of evidence_rating, evidence_by on practices
    for each row when (new.translation_of is null
        and (old.evidence_rating, old.evidence_by) is distinct from (new.evidence_rating, new.evidence_by)) execute function hand_rating();

update practices t set evidence_rating = o.evidence_rating, evidence_by = o.evidence_by
from practices o where o.id = t.translation_of and o.evidence_rating is not null;

-- +goose Down
create index practices_country on practices (country);
drop index practices_evidence_order, practices_level_order, practices_language_order, practices_country_order;
drop trigger practices_hand_rating on practices;
drop trigger practices_keep_rating on practices;
drop trigger practices_take_rating on practices;
drop function hand_rating(), take_rating(), own_rating(bigint);
alter table uploads drop column adoption_id;
delete from attachments where adoption_id is not null;
alter table attachments drop column adoption_id;
