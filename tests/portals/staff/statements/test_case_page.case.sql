-- 9 statements


SELECT session.session_data,
       session.expire_date,
       account.id,
       account.password,
       account.last_login,
       account.is_superuser,
       account.username,
       account.email,
       account.is_staff,
       account.is_active,
       account.date_joined,
       account.person_id,
       account.assurance,
       account.language,
       person.party_id,
       person.died_on,
       party.id,
       party.kind,
       party.name,
       party.region_id
FROM identity_session SESSION
LEFT JOIN identity_account ACCOUNT ON account.id = session.account_id
LEFT JOIN identity_person person ON person.party_id = account.person_id
LEFT JOIN identity_party party ON party.id = person.party_id
WHERE session.session_key = ?
  AND session.expire_date > ?;

SELECT "identity_post"."id" AS "pk",
       "identity_post"."title" AS "title",
       "identity_post"."unit_id" AS "unit_id",
       "identity_unit"."department_id" AS "unit__department_id",
       COALESCE(ARRAY_AGG("auth_group"."name") FILTER (
                                                       WHERE "identity_post_roles"."group_id" IS NOT ?), ?(?)[]) AS "role_names",
       "identity_organisation"."short_name" AS "unit__department__short_name",
       "identity_unit"."region_id" AS "unit__region_id",
       "identity_party"."region_id" AS "unit__department__party__region_id"
FROM "identity_post"
INNER JOIN "identity_unit" ON ("identity_post"."unit_id" = "identity_unit"."id")
LEFT OUTER JOIN "identity_post_roles" ON ("identity_post"."id" = "identity_post_roles"."post_id")
LEFT OUTER JOIN "auth_group" ON ("identity_post_roles"."group_id" = "auth_group"."id")
INNER JOIN "identity_organisation" ON ("identity_unit"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_party" ON ("identity_organisation"."party_id" = "identity_party"."id")
WHERE ("identity_post"."id" = ?
       AND "identity_post"."valid_from" <= ?
       AND ("identity_post"."valid_to" IS NULL
            OR "identity_post"."valid_to" >= ?)
       AND "identity_post"."person_id" = ?
       AND "identity_unit"."closed_on" IS ?)
GROUP BY ?,
         ?,
         ?,
         ?,
         ?
ORDER BY "identity_post"."is_head" DESC,
         ? ASC;

SELECT "casework_case"."id",
       "casework_case"."reference",
       "casework_case"."matter",
       "casework_case"."submission",
       "casework_case"."about",
       "casework_case"."service_id",
       "casework_case"."version_id",
       "casework_case"."procedure",
       "casework_case"."procedure_version",
       "casework_case"."applicant_id",
       "casework_case"."filed_by_id",
       "casework_case"."capacity",
       "casework_case"."title",
       "casework_case"."department_id",
       "casework_case"."unit_id",
       "casework_case"."region",
       "casework_case"."route",
       "casework_case"."state",
       "casework_case"."outcome",
       "casework_case"."answers",
       "casework_case"."sources",
       "casework_case"."price",
       "casework_case"."language",
       "casework_case"."handler_id",
       "casework_case"."received_at",
       "casework_case"."accepted_at",
       "casework_case"."promised_due_at",
       "casework_case"."statutory_due_at",
       "casework_case"."decided_at",
       "casework_case"."delivered_at",
       "casework_case"."closed_at",
       "casework_case"."overdue_at",
       "casework_case"."lock_version",

  (SELECT U0."answered_at" AS "answered_at"
   FROM "casework_correctionrequest" U0
   WHERE (U0."answered_at" IS NOT NULL
          AND U0."case_id" = ("casework_case"."id"))
   ORDER BY ? DESC
   LIMIT ?) AS "f_last_answer",
       COALESCE(
                  (SELECT COUNT(U0."id") AS "number"
                   FROM "casework_correctionrequest" U0
                   WHERE U0."case_id" = ("casework_case"."id")
                   GROUP BY U0."case_id"), ?) AS "f_corrections",
       EXISTS
  (SELECT ? AS "a"
   FROM "casework_extension" U0
   WHERE (U0."approved" IS NULL
          AND U0."case_id" = ("casework_case"."id"))
   LIMIT ?) AS "f_extension_pending",
       COALESCE(
                  (SELECT COUNT(U0."id") AS "number"
                   FROM "casework_extension" U0
                   WHERE (U0."approved"
                          AND U0."case_id" = ("casework_case"."id"))
                   GROUP BY U0."case_id"), ?) AS "f_extensions",
       COALESCE(
                  (SELECT COUNT(U0."id") AS "number"
                   FROM "casework_opinionrequest" U0
                   WHERE (U0."answered_at" IS NULL
                          AND U0."case_id" = ("casework_case"."id")
                          AND U0."withdrawn_at" IS ?)
                   GROUP BY U0."case_id"), ?) AS "f_opinions",
       EXISTS
  (SELECT ? AS "a"
   FROM "casework_answerchange" U0
   WHERE (U0."case_id" = ("casework_case"."id")
          AND U0."decided_at" IS ?)
   LIMIT ?) AS "f_change",
       EXISTS
  (SELECT ? AS "a"
   FROM "casework_suspension" U0
   WHERE (U0."case_id" = ("casework_case"."id")
          AND U0."ended_at" IS ?)
   LIMIT ?) AS "f_suspension",
       "casework_decision"."drafted_at" AS "f_drafted",
       "casework_decision"."outcome" AS "f_outcome",
       "casework_decision"."contest_by" AS "f_contest_by",
       "casework_rating"."grade" AS "f_grade",
       "casework_rating"."rectified_at" AS "f_rectified",
       "casework_rating"."verified" AS "f_verified",
       "casework_rating"."second_grade" AS "f_second",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."kind", ((?)::text) VALUE U0."state", ((?)::text) VALUE U0."unit_id", ((?)::text) VALUE U0."department_id", ((?)::text) VALUE U0."role", ((?)::text) VALUE U0."assignee_id", ((?)::text) VALUE U0."step_id", ((?)::text) VALUE U0."excluded_persons" RETURNING JSONB) AS "row"
   FROM "work_workitem" U0
   WHERE (U0."state" IN (?)
          AND U0."subject" = (COALESCE(?) || COALESCE("casework_case"."reference", ?)))
   ORDER BY U0."id" ASC) AS "f_items",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."at", ((?)::text) VALUE U0."act", ((?)::text) VALUE U0."before", ((?)::text) VALUE U0."after", ((?)::text) VALUE U0."note", ((?)::text) VALUE U0."basis", ((?)::text) VALUE U0."public", ((?)::text) VALUE U0."capacity", ((?)::text) VALUE U4."name" RETURNING JSONB) AS "row"
   FROM "casework_transition" U0
   LEFT OUTER JOIN "identity_post" U2 ON (U0."by_post_id" = U2."id")
   LEFT OUTER JOIN "identity_person" U3 ON (U2."person_id" = U3."party_id")
   LEFT OUTER JOIN "identity_party" U4 ON (U3."party_id" = U4."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_moves",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."material", ((?)::text) VALUE U0."origin", ((?)::text) VALUE U0."added_at", ((?)::text) VALUE U0."file_id", ((?)::text) VALUE U2."name", ((?)::text) VALUE U2."reference", ((?)::text) VALUE U2."content_type", ((?)::text) VALUE U2."size" RETURNING JSONB) AS "row"
   FROM "casework_casefile" U0
   LEFT OUTER JOIN "documents_storedfile" U2 ON (U0."file_id" = U2."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_papers",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."material", ((?)::text) VALUE U0."absent", ((?)::text) VALUE U0."register", ((?)::text) VALUE U0."title", ((?)::text) VALUE U0."number", ((?)::text) VALUE U0."rows", ((?)::text) VALUE U0."as_of", ((?)::text) VALUE U0."valid_to", ((?)::text) VALUE U0."at", ((?)::text) VALUE U0."paper_id" RETURNING JSONB) AS "row"
   FROM "casework_fetched" U0
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_given",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."items", ((?)::text) VALUE U0."asked_at", ((?)::text) VALUE U0."respond_by", ((?)::text) VALUE U0."answered_at", ((?)::text) VALUE U0."answers_before", ((?)::text) VALUE U4."name" RETURNING JSONB) AS "row"
   FROM "casework_correctionrequest" U0
   INNER JOIN "identity_post" U2 ON (U0."asked_by_id" = U2."id")
   INNER JOIN "identity_person" U3 ON (U2."person_id" = U3."party_id")
   INNER JOIN "identity_party" U4 ON (U3."party_id" = U4."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_corrections",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."answers", ((?)::text) VALUE U0."before", ((?)::text) VALUE U0."reason", ((?)::text) VALUE U0."proposed_at", ((?)::text) VALUE U0."decided_at", ((?)::text) VALUE U0."accepted", ((?)::text) VALUE U0."note", ((?)::text) VALUE U4."name" RETURNING JSONB) AS "row"
   FROM "casework_answerchange" U0
   LEFT OUTER JOIN "identity_post" U2 ON (U0."decided_by_id" = U2."id")
   LEFT OUTER JOIN "identity_person" U3 ON (U2."person_id" = U3."party_id")
   LEFT OUTER JOIN "identity_party" U4 ON (U3."party_id" = U4."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_changes",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."procedure", ((?)::text) VALUE U0."reason", ((?)::text) VALUE U0."from_at", ((?)::text) VALUE U0."until", ((?)::text) VALUE U0."ended_at", ((?)::text) VALUE U0."result" RETURNING JSONB) AS "row"
   FROM "casework_suspension" U0
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_stops",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."days", ((?)::text) VALUE U0."reason", ((?)::text) VALUE U0."asked_at", ((?)::text) VALUE U0."decided_at", ((?)::text) VALUE U0."approved", ((?)::text) VALUE U4."name", ((?)::text) VALUE U7."name" RETURNING JSONB) AS "row"
   FROM "casework_extension" U0
   INNER JOIN "identity_post" U2 ON (U0."asked_by_id" = U2."id")
   INNER JOIN "identity_person" U3 ON (U2."person_id" = U3."party_id")
   INNER JOIN "identity_party" U4 ON (U3."party_id" = U4."id")
   LEFT OUTER JOIN "identity_post" U5 ON (U0."decided_by_id" = U5."id")
   LEFT OUTER JOIN "identity_person" U6 ON (U5."person_id" = U6."party_id")
   LEFT OUTER JOIN "identity_party" U7 ON (U6."party_id" = U7."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_extensions",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."procedure", ((?)::text) VALUE U0."question", ((?)::text) VALUE U0."shared_fields", ((?)::text) VALUE U0."asked_at", ((?)::text) VALUE U0."due_at", ((?)::text) VALUE U0."answered_at", ((?)::text) VALUE U0."stance", ((?)::text) VALUE U0."answer", ((?)::text) VALUE U0."withdrawn_at", ((?)::text) VALUE U2."name", ((?)::text) VALUE U3."full_name", ((?)::text) VALUE U6."name", ((?)::text) VALUE U9."name" RETURNING JSONB) AS "row"
   FROM "casework_opinionrequest" U0
   INNER JOIN "identity_unit" U2 ON (U0."unit_id" = U2."id")
   INNER JOIN "identity_organisation" U3 ON (U0."department_id" = U3."party_id")
   INNER JOIN "identity_post" U4 ON (U0."asked_by_id" = U4."id")
   INNER JOIN "identity_person" U5 ON (U4."person_id" = U5."party_id")
   INNER JOIN "identity_party" U6 ON (U5."party_id" = U6."id")
   LEFT OUTER JOIN "identity_post" U7 ON (U0."answered_by_id" = U7."id")
   LEFT OUTER JOIN "identity_person" U8 ON (U7."person_id" = U8."party_id")
   LEFT OUTER JOIN "identity_party" U9 ON (U8."party_id" = U9."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_opinions",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."from_applicant", ((?)::text) VALUE U0."text", ((?)::text) VALUE U0."at", ((?)::text) VALUE U0."read_at", ((?)::text) VALUE U4."name" RETURNING JSONB) AS "row"
   FROM "casework_message" U0
   LEFT OUTER JOIN "identity_post" U2 ON (U0."post_id" = U2."id")
   LEFT OUTER JOIN "identity_person" U3 ON (U2."person_id" = U3."party_id")
   LEFT OUTER JOIN "identity_party" U4 ON (U3."party_id" = U4."id")
   WHERE U0."case_id" = ("casework_case"."id")
   ORDER BY U0."id" ASC) AS "d_messages",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."reference", ((?)::text) VALUE U0."title", ((?)::text) VALUE U0."state", ((?)::text) VALUE U0."issued_at", ((?)::text) VALUE U0."code" RETURNING JSONB) AS "row"
   FROM "documents_issueddocument" U0
   WHERE U0."subject" = (COALESCE(?) || COALESCE("casework_case"."reference", ?))
   ORDER BY U0."id" ASC) AS "d_documents",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."number", ((?)::text) VALUE U0."end_kind", ((?)::text) VALUE U1."reference", ((?)::text) VALUE U1."title" RETURNING JSONB) AS "row"
   FROM "documents_credential" U0
   LEFT OUTER JOIN "documents_issueddocument" U1 ON (U0."document_id" = U1."id")
   WHERE U0."case" = ("casework_case"."reference")
   ORDER BY U0."id" ASC) AS "d_certificates",
       "identity_party"."id",
       "identity_party"."kind",
       "identity_party"."name",
       "identity_party"."region_id",
       "identity_party"."created_at",
       "identity_organisation"."party_id",
       "identity_organisation"."kind",
       "identity_organisation"."org_type",
       "identity_organisation"."full_name",
       "identity_organisation"."short_name",
       "identity_organisation"."key",
       "identity_organisation"."level",
       "identity_organisation"."parent_id",
       "identity_organisation"."founded_on",
       "identity_organisation"."dissolved_on",
       "identity_organisation"."address",
       "identity_organisation"."industry",
       "identity_organisation"."phone",
       "identity_organisation"."office_hours",
       "identity_organisation"."details",
       T6."id",
       T6."kind",
       T6."name",
       T6."region_id",
       T6."created_at",
       "identity_unit"."id",
       "identity_unit"."department_id",
       "identity_unit"."key",
       "identity_unit"."name",
       "identity_unit"."parent_id",
       "identity_unit"."region_id",
       "identity_unit"."is_service_hall",
       "identity_unit"."phone",
       "identity_unit"."closed_on",
       "identity_post"."id",
       "identity_post"."valid_from",
       "identity_post"."valid_to",
       "identity_post"."person_id",
       "identity_post"."unit_id",
       "identity_post"."title",
       "identity_post"."is_head",
       "identity_person"."party_id",
       "identity_person"."sex",
       "identity_person"."born_on",
       "identity_person"."died_on",
       "identity_person"."nationality",
       "identity_person"."registered_region_id",
       "identity_person"."address",
       "identity_person"."name_latin",
       T10."id",
       T10."kind",
       T10."name",
       T10."region_id",
       T10."created_at",
       "casework_decision"."id",
       "casework_decision"."case_id",
       "casework_decision"."outcome",
       "casework_decision"."reasons",
       "casework_decision"."citations",
       "casework_decision"."conditions",
       "casework_decision"."data",
       "casework_decision"."trace",
       "casework_decision"."drafted_by_id",
       "casework_decision"."drafted_at",
       "casework_decision"."signed_by_id",
       "casework_decision"."signed_at",
       "casework_decision"."letter_id",
       "casework_decision"."contest_by",
       T11."id",
       T11."valid_from",
       T11."valid_to",
       T11."person_id",
       T11."unit_id",
       T11."title",
       T11."is_head",
       T12."party_id",
       T12."sex",
       T12."born_on",
       T12."died_on",
       T12."nationality",
       T12."registered_region_id",
       T12."address",
       T12."name_latin",
       T13."id",
       T13."kind",
       T13."name",
       T13."region_id",
       T13."created_at",
       T14."id",
       T14."valid_from",
       T14."valid_to",
       T14."person_id",
       T14."unit_id",
       T14."title",
       T14."is_head",
       T15."party_id",
       T15."sex",
       T15."born_on",
       T15."died_on",
       T15."nationality",
       T15."registered_region_id",
       T15."address",
       T15."name_latin",
       T16."id",
       T16."kind",
       T16."name",
       T16."region_id",
       T16."created_at",
       "documents_issueddocument"."id",
       "documents_issueddocument"."reference",
       "documents_issueddocument"."code",
       "documents_issueddocument"."template",
       "documents_issueddocument"."number",
       "documents_issueddocument"."title",
       "documents_issueddocument"."language",
       "documents_issueddocument"."subject",
       "documents_issueddocument"."holder_id",
       "documents_issueddocument"."department_id",
       "documents_issueddocument"."data",
       "documents_issueddocument"."state",
       "documents_issueddocument"."file_id",
       "documents_issueddocument"."seal_id",
       "documents_issueddocument"."issued_at",
       "documents_issueddocument"."sealed_at",
       "documents_issueddocument"."revoked_at",
       "documents_issueddocument"."revocation_reason",
       "casework_rating"."id",
       "casework_rating"."case_id",
       "casework_rating"."grade",
       "casework_rating"."tags",
       "casework_rating"."text",
       "casework_rating"."at",
       "casework_rating"."verified",
       "casework_rating"."rectified_at",
       "casework_rating"."rectification",
       "casework_rating"."public_answer",
       "casework_rating"."second_grade"
FROM "casework_case"
LEFT OUTER JOIN "casework_decision" ON ("casework_case"."id" = "casework_decision"."case_id")
LEFT OUTER JOIN "casework_rating" ON ("casework_case"."id" = "casework_rating"."case_id")
INNER JOIN "identity_party" ON ("casework_case"."applicant_id" = "identity_party"."id")
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_party" T6 ON ("identity_organisation"."party_id" = T6."id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
LEFT OUTER JOIN "identity_post" ON ("casework_case"."handler_id" = "identity_post"."id")
LEFT OUTER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
LEFT OUTER JOIN "identity_party" T10 ON ("identity_person"."party_id" = T10."id")
LEFT OUTER JOIN "identity_post" T11 ON ("casework_decision"."drafted_by_id" = T11."id")
LEFT OUTER JOIN "identity_person" T12 ON (T11."person_id" = T12."party_id")
LEFT OUTER JOIN "identity_party" T13 ON (T12."party_id" = T13."id")
LEFT OUTER JOIN "identity_post" T14 ON ("casework_decision"."signed_by_id" = T14."id")
LEFT OUTER JOIN "identity_person" T15 ON (T14."person_id" = T15."party_id")
LEFT OUTER JOIN "identity_party" T16 ON (T15."party_id" = T16."id")
LEFT OUTER JOIN "documents_issueddocument" ON ("casework_decision"."letter_id" = "documents_issueddocument"."id")
WHERE "casework_case"."reference" = ?
ORDER BY "casework_case"."id" ASC
LIMIT ?;

SELECT "identity_unit"."department_id" AS "absent__unit__department_id",
       T3."unit_id" AS "absent__unit_id",
       COALESCE(ARRAY_AGG("auth_group"."name") FILTER (
                                                       WHERE "identity_post_roles"."group_id" IS NOT ?), ?(?)[]) AS "role_names",
       "work_cover"."absent_id" AS "absent_id"
FROM "work_cover"
INNER JOIN "identity_post" T3 ON ("work_cover"."absent_id" = T3."id")
LEFT OUTER JOIN "identity_post_roles" ON (T3."id" = "identity_post_roles"."post_id")
LEFT OUTER JOIN "auth_group" ON ("identity_post_roles"."group_id" = "auth_group"."id")
INNER JOIN "identity_unit" ON (T3."unit_id" = "identity_unit"."id")
WHERE ("work_cover"."deputy_id" = ?
       AND "work_cover"."ended_at" IS NULL
       AND "work_cover"."valid_from" <= ?
       AND "work_cover"."valid_to" >= ?)
GROUP BY "work_cover"."id",
         ?,
         ?;

INSERT INTO "journal_entry" ("at",
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
VALUES (?) RETURNING "id";

SELECT "work_plan"."id",
       "work_plan"."subject",
       "work_plan"."key",
       "work_plan"."definition",
       "work_plan"."context",
       "work_plan"."title",
       "work_plan"."subtitle",
       "work_plan"."topic",
       "work_plan"."department_id",
       "work_plan"."unit_id",
       "work_plan"."due_at",
       "work_plan"."excluded_persons",
       "work_plan"."state",
       "work_plan"."outcome",
       "work_plan"."started_at",
       "work_plan"."finished_at",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."key", ((?)::text) VALUE U0."round", ((?)::text) VALUE U0."state", ((?)::text) VALUE U0."outcome", ((?)::text) VALUE U0."finished_at" RETURNING JSONB) AS "row"
   FROM "work_step" U0
   WHERE U0."plan_id" = ("work_plan"."id")
   ORDER BY U0."id" ASC) AS "step_rows"
FROM "work_plan"
WHERE "work_plan"."subject" = ?
ORDER BY "work_plan"."id" DESC
LIMIT ?;

SELECT "work_workitem"."id",
       "work_workitem"."subject",
       "work_workitem"."kind",
       "work_workitem"."step_id",
       "work_workitem"."title",
       "work_workitem"."subtitle",
       "work_workitem"."task",
       "work_workitem"."topic",
       "work_workitem"."department_id",
       "work_workitem"."unit_id",
       "work_workitem"."role",
       "work_workitem"."assignee_id",
       "work_workitem"."excluded_persons",
       "work_workitem"."state",
       "work_workitem"."outcome",
       "work_workitem"."note",
       "work_workitem"."priority",
       "work_workitem"."due_at",
       "work_workitem"."paused",
       "work_workitem"."created_at",
       "work_workitem"."claimed_at",
       "work_workitem"."done_at",
       "work_workitem"."done_by_id",
       "work_workitem"."escalated_at",
       "identity_unit"."id",
       "identity_unit"."department_id",
       "identity_unit"."key",
       "identity_unit"."name",
       "identity_unit"."parent_id",
       "identity_unit"."region_id",
       "identity_unit"."is_service_hall",
       "identity_unit"."phone",
       "identity_unit"."closed_on",
       "identity_post"."id",
       "identity_post"."valid_from",
       "identity_post"."valid_to",
       "identity_post"."person_id",
       "identity_post"."unit_id",
       "identity_post"."title",
       "identity_post"."is_head",
       "identity_person"."party_id",
       "identity_person"."sex",
       "identity_person"."born_on",
       "identity_person"."died_on",
       "identity_person"."nationality",
       "identity_person"."registered_region_id",
       "identity_person"."address",
       "identity_person"."name_latin",
       "identity_party"."id",
       "identity_party"."kind",
       "identity_party"."name",
       "identity_party"."region_id",
       "identity_party"."created_at",
       T6."id",
       T6."valid_from",
       T6."valid_to",
       T6."person_id",
       T6."unit_id",
       T6."title",
       T6."is_head",
       T7."party_id",
       T7."sex",
       T7."born_on",
       T7."died_on",
       T7."nationality",
       T7."registered_region_id",
       T7."address",
       T7."name_latin",
       T8."id",
       T8."kind",
       T8."name",
       T8."region_id",
       T8."created_at"
FROM "work_workitem"
INNER JOIN "identity_unit" ON ("work_workitem"."unit_id" = "identity_unit"."id")
LEFT OUTER JOIN "identity_post" ON ("work_workitem"."assignee_id" = "identity_post"."id")
LEFT OUTER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
LEFT OUTER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
LEFT OUTER JOIN "identity_post" T6 ON ("work_workitem"."done_by_id" = T6."id")
LEFT OUTER JOIN "identity_person" T7 ON (T6."person_id" = T7."party_id")
LEFT OUTER JOIN "identity_party" T8 ON (T7."party_id" = T8."id")
WHERE "work_workitem"."subject" = ?
ORDER BY "work_workitem"."id" ASC;

SELECT [13 columns]
FROM "deadlines_clock"
WHERE "deadlines_clock"."subject" = ?
ORDER BY "deadlines_clock"."id" ASC;

SELECT "matters_matter"."id",
       "matters_matter"."reference",
       "matters_matter"."applicant_id",
       "matters_matter"."filed_by_id",
       "matters_matter"."capacity",
       "matters_matter"."title",
       "matters_matter"."need",
       "matters_matter"."event",
       "matters_matter"."event_version_id",
       "matters_matter"."determinants",
       "matters_matter"."lacking",
       "matters_matter"."superfluous",
       "matters_matter"."state",
       "matters_matter"."opened_at",
       "matters_matter"."closed_at",
       "matters_matter"."promised_due_at",
       "matters_matter"."lead_id",
       "matters_matter"."lead_unit_id",
       "matters_matter"."endangered_since",
       COUNT("matters_member"."id") AS "parts",
       "identity_organisation"."party_id",
       "identity_organisation"."kind",
       "identity_organisation"."org_type",
       "identity_organisation"."full_name",
       "identity_organisation"."short_name",
       "identity_organisation"."key",
       "identity_organisation"."level",
       "identity_organisation"."parent_id",
       "identity_organisation"."founded_on",
       "identity_organisation"."dissolved_on",
       "identity_organisation"."address",
       "identity_organisation"."industry",
       "identity_organisation"."phone",
       "identity_organisation"."office_hours",
       "identity_organisation"."details"
FROM "matters_matter"
LEFT OUTER JOIN "matters_member" ON ("matters_matter"."id" = "matters_member"."matter_id")
LEFT OUTER JOIN "identity_organisation" ON ("matters_matter"."lead_id" = "identity_organisation"."party_id")
WHERE "matters_matter"."reference" = ?
GROUP BY "matters_matter"."id",
         "identity_organisation"."party_id"
ORDER BY "matters_matter"."id" ASC
LIMIT ?;

