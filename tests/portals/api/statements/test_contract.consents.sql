-- 2 statements


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

