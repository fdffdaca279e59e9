-- 5 statements

SELECT "django_session"."session_key",
       "django_session"."session_data",
       "django_session"."expire_date"
FROM "django_session"
WHERE ("django_session"."expire_date" > ?
       AND "django_session"."session_key" = ?)
LIMIT ?;

SELECT [12 columns]
FROM "identity_account"
WHERE "identity_account"."id" = ?
LIMIT ?;

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
       "casework_case"."state",
       "casework_case"."outcome",
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
       "catalogue_publicservice"."id",
       "catalogue_publicservice"."code",
       "catalogue_publicservice"."mode",
       "catalogue_publicservice"."room",
       "catalogue_publicservice"."department_role",
       "catalogue_publicservice"."region_id",
       "catalogue_publicservice"."source",
       "catalogue_publicservice"."enabled",
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
       T8."id",
       T8."kind",
       T8."name",
       T8."region_id",
       T8."created_at"
FROM "casework_case"
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
INNER JOIN "catalogue_publicservice" ON ("casework_case"."service_id" = "catalogue_publicservice"."id")
INNER JOIN "identity_party" ON ("casework_case"."applicant_id" = "identity_party"."id")
LEFT OUTER JOIN "identity_post" ON ("casework_case"."handler_id" = "identity_post"."id")
LEFT OUTER JOIN "identity_person" ON ("identity_post"."person_id" = "identity_person"."party_id")
LEFT OUTER JOIN "identity_party" T8 ON ("identity_person"."party_id" = T8."id")
WHERE ("casework_case"."department_id" = ?
       AND "casework_case"."unit_id" = ?)
ORDER BY "casework_case"."id" DESC
LIMIT ?;

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

