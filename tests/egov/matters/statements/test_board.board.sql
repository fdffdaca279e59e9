-- 6 statements

SELECT [19 columns]
FROM "matters_matter"
WHERE ("matters_matter"."lead_id" = ?
       AND "matters_matter"."state" = ?
       AND "matters_matter"."promised_due_at" IS NOT ?)
ORDER BY "matters_matter"."id" ASC;

INSERT INTO "journal_entry" ("at",
                             "kind",
                             "action",
                             "account_id",
                             "party_id",
                             "capacity",
                             "on_behalf_of_id",
                             "department_id",
                             "reason",
                             "refs",
                             "content_digest",
                             "request_id")
VALUES (?) RETURNING "id";

SELECT [36 columns]
FROM "matters_member"
INNER JOIN "catalogue_publicservice" ON ("matters_member"."service_id" = "catalogue_publicservice"."id")
LEFT OUTER JOIN "matters_pendingmember" ON ("matters_member"."id" = "matters_pendingmember"."member_id")
WHERE "matters_member"."matter_id" IN (?)
ORDER BY "matters_member"."order" ASC,
         "matters_member"."id" ASC;

SELECT [6 columns]
FROM "matters_dependency"
WHERE "matters_dependency"."matter_id" IN (?)
ORDER BY "matters_dependency"."id" ASC;

SELECT [60 columns]
FROM "casework_case"
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
INNER JOIN "identity_party" ON ("identity_organisation"."party_id" = "identity_party"."id")
INNER JOIN "identity_unit" ON ("casework_case"."unit_id" = "identity_unit"."id")
WHERE "casework_case"."matter" IN (?);

SELECT "casework_transition"."case_id" AS "case_id",
       "casework_transition"."at" AS "at",
       "casework_transition"."after" AS "after"
FROM "casework_transition"
WHERE ("casework_transition"."case_id" IN (?)
       AND "casework_transition"."public"
       AND NOT ("casework_transition"."before" = ("casework_transition"."after")))
ORDER BY "casework_transition"."id" ASC;

