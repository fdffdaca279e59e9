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

