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

SELECT [61 columns]
FROM "documents_issueddocument"
INNER JOIN "identity_organisation" ON ("documents_issueddocument"."department_id" = "identity_organisation"."party_id")
LEFT OUTER JOIN "documents_storedfile" ON ("documents_issueddocument"."file_id" = "documents_storedfile"."id")
LEFT OUTER JOIN "documents_credential" ON ("documents_issueddocument"."id" = "documents_credential"."document_id")
WHERE "documents_issueddocument"."holder_id" = ?
ORDER BY "documents_issueddocument"."id" DESC
LIMIT ?;

