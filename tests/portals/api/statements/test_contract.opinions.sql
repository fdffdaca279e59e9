-- 3 statements


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

SELECT "casework_opinionrequest"."id",
       "casework_opinionrequest"."case_id",
       "casework_opinionrequest"."procedure",
       "casework_opinionrequest"."department_id",
       "casework_opinionrequest"."unit_id",
       "casework_opinionrequest"."question",
       "casework_opinionrequest"."shared_fields",
       "casework_opinionrequest"."asked_by_id",
       "casework_opinionrequest"."asked_at",
       "casework_opinionrequest"."due_at",
       "casework_opinionrequest"."answered_at",
       "casework_opinionrequest"."answered_by_id",
       "casework_opinionrequest"."stance",
       "casework_opinionrequest"."answer",
       "casework_opinionrequest"."withdrawn_at",
       "casework_case"."id",
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
       T8."id",
       T8."department_id",
       T8."key",
       T8."name",
       T8."parent_id",
       T8."region_id",
       T8."is_service_hall",
       T8."phone",
       T8."closed_on",
       T9."party_id",
       T9."kind",
       T9."org_type",
       T9."full_name",
       T9."short_name",
       T9."key",
       T9."level",
       T9."parent_id",
       T9."founded_on",
       T9."dissolved_on",
       T9."address",
       T9."industry",
       T9."phone",
       T9."office_hours",
       T9."details",
       T10."id",
       T10."valid_from",
       T10."valid_to",
       T10."person_id",
       T10."unit_id",
       T10."title",
       T10."is_head",
       T11."party_id",
       T11."sex",
       T11."born_on",
       T11."died_on",
       T11."nationality",
       T11."registered_region_id",
       T11."address",
       T11."name_latin",
       T12."id",
       T12."kind",
       T12."name",
       T12."region_id",
       T12."created_at"
FROM "casework_opinionrequest"
INNER JOIN "identity_unit" ON ("casework_opinionrequest"."unit_id" = "identity_unit"."id")
INNER JOIN "casework_case" ON ("casework_opinionrequest"."case_id" = "casework_case"."id")
INNER JOIN "identity_post" ON ("casework_opinionrequest"."asked_by_id" = "identity_post"."id")
INNER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
INNER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
INNER JOIN "identity_unit" T8 ON ("identity_post"."unit_id" = T8."id")
INNER JOIN "identity_organisation" T9 ON (T8."department_id" = T9."party_id")
LEFT OUTER JOIN "identity_post" T10 ON ("casework_opinionrequest"."answered_by_id" = T10."id")
LEFT OUTER JOIN "identity_person" T11 ON (T10."person_id" = T11."party_id")
LEFT OUTER JOIN "identity_party" T12 ON (T11."party_id" = T12."id")
WHERE ("casework_opinionrequest"."department_id" = ?
       AND "casework_opinionrequest"."withdrawn_at" IS NULL
       AND "casework_opinionrequest"."unit_id" = ?
       AND "casework_opinionrequest"."answered_at" IS ?)
ORDER BY "casework_opinionrequest"."due_at" ASC,
         "casework_opinionrequest"."id" ASC
LIMIT ?;

