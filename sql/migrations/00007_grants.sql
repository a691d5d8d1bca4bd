-- +goose Up
-- What the portal's own role may do. Audit and chain: read and add. The log: give a position and
-- let old rows go. Nothing that it owns, so nothing that it can alter.
-- +goose StatementBegin
do $$
begin
    if not exists (select from pg_roles where rolname = 'praxis_portal') then
        return;
    end if;
    execute format('grant usage on schema %I to praxis_portal', current_schema());
    execute format('grant select, insert, update, delete on all tables in schema %I to praxis_portal', current_schema());
    execute format('grant usage on all sequences in schema %I to praxis_portal', current_schema());
    revoke update, delete on audit, audit_chain from praxis_portal;
    revoke update on events from praxis_portal;
    grant update (position) on events to praxis_portal;
    revoke insert, delete on log_state from praxis_portal;
    revoke insert, update, delete on goose_db_version from praxis_portal;
end
$$;
-- +goose StatementEnd

-- +goose Down
select 1;
