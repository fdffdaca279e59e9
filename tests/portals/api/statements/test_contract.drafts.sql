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

SELECT [71 columns]
FROM "intake_draft"
INNER JOIN "catalogue_serviceversion" ON ("intake_draft"."version_id" = "catalogue_serviceversion"."id")
INNER JOIN "catalogue_publicservice" ON ("catalogue_serviceversion"."service_id" = "catalogue_publicservice"."id")
WHERE ("intake_draft"."applicant_id" = ?
       AND "intake_draft"."discarded_at" IS NULL
       AND "intake_draft"."submitted_at" IS NULL
       AND NOT ("intake_draft"."capacity"::text LIKE ?))
ORDER BY "intake_draft"."saved_at" DESC,
         "intake_draft"."id" DESC
LIMIT ?;

