// Over 300 lines: the schema is one list of steps, of which none ever changes.
/** One step of the schema. Steps are numbered from 1, never changed once released, only added. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** The same for PostgreSQL, where `translateDefinition` does not lead there; none so far. */
  readonly postgres?: string;
}

/**
 * The schema. Times are wall milliseconds, embeddings little-endian float32.
 * There is, on purpose, no table for faces that matched nothing: such data
 * has no place on disk.
 */
export const migrations: readonly Migration[] = [
  {
    name: 'first schema',
    sql: `
      CREATE TABLE watchlists (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        purpose TEXT NOT NULL,
        legal_basis TEXT NOT NULL,
        authorisation TEXT NOT NULL,
        owner TEXT NOT NULL,
        cameras TEXT NOT NULL,
        fpir REAL NOT NULL CHECK (fpir > 0 AND fpir < 1),
        fixed_threshold REAL,
        expires_at INTEGER,
        retention_days REAL NOT NULL CHECK (retention_days > 0),
        two_person_review INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE people (
        id TEXT PRIMARY KEY,
        watchlist_id TEXT NOT NULL REFERENCES watchlists (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        note TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX people_by_list ON people (watchlist_id);

      CREATE TABLE templates (
        id TEXT PRIMARY KEY,
        person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        model TEXT NOT NULL,
        dimension INTEGER NOT NULL,
        embedding BLOB NOT NULL CHECK (length(embedding) = dimension * 4),
        quality REAL NOT NULL,
        source_sha256 TEXT NOT NULL,
        flags TEXT NOT NULL,
        landmarks TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        image BLOB NOT NULL
      ) STRICT;
      CREATE INDEX templates_by_person ON templates (person_id);
      CREATE INDEX templates_by_source ON templates (source_sha256);

      -- No reference to watchlists: an alert outlives its list until its own retention ends.
      CREATE TABLE alerts (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        watchlist_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        camera_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        alerted_at INTEGER NOT NULL,
        delete_at INTEGER NOT NULL,
        two_person_review INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alerts_by_person ON alerts (watchlist_id, person_id, camera_id, alerted_at);
      CREATE INDEX alerts_by_end ON alerts (delete_at);

      CREATE TABLE alert_evidence (
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        jpeg BLOB NOT NULL,
        PRIMARY KEY (alert_id, kind)
      ) STRICT;

      -- Every revision as it was told to clients, in the order of telling.
      CREATE TABLE alert_events (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        change TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alert_events_by_alert ON alert_events (alert_id, change);
      CREATE INDEX alert_events_by_change ON alert_events (change, sequence);

      CREATE TABLE alert_reviews (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        action TEXT NOT NULL,
        reviewer TEXT NOT NULL,
        reason TEXT NOT NULL,
        at INTEGER NOT NULL,
        state_after TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alert_reviews_by_alert ON alert_reviews (alert_id);

      CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        hash BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL,
        cameras TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        revoked_at INTEGER
      ) STRICT;

      CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        target TEXT NOT NULL,
        detail TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

      -- One row, rewritten to find out whether the folder takes writes again.
      CREATE TABLE write_probe (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;
    `,
  },
  {
    name: 'tokens by watchlist, audit head and pruning',
    sql: `
      ALTER TABLE tokens ADD COLUMN watchlists TEXT NOT NULL DEFAULT '"*"';

      -- Where the audit log ends: a row cut off its end is missed here.
      CREATE TABLE audit_head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sequence INTEGER NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      INSERT INTO audit_head SELECT 1, sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1;

      -- Up to where the audit log was pruned by policy: no other row of it can be deleted.
      CREATE TABLE audit_pruning (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        through INTEGER NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      DROP TRIGGER audit_never_deleted;
      CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
        WHEN OLD.sequence > coalesce((SELECT through FROM audit_pruning), 0)
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE INDEX audit_by_target ON audit (target, sequence);
      CREATE INDEX audit_by_time ON audit (at);
    `,
  },
  {
    name: 'alerts by state',
    // Answers how many alerts are open, and since when, without reading one of them.
    sql: 'CREATE INDEX alerts_by_state ON alerts (state, watchlist_id, created_at);',
  },
  {
    name: 'alerts by score and quality',
    // In an index of their own: statistics of a month must not parse every alert.
    sql: `
      ALTER TABLE alerts ADD COLUMN quality REAL GENERATED ALWAYS AS (body ->> 'quality') VIRTUAL;
      ALTER TABLE alerts ADD COLUMN score REAL
        GENERATED ALWAYS AS (body ->> '$.scores.fused') VIRTUAL;
      CREATE INDEX alerts_for_statistics ON alerts
        (created_at, camera_id, watchlist_id, state, two_person_review, quality, score);
    `,
  },
  {
    name: 'scores of strangers',
    // Counts alone: how often the best score of somebody not enrolled fell into a bin.
    sql: `
      CREATE TABLE stranger_scores (
        camera_id TEXT NOT NULL,
        watchlist_id TEXT NOT NULL REFERENCES watchlists (id) ON DELETE CASCADE,
        model TEXT NOT NULL,
        hour INTEGER NOT NULL,
        bin INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (camera_id, watchlist_id, model, hour, bin)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'alerts by capture',
    // Lists go by when the picture was taken; the index alone answers how many there are.
    sql: `
      ALTER TABLE alerts ADD COLUMN captured_at REAL
        GENERATED ALWAYS AS (body ->> 'capturedAt') VIRTUAL;
      CREATE INDEX alerts_by_capture ON alerts
        (captured_at, id, state, watchlist_id, person_id, camera_id);
    `,
  },
  {
    name: 'sightings of alerts',
    // What a sighting says stands in its alert's body; here is what is searched: who was last
    // seen where. Lists go by the newest appearance.
    sql: `
      CREATE TABLE alert_sightings (
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        watchlist_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        camera_id TEXT NOT NULL,
        last_seen_at INTEGER NOT NULL,
        PRIMARY KEY (alert_id, number)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX alert_sightings_by_person ON alert_sightings
        (watchlist_id, person_id, camera_id, last_seen_at);

      ALTER TABLE alerts ADD COLUMN sighted_at REAL GENERATED ALWAYS AS
        (max(body ->> 'capturedAt', coalesce(body ->> '$.sightings[#-1].capturedAt', 0))) VIRTUAL;
      DROP INDEX alerts_by_capture;
      CREATE INDEX alerts_by_sighting ON alerts
        (sighted_at, id, captured_at, state, watchlist_id, person_id, camera_id);
    `,
  },
  {
    name: 'calibrations',
    // Since when strangers of a camera are counted, where somebody started or stopped it.
    sql: `
      CREATE TABLE calibrations (
        camera_id TEXT PRIMARY KEY,
        started_at REAL,
        stopped_at REAL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'trusted time',
    // The last wall time that was believed: nothing is purged by a clock that is far from it.
    sql: 'CREATE TABLE trusted_time (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL) STRICT;',
  },
  {
    name: 'review queue and feed by index',
    // The place in the queue stands in an index, in its order, with what is filtered by: a page
    // neither sorts nor parses what it does not show. The feed's index tells by whom an event can
    // be wanted; one with sightings may be wanted for another camera than its own.
    sql: `
      ALTER TABLE alerts ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;
      UPDATE alerts SET judged = 1 WHERE id IN
        (SELECT alert_id FROM alert_reviews WHERE action IN ('confirm', 'dismiss'));
      ALTER TABLE alerts ADD COLUMN queue_decided INTEGER
        GENERATED ALWAYS AS (state IN ('confirmed', 'dismissed')) VIRTUAL;
      ALTER TABLE alerts ADD COLUMN queue_turn INTEGER GENERATED ALWAYS AS
        (NOT (two_person_review = 1 AND judged = 1 AND state NOT IN ('confirmed', 'dismissed')))
        VIRTUAL;
      ALTER TABLE alerts ADD COLUMN queue_band INTEGER GENERATED ALWAYS AS
        (CASE WHEN state IN ('confirmed', 'dismissed') OR two_person_review = 1 THEN 0
          WHEN body ->> 'quality' >= 60 THEN 0
          WHEN body ->> 'quality' >= 40 THEN 1 ELSE 2 END) VIRTUAL;
      -- Below the threshold is positive: the index is read forwards.
      ALTER TABLE alerts ADD COLUMN queue_margin REAL GENERATED ALWAYS AS
        (CASE WHEN state IN ('confirmed', 'dismissed') OR two_person_review = 1 THEN 0.0
          ELSE (body ->> 'threshold') - (body ->> '$.scores.fused') END) VIRTUAL;
      CREATE INDEX alerts_by_queue ON alerts
        (queue_decided, queue_turn, queue_band, queue_margin, id DESC,
         state, watchlist_id, person_id, camera_id, sighted_at, captured_at);

      ALTER TABLE alert_events ADD COLUMN camera_id TEXT
        GENERATED ALWAYS AS (body ->> 'cameraId') VIRTUAL;
      ALTER TABLE alert_events ADD COLUMN watchlist_id TEXT
        GENERATED ALWAYS AS (body ->> 'watchlistId') VIRTUAL;
      ALTER TABLE alert_events ADD COLUMN sighted INTEGER
        GENERATED ALWAYS AS (body ->> '$.sightings[0].cameraId' IS NOT NULL) VIRTUAL;
      CREATE INDEX alert_events_by_place ON alert_events
        (sequence, camera_id, watchlist_id, sighted);
      DROP INDEX alert_events_by_change;
      CREATE INDEX alert_events_created ON alert_events (sequence, alert_id)
        WHERE change = 'created';

      -- Whose verdict is awaited, and whether a picture is one of those that wait.
      CREATE INDEX alerts_for_two ON alerts (person_id)
        WHERE two_person_review = 1 AND state NOT IN ('confirmed', 'dismissed');
      CREATE INDEX alert_evidence_by_length ON alert_evidence (length(jpeg));
      `,
  },
  {
    name: 'cameras',
    // Those added while the program runs. What `login` holds is sealed with a key beside the database.
    sql: `
      CREATE TABLE cameras (
        id TEXT PRIMARY KEY,
        setup TEXT NOT NULL,
        login BLOB,
        paused INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'encryption of values',
    // Null: the value stands there as it is. What of a template describes the face is in one
    // envelope; its own columns are then empty.
    sql: `
      ALTER TABLE templates ADD COLUMN sealed BLOB;
      ALTER TABLE templates ADD COLUMN key_id TEXT;
      CREATE INDEX templates_by_key ON templates (key_id);
      ALTER TABLE alert_evidence ADD COLUMN key_id TEXT;
      CREATE INDEX alert_evidence_by_key ON alert_evidence (key_id);

      -- What the store is encrypted with since when; without a key it is not.
      CREATE TABLE store_encryption (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        key_id TEXT,
        since INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'retention of alerts by list',
    // How long the alerts of a list are kept stands once, also after the list is gone: a change
    // must not rewrite every alert.
    sql: `
      CREATE TABLE alert_retention (watchlist_id TEXT PRIMARY KEY, days REAL NOT NULL)
        STRICT, WITHOUT ROWID;
      INSERT INTO alert_retention SELECT id, retention_days FROM watchlists;
      INSERT OR IGNORE INTO alert_retention
        SELECT watchlist_id, max(delete_at - created_at) / 86400000.0 FROM alerts
        GROUP BY watchlist_id;
      DROP INDEX alerts_by_end;
      ALTER TABLE alerts DROP COLUMN delete_at;
      CREATE INDEX alerts_by_list ON alerts (watchlist_id, created_at);
    `,
  },
  {
    name: 'people by name',
    // Answers who is on a list, by name, without reading one of them.
    sql: 'CREATE INDEX people_by_name ON people (watchlist_id, name, created_at, id);',
  },
  {
    name: 'assessments of cameras',
    // The newest one of each camera; `gathered` is counts, as JSON.
    sql: `
      CREATE TABLE assessments (
        camera_id TEXT PRIMARY KEY,
        started_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        stopped_at INTEGER,
        gathered TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'review queue by one key',
    // Of columns that all fall: a page begins at its place in the index. Before, it read all that
    // shared the place's score, which decided alerts all do.
    sql: `
      ALTER TABLE alerts ADD COLUMN queue_rank INTEGER GENERATED ALWAYS AS
        (-(6 * queue_decided + 3 * queue_turn + queue_band)) VIRTUAL;
      ALTER TABLE alerts ADD COLUMN queue_above REAL GENERATED ALWAYS AS
        (CASE WHEN state IN ('confirmed', 'dismissed') OR two_person_review = 1 THEN 0.0
          ELSE (body ->> '$.scores.fused') - (body ->> 'threshold') END) VIRTUAL;
      DROP INDEX alerts_by_queue;
      CREATE INDEX alerts_by_queue ON alerts
        (queue_rank, queue_above, id,
         state, watchlist_id, person_id, camera_id, sighted_at, captured_at);
      ALTER TABLE alerts DROP COLUMN queue_margin;
    `,
  },
  {
    name: 'poor views',
    // What stands in a template's place for small faces, and by which recipe; null where there is none.
    sql: `
      ALTER TABLE templates ADD COLUMN poor_view BLOB;
      ALTER TABLE templates ADD COLUMN poor_view_by TEXT;
    `,
  },
  {
    name: 'searches of recorded footage',
    // Who was seen is nowhere here; `files` is JSON: path, bytes and hash of each.
    sql: `
      CREATE TABLE footage_jobs (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        watchlist_ids TEXT NOT NULL,
        files TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        seconds REAL NOT NULL,
        sightings INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX footage_jobs_by_start ON footage_jobs (started_at);
    `,
  },
  {
    name: 'clips of alerts',
    // A clip is a row of evidence for each of its parts. How much all of them take stands in an
    // index, and so do the alerts whose clips were being recorded when the program ended.
    sql: `
      CREATE INDEX alert_clip_parts ON alert_evidence (alert_id, kind, length(jpeg))
        WHERE kind GLOB 'clip-*';
      CREATE INDEX alerts_with_pending_clips ON alerts (id)
        WHERE instr(body, '"clip":{"state":"pending"') > 0;
    `,
  },
  {
    name: 'templates by their making',
    // Whether one is outdated is found without reading through the pictures.
    sql: 'CREATE INDEX templates_by_making ON templates (model, poor_view_by);',
  },
  {
    name: 'uses of watchlists',
    // Lists that were there before say nothing of recorded footage: it is not searched for them.
    sql: `ALTER TABLE watchlists ADD COLUMN uses TEXT NOT NULL DEFAULT '["live"]';`,
  },
  {
    name: 'look-alikes',
    // Faces that are not the person whom they matched: they go with the alert, and with the person.
    sql: `
      CREATE TABLE look_alikes (
        id TEXT PRIMARY KEY,
        person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
        alert_id TEXT NOT NULL UNIQUE REFERENCES alerts (id) ON DELETE CASCADE,
        model TEXT NOT NULL,
        face BLOB NOT NULL,
        key_id TEXT,
        score REAL NOT NULL,
        created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL
      ) STRICT;
      CREATE INDEX look_alikes_by_person ON look_alikes (person_id);
      CREATE INDEX look_alikes_by_key ON look_alikes (key_id);
    `,
  },
  {
    name: 'outbox',
    // A delivery names the event of its alert and repeats nothing of it: who is erased there is
    // erased here. `body` is what no alert says. `outbox_counts` is what became of all so far.
    sql: `
      CREATE TABLE outbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        receiver TEXT NOT NULL,
        kind TEXT NOT NULL,
        alert_id TEXT,
        event INTEGER,
        body TEXT,
        bytes INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at INTEGER NOT NULL,
        dead_at INTEGER,
        reason TEXT NOT NULL DEFAULT ''
      ) STRICT;
      CREATE INDEX outbox_waiting ON outbox (receiver, number, bytes) WHERE dead_at IS NULL;
      CREATE INDEX outbox_dead ON outbox (receiver, number, dead_at) WHERE dead_at IS NOT NULL;
      CREATE INDEX outbox_by_age ON outbox (created_at) WHERE dead_at IS NULL;
      CREATE INDEX outbox_dead_by_age ON outbox (dead_at) WHERE dead_at IS NOT NULL;

      CREATE TABLE outbox_counts (
        receiver TEXT NOT NULL,
        what TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (receiver, what)
      ) STRICT, WITHOUT ROWID;

      -- Faults of cameras that receivers heard of, until they hear of the end.
      CREATE TABLE outbox_faults (
        camera_id TEXT NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (camera_id, code)
      ) STRICT, WITHOUT ROWID;

      -- Receivers as they were at the last start, and what they were sent: JSON.
      CREATE TABLE outbox_receivers (
        id TEXT PRIMARY KEY,
        rules TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'notes on alerts',
    sql: `
      CREATE TABLE alert_notes (
        number INTEGER PRIMARY KEY,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        author TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX alert_notes_by_alert ON alert_notes (alert_id);
      CREATE INDEX alert_notes_by_time ON alert_notes (at);
    `,
  },
  {
    name: 'priority and sound of watchlists',
    sql: `
      ALTER TABLE watchlists ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
      ALTER TABLE watchlists ADD COLUMN sound TEXT NOT NULL DEFAULT 'tone';
    `,
  },
  {
    name: 'people seen',
    // Numbers alone, by camera and hour.
    sql: `
      CREATE TABLE people_seen (
        camera_id TEXT NOT NULL,
        hour INTEGER NOT NULL,
        tracks INTEGER NOT NULL,
        PRIMARY KEY (camera_id, hour)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'shifts',
    // Names of those on watchlists are nowhere here: a summary names alerts, and counts.
    sql: `
      CREATE TABLE hand_overs (
        id INTEGER PRIMARY KEY,
        since INTEGER,
        at INTEGER NOT NULL,
        outgoing TEXT NOT NULL,
        note TEXT NOT NULL,
        counts TEXT NOT NULL,
        incoming TEXT,
        taken_at INTEGER
      ) STRICT;
      CREATE TABLE camera_outages (
        number INTEGER PRIMARY KEY,
        camera_id TEXT NOT NULL,
        code TEXT NOT NULL,
        message TEXT NOT NULL,
        since INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX camera_outages_by_end ON camera_outages (ended_at);
    `,
  },
  {
    name: 'searches of footage by the program',
    // A sighting is of somebody on a list: nobody else stands here. Its body and pictures go with
    // its person, its job, and the time that the list's alerts are kept.
    sql: `
      ALTER TABLE footage_jobs ADD COLUMN origin TEXT NOT NULL DEFAULT 'command';
      ALTER TABLE footage_jobs ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
      ALTER TABLE footage_jobs ADD COLUMN decided_by TEXT;
      ALTER TABLE footage_jobs ADD COLUMN begins_at INTEGER;
      ALTER TABLE footage_jobs ADD COLUMN figures TEXT;
      ALTER TABLE footage_jobs ADD COLUMN failure TEXT;
      CREATE INDEX footage_jobs_by_state ON footage_jobs (origin, state, started_at);

      CREATE TABLE footage_positions (
        job_id TEXT NOT NULL REFERENCES footage_jobs (id) ON DELETE CASCADE,
        file INTEGER NOT NULL,
        seconds REAL NOT NULL,
        done INTEGER NOT NULL,
        PRIMARY KEY (job_id, file)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE footage_sightings (
        id TEXT PRIMARY KEY,
        job_id TEXT NOT NULL REFERENCES footage_jobs (id) ON DELETE CASCADE,
        watchlist_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        template_id TEXT NOT NULL,
        file INTEGER NOT NULL,
        at REAL NOT NULL,
        until REAL NOT NULL,
        found_at INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE INDEX footage_sightings_by_job ON footage_sightings (job_id, file, at, id);
      CREATE INDEX footage_sightings_by_person ON footage_sightings (watchlist_id, person_id);
      CREATE INDEX footage_sightings_by_age ON footage_sightings (watchlist_id, found_at);

      CREATE TABLE footage_pictures (
        sighting_id TEXT NOT NULL REFERENCES footage_sightings (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        jpeg BLOB NOT NULL,
        key_id TEXT,
        PRIMARY KEY (sighting_id, kind)
      ) STRICT;
      CREATE INDEX footage_pictures_by_key ON footage_pictures (key_id);
    `,
  },
  {
    name: 'review of watchlists',
    // Lists that are there stay in force: whoever used them had them in use already.
    sql: `
      ALTER TABLE watchlists ADD COLUMN review TEXT NOT NULL DEFAULT
        '{"revision":0,"authors":[],"since":null,"before":null,"confirmed":null}';
    `,
  },
  {
    name: 'accounts',
    // A name is taken for ever: reviews and the audit log say who by it. What else is known of
    // somebody goes when the account is removed. Secrets are here as hashes alone.
    sql: `
      CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        display_name TEXT NOT NULL,
        origin TEXT NOT NULL,
        issuer TEXT,
        subject TEXT,
        role TEXT NOT NULL,
        cameras TEXT NOT NULL,
        watchlists TEXT NOT NULL,
        scopes TEXT NOT NULL,
        password TEXT,
        credentials INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL,
        last_seen_at INTEGER,
        disabled_at INTEGER,
        removed_at INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX accounts_by_subject ON accounts (issuer, subject)
        WHERE subject IS NOT NULL;
      CREATE INDEX accounts_by_creator ON accounts (created_by);

      CREATE TABLE account_links (
        hash BLOB PRIMARY KEY,
        account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT;

      -- Browsers in which a password was right once: guesses elsewhere do not hold them up.
      CREATE TABLE account_browsers (
        hash BLOB PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        used_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX account_browsers_by_account ON account_browsers (account_id, used_at);

      -- Names of accounts that may stand behind a token: JSON.
      ALTER TABLE tokens ADD COLUMN people TEXT NOT NULL DEFAULT '[]';
    `,
  },
  {
    name: 'alerts on devices',
    // Browsers that people want alerts on, by the principal that each belongs to; `address` is
    // sealed, and so is the key that push services know the program by.
    sql: `
      CREATE TABLE push_devices (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        owner_name TEXT NOT NULL,
        name TEXT NOT NULL,
        host TEXT NOT NULL,
        fingerprint TEXT NOT NULL UNIQUE,
        address BLOB NOT NULL,
        language TEXT NOT NULL,
        least_priority TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX push_devices_by_owner ON push_devices (owner, created_at);
      CREATE TABLE push_keys (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        public_key TEXT NOT NULL,
        private_key BLOB NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'quick look at footage',
    sql: `
      ALTER TABLE footage_jobs ADD COLUMN quick INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE footage_positions ADD COLUMN quick_seconds REAL NOT NULL DEFAULT 0;
      ALTER TABLE footage_positions ADD COLUMN quick_done INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE footage_sightings ADD COLUMN preliminary INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    name: 'outcomes of alerts',
    // Time, camera and list of the alert stand beside it for statistics; none of them ever changes.
    sql: `
      CREATE TABLE alert_outcomes (
        number INTEGER PRIMARY KEY,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        outcome TEXT NOT NULL,
        author TEXT NOT NULL,
        note TEXT NOT NULL,
        at INTEGER NOT NULL,
        alert_at INTEGER NOT NULL,
        camera_id TEXT NOT NULL,
        watchlist_id TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alert_outcomes_by_alert ON alert_outcomes (alert_id);
      CREATE INDEX alert_outcomes_by_time ON alert_outcomes (alert_at);
    `,
  },
  {
    name: 'arming of cameras and watchlists',
    sql: `
      CREATE TABLE arming (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        armed INTEGER NOT NULL,
        cause TEXT NOT NULL,
        who TEXT,
        since INTEGER NOT NULL,
        until INTEGER,
        timed INTEGER NOT NULL,
        PRIMARY KEY (kind, id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'restarts of searches of footage',
    // Starts of the program that found a search at work, since it was at `restarted_at` seconds; -1
    // where the program ended in order.
    sql: `
      ALTER TABLE footage_jobs ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE footage_jobs ADD COLUMN restarted_at REAL NOT NULL DEFAULT 0;
    `,
  },
  {
    name: 'accounts that their provider confirms',
    sql: `
      ALTER TABLE accounts ADD COLUMN confirmed_at INTEGER;
      ALTER TABLE accounts ADD COLUMN unconfirmed_at INTEGER;
      UPDATE accounts SET confirmed_at = max(created_at, coalesce(last_seen_at, 0))
        WHERE origin = 'oidc' AND removed_at IS NULL;
    `,
  },
  {
    name: 'browsers that several people use',
    sql: `
      CREATE TABLE browsers_of_accounts (
        hash BLOB NOT NULL,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        used_at INTEGER NOT NULL,
        PRIMARY KEY (hash, account_id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO browsers_of_accounts SELECT hash, account_id, used_at FROM account_browsers;
      DROP TABLE account_browsers;
      ALTER TABLE browsers_of_accounts RENAME TO account_browsers;
      CREATE INDEX account_browsers_by_account ON account_browsers (account_id, used_at);
    `,
  },
  {
    name: 'second factors of accounts',
    // `secret` is sealed; of recovery codes only hashes are kept.
    sql: `
      CREATE TABLE account_factors (
        id TEXT PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        secret BLOB NOT NULL,
        counter INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        used_at INTEGER
      ) STRICT;
      CREATE INDEX account_factors_by_account ON account_factors (account_id, created_at);
      CREATE TABLE account_recovery_codes (
        hash BLOB PRIMARY KEY,
        account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX account_recovery_codes_by_account ON account_recovery_codes (account_id);
    `,
  },
  {
    name: 'lists of a centre and its sites',
    // At the centre: where a list goes. At a site: what came from its centre, and what was removed
    // and not yet reported.
    sql: `
      CREATE TABLE list_sites (
        watchlist_id TEXT NOT NULL REFERENCES watchlists (id) ON DELETE CASCADE,
        site TEXT NOT NULL,
        PRIMARY KEY (watchlist_id, site)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE received_lists (
        watchlist_id TEXT PRIMARY KEY REFERENCES watchlists (id) ON DELETE CASCADE,
        version INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE received_people (
        person_id TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
        digest TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE received_removals (
        id TEXT PRIMARY KEY,
        removed_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'people who are not learnt from',
    sql: `
      CREATE TABLE learning_exclusions (
        person_id TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
        excluded_at INTEGER NOT NULL,
        excluded_by TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'noise profiles of cameras',
    sql: `
      CREATE TABLE camera_profiles (
        camera_id TEXT NOT NULL,
        measured_at INTEGER NOT NULL,
        profile TEXT NOT NULL,
        pattern BLOB,
        PRIMARY KEY (camera_id, measured_at)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'acceptance tests of a site',
    // Consent, groups and walks go with the person on the list.
    sql: `
      CREATE TABLE acceptance_tests (
        id TEXT PRIMARY KEY,
        started_at INTEGER NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE TABLE volunteers (
        person_id TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
        test_id TEXT NOT NULL REFERENCES acceptance_tests (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        consent TEXT NOT NULL,
        groups TEXT NOT NULL
      ) STRICT;
      CREATE TABLE acceptance_walks (
        id INTEGER PRIMARY KEY,
        test_id TEXT NOT NULL REFERENCES acceptance_tests (id) ON DELETE CASCADE,
        person_id TEXT NOT NULL REFERENCES volunteers (person_id) ON DELETE CASCADE,
        camera_id TEXT NOT NULL,
        light TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER
      ) STRICT;
      CREATE INDEX volunteers_by_test ON volunteers (test_id, number);
      CREATE INDEX acceptance_walks_by_test ON acceptance_walks (test_id, started_at);
      CREATE INDEX acceptance_walks_by_person ON acceptance_walks (person_id);
    `,
  },
  {
    name: 'models beside those in use',
    // Counts by day, camera and list; scores by camera and list. With an alert: what the other
    // version said of it, which goes with the alert.
    sql: `
      CREATE TABLE shadow_runs (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        version TEXT NOT NULL,
        manifest TEXT NOT NULL,
        manifest_sha256 TEXT NOT NULL,
        against TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        until INTEGER NOT NULL,
        ended_at INTEGER,
        ending TEXT,
        progress TEXT NOT NULL
      ) STRICT;
      CREATE TABLE shadow_counts (
        run_id TEXT NOT NULL REFERENCES shadow_runs (id) ON DELETE CASCADE,
        watchlist_id TEXT NOT NULL REFERENCES watchlists (id) ON DELETE CASCADE,
        camera_id TEXT NOT NULL,
        day INTEGER NOT NULL,
        by_both INTEGER NOT NULL,
        by_in_use INTEGER NOT NULL,
        by_new INTEGER NOT NULL,
        by_neither INTEGER NOT NULL,
        same_reported INTEGER NOT NULL,
        same_nearest INTEGER NOT NULL,
        milliseconds REAL NOT NULL,
        PRIMARY KEY (run_id, watchlist_id, camera_id, day)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE shadow_scores (
        run_id TEXT NOT NULL REFERENCES shadow_runs (id) ON DELETE CASCADE,
        watchlist_id TEXT NOT NULL REFERENCES watchlists (id) ON DELETE CASCADE,
        camera_id TEXT NOT NULL,
        side TEXT NOT NULL,
        bin INTEGER NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (run_id, watchlist_id, camera_id, side, bin)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE shadow_alerts (
        run_id TEXT NOT NULL REFERENCES shadow_runs (id) ON DELETE CASCADE,
        alert_id TEXT NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
        score REAL,
        reported INTEGER NOT NULL,
        PRIMARY KEY (run_id, alert_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX shadow_alerts_by_alert ON shadow_alerts (alert_id);
    `,
  },
  {
    name: 'pictures of cameras by day',
    // Histograms by part of the day: nothing of a person.
    sql: `
      CREATE TABLE camera_drift (
        camera_id TEXT NOT NULL,
        measure TEXT NOT NULL,
        model TEXT NOT NULL,
        day INTEGER NOT NULL,
        counts TEXT NOT NULL,
        PRIMARY KEY (camera_id, measure, model, day)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE camera_drift_references (
        camera_id TEXT PRIMARY KEY,
        from_day INTEGER NOT NULL,
        set_at INTEGER NOT NULL,
        set_by TEXT NOT NULL,
        note TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'alerts of sites at their centre',
    // At a site: alerts that its centre is to have. `version` grows with each change, `told` and
    // `pictured` say which one is there. At the centre: what came, of which version, and what came
    // and was purged.
    sql: `
      CREATE TABLE centre_alerts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        alert_id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL,
        told INTEGER NOT NULL,
        pictured INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX centre_alerts_untold ON centre_alerts (number) WHERE told < version;
      CREATE INDEX centre_alerts_unpictured ON centre_alerts (number) WHERE pictured < version;
      CREATE TABLE site_alerts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        site TEXT NOT NULL,
        alert_id TEXT NOT NULL,
        watchlist_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        state TEXT NOT NULL,
        captured_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        version INTEGER NOT NULL,
        pictured INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (site, alert_id)
      ) STRICT;
      CREATE INDEX site_alerts_by_time ON site_alerts (captured_at, number);
      CREATE INDEX site_alerts_by_person ON site_alerts (watchlist_id, person_id);
      CREATE INDEX site_alerts_by_list ON site_alerts (watchlist_id, created_at);
      CREATE INDEX site_alerts_by_receipt ON site_alerts (received_at);
      CREATE TABLE site_alert_pictures (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        site TEXT NOT NULL,
        alert_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        jpeg BLOB NOT NULL,
        key_id TEXT,
        UNIQUE (site, alert_id, kind),
        FOREIGN KEY (site, alert_id) REFERENCES site_alerts (site, alert_id) ON DELETE CASCADE
      ) STRICT;
      CREATE INDEX site_alert_pictures_by_key ON site_alert_pictures (key_id);
      CREATE TABLE site_alerts_purged (
        site TEXT NOT NULL,
        alert_id TEXT NOT NULL,
        purged_at INTEGER NOT NULL,
        PRIMARY KEY (site, alert_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
