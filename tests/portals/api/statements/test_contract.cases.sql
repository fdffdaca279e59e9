-- 4 statements

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

SELECT "identity_party"."name" AS "party__name",
       "identity_party"."region_id" AS "party__region_id"
FROM "identity_person"
INNER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
WHERE ("identity_person"."died_on" IS NULL
       AND "identity_person"."party_id" = ?);

SELECT [26 columns]
FROM "casework_case"
INNER JOIN "identity_party" ON ("casework_case"."applicant_id" = "identity_party"."id")
INNER JOIN "catalogue_publicservice" ON ("casework_case"."service_id" = "catalogue_publicservice"."id")
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
WHERE "casework_case"."applicant_id" = ?
ORDER BY "casework_case"."id" DESC
LIMIT ?;

