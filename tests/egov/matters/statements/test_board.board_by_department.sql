-- 2 statements

SELECT "identity_organisation"."key" AS "department__key",
       "identity_organisation"."full_name" AS "department__full_name",
       COUNT(DISTINCT "casework_case"."matter") AS "in_hand",
       COUNT(DISTINCT "casework_case"."matter") FILTER (
                                                        WHERE EXISTS
                                                            (SELECT ? AS "a"
                                                             FROM "matters_member" U0
                                                             WHERE (U0."case" = ("casework_case"."reference")
                                                                    AND U0."endangers_since" IS NOT ?)
                                                             LIMIT ?)) AS "endangered",
       COUNT(DISTINCT "casework_case"."matter") FILTER (
                                                        WHERE "casework_case"."state" IN (?)) AS "applicant",
       COUNT(DISTINCT "casework_case"."matter") FILTER (
                                                        WHERE ("casework_case"."promised_due_at" < ?
                                                               AND "casework_case"."state" IN (?))) AS "late"
FROM "casework_case"
INNER JOIN "identity_organisation" ON ("casework_case"."department_id" = "identity_organisation"."party_id")
WHERE (EXISTS
         (SELECT ? AS "a"
          FROM "matters_member" U0
          WHERE (U0."case" = ("casework_case"."reference")
                 AND U0."state" = ?)
          LIMIT ?)
       AND "casework_case"."matter" IN
         (SELECT U0."reference" AS "reference"
          FROM "matters_matter" U0
          WHERE (U0."lead_id" = ?
                 AND U0."state" = ?
                 AND U0."promised_due_at" IS NOT ?)))
GROUP BY ?,
         ?;

SELECT [19 columns]
FROM "matters_matter"
WHERE ("matters_matter"."lead_id" = ?
       AND "matters_matter"."state" = ?
       AND "matters_matter"."promised_due_at" IS NOT NULL
       AND EXISTS
         (SELECT ? AS "a"
          FROM "casework_case" V0
          INNER JOIN "identity_organisation" V1 ON (V0."department_id" = V1."party_id")
          WHERE (V0."matter" = ("matters_matter"."reference")
                 AND EXISTS
                   (SELECT ? AS "a"
                    FROM "matters_member" U0
                    WHERE (U0."case" = (V0."reference")
                           AND U0."state" = ?)
                    LIMIT ?)
                 AND V1."key" = ?)
          LIMIT ?)
       AND EXISTS
         (SELECT ? AS "a"
          FROM "casework_case" V0
          INNER JOIN "identity_organisation" V1 ON (V0."department_id" = V1."party_id")
          WHERE (V0."matter" = ("matters_matter"."reference")
                 AND EXISTS
                   (SELECT ? AS "a"
                    FROM "matters_member" U0
                    WHERE (U0."case" = (V0."reference")
                           AND U0."state" = ?)
                    LIMIT ?)
                 AND V1."key" = ?
                 AND V0."promised_due_at" < ?
                 AND V0."state" IN (?))
          LIMIT ?));

