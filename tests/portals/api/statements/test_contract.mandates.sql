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

SELECT "identity_party"."name" AS "party__name",
       "identity_party"."region_id" AS "party__region_id"
FROM "identity_person"
INNER JOIN "identity_party" ON ("identity_person"."party_id" = "identity_party"."id")
WHERE ("identity_person"."died_on" IS NULL
       AND "identity_person"."party_id" = ?);

SELECT "identity_mandate"."id",
       "identity_mandate"."valid_from",
       "identity_mandate"."valid_to",
       "identity_mandate"."grantor_id",
       "identity_mandate"."agent_id",
       "identity_mandate"."services",
       "identity_mandate"."granted_by_id",
       "identity_mandate"."granted_at",
       "identity_mandate"."accepted_at",
       "identity_mandate"."revoked_at",
       "identity_mandate"."revoked_by_id",
       "identity_party"."id",
       "identity_party"."kind",
       "identity_party"."name",
       "identity_party"."region_id",
       "identity_party"."created_at",
       T3."id",
       T3."kind",
       T3."name",
       T3."region_id",
       T3."created_at"
FROM "identity_mandate"
INNER JOIN "identity_party" ON ("identity_mandate"."grantor_id" = "identity_party"."id")
INNER JOIN "identity_party" T3 ON ("identity_mandate"."agent_id" = T3."id")
WHERE "identity_mandate"."grantor_id" = ?
ORDER BY "identity_mandate"."granted_at" DESC,
         "identity_mandate"."id" DESC
LIMIT ?;

SELECT DISTINCT "identity_mandate"."id",
                "identity_mandate"."valid_from",
                "identity_mandate"."valid_to",
                "identity_mandate"."grantor_id",
                "identity_mandate"."agent_id",
                "identity_mandate"."services",
                "identity_mandate"."granted_by_id",
                "identity_mandate"."granted_at",
                "identity_mandate"."accepted_at",
                "identity_mandate"."revoked_at",
                "identity_mandate"."revoked_by_id",
                T6."id",
                T6."kind",
                T6."name",
                T6."region_id",
                T6."created_at",
                "identity_party"."id",
                "identity_party"."kind",
                "identity_party"."name",
                "identity_party"."region_id",
                "identity_party"."created_at"
FROM "identity_mandate"
INNER JOIN "identity_party" ON ("identity_mandate"."agent_id" = "identity_party"."id")
LEFT OUTER JOIN "identity_organisation" ON ("identity_party"."id" = "identity_organisation"."party_id")
LEFT OUTER JOIN "identity_representative" ON ("identity_organisation"."party_id" = "identity_representative"."organisation_id")
INNER JOIN "identity_party" T6 ON ("identity_mandate"."grantor_id" = T6."id")
WHERE ("identity_mandate"."agent_id" = ?
       OR ("identity_representative"."valid_from" <= ?
           AND ("identity_representative"."valid_to" IS NULL
                OR "identity_representative"."valid_to" >= ?)
           AND "identity_organisation"."dissolved_on" IS NULL
           AND "identity_representative"."person_id" = ?))
ORDER BY "identity_mandate"."granted_at" DESC,
         "identity_mandate"."id" DESC
LIMIT ?;

