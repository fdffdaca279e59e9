-- 4 statements

SAVEPOINT;

WITH draft AS
  (UPDATE intake_draft
   SET submitted_at = ?
   WHERE reference = ?
     AND applicant_id = ?
     AND submitted_at IS NULL
     AND discarded_at IS NULL RETURNING *),
     KEY AS
  (INSERT INTO kernel_idempotencykey (SCOPE, OWNER, KEY, digest, RESULT, created_at) SELECT ?,
                                                                                            ?::text,
                                                                                            ?,
                                                                                            ?,
                                                                                            ?,
                                                                                            ?
   FROM draft)
SELECT draft.id,
       version_id,
       PLAN::text,
       region,
       answers::text,
       sources::text,
       need,
       event,
       about,
       party.kind,
       party.name,
  (SELECT coalesce(json_agg(json_build_object(?, attachment.material, ?, file.id, ?, file.reference, ?, file.content_type, ?, file.size)
                            ORDER BY attachment.id), ?)::text
   FROM intake_attachment attachment
   JOIN documents_storedfile FILE ON file.id = attachment.file_id
   WHERE attachment.draft_id = draft.id), CASE
                                              WHEN PLAN <> ? THEN
                                                     (SELECT coalesce(md5(string_agg(thing, ?
                                                                                     ORDER BY thing)), ?)
                                                      FROM
                                                        (SELECT ? || id AS thing
                                                         FROM registers_holding
                                                         WHERE party_id = draft.applicant_id
                                                           AND (PLAN -> ?) ? service
                                                           AND ended_at IS NULL
                                                           AND valid_from <= ?
                                                           AND (valid_to IS NULL
                                                                OR valid_to >= ?)
                                                         UNION ALL SELECT ? || id
                                                         FROM documents_credential
                                                         WHERE holder_id = draft.applicant_id
                                                           AND (PLAN -> ?) ? TYPE
                                                           AND ended_at IS NULL
                                                           AND suspended_at IS NULL
                                                           AND valid_from <= ?
                                                           AND (valid_to IS NULL
                                                                OR valid_to >= ?)) AS things)
                                          END
FROM draft
JOIN identity_party party ON party.id = draft.applicant_id;

WITH r0 AS
  (INSERT INTO "casework_case" ("reference",
                                "matter",
                                "submission",
                                "about",
                                "service_id",
                                "version_id",
                                "procedure",
                                "procedure_version",
                                "applicant_id",
                                "filed_by_id",
                                "capacity",
                                "title",
                                "department_id",
                                "unit_id",
                                "region",
                                "route",
                                "state",
                                "outcome",
                                "answers",
                                "sources",
                                "price",
                                "language",
                                "handler_id",
                                "received_at",
                                "accepted_at",
                                "promised_due_at",
                                "statutory_due_at",
                                "decided_at",
                                "delivered_at",
                                "closed_at",
                                "overdue_at",
                                "lock_version")
   VALUES (?) RETURNING "id"),
     r1 AS
  (INSERT INTO "casework_casefile" ("case_id",
                                    "material",
                                    "file_id",
                                    "origin",
                                    "added_at")
   VALUES (
             (SELECT "id"
              FROM r0
              OFFSET ?
              LIMIT ?), ?,
                        ?,
                        ?,
                        ?) RETURNING "id"),
     r2 AS
  (INSERT INTO "casework_transition" ("case_id",
                                      "at",
                                      "act",
                                      "before",
                                      "after",
                                      "by_post_id",
                                      "by_party_id",
                                      "capacity",
                                      "note",
                                      "basis",
                                      "public")
   VALUES (
             (SELECT "id"
              FROM r0
              OFFSET ?
              LIMIT ?), ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        TRUE) RETURNING "id"),
     r3 AS
  (INSERT INTO "matters_matter" ("reference",
                                 "applicant_id",
                                 "filed_by_id",
                                 "capacity",
                                 "title",
                                 "need",
                                 "event",
                                 "event_version_id",
                                 "determinants",
                                 "lacking",
                                 "superfluous",
                                 "state",
                                 "opened_at",
                                 "closed_at",
                                 "promised_due_at",
                                 "lead_id",
                                 "lead_unit_id",
                                 "endangered_since")
   VALUES (?) RETURNING "id"),
     r4 AS
  (INSERT INTO "matters_member" ("matter_id",
                                 "key",
                                 "service_id",
                                 "case",
                                 "state",
                                 "order",
                                 "optional",
                                 "by",
                                 "outputs",
                                 "started_at",
                                 "ended_at",
                                 "undone",
                                 "endangers_since")
   VALUES (
             (SELECT "id"
              FROM r3
              OFFSET ?
              LIMIT ?), ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        FALSE,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?,
                        ?) RETURNING "id"),
     r5 AS
  (INSERT INTO "intake_submission" ("reference",
                                    "draft_id",
                                    "applicant_id",
                                    "filed_by_id",
                                    "capacity",
                                    "channel",
                                    "answers",
                                    "sources",
                                    "answers_digest",
                                    "matter",
                                    "at")
   VALUES (?) RETURNING "id"),
     r6 AS
  (INSERT INTO "payments_bill" ("reference",
                                "payer_id",
                                "subject",
                                "total",
                                "state",
                                "created_at",
                                "paid_at")
   VALUES (?) RETURNING "id"),
     r7 AS
  (INSERT INTO "payments_billline" ("bill_id",
                                    "subject",
                                    "department_id",
                                    "text",
                                    "amount",
                                    "basis")
   VALUES (
             (SELECT "id"
              FROM r6
              OFFSET ?
              LIMIT ?), ?,
                        ?,
                        ?,
                        ?,
                        ?) RETURNING "id"),
     r8 AS
  (INSERT INTO "journal_entry" ("at",
                                "kind",
                                "action",
                                "account_id",
                                "party_id",
                                "capacity",
                                "on_behalf_of_id",
                                "department_id",
                                "reason",
                                "refs",
                                "content_digest",
                                "request_id")
   VALUES (?) RETURNING "id"),
     r9 AS
  (INSERT INTO "kernel_outboxmessage" ("emitted_at",
                                       "name",
                                       "version",
                                       "payload",
                                       "request_id",
                                       "queue",
                                       "attempts",
                                       "due_at",
                                       "delivered_at",
                                       "dead_at",
                                       "last_error")
   VALUES (?), (?) RETURNING "id")
SELECT array
  (SELECT *
   FROM r0),
       array
  (SELECT *
   FROM r1),
       array
  (SELECT *
   FROM r2),
       array
  (SELECT *
   FROM r3),
       array
  (SELECT *
   FROM r4),
       array
  (SELECT *
   FROM r5),
       array
  (SELECT *
   FROM r6),
       array
  (SELECT *
   FROM r7),
       array
  (SELECT *
   FROM r8),
       array
  (SELECT *
   FROM r9);

RELEASE SAVEPOINT;

