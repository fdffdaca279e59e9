-- 5 statements

SELECT [19 columns]
FROM "matters_matter"
WHERE ("matters_matter"."applicant_id" = ?
       AND "matters_matter"."reference" = ?)
ORDER BY "matters_matter"."id" ASC
LIMIT ?;

SELECT [56 columns]
FROM "matters_member"
INNER JOIN "catalogue_publicservice" ON ("matters_member"."service_id" = "catalogue_publicservice"."id")
LEFT OUTER JOIN "matters_pendingmember" ON ("matters_member"."id" = "matters_pendingmember"."member_id")
LEFT OUTER JOIN "identity_organisation" ON ("matters_pendingmember"."department_id" = "identity_organisation"."party_id")
LEFT OUTER JOIN "identity_party" ON ("identity_organisation"."party_id" = "identity_party"."id")
WHERE "matters_member"."matter_id" = ?
ORDER BY "matters_member"."order" ASC,
         "matters_member"."id" ASC;

SELECT [6 columns]
FROM "matters_dependency"
WHERE "matters_dependency"."matter_id" = ?
ORDER BY "matters_dependency"."id" ASC;

SELECT [62 columns]
FROM "casework_case"
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_party" ON ("identity_organisation"."party_id" = "identity_party"."id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
WHERE "casework_case"."matter" = ?;

SELECT [12 columns]
FROM "casework_transition"
WHERE ("casework_transition"."case_id" IN (?)
       AND "casework_transition"."public")
ORDER BY "casework_transition"."id" ASC;

