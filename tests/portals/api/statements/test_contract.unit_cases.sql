-- 4 statements


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

SELECT [26 columns]
FROM "casework_case"
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
INNER JOIN "catalogue_publicservice" ON ("casework_case"."service_id" = "catalogue_publicservice"."id")
INNER JOIN "identity_party" ON ("casework_case"."applicant_id" = "identity_party"."id")
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

