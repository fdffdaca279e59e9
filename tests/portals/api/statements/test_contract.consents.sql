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

SELECT "registers_consent"."id",
       "registers_consent"."party_id",
       "registers_consent"."recipient_id",
       "registers_consent"."elements",
       "registers_consent"."purpose",
       "registers_consent"."subject",
       "registers_consent"."given_by_id",
       "registers_consent"."given_at",
       "registers_consent"."revoked_at",
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
       T4."id",
       T4."kind",
       T4."name",
       T4."region_id",
       T4."created_at"
FROM "registers_consent"
INNER JOIN "identity_organisation" ON ("registers_consent"."recipient_id" = "identity_organisation"."party_id")
INNER JOIN "identity_party" T4 ON ("identity_organisation"."party_id" = T4."id")
WHERE "registers_consent"."party_id" = ?
ORDER BY "registers_consent"."id" DESC
LIMIT ?;

