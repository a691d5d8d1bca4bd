-- +goose Up
-- The portal runs as praxis_portal, which owns nothing: it can neither alter a table nor touch
-- what has been written to the audit. Roles belong to the whole server, so several databases of
-- one server (and several nodes at once) may come here together.
-- +goose StatementBegin
do $$
begin
    perform pg_advisory_xact_lock(hashtext('praxis roles'));
    if not exists (select from pg_roles where rolname = 'praxis_portal') then
        create role praxis_portal nologin;
    end if;
exception when insufficient_privilege or duplicate_object or unique_violation then
    raise notice 'role praxis_portal was not made: %', sqlerrm;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
do $$
begin
    perform pg_advisory_xact_lock(hashtext('praxis roles'));
    if not pg_has_role(current_user, 'praxis_portal', 'member') then
        execute format('grant praxis_portal to %I', current_user);
    end if;
exception when insufficient_privilege or undefined_object then
    raise notice 'role praxis_portal was not granted: %', sqlerrm;
end
$$;
-- +goose StatementEnd

-- A text without control characters other than line ends and tabs.
create function plain(value text, longest int) returns boolean
    language sql immutable parallel safe
    return char_length(value) <= longest and value !~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]';

-- +goose Down
drop function plain;
