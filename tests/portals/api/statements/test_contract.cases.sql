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

SELECT [26 columns]
FROM "casework_case"
INNER JOIN "identity_party" ON ("casework_case"."applicant_id" = "identity_party"."id")
INNER JOIN "catalogue_publicservice" ON ("casework_case"."service_id" = "catalogue_publicservice"."id")
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
WHERE "casework_case"."applicant_id" = ?
ORDER BY "casework_case"."id" DESC
LIMIT ?;

