//! The desk's tables, as ordered migrations. A migration that has been released is never changed; a new one is added.
//!
//! Ids are text: SQL integers pass through a JavaScript number. Instants are milliseconds since 1970.

use crate::error::Failure;
use crate::sql::Db;
use crate::{tally, values};

/// Each makes the schema of its number from the one before.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE config (version INTEGER PRIMARY KEY, source TEXT NOT NULL, created_at INTEGER NOT NULL);

    -- Every accepted submission, exactly as it was understood. The id is the sender's; sites do not share ids.
    CREATE TABLE submission (
        site TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL, vals TEXT NOT NULL, receipt TEXT NOT NULL,
        item_id TEXT NOT NULL, received_at INTEGER NOT NULL, PRIMARY KEY (site, id)
    ) WITHOUT ROWID;

    CREATE TABLE person (
        id TEXT PRIMARY KEY, name TEXT, name_standing TEXT, items INTEGER NOT NULL, open_items INTEGER NOT NULL,
        created_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    -- One address may be claimed by several people; the first one found by a claim is the oldest.
    CREATE TABLE identifier (
        kind TEXT NOT NULL, key TEXT NOT NULL, person_id TEXT NOT NULL, typed TEXT NOT NULL, standing TEXT NOT NULL,
        PRIMARY KEY (kind, key, person_id)
    ) WITHOUT ROWID;
    CREATE INDEX identifier_of_person ON identifier (person_id);

    CREATE TABLE item (
        id TEXT PRIMARY KEY, reference TEXT NOT NULL, queue TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
        is_open INTEGER NOT NULL, who TEXT NOT NULL, summary TEXT NOT NULL, tier TEXT NOT NULL, score INTEGER NOT NULL,
        site TEXT NOT NULL, opened_at INTEGER NOT NULL, answer_by INTEGER NOT NULL, touched INTEGER NOT NULL,
        owner TEXT, outcome TEXT, changed INTEGER NOT NULL,
        person_id TEXT NOT NULL, submission_id TEXT NOT NULL, trace TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX item_waiting ON item (queue, score DESC, opened_at, id) WHERE is_open = 1;
    CREATE INDEX item_closed ON item (queue, changed DESC) WHERE is_open = 0;
    CREATE INDEX item_of_person ON item (person_id, opened_at DESC);
    CREATE TABLE queue (id TEXT PRIMARY KEY, open INTEGER NOT NULL) WITHOUT ROWID;

    -- What happened to items; its number is also the workspace's count of changes.
    CREATE TABLE history (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
        actor TEXT, body TEXT NOT NULL
    );
    CREATE INDEX history_of_item ON history (item_id, seq);

    CREATE TABLE timer (
        item_id TEXT NOT NULL, kind TEXT NOT NULL, due_at INTEGER NOT NULL, state TEXT NOT NULL,
        PRIMARY KEY (item_id, kind)
    ) WITHOUT ROWID;
    CREATE INDEX timer_due ON timer (due_at) WHERE state = 'running';

    -- One row for each effect until it is confirmed; its id is the receiver's key against repeats.
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY, item_id TEXT NOT NULL, destination TEXT NOT NULL, body TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, state TEXT NOT NULL, last_error TEXT
    ) WITHOUT ROWID;
    CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'due';

    CREATE TABLE sign_in_link (hash TEXT PRIMARY KEY, member TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (hash TEXT PRIMARY KEY, member TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;

    CREATE TABLE fate (tag TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
",
    "
    -- The files that submissions name; their bytes are elsewhere. A file belongs to one submission.
    CREATE TABLE file (
        id TEXT PRIMARY KEY, site TEXT NOT NULL, submission_id TEXT NOT NULL, field TEXT NOT NULL,
        kind TEXT NOT NULL, bytes INTEGER NOT NULL, name TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX file_of_submission ON file (site, submission_id);
",
    "
    -- What was agreed to with a submission: the sentence as it was shown, and what it permits.
    CREATE TABLE consent (
        site TEXT NOT NULL, submission_id TEXT NOT NULL, field TEXT NOT NULL, purpose TEXT NOT NULL,
        version TEXT NOT NULL, text TEXT NOT NULL, lang TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (site, submission_id, field)
    ) WITHOUT ROWID;

    -- A complaint stands before everything else in its queue; a follow-up that is due names its timer.
    ALTER TABLE item ADD COLUMN complaint INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE item ADD COLUMN complaint_reason TEXT;
    ALTER TABLE item ADD COLUMN follow_up TEXT;
    DROP INDEX item_waiting;
    CREATE INDEX item_waiting ON item (queue, complaint DESC, score DESC, opened_at, id) WHERE is_open = 1;
",
    "
    -- Random keys of the workspace's own, by what they are for.
    CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- Submissions that look like a machine's, whole, until a member of staff has decided; ids sort by time. Nothing else
    -- knows of them. What was decided is kept for 30 days, without the body where it was released.
    CREATE TABLE held (
        id TEXT PRIMARY KEY, site TEXT NOT NULL, submission_id TEXT NOT NULL, form TEXT NOT NULL, vals TEXT NOT NULL,
        arrival TEXT NOT NULL, identity TEXT NOT NULL, receipt TEXT NOT NULL, reference TEXT NOT NULL,
        reasons TEXT NOT NULL, received_at INTEGER NOT NULL, state TEXT NOT NULL,
        decided_at INTEGER, decided_by TEXT, decided_why TEXT, delete_at INTEGER
    ) WITHOUT ROWID;
    CREATE UNIQUE INDEX held_of_submission ON held (site, submission_id);
    CREATE INDEX held_waiting ON held (id) WHERE state = 'waiting';
    CREATE INDEX held_to_delete ON held (delete_at) WHERE delete_at IS NOT NULL;

    -- How many submissions came from an address (a salted hash) in a minute, for ten minutes.
    CREATE TABLE sender (
        key TEXT NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (key, minute)
    ) WITHOUT ROWID;
    -- How many submissions a site brought on a day.
    CREATE TABLE site_day (
        site TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (site, day)
    ) WITHOUT ROWID;
    -- Proofs of work that were spent, until they would have ended.
    CREATE TABLE spent_proof (id TEXT PRIMARY KEY, ends_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX spent_proof_by_end ON spent_proof (ends_at);

    -- What a person gave for fields that are asked once. `verified`: they were signed in to the platform as they gave it.
    CREATE TABLE known_value (
        person_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, standing TEXT NOT NULL, source TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (person_id, name)
    ) WITHOUT ROWID;
",
    "
    -- The Sites page asks for the latest item of each site.
    CREATE INDEX item_of_site ON item (site, opened_at DESC);
",
    "
    -- What became of items, in the order in which it was told: the order of learning. No outcome: it was opened again.
    -- `at` is when it happened, `told_by` the member who said so, or nobody where it was the platform's server.
    CREATE TABLE outcome (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, outcome TEXT, reason TEXT NOT NULL,
        at INTEGER NOT NULL, told_at INTEGER NOT NULL, told_by TEXT
    );
    CREATE INDEX outcome_of_item ON outcome (item_id, seq);
    CREATE INDEX item_by_reference ON item (reference);

    CREATE TABLE api_token (
        name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, created_at INTEGER NOT NULL
    ) WITHOUT ROWID;
",
    "
    -- What an item is rated by: facts and visit as they were when it was opened, which never change, and the visit as it is
    -- by now, where more happened. An item of an earlier version has none, and stays as it was rated.
    CREATE TABLE basis (
        item_id TEXT PRIMARY KEY, facts TEXT NOT NULL, visit TEXT NOT NULL, later TEXT
    ) WITHOUT ROWID;
    CREATE INDEX item_by_time ON item (opened_at, id);

    -- Each rating of an item: why, what it came to, what moved it, and what its outcome would teach from.
    CREATE TABLE rating (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL,
        version INTEGER NOT NULL, tier TEXT NOT NULL, total INTEGER NOT NULL, points INTEGER NOT NULL, chance INTEGER,
        moved TEXT NOT NULL, frozen TEXT
    );
    CREATE INDEX rating_of_item ON rating (item_id, seq);
    -- When an item is rated again: `rate_why` says that something happened, `rate_at` when it would change by itself;
    -- from `fades_at` on its points are other ones.
    ALTER TABLE item ADD COLUMN chance INTEGER;
    ALTER TABLE item ADD COLUMN rate_why TEXT;
    ALTER TABLE item ADD COLUMN rate_at INTEGER;
    ALTER TABLE item ADD COLUMN fades_at INTEGER;
    CREATE INDEX item_to_rate ON item (rate_why) WHERE is_open = 1 AND rate_why IS NOT NULL;
    CREATE INDEX item_fading ON item (rate_at) WHERE is_open = 1 AND rate_at IS NOT NULL;

    -- The model; what it was taught, in that order; and how its figures came to be. It can be built anew from the second.
    CREATE TABLE learner (id INTEGER PRIMARY KEY CHECK (id = 1), model TEXT NOT NULL);
    CREATE TABLE learnt (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL UNIQUE, rating_seq INTEGER NOT NULL,
        won INTEGER NOT NULL, at INTEGER NOT NULL
    );
    CREATE TABLE curve (outcomes INTEGER PRIMARY KEY, body TEXT NOT NULL);
    -- Work that is too long for one turn, and how far it is.
    CREATE TABLE job (kind TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

    -- The draft of the card, which all share. Its row stays when it is dropped: revisions only count up.
    CREATE TABLE draft (
        id INTEGER PRIMARY KEY CHECK (id = 1), card TEXT, base INTEGER NOT NULL, revision INTEGER NOT NULL,
        made_by TEXT NOT NULL, at INTEGER NOT NULL
    );
    -- Whether the card is another one than in the version before, who published it, and why.
    ALTER TABLE config ADD COLUMN card_changed INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE config ADD COLUMN made_by TEXT;
    ALTER TABLE config ADD COLUMN note TEXT NOT NULL DEFAULT '';
",
    "
    -- The words that an item can be found by, in lower case; by time, so that a search walks them from the latest on and
    -- touches no item that it does not find. Of an item of an earlier version, the words that its line shows.
    CREATE TABLE search (
        at INTEGER NOT NULL, item_id TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (at, item_id)
    ) WITHOUT ROWID;
    INSERT INTO search SELECT opened_at, id, lower(who || ' ' || reference || ' ' || summary) FROM item;
",
    "
    -- How an item is given to members: by which pool, what it asks of them, and who had it before. `waits`: for somebody who
    -- can take it, who could be there at `again_at`. `given_to`: whose share it counts in; `credited`: it was none, and
    -- is owed to them. An item that members take themselves has no row.
    CREATE TABLE assignment (
        item_id TEXT PRIMARY KEY, pool TEXT NOT NULL, wants TEXT NOT NULL, had TEXT NOT NULL, opened_at INTEGER NOT NULL,
        waits INTEGER NOT NULL, again_at INTEGER, given_to TEXT, credited INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX assignment_waiting ON assignment (pool, opened_at, item_id) WHERE waits = 1;
    CREATE INDEX assignment_again ON assignment (again_at) WHERE waits = 1 AND again_at IS NOT NULL;
    -- Each time that one was to be given: to whom, and why not to the others.
    CREATE TABLE pick (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, pool TEXT NOT NULL, member TEXT, at INTEGER NOT NULL,
        view TEXT NOT NULL
    );
    CREATE INDEX pick_of_item ON pick (item_id, seq);
    -- Open items of each member, by kind; how far the members of a pool are behind their share; who is away.
    CREATE TABLE load (
        member TEXT NOT NULL, kind TEXT NOT NULL, open INTEGER NOT NULL, PRIMARY KEY (member, kind)
    ) WITHOUT ROWID;
    INSERT INTO load SELECT owner, kind, count(*) FROM item WHERE is_open = 1 AND owner IS NOT NULL GROUP BY owner, kind;
    CREATE TABLE share (pool TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE presence (member TEXT PRIMARY KEY, is_away INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
    ALTER TABLE history ADD COLUMN given_to TEXT;
    CREATE INDEX item_of_owner ON item (queue, owner, complaint DESC, score DESC, opened_at, id) WHERE is_open = 1;
",
    "
    -- When there is something to do about a timer next. Of a promise: its length and what was left of it at `since`, in
    -- milliseconds of its rule's clock, and the percent up to which everything was done.
    ALTER TABLE timer ADD COLUMN next_at INTEGER;
    ALTER TABLE timer ADD COLUMN length INTEGER;
    ALTER TABLE timer ADD COLUMN remaining INTEGER;
    ALTER TABLE timer ADD COLUMN since INTEGER;
    ALTER TABLE timer ADD COLUMN done INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE timer ADD COLUMN rule TEXT;
    UPDATE timer SET next_at = due_at;
    DROP INDEX timer_due;
    CREATE INDEX timer_next ON timer (next_at) WHERE state = 'running';

    -- How much of the time of its most pressing promise is gone, in percent; and why and until when it rests, if it does.
    ALTER TABLE item ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE item ADD COLUMN rests TEXT;
    ALTER TABLE item ADD COLUMN rests_until INTEGER;
    ALTER TABLE item ADD COLUMN is_resting INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX item_that_waits ON item (person_id) WHERE is_open = 1 AND rests = 'waiting';
    CREATE INDEX item_at_risk ON item (urgency DESC, answer_by, id) WHERE is_open = 1 AND urgency > 0;
    -- Whether the pools or the routes are other ones than in the version before.
    ALTER TABLE config ADD COLUMN table_changed INTEGER NOT NULL DEFAULT 1;
    -- Who changed what, beside items; nobody where it was the operator.
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT, what TEXT NOT NULL, text TEXT NOT NULL
    );
    -- Whether the wider pool may have it, where its own cannot take it.
    ALTER TABLE assignment ADD COLUMN widened INTEGER NOT NULL DEFAULT 0;
    DROP INDEX item_waiting;
    CREATE INDEX item_waiting ON item (queue, is_resting, complaint DESC, urgency DESC, score DESC, opened_at, id)
        WHERE is_open = 1;
    DROP INDEX item_of_owner;
    CREATE INDEX item_of_owner ON item (queue, owner, is_resting, complaint DESC, urgency DESC, score DESC, opened_at, id)
        WHERE is_open = 1;
",
    "
    -- What is kept of a member's password, as `shared::password::Stored` writes it, and the address it was set under: it is
    -- good for no other.
    CREATE TABLE password (
        member TEXT PRIMARY KEY, hash TEXT NOT NULL, email TEXT NOT NULL, set_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    -- Tries to sign in that failed, or are under way, by a hash of what they are counted under; for a day.
    CREATE TABLE sign_in_try (key TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX sign_in_try_by_time ON sign_in_try (last_at);
    -- Answers of a provider that let somebody in, until they would have ended: each does so once.
    CREATE TABLE sign_in_spent (hash TEXT PRIMARY KEY, ends_at INTEGER NOT NULL) WITHOUT ROWID;
    -- How and when a session began; of those that were there before, nothing is known.
    ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'link';
    ALTER TABLE session ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX session_of_member ON session (member);
",
    "
    -- What an item was before the last act of a member on it, until that cannot be taken back any more. `changed`: the number of
    -- that act's change; `credits`: what it did to shares.
    CREATE TABLE undo (
        item_id TEXT PRIMARY KEY, changed INTEGER NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
        was TEXT NOT NULL, credits TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX undo_by_time ON undo (at);

    -- Kept views of lists; `body`: what the list is narrowed to.
    CREATE TABLE saved_view (
        id TEXT PRIMARY KEY, member TEXT NOT NULL, queue TEXT NOT NULL, name TEXT NOT NULL, is_shared INTEGER NOT NULL,
        body TEXT NOT NULL, UNIQUE (member, queue, name)
    ) WITHOUT ROWID;

    -- What members were told beside their queues.
    CREATE TABLE notice (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, item_id TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT,
        at INTEGER NOT NULL, body TEXT NOT NULL, is_seen INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX notice_of_member ON notice (member, seq);
    CREATE INDEX notice_unseen ON notice (member) WHERE is_seen = 0;

    -- The item that one is the same as.
    ALTER TABLE item ADD COLUMN duplicate_of TEXT;
    CREATE INDEX item_duplicate ON item (duplicate_of) WHERE duplicate_of IS NOT NULL;

    -- Records that became part of another; `moved`: what they brought, and what that put in the place of what.
    CREATE TABLE merge (
        id TEXT PRIMARY KEY, person_id TEXT NOT NULL, from_id TEXT NOT NULL, who TEXT NOT NULL, items INTEGER NOT NULL,
        moved TEXT NOT NULL, made_by TEXT NOT NULL, at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX merge_of_person ON merge (person_id, at);

    -- How satisfied visitors were with how their items were settled.
    CREATE TABLE feedback (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL, at INTEGER NOT NULL, stars INTEGER NOT NULL,
        body TEXT NOT NULL
    );
    CREATE INDEX feedback_of_item ON feedback (item_id, seq);

    -- The draft of the routing table, which all share. Its row stays when it is dropped: revisions only count up.
    CREATE TABLE table_draft (
        id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT, base INTEGER NOT NULL, revision INTEGER NOT NULL,
        made_by TEXT NOT NULL, at INTEGER NOT NULL
    );

    -- When the last console of a member was closed, until they are there again or what they had is taken back.
    ALTER TABLE presence ADD COLUMN left_at INTEGER;
",
    "
    -- Visitors (by a keyed hash) who saw an arm of an experiment and sent something: which arm, since which day, and what they
    -- did, as bits. `crossed`: they saw another arm too, and count no more.
    CREATE TABLE credit (
        visitor TEXT NOT NULL, experiment TEXT NOT NULL, version INTEGER NOT NULL, arm TEXT NOT NULL, phase INTEGER NOT NULL,
        site TEXT NOT NULL, device TEXT NOT NULL, seen_on INTEGER NOT NULL, did INTEGER NOT NULL, crossed INTEGER NOT NULL,
        PRIMARY KEY (visitor, experiment, version)
    ) WITHOUT ROWID;
    CREATE TABLE credit_item (
        item_id TEXT NOT NULL, visitor TEXT NOT NULL, experiment TEXT NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (item_id, experiment, version)
    ) WITHOUT ROWID;
    CREATE INDEX credit_item_of_visitor ON credit_item (visitor, experiment, version);
",
    "
    -- How submissions ended, by day (in days since 1970, UTC). Day 0: before days were told apart, or longer ago than they are kept.
    ALTER TABLE fate RENAME TO fate_before;
    CREATE TABLE fate (tag TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (tag, day)) WITHOUT ROWID;
    INSERT INTO fate SELECT tag, 0, count FROM fate_before;
    DROP TABLE fate_before;

    -- What a delivery tells, when it was written and when it ended. An id sorts by time.
    ALTER TABLE outbox ADD COLUMN event TEXT NOT NULL DEFAULT 'item.opened';
    ALTER TABLE outbox ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE outbox ADD COLUMN ended_at INTEGER;
    CREATE INDEX outbox_due_to ON outbox (destination, next_at) WHERE state = 'due';
    CREATE INDEX outbox_ended ON outbox (ended_at) WHERE state = 'delivered';
    CREATE INDEX outbox_dead ON outbox (destination, id) WHERE state = 'dead';
    CREATE INDEX outbox_of_destination ON outbox (destination, id);
    CREATE INDEX outbox_of_item ON outbox (item_id, id);
    -- Each try of a delivery: when it began, how long it took, what came back.
    CREATE TABLE attempt (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, outbox_id TEXT NOT NULL, at INTEGER NOT NULL, took_ms INTEGER NOT NULL,
        status INTEGER, says TEXT NOT NULL
    );
    CREATE INDEX attempt_of_outbox ON attempt (outbox_id, seq);
    -- How a destination answers, as `shared::delivery::breaker::Breaker`; none: well.
    CREATE TABLE breaker (destination TEXT PRIMARY KEY, body TEXT NOT NULL, delivered_at INTEGER) WITHOUT ROWID;
    -- Who is told what becomes of an item.
    CREATE TABLE follower (
        item_id TEXT NOT NULL, destination TEXT NOT NULL, PRIMARY KEY (item_id, destination)
    ) WITHOUT ROWID;
    -- What the platform said happened to customers, by its own ids; `said`: what, and to whom, as it was read. Where somebody stands
    -- by it, and how many they brought.
    CREATE TABLE lifecycle (
        id TEXT PRIMARY KEY, person_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, told_at INTEGER NOT NULL,
        note TEXT NOT NULL, said TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX lifecycle_of_person ON lifecycle (person_id, at);
    ALTER TABLE person ADD COLUMN stage TEXT;
    ALTER TABLE person ADD COLUMN stage_at INTEGER;
    ALTER TABLE person ADD COLUMN referrals INTEGER NOT NULL DEFAULT 0;

    -- A token may be for several things (`scope`: words), has an end, and says who made it and when it was used last.
    ALTER TABLE api_token ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
    ALTER TABLE api_token ADD COLUMN made_by TEXT;
    ALTER TABLE api_token ADD COLUMN expires_at INTEGER;
    ALTER TABLE api_token ADD COLUMN used_at INTEGER;

    -- A destination was an address and a secret; now it says what it is.
    UPDATE config SET source = json_set(source, '$.destinations', json((
        SELECT json_group_array(json_object('id', value ->> 'id', 'to', json_object('webhook',
            json_object('url', value ->> 'url', 'secret', value ->> 'secret'))))
        FROM json_each(source, '$.destinations') WHERE value ->> 'url' IS NOT NULL)))
    WHERE json_array_length(source, '$.destinations') > 0;
",
    "
    -- Who was erased, or grew too old: what is left of them. `counts`: rows that went, by table; `rest`: what is still to be done
    -- elsewhere, which names them, until it is done.
    CREATE TABLE erasure (
        id TEXT PRIMARY KEY, person_id TEXT NOT NULL, at INTEGER NOT NULL, made_by TEXT, why TEXT NOT NULL,
        counts TEXT NOT NULL, rest TEXT, done_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX erasure_to_do ON erasure (id) WHERE rest IS NOT NULL;
    CREATE INDEX erasure_on_request ON erasure (id) WHERE why <> 'too_old';
    -- What must not come back: our own ids as they are, others' as keyed hashes.
    CREATE TABLE erased (key TEXT PRIMARY KEY, erasure_id TEXT NOT NULL) WITHOUT ROWID;
    -- Legal holds. One that was lifted stays, for as long as its person does.
    CREATE TABLE hold (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, person_id TEXT NOT NULL, reason TEXT NOT NULL, placed_by TEXT NOT NULL,
        placed_at INTEGER NOT NULL, lifted_by TEXT, lifted_at INTEGER, lifted_why TEXT
    );
    CREATE UNIQUE INDEX hold_in_force ON hold (person_id) WHERE lifted_at IS NULL;
    CREATE INDEX hold_of_person ON hold (person_id);
    -- How much went for its age, by day (in days since 1970, UTC); and how far the walk along closed items is, by which version of
    -- the rules.
    CREATE TABLE deleted_day (day INTEGER NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, what)) WITHOUT ROWID;
    CREATE TABLE retention (
        id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, after TEXT NOT NULL, next_at INTEGER NOT NULL
    );
    -- When the objects' files are to be washed of what was erased, and when they last were.
    CREATE TABLE wash (id INTEGER PRIMARY KEY CHECK (id = 1), due_at INTEGER, done_at INTEGER);
    CREATE INDEX outbox_given_up ON outbox (ended_at) WHERE state = 'dead';
    CREATE INDEX notice_of_item ON notice (item_id);
    CREATE INDEX merge_from ON merge (from_id);
",
    "
    -- How an item came to us: `shared::wire::Channel`.
    ALTER TABLE item ADD COLUMN channel TEXT NOT NULL DEFAULT 'web';

    -- Mails that were taken, by hashes of their `Message-ID` and of all they say: the submission that each became, or the item that
    -- it stands on; and the reference that was answered.
    CREATE TABLE mail (
        message TEXT NOT NULL, content TEXT NOT NULL, site TEXT, submission_id TEXT, item_id TEXT, reference TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (message, content)
    ) WITHOUT ROWID;

    -- What was answered to a call under its key (`Idempotency-Key`), by caller, for a day. `print`: a hash of what was sent. No
    -- `body`: it was done, and its answer is not kept.
    CREATE TABLE kept_call (
        caller TEXT NOT NULL, key TEXT NOT NULL, print TEXT NOT NULL, status INTEGER NOT NULL, body TEXT, ends_at INTEGER NOT NULL,
        PRIMARY KEY (caller, key)
    ) WITHOUT ROWID;
    CREATE INDEX kept_call_by_end ON kept_call (ends_at);
",
];

/// Brings the tables to this version.
///
/// # Errors
/// As [`Db::migrate`].
pub fn migrate(db: &Db) -> Result<(), Failure> {
    db.migrate(MIGRATIONS)?;
    db.transaction(|tx| tx.write("tally", tally::SCHEMA, values![]))
}
