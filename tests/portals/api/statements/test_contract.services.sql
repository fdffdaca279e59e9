-- 3 statements

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

SELECT [40 columns]
FROM "catalogue_serviceversion"
INNER JOIN "catalogue_publicservice" ON ("catalogue_serviceversion"."service_id" = "catalogue_publicservice"."id")
WHERE ("catalogue_serviceversion"."state" = ?
       AND "catalogue_publicservice"."enabled")
ORDER BY "catalogue_publicservice"."code" ASC,
         "catalogue_serviceversion"."id" ASC
LIMIT ?;

