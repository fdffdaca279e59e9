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

SELECT [72 columns]
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

