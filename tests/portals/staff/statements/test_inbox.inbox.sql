-- 8 statements


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

SELECT [25 columns]
FROM "work_workitem"
LEFT OUTER JOIN "identity_post" ON ("work_workitem"."assignee_id" = "identity_post"."id")
LEFT OUTER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
LEFT OUTER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
WHERE ("work_workitem"."state" = ?
       AND "work_workitem"."department_id" = ?
       AND "work_workitem"."unit_id" = ?
       AND ("work_workitem"."role" = ?
            OR "work_workitem"."role" IN (?))
       AND NOT ("work_workitem"."excluded_persons" @> ?))
ORDER BY "work_workitem"."due_at" ASC NULLS LAST,
         "work_workitem"."id" ASC
LIMIT ?;

SELECT "casework_case"."reference" AS "reference",
       "casework_case"."state" AS "state",
       "casework_case"."about" AS "about",
       "casework_case"."applicant_id" AS "applicant_id",
       COUNT("casework_opinionrequest"."id") FILTER (
                                                     WHERE ("casework_opinionrequest"."answered_at" IS NULL
                                                            AND "casework_opinionrequest"."withdrawn_at" IS ?)) AS "opinions_open",
       EXISTS
  (SELECT ? AS "a"
   FROM "casework_opinionrequest" U0
   WHERE (U0."answered_at" IS NOT NULL
          AND U0."case_id" = ("casework_case"."id"))
   LIMIT ?) AS "opinions_back",
       EXISTS
  (SELECT ? AS "a"
   FROM "casework_decision" U0
   WHERE (U0."case_id" = ("casework_case"."id")
          AND U0."signed_at" IS ?)
   LIMIT ?) AS "drafted",
       ARRAY
  (SELECT JSON_OBJECT(((?)::text) VALUE U0."id", ((?)::text) VALUE U0."unit_id" RETURNING JSONB) AS "row"
   FROM "casework_opinionrequest" U0
   WHERE (U0."answered_at" IS NULL
          AND U0."case_id" = ("casework_case"."id")
          AND U0."withdrawn_at" IS ?)
   ORDER BY U0."id" ASC) AS "asked"
FROM "casework_case"
LEFT OUTER JOIN "casework_opinionrequest" ON ("casework_case"."id" = "casework_opinionrequest"."case_id")
WHERE "casework_case"."reference" IN (?)
GROUP BY "casework_case"."id";

SELECT CASE
           WHEN ("work_workitem"."state" IN (?)
                 AND "work_workitem"."assignee_id" = ?) THEN TRUE
           ELSE FALSE
       END AS "in_mine",
       CASE
           WHEN ("work_workitem"."state" = ?
                 AND "work_workitem"."department_id" = ?
                 AND "work_workitem"."unit_id" = ?
                 AND ("work_workitem"."role" = ?
                      OR "work_workitem"."role" IN (?))
                 AND NOT ("work_workitem"."excluded_persons" @> ?)) THEN TRUE
           ELSE FALSE
       END AS "in_unit",
       FALSE AS "in_cover",
                CASE
                    WHEN ("work_workitem"."state" IN (?)
                          AND "work_workitem"."department_id" = ?
                          AND "work_workitem"."unit_id" = ?) THEN TRUE
                    ELSE FALSE
                END AS "in_team",
                CASE
                    WHEN ("work_workitem"."due_at" < ?
                          AND NOT "work_workitem"."paused") THEN ?
                    WHEN ("work_workitem"."due_at" >= ?
                          AND "work_workitem"."due_at" <= ?
                          AND NOT "work_workitem"."paused") THEN ?
                    WHEN ("work_workitem"."due_at" >= ?
                          AND "work_workitem"."due_at" <= ?
                          AND NOT "work_workitem"."paused") THEN ?
                    ELSE ?
                END AS "due",
                "work_workitem"."paused" AS "paused",
                "work_workitem"."topic" AS "topic",
                "work_workitem"."kind" AS "kind",
                COUNT("work_workitem"."id") AS "number"
FROM "work_workitem"
WHERE ("work_workitem"."state" IN (?)
       AND ("work_workitem"."assignee_id" = ?
            OR ("work_workitem"."department_id" = ?
                AND "work_workitem"."unit_id" = ?)
            OR ("work_workitem"."department_id" = ?
                AND "work_workitem"."unit_id" = ?
                AND ("work_workitem"."role" = ?
                     OR "work_workitem"."role" IN (?))
                AND NOT ("work_workitem"."excluded_persons" @> ?))))
GROUP BY ?,
         ?,
         ?,
         ?,
         ?,
         ?,
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

SELECT "identity_post"."id" AS "id",
       "identity_post"."person_id" AS "person_id",
       "identity_party"."name" AS "person__party__name",
       "identity_post"."title" AS "title",
       "identity_unit"."department_id" AS "unit__department_id",
       "identity_post"."unit_id" AS "unit_id",
       COALESCE(ARRAY_AGG("auth_group"."name") FILTER (
                                                       WHERE "identity_post_roles"."group_id" IS NOT ?), ?(?)[]) AS "role_names"
FROM "identity_post"
INNER JOIN "identity_unit" ON ("identity_post"."unit_id" = "identity_unit"."id")
LEFT OUTER JOIN "identity_post_roles" ON ("identity_post"."id" = "identity_post_roles"."post_id")
LEFT OUTER JOIN "auth_group" ON ("identity_post_roles"."group_id" = "auth_group"."id")
INNER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
INNER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
WHERE ("identity_post"."unit_id" = ?
       AND ("identity_post"."valid_to" IS NULL
            OR "identity_post"."valid_to" >= ?)
       AND "identity_post"."valid_from" <= ?)
GROUP BY ?,
         ?,
         ?;

