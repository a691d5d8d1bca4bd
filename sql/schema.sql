-- Made from sql/migrations by `make schema`; not to be edited.

CREATE FUNCTION public.append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

CREATE FUNCTION public.cases_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.cases_outlive() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.follow_merge() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.hand_rating() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.keep_harvest() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    p practices%rowtype;
begin
    select * into p from practices where id = coalesce(new.id, old.id);
    if found and p.handling = 'clear' and p.stage = 'open' then
        insert into harvest (practice_id, changed_at, gone, workspace_id, sectors)
        values (p.id, clock_timestamp(), false, p.workspace_id, p.sectors)
        on conflict (practice_id) do update set changed_at = excluded.changed_at, gone = false,
            workspace_id = excluded.workspace_id, sectors = excluded.sectors;
    else
        update harvest set changed_at = clock_timestamp(), gone = true where practice_id = coalesce(new.id, old.id) and not gone;
    end if;
    return null;
end
$$;

CREATE FUNCTION public.plain(value text, longest integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((char_length(value) <= longest) AND (value !~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]'::text));

CREATE TABLE public.evidence_ratings (
    id bigint NOT NULL,
    practice_id bigint NOT NULL,
    version bigint NOT NULL,
    rating text NOT NULL,
    basis text DEFAULT ''::text NOT NULL,
    answers jsonb DEFAULT '{}'::jsonb NOT NULL,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT evidence_ratings_answers_check CHECK ((jsonb_typeof(answers) = 'object'::text)),
    CONSTRAINT evidence_ratings_basis_check CHECK (public.plain(basis, 4000)),
    CONSTRAINT evidence_ratings_rating_check CHECK (((rating <> ''::text) AND public.plain(rating, 60)))
);

CREATE FUNCTION public.own_rating(practice bigint) RETURNS public.evidence_ratings
    LANGUAGE sql STABLE
    AS $$
    select r from evidence_ratings r where r.practice_id = practice order by r.id desc limit 1
$$;

CREATE FUNCTION public.take_rating() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE TABLE public.adoptions (
    id bigint NOT NULL,
    practice_id bigint NOT NULL,
    member_id bigint NOT NULL,
    country text NOT NULL,
    organization text DEFAULT ''::text NOT NULL,
    year integer,
    result text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    month integer,
    level text DEFAULT ''::text NOT NULL,
    adapted text DEFAULT ''::text NOT NULL,
    took text DEFAULT ''::text NOT NULL,
    links text[] DEFAULT '{}'::text[] NOT NULL,
    confirmed_by bigint,
    confirmed_at timestamp with time zone,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    CONSTRAINT adoptions_adapted_check CHECK (public.plain(adapted, 4000)),
    CONSTRAINT adoptions_level_check CHECK ((level = ANY (ARRAY[''::text, 'local'::text, 'state'::text, 'federal'::text, 'international'::text]))),
    CONSTRAINT adoptions_links_check CHECK ((cardinality(links) <= 5)),
    CONSTRAINT adoptions_month_check CHECK (((month >= 1) AND (month <= 12))),
    CONSTRAINT adoptions_month_of_year CHECK (((month IS NULL) OR (year IS NOT NULL))),
    CONSTRAINT adoptions_note_check CHECK (public.plain(note, 4000)),
    CONSTRAINT adoptions_organization_check CHECK (public.plain(organization, 120)),
    CONSTRAINT adoptions_result_check CHECK ((result = ANY (ARRAY['worked'::text, 'mixed'::text, 'failed'::text, 'tried'::text]))),
    CONSTRAINT adoptions_second CHECK (((confirmed_by IS NULL) OR (confirmed_by <> member_id))),
    CONSTRAINT adoptions_took_check CHECK (public.plain(took, 2000)),
    CONSTRAINT adoptions_year_check CHECK (((year >= 1900) AND (year <= 2100)))
);

ALTER TABLE public.adoptions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.adoptions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.attachment_pages (
    attachment_id bigint NOT NULL,
    page integer NOT NULL,
    text text NOT NULL,
    CONSTRAINT attachment_pages_page_check CHECK ((page > 0))
);

CREATE TABLE public.attachments (
    id bigint NOT NULL,
    practice_id bigint,
    uploaded_by bigint NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    text_state text DEFAULT 'waiting'::text NOT NULL,
    text_error text DEFAULT ''::text NOT NULL,
    claimed_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    text_tries smallint DEFAULT 0 NOT NULL,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    adoption_id bigint,
    thread_id bigint,
    post_id bigint,
    CONSTRAINT attachments_media_type_check CHECK ((media_type = ANY (ARRAY['application/pdf'::text, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'::text, 'application/vnd.openxmlformats-officedocument.presentationml.presentation'::text, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'::text, 'application/vnd.oasis.opendocument.text'::text, 'text/csv'::text, 'text/plain'::text, 'image/png'::text, 'image/jpeg'::text, 'image/webp'::text]))),
    CONSTRAINT attachments_name_check CHECK (((name <> ''::text) AND public.plain(name, 200))),
    CONSTRAINT attachments_place CHECK ((((practice_id IS NULL) <> (thread_id IS NULL)) AND ((post_id IS NULL) OR (thread_id IS NOT NULL)) AND ((thread_id IS NULL) OR (adoption_id IS NULL)))),
    CONSTRAINT attachments_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT attachments_size_check CHECK (((size > 0) AND (size <= 52428800))),
    CONSTRAINT attachments_text_state_check CHECK ((text_state = ANY (ARRAY['waiting'::text, 'read'::text, 'empty'::text, 'failed'::text])))
);

ALTER TABLE public.attachments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.attachments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor bigint,
    action text NOT NULL,
    target_kind text NOT NULL,
    target_id bigint NOT NULL,
    workspace_id bigint,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT audit_action_check CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text)),
    CONSTRAINT audit_detail_check CHECK ((octet_length((detail)::text) <= 4000))
);

CREATE TABLE public.audit_chain (
    "position" bigint NOT NULL,
    audit_id bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_chain_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT audit_chain_position_check CHECK (("position" > 0))
);

ALTER TABLE public.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_actions (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    actor bigint NOT NULL,
    action text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    before jsonb,
    undone_at timestamp with time zone,
    CONSTRAINT case_actions_action_check CHECK ((action = ANY (ARRAY['approve'::text, 'request_changes'::text, 'reject'::text, 'hide'::text, 'keep'::text, 'relabel'::text, 'escalate'::text, 'withdraw'::text]))),
    CONSTRAINT case_actions_note_check CHECK (public.plain(note, 4000))
);

ALTER TABLE public.case_actions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cases (
    id bigint NOT NULL,
    kind text NOT NULL,
    target_kind text NOT NULL,
    target_id bigint NOT NULL,
    practice_id bigint,
    thread_id bigint,
    workspace_id bigint,
    escalated_at timestamp with time zone,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    closed_by bigint,
    outcome text,
    claimed_by bigint,
    claimed_until timestamp with time zone,
    light boolean DEFAULT false NOT NULL,
    adoption_id bigint,
    attachment_id bigint,
    collection_id bigint,
    member_id bigint,
    gone text,
    gone_makers bigint[],
    gone_label text,
    CONSTRAINT cases_check1 CHECK (((closed_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT cases_gone CHECK (((gone IS NULL) OR ((closed_at IS NOT NULL) AND (target_kind = ANY (ARRAY['adoption'::text, 'attachment'::text, 'collection'::text]))))),
    CONSTRAINT cases_kind_check CHECK ((kind = ANY (ARRAY['submission'::text, 'flag'::text]))),
    CONSTRAINT cases_place CHECK ((num_nonnulls(practice_id, thread_id, collection_id, member_id) =
CASE
    WHEN ((gone IS NOT NULL) AND (target_kind = 'collection'::text)) THEN 0
    ELSE 1
END)),
    CONSTRAINT cases_target CHECK (
CASE target_kind
    WHEN 'practice'::text THEN (NOT (practice_id IS DISTINCT FROM target_id))
    WHEN 'thread'::text THEN (NOT (thread_id IS DISTINCT FROM target_id))
    WHEN 'post'::text THEN (thread_id IS NOT NULL)
    WHEN 'adoption'::text THEN ((practice_id IS NOT NULL) AND ((gone IS NOT NULL) OR (NOT (adoption_id IS DISTINCT FROM target_id))))
    WHEN 'attachment'::text THEN ((practice_id IS NOT NULL) AND ((gone IS NOT NULL) OR (NOT (attachment_id IS DISTINCT FROM target_id))))
    WHEN 'collection'::text THEN ((gone IS NOT NULL) OR (NOT (collection_id IS DISTINCT FROM target_id)))
    ELSE (NOT (member_id IS DISTINCT FROM target_id))
END),
    CONSTRAINT cases_target_kind_check CHECK ((target_kind = ANY (ARRAY['practice'::text, 'thread'::text, 'post'::text, 'adoption'::text, 'attachment'::text, 'collection'::text, 'member'::text]))),
    CONSTRAINT cases_thing CHECK (((((target_kind = 'adoption'::text) AND (gone IS NULL)) = (adoption_id IS NOT NULL)) AND (((target_kind = 'attachment'::text) AND (gone IS NULL)) = (attachment_id IS NOT NULL)) AND (((target_kind = 'collection'::text) AND (gone IS NULL)) = (collection_id IS NOT NULL)) AND ((target_kind = 'member'::text) = (member_id IS NOT NULL)))),
    CONSTRAINT cases_workspace_of CHECK (((workspace_id IS NOT NULL) OR (member_id IS NOT NULL)))
);

ALTER TABLE public.cases ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.cases_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.collection_items (
    collection_id bigint NOT NULL,
    practice_id bigint NOT NULL,
    "position" integer NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT collection_items_note_check CHECK (public.plain(note, 1000)),
    CONSTRAINT collection_items_position_check CHECK ((("position" >= 1) AND ("position" <= 100)))
);

CREATE TABLE public.collections (
    id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    title text NOT NULL,
    introduction text DEFAULT ''::text NOT NULL,
    language text NOT NULL,
    handling text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by bigint,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    written_by bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT collections_handling_check CHECK ((handling = ANY (ARRAY['clear'::text, 'green'::text, 'amber'::text]))),
    CONSTRAINT collections_introduction_check CHECK (public.plain(introduction, 20000)),
    CONSTRAINT collections_language_check CHECK (((char_length(language) >= 2) AND (char_length(language) <= 12))),
    CONSTRAINT collections_title_check CHECK (((title <> ''::text) AND public.plain(title, 200))),
    CONSTRAINT collections_version_check CHECK ((version > 0))
);

ALTER TABLE public.collections ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.collections_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.concept_names (
    concept_id bigint NOT NULL,
    language text NOT NULL,
    place integer NOT NULL,
    name text NOT NULL,
    ordinary boolean DEFAULT false NOT NULL,
    CONSTRAINT concept_names_language_check CHECK (((char_length(language) >= 2) AND (char_length(language) <= 35))),
    CONSTRAINT concept_names_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
    CONSTRAINT concept_names_place_check CHECK ((place >= 0))
);

CREATE TABLE public.concept_related (
    concept_id bigint NOT NULL,
    related_id bigint NOT NULL,
    CONSTRAINT concept_related_check CHECK ((related_id > concept_id))
);

CREATE TABLE public.concepts (
    id bigint NOT NULL,
    key text NOT NULL,
    broader_id bigint,
    note text DEFAULT ''::text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    removed_at timestamp with time zone,
    CONSTRAINT concepts_check CHECK ((broader_id <> id)),
    CONSTRAINT concepts_key_check CHECK ((key ~ '^[a-z0-9_]{1,64}$'::text)),
    CONSTRAINT concepts_note_check CHECK ((char_length(note) <= 2000))
);

ALTER TABLE public.concepts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.concepts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.consumers (
    name text NOT NULL,
    "position" bigint NOT NULL
);

CREATE TABLE public.countries (
    code text NOT NULL,
    region text NOT NULL,
    subregion text NOT NULL,
    names jsonb NOT NULL,
    member boolean NOT NULL,
    membership text NOT NULL,
    source text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT countries_code_check CHECK ((code ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT countries_membership_check CHECK ((membership = ANY (ARRAY['yes'::text, 'likely'::text, 'no'::text]))),
    CONSTRAINT countries_names_check CHECK ((names ? 'en'::text)),
    CONSTRAINT countries_source_check CHECK ((source <> ''::text))
);

CREATE TABLE public.drafts (
    member_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    body text NOT NULL,
    reply_to bigint DEFAULT 0 NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT drafts_body_check CHECK (((body <> ''::text) AND public.plain(body, 20000))),
    CONSTRAINT drafts_language_check CHECK ((char_length(language) <= 12)),
    CONSTRAINT drafts_reply_to_check CHECK ((reply_to >= 0))
);

CREATE TABLE public.empty_searches (
    day date NOT NULL,
    language text NOT NULL,
    query text NOT NULL,
    times integer NOT NULL,
    CONSTRAINT empty_searches_language_check CHECK ((char_length(language) <= 12)),
    CONSTRAINT empty_searches_query_check CHECK (((query <> ''::text) AND public.plain(query, 200))),
    CONSTRAINT empty_searches_times_check CHECK ((times > 0))
);

CREATE TABLE public.events (
    id bigint NOT NULL,
    "position" bigint,
    topic text NOT NULL,
    type text NOT NULL,
    actor bigint,
    entity_kind text NOT NULL,
    entity_id bigint NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    thread_id bigint,
    practice_id bigint,
    workspace_id bigint,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    audit_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT events_position_check CHECK ((("position" > 0) AND ("position" < '9007199254740992'::bigint))),
    CONSTRAINT events_topic_check CHECK ((topic ~ '^[a-z]+(:[1-9][0-9]{0,17})?$'::text)),
    CONSTRAINT events_type_check CHECK ((type ~ '^[a-z]+(\.[a-z]+)?$'::text))
);

ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.evidence_ratings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.evidence_ratings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.feed_tokens (
    member_id bigint NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feed_tokens_hash_check CHECK ((octet_length(hash) = 32))
);

CREATE TABLE public.flags (
    id bigint NOT NULL,
    case_id bigint NOT NULL,
    member_id bigint NOT NULL,
    reason text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    weight real DEFAULT 1 NOT NULL,
    CONSTRAINT flags_note_check CHECK (public.plain(note, 4000)),
    CONSTRAINT flags_reason_check CHECK ((reason = ANY (ARRAY['wrong_handling'::text, 'names_a_person'::text, 'harmful'::text, 'off_topic'::text, 'spam'::text, 'other'::text]))),
    CONSTRAINT flags_weight_check CHECK (((weight > (0)::double precision) AND (weight <= (1)::double precision)))
);

ALTER TABLE public.flags ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.flags_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.harvest (
    practice_id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    gone boolean NOT NULL,
    workspace_id bigint NOT NULL,
    sectors text[] DEFAULT '{}'::text[] NOT NULL
);

CREATE TABLE public.idempotency_keys (
    owner text NOT NULL,
    key text NOT NULL,
    request bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    done_kind text,
    done_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT idempotency_keys_body_check CHECK ((octet_length(body) <= 1048576)),
    CONSTRAINT idempotency_keys_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 200)))
);

CREATE TABLE public.invitations (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    email text NOT NULL,
    member_id bigint,
    name text NOT NULL,
    country text NOT NULL,
    programme text DEFAULT ''::text NOT NULL,
    year integer,
    locale text DEFAULT 'en'::text NOT NULL,
    officer boolean DEFAULT false NOT NULL,
    workspaces bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    invited_by bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    earlier_hash bytea,
    CONSTRAINT invitations_earlier_hash_check CHECK ((octet_length(earlier_hash) = 32)),
    CONSTRAINT invitations_email_check CHECK ((email = lower(email))),
    CONSTRAINT invitations_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT invitations_name_check CHECK (((name <> ''::text) AND public.plain(name, 120)))
);

ALTER TABLE public.invitations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.invitations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.keys (
    name text NOT NULL,
    key bytea NOT NULL,
    CONSTRAINT keys_key_check CHECK ((octet_length(key) = 32))
);

CREATE TABLE public.log_holes (
    after bigint NOT NULL,
    until bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT log_holes_check CHECK ((until > after))
);

CREATE TABLE public.log_state (
    single boolean DEFAULT true NOT NULL,
    "position" bigint NOT NULL,
    oldest bigint NOT NULL,
    system_identifier text DEFAULT ''::text NOT NULL,
    timeline bigint DEFAULT 0 NOT NULL,
    CONSTRAINT log_state_single_check CHECK (single)
);

CREATE TABLE public.mail_due (
    member_id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL
);

CREATE TABLE public.mail_settings (
    member_id bigint NOT NULL,
    mode text DEFAULT 'daily'::text NOT NULL,
    hour smallint DEFAULT 7 NOT NULL,
    weekday smallint DEFAULT 1 NOT NULL,
    quiet_from smallint,
    quiet_to smallint,
    bounces integer DEFAULT 0 NOT NULL,
    saved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mail_settings_bounces_check CHECK ((bounces >= 0)),
    CONSTRAINT mail_settings_check CHECK (
CASE
    WHEN (quiet_from IS NULL) THEN (quiet_to IS NULL)
    ELSE ((quiet_to IS NOT NULL) AND (quiet_from <> quiet_to))
END),
    CONSTRAINT mail_settings_hour_check CHECK (((hour >= 0) AND (hour <= 23))),
    CONSTRAINT mail_settings_mode_check CHECK ((mode = ANY (ARRAY['off'::text, 'at_once'::text, 'daily'::text, 'weekly'::text]))),
    CONSTRAINT mail_settings_quiet_from_check CHECK (((quiet_from >= 0) AND (quiet_from <= 23))),
    CONSTRAINT mail_settings_quiet_to_check CHECK (((quiet_to >= 0) AND (quiet_to <= 23))),
    CONSTRAINT mail_settings_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);

CREATE TABLE public.mails (
    id bigint NOT NULL,
    recipient text NOT NULL,
    locale text NOT NULL,
    template text NOT NULL,
    data jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    member_id bigint,
    next_at timestamp with time zone,
    handed_at timestamp with time zone,
    done_at timestamp with time zone,
    outcome text DEFAULT ''::text NOT NULL,
    bounced_at timestamp with time zone,
    CONSTRAINT mails_done_check CHECK (((done_at IS NULL) = (outcome = ''::text))),
    CONSTRAINT mails_outcome_check CHECK ((outcome = ANY (ARRAY[''::text, 'sent'::text, 'failed'::text, 'unsure'::text, 'dropped'::text])))
);

ALTER TABLE public.mails ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.mails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.members (
    id bigint NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    country text NOT NULL,
    organization text,
    organization_text text DEFAULT ''::text NOT NULL,
    sector text DEFAULT ''::text NOT NULL,
    expertise text DEFAULT ''::text NOT NULL,
    bio text DEFAULT ''::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    programme text DEFAULT ''::text NOT NULL,
    year integer,
    officer boolean DEFAULT false NOT NULL,
    suspended boolean DEFAULT false NOT NULL,
    password text,
    sharing jsonb DEFAULT '{"bio": true, "expertise": true, "programme": true, "organization": true}'::jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    visited_at timestamp with time zone,
    previous_visit_at timestamp with time zone,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    presence boolean DEFAULT true NOT NULL,
    CONSTRAINT members_bio_check CHECK (public.plain(bio, 2000)),
    CONSTRAINT members_email_check CHECK (((email = lower(email)) AND (char_length(email) <= 254))),
    CONSTRAINT members_expertise_check CHECK (public.plain(expertise, 300)),
    CONSTRAINT members_locale_check CHECK (((char_length(locale) >= 2) AND (char_length(locale) <= 12))),
    CONSTRAINT members_name_check CHECK (((name <> ''::text) AND public.plain(name, 120))),
    CONSTRAINT members_organization_text_check CHECK (public.plain(organization_text, 120)),
    CONSTRAINT members_programme_check CHECK (public.plain(programme, 60)),
    CONSTRAINT members_sector_check CHECK (public.plain(sector, 60)),
    CONSTRAINT members_time_zone_check CHECK ((char_length(time_zone) <= 64)),
    CONSTRAINT members_year_check CHECK (((year >= 1940) AND (year <= 2100)))
);

ALTER TABLE public.members ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.members_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.mentions (
    post_id bigint NOT NULL,
    member_id bigint NOT NULL
);

CREATE TABLE public.merges (
    id bigint NOT NULL,
    practice_id bigint NOT NULL,
    into_id bigint NOT NULL,
    status text NOT NULL,
    threads bigint[] NOT NULL,
    adoptions bigint[] NOT NULL,
    attachments bigint[] NOT NULL,
    watchers bigint[] NOT NULL,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    undone_at timestamp with time zone,
    translations bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    translated_versions bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    CONSTRAINT merges_check CHECK ((cardinality(translations) = cardinality(translated_versions)))
);

ALTER TABLE public.merges ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.merges_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.notifications (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    kind text NOT NULL,
    actor bigint,
    thread_id bigint,
    post_id bigint,
    practice_id bigint,
    workspace_id bigint,
    case_id bigint,
    note text DEFAULT ''::text NOT NULL,
    event bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    read_at timestamp with time zone,
    mailed_at timestamp with time zone,
    CONSTRAINT notifications_kind_check CHECK ((kind ~ '^[a-z_]+$'::text)),
    CONSTRAINT notifications_note_check CHECK (public.plain(note, 4000))
);

ALTER TABLE public.notifications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.organizations (
    code text NOT NULL,
    name text NOT NULL,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    type text NOT NULL,
    seat text NOT NULL,
    member boolean NOT NULL,
    membership text NOT NULL,
    source text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organizations_code_check CHECK ((code ~ '^[A-Z0-9-]{2,16}$'::text)),
    CONSTRAINT organizations_membership_check CHECK ((membership = ANY (ARRAY['yes'::text, 'likely'::text, 'no'::text]))),
    CONSTRAINT organizations_name_check CHECK ((name <> ''::text)),
    CONSTRAINT organizations_source_check CHECK ((source <> ''::text))
);

CREATE TABLE public.post_versions (
    post_id bigint NOT NULL,
    version bigint NOT NULL,
    body text NOT NULL,
    editor bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.post_votes (
    post_id bigint NOT NULL,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.posts (
    id bigint NOT NULL,
    thread_id bigint NOT NULL,
    number integer NOT NULL,
    author_id bigint NOT NULL,
    body text NOT NULL,
    language text DEFAULT ''::text NOT NULL,
    reply_to bigint,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    edited_at timestamp with time zone,
    deleted_at timestamp with time zone,
    deleted_by bigint,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    asks boolean DEFAULT false NOT NULL,
    moved_from bigint,
    files smallint DEFAULT 0 NOT NULL,
    CONSTRAINT posts_body_check CHECK (public.plain(body, 20000)),
    CONSTRAINT posts_check CHECK (((deleted_at IS NOT NULL) OR (body <> ''::text))),
    CONSTRAINT posts_check1 CHECK (((deleted_at IS NULL) OR (body = ''::text))),
    CONSTRAINT posts_files_check CHECK (((files >= 0) AND (files <= 100))),
    CONSTRAINT posts_language_check CHECK ((char_length(language) <= 12)),
    CONSTRAINT posts_moved_from_check CHECK ((moved_from > 0)),
    CONSTRAINT posts_number_check CHECK ((number > 0)),
    CONSTRAINT posts_version_check CHECK ((version > 0))
);

ALTER TABLE public.posts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.posts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.practice_versions (
    practice_id bigint NOT NULL,
    version bigint NOT NULL,
    editor bigint NOT NULL,
    content jsonb NOT NULL,
    status text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    edition integer DEFAULT 1 NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    CONSTRAINT practice_versions_edition_check CHECK ((edition > 0)),
    CONSTRAINT practice_versions_why_check CHECK (public.plain(why, 500))
);

CREATE TABLE public.practice_watches (
    practice_id bigint NOT NULL,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    level text DEFAULT 'watching'::text NOT NULL,
    CONSTRAINT practice_watches_level_check CHECK ((level = ANY (ARRAY['watching'::text, 'tracking'::text, 'normal'::text, 'muted'::text])))
);

CREATE TABLE public.practices (
    id bigint NOT NULL,
    external_key text,
    version bigint DEFAULT 1 NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    stage text GENERATED ALWAYS AS (
CASE
    WHEN (status = 'draft'::text) THEN 'private'::text
    WHEN ((hidden_at IS NOT NULL) OR (status <> ALL (ARRAY['published'::text, 'archived'::text]))) THEN 'review'::text
    ELSE 'open'::text
END) STORED NOT NULL,
    handling text NOT NULL,
    named bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    workspace_id bigint,
    author_id bigint NOT NULL,
    author_country text DEFAULT ''::text NOT NULL,
    author_organization text DEFAULT ''::text NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    sections jsonb DEFAULT '{}'::jsonb NOT NULL,
    language text NOT NULL,
    country text,
    organization text DEFAULT ''::text NOT NULL,
    year integer,
    type text DEFAULT ''::text NOT NULL,
    level text DEFAULT ''::text NOT NULL,
    sectors text[] DEFAULT '{}'::text[] NOT NULL,
    topics text[] DEFAULT '{}'::text[] NOT NULL,
    substances text[] DEFAULT '{}'::text[] NOT NULL,
    refs jsonb DEFAULT '[]'::jsonb NOT NULL,
    translation_of bigint,
    evidence_rating text,
    evidence_basis text,
    evidence_by bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    submitted_at timestamp with time zone,
    published_at timestamp with time zone,
    submitted_version bigint,
    published_version bigint,
    coauthors bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    edits jsonb DEFAULT '{}'::jsonb NOT NULL,
    edition integer DEFAULT 1 NOT NULL,
    review_due_at timestamp with time zone,
    review_asked_at timestamp with time zone,
    review_passed_at timestamp with time zone,
    translated_version bigint,
    imported boolean DEFAULT false NOT NULL,
    merged_into bigint,
    CONSTRAINT practices_check CHECK (((cardinality(named) <= 50) AND ((named = '{}'::bigint[]) OR (handling = 'red'::text)))),
    CONSTRAINT practices_check1 CHECK (((status = 'draft'::text) OR (workspace_id IS NOT NULL))),
    CONSTRAINT practices_check2 CHECK (((status <> ALL (ARRAY['published'::text, 'archived'::text])) OR (published_at IS NOT NULL))),
    CONSTRAINT practices_check3 CHECK (((evidence_rating IS NULL) = (evidence_by IS NULL))),
    CONSTRAINT practices_check4 CHECK (((cardinality(coauthors) <= 20) AND (author_id <> ALL (coauthors)))),
    CONSTRAINT practices_check5 CHECK ((merged_into <> id)),
    CONSTRAINT practices_check6 CHECK (((merged_into IS NULL) OR (status = 'archived'::text))),
    CONSTRAINT practices_edition_check CHECK ((edition > 0)),
    CONSTRAINT practices_edits_check CHECK ((jsonb_typeof(edits) = 'object'::text)),
    CONSTRAINT practices_evidence_basis_check CHECK (public.plain(evidence_basis, 4000)),
    CONSTRAINT practices_external_key_check CHECK (public.plain(external_key, 120)),
    CONSTRAINT practices_handling_check CHECK ((handling = ANY (ARRAY['clear'::text, 'green'::text, 'amber'::text, 'amber+strict'::text, 'red'::text]))),
    CONSTRAINT practices_language_check CHECK (((char_length(language) >= 2) AND (char_length(language) <= 12))),
    CONSTRAINT practices_level_check CHECK ((level = ANY (ARRAY[''::text, 'local'::text, 'state'::text, 'federal'::text, 'international'::text]))),
    CONSTRAINT practices_organization_check CHECK (public.plain(organization, 120)),
    CONSTRAINT practices_refs_check CHECK ((jsonb_typeof(refs) = 'array'::text)),
    CONSTRAINT practices_sections_check CHECK ((jsonb_typeof(sections) = 'object'::text)),
    CONSTRAINT practices_sectors_check CHECK ((cardinality(sectors) <= 20)),
    CONSTRAINT practices_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'changes_requested'::text, 'published'::text, 'rejected'::text, 'archived'::text]))),
    CONSTRAINT practices_substances_check CHECK ((cardinality(substances) <= 20)),
    CONSTRAINT practices_summary_check CHECK (public.plain(summary, 1000)),
    CONSTRAINT practices_title_check CHECK (((title <> ''::text) AND public.plain(title, 200))),
    CONSTRAINT practices_topics_check CHECK ((cardinality(topics) <= 20)),
    CONSTRAINT practices_version_check CHECK ((version > 0)),
    CONSTRAINT practices_year_check CHECK (((year >= 1900) AND (year <= 2100)))
);

ALTER TABLE public.practices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.practices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.push_subscriptions (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    session_id bigint NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT push_subscriptions_auth_check CHECK ((char_length(auth) <= 40)),
    CONSTRAINT push_subscriptions_endpoint_check CHECK (((endpoint ~~ 'https://%'::text) AND (char_length(endpoint) <= 1000))),
    CONSTRAINT push_subscriptions_p256dh_check CHECK ((char_length(p256dh) <= 100))
);

ALTER TABLE public.push_subscriptions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.push_subscriptions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pushes (
    id bigint NOT NULL,
    subscription_id bigint NOT NULL,
    notification_id bigint NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.pushes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pushes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reactions (
    post_id bigint NOT NULL,
    member_id bigint NOT NULL,
    name text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reactions_name_check CHECK ((name = ANY (ARRAY['helpful'::text, 'we_do_this_too'::text, 'thank_you'::text, 'question'::text])))
);

CREATE TABLE public.read_positions (
    member_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    number integer NOT NULL,
    post_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.registry_ratings (
    id bigint NOT NULL,
    practice_id bigint NOT NULL,
    registry text NOT NULL,
    rating text NOT NULL,
    url text DEFAULT ''::text NOT NULL,
    year integer,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT registry_ratings_rating_check CHECK (((rating <> ''::text) AND public.plain(rating, 200))),
    CONSTRAINT registry_ratings_registry_check CHECK (((registry <> ''::text) AND public.plain(registry, 120))),
    CONSTRAINT registry_ratings_url_check CHECK (public.plain(url, 2000)),
    CONSTRAINT registry_ratings_year_check CHECK (((year >= 1900) AND (year <= 2100)))
);

ALTER TABLE public.registry_ratings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.registry_ratings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.saved_replies (
    id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    member_id bigint NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT saved_replies_body_check CHECK (((body <> ''::text) AND public.plain(body, 4000))),
    CONSTRAINT saved_replies_title_check CHECK (((title <> ''::text) AND public.plain(title, 120)))
);

ALTER TABLE public.saved_replies ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.saved_replies_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.saved_search_hits (
    search_id bigint NOT NULL,
    kind text NOT NULL,
    thing_id bigint NOT NULL,
    told_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT saved_search_hits_kind_check CHECK ((kind = ANY (ARRAY['practice'::text, 'thread'::text, 'post'::text]))),
    CONSTRAINT saved_search_hits_thing_id_check CHECK ((thing_id > 0))
);

CREATE TABLE public.saved_searches (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT saved_searches_name_check CHECK (((name <> ''::text) AND public.plain(name, 120))),
    CONSTRAINT saved_searches_query_check CHECK ((char_length(query) <= 2000))
);

ALTER TABLE public.saved_searches ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.saved_searches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sessions (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    member_id bigint NOT NULL,
    kind text NOT NULL,
    agent text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sessions_address_check CHECK ((char_length(address) <= 64)),
    CONSTRAINT sessions_agent_check CHECK ((char_length(agent) <= 300)),
    CONSTRAINT sessions_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT sessions_kind_check CHECK ((kind = ANY (ARRAY['browser'::text, 'api'::text])))
);

ALTER TABLE public.sessions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.sessions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.settings (
    name text NOT NULL,
    value text NOT NULL,
    CONSTRAINT settings_name_check CHECK ((name = 'review_months'::text)),
    CONSTRAINT settings_value_check CHECK (public.plain(value, 200))
);

CREATE TABLE public.sign_in_failures (
    key bytea NOT NULL,
    failures integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    locked_until timestamp with time zone NOT NULL,
    free bigint NOT NULL,
    longest double precision NOT NULL,
    refused boolean DEFAULT false NOT NULL
);

CREATE TABLE public.thread_moves (
    id bigint NOT NULL,
    into_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT thread_moves_id_check CHECK ((id > 0))
);

CREATE TABLE public.threads (
    id bigint NOT NULL,
    workspace_id bigint NOT NULL,
    practice_id bigint,
    title text NOT NULL,
    language text NOT NULL,
    handling text NOT NULL,
    named bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    author_id bigint NOT NULL,
    author_country text DEFAULT ''::text NOT NULL,
    author_organization text DEFAULT ''::text NOT NULL,
    hidden_at timestamp with time zone,
    hidden_by bigint,
    stage text GENERATED ALWAYS AS (
CASE
    WHEN (hidden_at IS NULL) THEN 'open'::text
    ELSE 'review'::text
END) STORED NOT NULL,
    closed boolean DEFAULT false NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    posts integer DEFAULT 0 NOT NULL,
    last_post_id bigint,
    last_post_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text DEFAULT 'discussion'::text NOT NULL,
    sectors text[] DEFAULT '{}'::text[] NOT NULL,
    answer_post_id bigint,
    answered_by bigint,
    answered_at timestamp with time zone,
    summary text DEFAULT ''::text NOT NULL,
    summary_by bigint,
    summary_at timestamp with time zone,
    slow_seconds integer DEFAULT 0 NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    host_id bigint,
    CONSTRAINT threads_answer_check CHECK ((((answer_post_id IS NULL) = (answered_by IS NULL)) AND ((answer_post_id IS NULL) = (answered_at IS NULL)) AND ((answer_post_id IS NULL) OR (kind = 'question'::text)))),
    CONSTRAINT threads_check CHECK (((cardinality(named) <= 50) AND ((named = '{}'::bigint[]) OR (handling = 'red'::text)))),
    CONSTRAINT threads_handling_check CHECK ((handling = ANY (ARRAY['clear'::text, 'green'::text, 'amber'::text, 'amber+strict'::text, 'red'::text]))),
    CONSTRAINT threads_kind_check CHECK ((kind = ANY (ARRAY['discussion'::text, 'question'::text, 'announcement'::text, 'session'::text]))),
    CONSTRAINT threads_language_check CHECK (((char_length(language) >= 2) AND (char_length(language) <= 12))),
    CONSTRAINT threads_sectors_check CHECK ((cardinality(sectors) <= 20)),
    CONSTRAINT threads_session CHECK (((num_nonnulls(starts_at, ends_at, host_id) =
CASE kind
    WHEN 'session'::text THEN 3
    ELSE 0
END) AND (ends_at > starts_at) AND (ends_at <= (starts_at + '24:00:00'::interval)))),
    CONSTRAINT threads_slow_seconds_check CHECK (((slow_seconds >= 0) AND (slow_seconds <= 86400))),
    CONSTRAINT threads_summary_at_check CHECK ((((summary = ''::text) = (summary_at IS NULL)) AND ((summary_by IS NULL) = (summary_at IS NULL)))),
    CONSTRAINT threads_summary_check CHECK (public.plain(summary, 5000)),
    CONSTRAINT threads_title_check CHECK (((title <> ''::text) AND public.plain(title, 200))),
    CONSTRAINT threads_version_check CHECK ((version > 0))
);

ALTER TABLE public.threads ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.threads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tokens (
    id bigint NOT NULL,
    hash bytea NOT NULL,
    member_id bigint NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT tokens_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT tokens_name_check CHECK (((name <> ''::text) AND public.plain(name, 120))),
    CONSTRAINT tokens_scopes_check CHECK (((scopes <@ ARRAY['read'::text, 'write'::text, 'moderate'::text]) AND (cardinality(scopes) > 0)))
);

ALTER TABLE public.tokens ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.uploads (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    practice_id bigint NOT NULL,
    name text NOT NULL,
    size bigint NOT NULL,
    received bigint DEFAULT 0 NOT NULL,
    attachment_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    adoption_id bigint,
    CONSTRAINT uploads_check CHECK (((received >= 0) AND (received <= size))),
    CONSTRAINT uploads_name_check CHECK (((name <> ''::text) AND public.plain(name, 200))),
    CONSTRAINT uploads_size_check CHECK (((size > 0) AND (size <= 52428800)))
);

ALTER TABLE public.uploads ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.uploads_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.watches (
    member_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    level text NOT NULL,
    CONSTRAINT watches_level_check CHECK ((level = ANY (ARRAY['watching'::text, 'tracking'::text, 'normal'::text, 'muted'::text])))
);

CREATE TABLE public.workspace_members (
    workspace_id bigint NOT NULL,
    member_id bigint NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_members_role_check CHECK ((role = ANY (ARRAY['member'::text, 'moderator'::text])))
);

CREATE TABLE public.workspace_requests (
    workspace_id bigint NOT NULL,
    member_id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.workspace_watches (
    workspace_id bigint NOT NULL,
    member_id bigint NOT NULL,
    level text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_watches_level_check CHECK ((level = ANY (ARRAY['watching'::text, 'tracking'::text, 'normal'::text, 'muted'::text])))
);

CREATE TABLE public.workspaces (
    id bigint NOT NULL,
    key text,
    kind text NOT NULL,
    name text NOT NULL,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    about jsonb DEFAULT '{}'::jsonb NOT NULL,
    access text NOT NULL,
    programme text DEFAULT ''::text NOT NULL,
    country text,
    version bigint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspaces_access_check CHECK ((access = ANY (ARRAY['open'::text, 'request'::text, 'invitation'::text]))),
    CONSTRAINT workspaces_description_check CHECK (public.plain(description, 2000)),
    CONSTRAINT workspaces_key_check CHECK ((key ~ '^[a-z0-9_]{1,60}$'::text)),
    CONSTRAINT workspaces_kind_check CHECK ((kind = ANY (ARRAY['cohort'::text, 'theme'::text, 'region'::text, 'country'::text]))),
    CONSTRAINT workspaces_name_check CHECK (((name <> ''::text) AND public.plain(name, 120)))
);

ALTER TABLE public.workspaces ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.workspaces_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_of_practice UNIQUE (id, practice_id);

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attachment_pages
    ADD CONSTRAINT attachment_pages_pkey PRIMARY KEY (attachment_id, page);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_audit_id_key UNIQUE (audit_id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.case_actions
    ADD CONSTRAINT case_actions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.collection_items
    ADD CONSTRAINT collection_items_pkey PRIMARY KEY (collection_id, practice_id);

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.concept_names
    ADD CONSTRAINT concept_names_concept_id_language_name_key UNIQUE (concept_id, language, name);

ALTER TABLE ONLY public.concept_names
    ADD CONSTRAINT concept_names_pkey PRIMARY KEY (concept_id, language, place);

ALTER TABLE ONLY public.concept_related
    ADD CONSTRAINT concept_related_pkey PRIMARY KEY (concept_id, related_id);

ALTER TABLE ONLY public.concepts
    ADD CONSTRAINT concepts_key_key UNIQUE (key);

ALTER TABLE ONLY public.concepts
    ADD CONSTRAINT concepts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.consumers
    ADD CONSTRAINT consumers_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.countries
    ADD CONSTRAINT countries_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_pkey PRIMARY KEY (member_id, thread_id);

ALTER TABLE ONLY public.empty_searches
    ADD CONSTRAINT empty_searches_pkey PRIMARY KEY (day, language, query);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_position_key UNIQUE ("position");

ALTER TABLE ONLY public.evidence_ratings
    ADD CONSTRAINT evidence_ratings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.feed_tokens
    ADD CONSTRAINT feed_tokens_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.feed_tokens
    ADD CONSTRAINT feed_tokens_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_case_id_member_id_key UNIQUE (case_id, member_id);

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.harvest
    ADD CONSTRAINT harvest_pkey PRIMARY KEY (practice_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (owner, key);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_earlier_hash_key UNIQUE (earlier_hash);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.keys
    ADD CONSTRAINT keys_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.log_holes
    ADD CONSTRAINT log_holes_pkey PRIMARY KEY (after);

ALTER TABLE ONLY public.log_state
    ADD CONSTRAINT log_state_pkey PRIMARY KEY (single);

ALTER TABLE ONLY public.mail_due
    ADD CONSTRAINT mail_due_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.mail_settings
    ADD CONSTRAINT mail_settings_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_pkey PRIMARY KEY (post_id, member_id);

ALTER TABLE ONLY public.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_member_id_event_key UNIQUE (member_id, event);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.post_versions
    ADD CONSTRAINT post_versions_pkey PRIMARY KEY (post_id, version);

ALTER TABLE ONLY public.post_votes
    ADD CONSTRAINT post_votes_pkey PRIMARY KEY (post_id, member_id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_of_thread UNIQUE (thread_id, id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_thread_id_number_key UNIQUE (thread_id, number);

ALTER TABLE ONLY public.practice_versions
    ADD CONSTRAINT practice_versions_pkey PRIMARY KEY (practice_id, version);

ALTER TABLE ONLY public.practice_watches
    ADD CONSTRAINT practice_watches_pkey PRIMARY KEY (practice_id, member_id);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_author_id_external_key_key UNIQUE (author_id, external_key);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pushes
    ADD CONSTRAINT pushes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pushes
    ADD CONSTRAINT pushes_subscription_id_notification_id_key UNIQUE (subscription_id, notification_id);

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_pkey PRIMARY KEY (post_id, member_id, name);

ALTER TABLE ONLY public.read_positions
    ADD CONSTRAINT read_positions_pkey PRIMARY KEY (member_id, thread_id);

ALTER TABLE ONLY public.registry_ratings
    ADD CONSTRAINT registry_ratings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.registry_ratings
    ADD CONSTRAINT registry_ratings_practice_id_registry_key UNIQUE (practice_id, registry);

ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_workspace_id_title_key UNIQUE (workspace_id, title);

ALTER TABLE ONLY public.saved_search_hits
    ADD CONSTRAINT saved_search_hits_pkey PRIMARY KEY (search_id, kind, thing_id);

ALTER TABLE ONLY public.saved_searches
    ADD CONSTRAINT saved_searches_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.sign_in_failures
    ADD CONSTRAINT sign_in_failures_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.thread_moves
    ADD CONSTRAINT thread_moves_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.watches
    ADD CONSTRAINT watches_pkey PRIMARY KEY (thread_id, member_id);

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_pkey PRIMARY KEY (member_id, workspace_id);

ALTER TABLE ONLY public.workspace_requests
    ADD CONSTRAINT workspace_requests_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.workspace_watches
    ADD CONSTRAINT workspace_watches_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_key_key UNIQUE (key);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

CREATE INDEX adoptions_confirmed_by ON public.adoptions USING btree (confirmed_by) WHERE (confirmed_by IS NOT NULL);

CREATE INDEX adoptions_country ON public.adoptions USING btree (country);

CREATE INDEX adoptions_created ON public.adoptions USING btree (created_at);

CREATE INDEX adoptions_hidden_by ON public.adoptions USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX adoptions_member ON public.adoptions USING btree (member_id);

CREATE UNIQUE INDEX adoptions_once ON public.adoptions USING btree (practice_id, member_id, country, COALESCE(year, 0));

CREATE INDEX adoptions_organization ON public.adoptions USING btree (lower(organization)) WHERE (organization <> ''::text);

CREATE INDEX adoptions_practice ON public.adoptions USING btree (practice_id, id);

CREATE INDEX adoptions_year ON public.adoptions USING btree (year, id DESC);

CREATE INDEX attachments_hidden_by ON public.attachments USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX attachments_post ON public.attachments USING btree (post_id, thread_id) WHERE (post_id IS NOT NULL);

CREATE INDEX attachments_practice ON public.attachments USING btree (practice_id, id);

CREATE INDEX attachments_report ON public.attachments USING btree (adoption_id, practice_id) WHERE (adoption_id IS NOT NULL);

CREATE INDEX attachments_sha256 ON public.attachments USING btree (sha256);

CREATE INDEX attachments_thread ON public.attachments USING btree (thread_id, uploaded_by) WHERE (thread_id IS NOT NULL);

CREATE INDEX attachments_unsent ON public.attachments USING btree (created_at) WHERE ((thread_id IS NOT NULL) AND (post_id IS NULL));

CREATE INDEX attachments_uploaded_by ON public.attachments USING btree (uploaded_by);

CREATE INDEX attachments_waiting ON public.attachments USING btree (id) WHERE (text_state = 'waiting'::text);

CREATE INDEX audit_actor ON public.audit USING btree (actor, id);

CREATE INDEX audit_archived ON public.audit USING btree (at) WHERE (action = 'practice.archive'::text);

CREATE INDEX audit_target ON public.audit USING btree (target_kind, target_id, id);

CREATE INDEX case_actions_actor ON public.case_actions USING btree (actor);

CREATE INDEX case_actions_at ON public.case_actions USING btree (at);

CREATE INDEX case_actions_case ON public.case_actions USING btree (case_id, id);

CREATE INDEX cases_adoption ON public.cases USING btree (adoption_id) WHERE (adoption_id IS NOT NULL);

CREATE INDEX cases_attachment ON public.cases USING btree (attachment_id) WHERE (attachment_id IS NOT NULL);

CREATE INDEX cases_claimed_by ON public.cases USING btree (claimed_by) WHERE (claimed_by IS NOT NULL);

CREATE INDEX cases_closed ON public.cases USING btree (closed_at) WHERE (closed_at IS NOT NULL);

CREATE INDEX cases_closed_by ON public.cases USING btree (closed_by) WHERE (closed_by IS NOT NULL);

CREATE INDEX cases_collection ON public.cases USING btree (collection_id) WHERE (collection_id IS NOT NULL);

CREATE INDEX cases_gone_owner ON public.cases USING btree ((gone_makers[1])) WHERE (gone IS NOT NULL);

CREATE INDEX cases_member ON public.cases USING btree (member_id) WHERE (member_id IS NOT NULL);

CREATE UNIQUE INDEX cases_open ON public.cases USING btree (kind, target_kind, target_id) WHERE (closed_at IS NULL);

CREATE INDEX cases_opened ON public.cases USING btree (opened_at) WHERE (kind = 'submission'::text);

CREATE INDEX cases_order ON public.cases USING btree (light, opened_at, id) WHERE (closed_at IS NULL);

CREATE INDEX cases_practice ON public.cases USING btree (practice_id) WHERE (practice_id IS NOT NULL);

CREATE INDEX cases_target ON public.cases USING btree (target_kind, target_id);

CREATE INDEX cases_thread ON public.cases USING btree (thread_id) WHERE (thread_id IS NOT NULL);

CREATE INDEX cases_waiting ON public.cases USING btree (workspace_id, opened_at, id) WHERE ((closed_at IS NULL) AND (kind = 'submission'::text));

CREATE INDEX cases_workspace ON public.cases USING btree (workspace_id, opened_at);

CREATE INDEX collection_items_practice ON public.collection_items USING btree (practice_id);

CREATE INDEX collections_created_by ON public.collections USING btree (created_by) WHERE (created_by IS NOT NULL);

CREATE INDEX collections_hidden_by ON public.collections USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX collections_workspace ON public.collections USING btree (workspace_id, id);

CREATE INDEX concept_related_back ON public.concept_related USING btree (related_id);

CREATE INDEX concepts_broader ON public.concepts USING btree (broader_id) WHERE (broader_id IS NOT NULL);

CREATE INDEX drafts_thread ON public.drafts USING btree (thread_id);

CREATE INDEX drafts_updated ON public.drafts USING btree (updated_at);

CREATE INDEX events_at ON public.events USING btree (at);

CREATE INDEX events_post ON public.events USING btree (entity_id) WHERE (entity_kind = 'post'::text);

CREATE INDEX events_topic ON public.events USING btree (topic, "position") WHERE ("position" IS NOT NULL);

CREATE INDEX events_unsequenced ON public.events USING btree (id) WHERE ("position" IS NULL);

CREATE INDEX evidence_ratings_member ON public.evidence_ratings USING btree (member_id);

CREATE INDEX evidence_ratings_practice ON public.evidence_ratings USING btree (practice_id, id DESC);

CREATE INDEX flags_member ON public.flags USING btree (member_id);

CREATE INDEX harvest_order ON public.harvest USING btree (changed_at, practice_id);

CREATE INDEX harvest_sectors ON public.harvest USING gin (sectors);

CREATE INDEX harvest_workspace ON public.harvest USING btree (workspace_id, changed_at, practice_id);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX invitations_country ON public.invitations USING btree (country);

CREATE INDEX invitations_email ON public.invitations USING btree (email);

CREATE INDEX invitations_expiry ON public.invitations USING btree (expires_at);

CREATE INDEX invitations_invited_by ON public.invitations USING btree (invited_by);

CREATE INDEX invitations_member ON public.invitations USING btree (member_id) WHERE (member_id IS NOT NULL);

CREATE INDEX mail_due_at ON public.mail_due USING btree (due_at);

CREATE INDEX mails_done ON public.mails USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX mails_due ON public.mails USING btree (due_at);

CREATE INDEX mails_member ON public.mails USING btree (member_id);

CREATE INDEX mails_next ON public.mails USING btree (COALESCE(next_at, due_at)) WHERE (done_at IS NULL);

CREATE INDEX members_country ON public.members USING btree (country, id);

CREATE UNIQUE INDEX members_email ON public.members USING btree (email);

CREATE INDEX members_hidden_by ON public.members USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX members_name ON public.members USING btree (lower(name), id);

CREATE INDEX members_officer ON public.members USING btree (id) WHERE officer;

CREATE INDEX members_organization ON public.members USING btree (organization) WHERE (organization IS NOT NULL);

CREATE INDEX mentions_member ON public.mentions USING btree (member_id);

CREATE INDEX merges_into ON public.merges USING btree (into_id);

CREATE INDEX merges_member ON public.merges USING btree (member_id);

CREATE INDEX merges_practice ON public.merges USING btree (practice_id);

CREATE UNIQUE INDEX merges_standing ON public.merges USING btree (practice_id) WHERE (undone_at IS NULL);

CREATE INDEX notifications_actor ON public.notifications USING btree (actor) WHERE (actor IS NOT NULL);

CREATE INDEX notifications_case ON public.notifications USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX notifications_member ON public.notifications USING btree (member_id, id DESC);

CREATE INDEX notifications_post ON public.notifications USING btree (post_id) WHERE (post_id IS NOT NULL);

CREATE INDEX notifications_practice ON public.notifications USING btree (practice_id) WHERE (practice_id IS NOT NULL);

CREATE INDEX notifications_thread ON public.notifications USING btree (thread_id) WHERE (thread_id IS NOT NULL);

CREATE INDEX notifications_unread ON public.notifications USING btree (member_id) WHERE (read_at IS NULL);

CREATE INDEX notifications_workspace ON public.notifications USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

CREATE INDEX post_versions_editor ON public.post_versions USING btree (editor);

CREATE INDEX post_votes_member ON public.post_votes USING btree (member_id);

CREATE INDEX posts_answer ON public.posts USING btree (reply_to, thread_id) WHERE (reply_to IS NOT NULL);

CREATE INDEX posts_asks ON public.posts USING btree (thread_id) WHERE asks;

CREATE INDEX posts_author ON public.posts USING btree (author_id, id);

CREATE INDEX posts_created ON public.posts USING brin (created_at);

CREATE INDEX posts_dated ON public.posts USING btree (thread_id, created_at, number);

CREATE INDEX posts_deleted_by ON public.posts USING btree (deleted_by) WHERE (deleted_by IS NOT NULL);

CREATE INDEX posts_hidden_by ON public.posts USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX practice_versions_at ON public.practice_versions USING brin (at);

CREATE INDEX practice_versions_editor ON public.practice_versions USING btree (editor);

CREATE INDEX practice_watches_member ON public.practice_watches USING btree (member_id);

CREATE INDEX practices_author ON public.practices USING btree (author_id, updated_at DESC);

CREATE INDEX practices_coauthors ON public.practices USING gin (coauthors) WHERE (coauthors <> '{}'::bigint[]);

CREATE INDEX practices_country_order ON public.practices USING btree (country, COALESCE(published_at, created_at) DESC, id DESC);

CREATE INDEX practices_evidence_by ON public.practices USING btree (evidence_by) WHERE (evidence_by IS NOT NULL);

CREATE INDEX practices_evidence_order ON public.practices USING btree (evidence_rating, COALESCE(published_at, created_at) DESC, id DESC) WHERE (evidence_rating IS NOT NULL);

CREATE INDEX practices_external_key ON public.practices USING btree (external_key) WHERE (external_key IS NOT NULL);

CREATE INDEX practices_hidden_by ON public.practices USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX practices_language_order ON public.practices USING btree (language, COALESCE(published_at, created_at) DESC, id DESC);

CREATE INDEX practices_level_order ON public.practices USING btree (level, COALESCE(published_at, created_at) DESC, id DESC);

CREATE INDEX practices_merged_into ON public.practices USING btree (merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX practices_named ON public.practices USING gin (named) WHERE (named <> '{}'::bigint[]);

CREATE INDEX practices_order ON public.practices USING btree (COALESCE(published_at, created_at) DESC, id DESC);

CREATE INDEX practices_organization ON public.practices USING btree (lower(organization)) WHERE (organization <> ''::text);

CREATE INDEX practices_review_due ON public.practices USING btree (review_due_at) WHERE (status = 'published'::text);

CREATE INDEX practices_sectors ON public.practices USING gin (sectors);

CREATE INDEX practices_substances ON public.practices USING gin (substances);

CREATE INDEX practices_topics ON public.practices USING gin (topics);

CREATE INDEX practices_translation ON public.practices USING btree (translation_of) WHERE (translation_of IS NOT NULL);

CREATE INDEX practices_workspace ON public.practices USING btree (workspace_id, COALESCE(published_at, created_at) DESC, id DESC);

CREATE INDEX push_subscriptions_member ON public.push_subscriptions USING btree (member_id);

CREATE INDEX push_subscriptions_session ON public.push_subscriptions USING btree (session_id);

CREATE INDEX pushes_due ON public.pushes USING btree (due_at);

CREATE INDEX pushes_notification ON public.pushes USING btree (notification_id);

CREATE INDEX reactions_at ON public.reactions USING brin (at);

CREATE INDEX reactions_member ON public.reactions USING btree (member_id);

CREATE INDEX read_positions_thread ON public.read_positions USING btree (thread_id);

CREATE INDEX registry_ratings_member ON public.registry_ratings USING btree (member_id);

CREATE INDEX saved_replies_member ON public.saved_replies USING btree (member_id);

CREATE INDEX saved_searches_created ON public.saved_searches USING btree (created_at, id);

CREATE INDEX saved_searches_member ON public.saved_searches USING btree (member_id, id);

CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

CREATE INDEX sessions_member ON public.sessions USING btree (member_id);

CREATE INDEX sign_in_failures_last ON public.sign_in_failures USING btree (last_at);

CREATE INDEX thread_moves_into ON public.thread_moves USING btree (into_id);

CREATE INDEX threads_answer ON public.threads USING btree (answer_post_id) WHERE (answer_post_id IS NOT NULL);

CREATE INDEX threads_answered_by ON public.threads USING btree (answered_by) WHERE (answered_by IS NOT NULL);

CREATE INDEX threads_author ON public.threads USING btree (author_id);

CREATE INDEX threads_hidden_by ON public.threads USING btree (hidden_by) WHERE (hidden_by IS NOT NULL);

CREATE INDEX threads_host ON public.threads USING btree (host_id) WHERE (host_id IS NOT NULL);

CREATE INDEX threads_named ON public.threads USING gin (named) WHERE (named <> '{}'::bigint[]);

CREATE INDEX threads_open_questions ON public.threads USING btree (last_post_at DESC, id DESC) WHERE ((kind = 'question'::text) AND (answer_post_id IS NULL) AND (NOT closed));

CREATE INDEX threads_practice ON public.threads USING btree (practice_id, last_post_at DESC) WHERE (practice_id IS NOT NULL);

CREATE INDEX threads_recent ON public.threads USING btree (last_post_at DESC, id DESC);

CREATE INDEX threads_sessions ON public.threads USING btree (ends_at) WHERE (kind = 'session'::text);

CREATE INDEX threads_summary_by ON public.threads USING btree (summary_by) WHERE (summary_by IS NOT NULL);

CREATE INDEX threads_workspace ON public.threads USING btree (workspace_id, last_post_at DESC, id DESC);

CREATE INDEX tokens_expiry ON public.tokens USING btree (expires_at);

CREATE INDEX tokens_member ON public.tokens USING btree (member_id);

CREATE INDEX uploads_attachment ON public.uploads USING btree (attachment_id) WHERE (attachment_id IS NOT NULL);

CREATE INDEX uploads_created ON public.uploads USING btree (created_at);

CREATE INDEX uploads_member ON public.uploads USING btree (member_id, created_at);

CREATE INDEX uploads_practice ON public.uploads USING btree (practice_id);

CREATE INDEX uploads_report ON public.uploads USING btree (adoption_id, practice_id) WHERE (adoption_id IS NOT NULL);

CREATE INDEX watches_member ON public.watches USING btree (member_id);

CREATE INDEX workspace_members_workspace ON public.workspace_members USING btree (workspace_id, member_id);

CREATE INDEX workspace_requests_member ON public.workspace_requests USING btree (member_id);

CREATE INDEX workspace_watches_member ON public.workspace_watches USING btree (member_id);

CREATE INDEX workspaces_country ON public.workspaces USING btree (country) WHERE (country IS NOT NULL);

CREATE TRIGGER adoptions_cases AFTER UPDATE OF practice_id ON public.adoptions FOR EACH ROW WHEN ((old.practice_id <> new.practice_id)) EXECUTE FUNCTION public.cases_follow();

CREATE TRIGGER adoptions_outlived BEFORE DELETE ON public.adoptions FOR EACH ROW EXECUTE FUNCTION public.cases_outlive();

CREATE TRIGGER attachments_cases AFTER UPDATE OF practice_id ON public.attachments FOR EACH ROW WHEN ((old.practice_id <> new.practice_id)) EXECUTE FUNCTION public.cases_follow();

CREATE TRIGGER attachments_outlived BEFORE DELETE ON public.attachments FOR EACH ROW EXECUTE FUNCTION public.cases_outlive();

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.append_only();

CREATE TRIGGER audit_chain_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION public.append_only();

CREATE TRIGGER collections_outlived BEFORE DELETE ON public.collections FOR EACH ROW EXECUTE FUNCTION public.cases_outlive();

CREATE TRIGGER practices_hand_rating AFTER UPDATE OF evidence_rating, evidence_by ON public.practices FOR EACH ROW WHEN (((new.translation_of IS NULL) AND ((old.evidence_rating IS DISTINCT FROM new.evidence_rating) OR (old.evidence_by IS DISTINCT FROM new.evidence_by)))) EXECUTE FUNCTION public.hand_rating();

CREATE CONSTRAINT TRIGGER practices_harvest AFTER INSERT OR DELETE OR UPDATE ON public.practices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.keep_harvest();

CREATE TRIGGER practices_keep_rating BEFORE UPDATE OF translation_of, evidence_rating, evidence_basis, evidence_by ON public.practices FOR EACH ROW WHEN (((new.translation_of IS NOT NULL) OR (old.translation_of IS NOT NULL))) EXECUTE FUNCTION public.take_rating();

CREATE TRIGGER practices_take_rating BEFORE INSERT ON public.practices FOR EACH ROW WHEN ((new.translation_of IS NOT NULL)) EXECUTE FUNCTION public.take_rating();

CREATE TRIGGER threads_follow_merge BEFORE INSERT ON public.threads FOR EACH ROW WHEN ((new.practice_id IS NOT NULL)) EXECUTE FUNCTION public.follow_merge();

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_confirmed_by_fkey FOREIGN KEY (confirmed_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code);

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.adoptions
    ADD CONSTRAINT adoptions_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attachment_pages
    ADD CONSTRAINT attachment_pages_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_of_post FOREIGN KEY (thread_id, post_id) REFERENCES public.posts(thread_id, id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_of_report FOREIGN KEY (adoption_id, practice_id) REFERENCES public.adoptions(id, practice_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.attachments
    ADD CONSTRAINT attachments_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.audit_chain
    ADD CONSTRAINT audit_chain_audit_id_fkey FOREIGN KEY (audit_id) REFERENCES public.audit(id);

ALTER TABLE ONLY public.case_actions
    ADD CONSTRAINT case_actions_actor_fkey FOREIGN KEY (actor) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_actions
    ADD CONSTRAINT case_actions_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_adoption_id_fkey FOREIGN KEY (adoption_id) REFERENCES public.adoptions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_claimed_by_fkey FOREIGN KEY (claimed_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.collection_items
    ADD CONSTRAINT collection_items_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES public.collections(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.collection_items
    ADD CONSTRAINT collection_items_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.collections
    ADD CONSTRAINT collections_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.concept_names
    ADD CONSTRAINT concept_names_concept_id_fkey FOREIGN KEY (concept_id) REFERENCES public.concepts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.concept_related
    ADD CONSTRAINT concept_related_concept_id_fkey FOREIGN KEY (concept_id) REFERENCES public.concepts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.concept_related
    ADD CONSTRAINT concept_related_related_id_fkey FOREIGN KEY (related_id) REFERENCES public.concepts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.concepts
    ADD CONSTRAINT concepts_broader_id_fkey FOREIGN KEY (broader_id) REFERENCES public.concepts(id);

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.drafts
    ADD CONSTRAINT drafts_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.evidence_ratings
    ADD CONSTRAINT evidence_ratings_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.evidence_ratings
    ADD CONSTRAINT evidence_ratings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feed_tokens
    ADD CONSTRAINT feed_tokens_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.flags
    ADD CONSTRAINT flags_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mail_due
    ADD CONSTRAINT mail_due_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mail_settings
    ADD CONSTRAINT mail_settings_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mails
    ADD CONSTRAINT mails_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_organization_fkey FOREIGN KEY (organization) REFERENCES public.organizations(code);

ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mentions
    ADD CONSTRAINT mentions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merges
    ADD CONSTRAINT merges_into_id_fkey FOREIGN KEY (into_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.merges
    ADD CONSTRAINT merges_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.merges
    ADD CONSTRAINT merges_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_actor_fkey FOREIGN KEY (actor) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.cases(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_versions
    ADD CONSTRAINT post_versions_editor_fkey FOREIGN KEY (editor) REFERENCES public.members(id);

ALTER TABLE ONLY public.post_versions
    ADD CONSTRAINT post_versions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_votes
    ADD CONSTRAINT post_votes_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.post_votes
    ADD CONSTRAINT post_votes_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_answer_in_thread FOREIGN KEY (thread_id, reply_to) REFERENCES public.posts(thread_id, id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_deleted_by_fkey FOREIGN KEY (deleted_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.practice_versions
    ADD CONSTRAINT practice_versions_editor_fkey FOREIGN KEY (editor) REFERENCES public.members(id);

ALTER TABLE ONLY public.practice_versions
    ADD CONSTRAINT practice_versions_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.practice_watches
    ADD CONSTRAINT practice_watches_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.practice_watches
    ADD CONSTRAINT practice_watches_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_evidence_by_fkey FOREIGN KEY (evidence_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.practices(id);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_translation_of_fkey FOREIGN KEY (translation_of) REFERENCES public.practices(id);

ALTER TABLE ONLY public.practices
    ADD CONSTRAINT practices_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pushes
    ADD CONSTRAINT pushes_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES public.notifications(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pushes
    ADD CONSTRAINT pushes_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES public.push_subscriptions(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reactions
    ADD CONSTRAINT reactions_post_id_fkey FOREIGN KEY (post_id) REFERENCES public.posts(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.read_positions
    ADD CONSTRAINT read_positions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.read_positions
    ADD CONSTRAINT read_positions_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.registry_ratings
    ADD CONSTRAINT registry_ratings_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.registry_ratings
    ADD CONSTRAINT registry_ratings_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.saved_replies
    ADD CONSTRAINT saved_replies_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.saved_search_hits
    ADD CONSTRAINT saved_search_hits_search_id_fkey FOREIGN KEY (search_id) REFERENCES public.saved_searches(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.saved_searches
    ADD CONSTRAINT saved_searches_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.thread_moves
    ADD CONSTRAINT thread_moves_into_id_fkey FOREIGN KEY (into_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_answer_post_id_fkey FOREIGN KEY (answer_post_id) REFERENCES public.posts(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_hidden_by_fkey FOREIGN KEY (hidden_by) REFERENCES public.members(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_host_id_fkey FOREIGN KEY (host_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_summary_by_fkey FOREIGN KEY (summary_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.threads
    ADD CONSTRAINT threads_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES public.attachments(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_of_report FOREIGN KEY (adoption_id, practice_id) REFERENCES public.adoptions(id, practice_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.uploads
    ADD CONSTRAINT uploads_practice_id_fkey FOREIGN KEY (practice_id) REFERENCES public.practices(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.watches
    ADD CONSTRAINT watches_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.watches
    ADD CONSTRAINT watches_thread_id_fkey FOREIGN KEY (thread_id) REFERENCES public.threads(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_requests
    ADD CONSTRAINT workspace_requests_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_requests
    ADD CONSTRAINT workspace_requests_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_watches
    ADD CONSTRAINT workspace_watches_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_watches
    ADD CONSTRAINT workspace_watches_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_country_fkey FOREIGN KEY (country) REFERENCES public.countries(code);

GRANT USAGE ON SCHEMA public TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.evidence_ratings TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.adoptions TO praxis_portal;

GRANT USAGE ON SEQUENCE public.adoptions_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attachment_pages TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.attachments TO praxis_portal;

GRANT USAGE ON SEQUENCE public.attachments_id_seq TO praxis_portal;

GRANT SELECT,INSERT ON TABLE public.audit TO praxis_portal;

GRANT SELECT,INSERT ON TABLE public.audit_chain TO praxis_portal;

GRANT USAGE ON SEQUENCE public.audit_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.case_actions TO praxis_portal;

GRANT USAGE ON SEQUENCE public.case_actions_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.cases TO praxis_portal;

GRANT USAGE ON SEQUENCE public.cases_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.collection_items TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.collections TO praxis_portal;

GRANT USAGE ON SEQUENCE public.collections_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.concept_names TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.concept_related TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.concepts TO praxis_portal;

GRANT USAGE ON SEQUENCE public.concepts_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consumers TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.countries TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.drafts TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.empty_searches TO praxis_portal;

GRANT SELECT,INSERT,DELETE ON TABLE public.events TO praxis_portal;

GRANT UPDATE("position") ON TABLE public.events TO praxis_portal;

GRANT UPDATE(thread_id) ON TABLE public.events TO praxis_portal;

GRANT USAGE ON SEQUENCE public.events_id_seq TO praxis_portal;

GRANT USAGE ON SEQUENCE public.evidence_ratings_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feed_tokens TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.flags TO praxis_portal;

GRANT USAGE ON SEQUENCE public.flags_id_seq TO praxis_portal;

GRANT SELECT ON TABLE public.goose_db_version TO praxis_portal;

GRANT USAGE ON SEQUENCE public.goose_db_version_id_seq TO praxis_portal;

GRANT SELECT,INSERT,UPDATE ON TABLE public.harvest TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO praxis_portal;

GRANT USAGE ON SEQUENCE public.invitations_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.keys TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.log_holes TO praxis_portal;

GRANT SELECT,UPDATE ON TABLE public.log_state TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail_due TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail_settings TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mails TO praxis_portal;

GRANT USAGE ON SEQUENCE public.mails_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.members TO praxis_portal;

GRANT USAGE ON SEQUENCE public.members_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mentions TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.merges TO praxis_portal;

GRANT USAGE ON SEQUENCE public.merges_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO praxis_portal;

GRANT USAGE ON SEQUENCE public.notifications_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_versions TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.post_votes TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.posts TO praxis_portal;

GRANT USAGE ON SEQUENCE public.posts_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.practice_versions TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.practice_watches TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.practices TO praxis_portal;

GRANT USAGE ON SEQUENCE public.practices_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.push_subscriptions TO praxis_portal;

GRANT USAGE ON SEQUENCE public.push_subscriptions_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.pushes TO praxis_portal;

GRANT USAGE ON SEQUENCE public.pushes_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reactions TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.read_positions TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.registry_ratings TO praxis_portal;

GRANT USAGE ON SEQUENCE public.registry_ratings_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_replies TO praxis_portal;

GRANT USAGE ON SEQUENCE public.saved_replies_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_search_hits TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.saved_searches TO praxis_portal;

GRANT USAGE ON SEQUENCE public.saved_searches_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sessions TO praxis_portal;

GRANT USAGE ON SEQUENCE public.sessions_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.settings TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_failures TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.thread_moves TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.threads TO praxis_portal;

GRANT USAGE ON SEQUENCE public.threads_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tokens TO praxis_portal;

GRANT USAGE ON SEQUENCE public.tokens_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.uploads TO praxis_portal;

GRANT USAGE ON SEQUENCE public.uploads_id_seq TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.watches TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workspace_members TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workspace_requests TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workspace_watches TO praxis_portal;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workspaces TO praxis_portal;

GRANT USAGE ON SEQUENCE public.workspaces_id_seq TO praxis_portal;

ALTER DEFAULT PRIVILEGES FOR ROLE praxis IN SCHEMA public GRANT USAGE ON SEQUENCES  TO praxis_portal;

ALTER DEFAULT PRIVILEGES FOR ROLE praxis IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES  TO praxis_portal;
