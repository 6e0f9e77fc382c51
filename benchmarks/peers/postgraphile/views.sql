-- What PostGraphile shows of Loket: made by the owner of a database that is for measuring, and for nothing else.
-- Who is asking stands in settings of the transaction (`server.mjs`); a view shows the rows of that account alone.
-- What is reached from such a row is no question of its own. Moments are texts, as PostGraphile would write
-- microseconds; the connection is in UTC.

DROP SCHEMA IF EXISTS postgraphile_peer CASCADE;
CREATE SCHEMA postgraphile_peer;
SET LOCAL search_path TO postgraphile_peer, public;

CREATE VIEW school AS SELECT id, name FROM public.secondary_school;

CREATE VIEW department AS SELECT id, name, school_id FROM public.department;

CREATE VIEW choice AS SELECT enrolment_id, rank, department_id FROM public.preference;

CREATE VIEW form AS
SELECT id, version, status, accept_equivalent_department,
       replace(finalized_at::text, ' ', 'T') || ':00' AS finalized_at
  FROM public.enrolment;

CREATE VIEW child AS
SELECT p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.official_names, p.birth_date, p.gender,
       p.advice_id AS advice, a.label AS advice_label, p.origin, e.placement_status, e.id AS form_id, e.sort_name
  FROM public.enrolment e
  JOIN public.pupil p ON p.id = e.pupil_id
  LEFT JOIN public.advice a ON a.code = p.advice_id
 WHERE e.handling_school_id = nullif(current_setting('loket.secondary_school_id', TRUE), '')::uuid
   AND e.school_year_id = nullif(current_setting('loket.school_year_id', TRUE), '')::uuid
   AND e.status = 'FINAL';

CREATE VIEW exported AS
SELECT e.id, p.elk_number, p.first_name, p.infix, p.last_name, p.birth_date, p.advice_id AS advice,
       coalesce(ps.name, p.origin_school) AS primary_school,
       coalesce(ps.brin || ps.location, p.origin_brin) AS primary_school_brin, hs.name AS school,
       hd.name AS department, replace(e.finalized_at::text, ' ', 'T') || ':00' AS enrolled_at, e.placement_status,
       CASE WHEN NOT e.moved THEN e.priority_ground END AS priority_ground,
       CASE WHEN NOT e.moved THEN e.priority_status END AS priority_status,
       e.accept_equivalent_department, e.is_multiple, replace(e.placed_at::text, ' ', 'T') || ':00' AS placed_at
  FROM public.enrolment e
  JOIN public.pupil p ON p.id = e.pupil_id
  LEFT JOIN public.primary_school ps ON ps.id = p.primary_school_id
  LEFT JOIN public.department hd ON hd.id = e.handling_department_id
  LEFT JOIN public.secondary_school hs ON hs.id = e.handling_school_id
 WHERE e.region_id = nullif(current_setting('loket.region_id', TRUE), '')::uuid
   AND e.school_year_id = nullif(current_setting('loket.school_year_id', TRUE), '')::uuid
   AND e.status = 'FINAL';

CREATE VIEW own_pupil AS
SELECT p.id, p.elk_number, p.first_name, p.infix, p.last_name, p.class_group, p.advice_id AS advice,
       a.label AS advice_label, p.not_placing_reason, p.sort_name
  FROM public.pupil p
  LEFT JOIN public.advice a ON a.code = p.advice_id
 WHERE p.primary_school_id = nullif(current_setting('loket.primary_school_id', TRUE), '')::uuid
   AND p.school_year_id = nullif(current_setting('loket.school_year_id', TRUE), '')::uuid;

-- A column for each linked region, its own first: also where nothing was sent.
CREATE VIEW parent_login AS
SELECT p.id AS pupil_id, r.id <> p.region_id AS elsewhere, r.code AS region, r.name AS region_name,
       coalesce(l.status, 'NOT_SENT') AS status,
       CASE coalesce(l.status, 'NOT_SENT') WHEN 'NOT_SENT' THEN 'WHITE' WHEN 'SENT' THEN 'BLUE' ELSE 'GREEN' END AS colour,
       CASE l.status WHEN 'ENROLMENT_STARTED' THEN 'AG' WHEN 'ENROLMENT_FINAL' THEN 'AV' END AS letters,
       CASE coalesce(l.status, 'NOT_SENT')
            WHEN 'NOT_SENT' THEN 'Ouderinlog is nog niet verstuurd'
            WHEN 'SENT' THEN 'Ouderinlog is verstuurd'
            WHEN 'ACTIVATED' THEN 'Ouderinlog is geactiveerd'
            WHEN 'ENROLMENT_STARTED' THEN 'Aanmelding is gestart, maar nog niet definitief gemaakt'
            WHEN 'ENROLMENT_FINAL' THEN 'Aanmelding is voltooid en definitief gemaakt' END AS label,
       replace(l.sent_at::text, ' ', 'T') || ':00' AS sent_at,
       replace(l.activated_at::text, ' ', 'T') || ':00' AS activated_at
  FROM public.pupil p
  JOIN public.region r ON r.group_id = p.group_id
  LEFT JOIN public.parent_login l ON l.pupil_id = p.id AND l.region_id = r.id;

COMMENT ON VIEW school IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';
COMMENT ON VIEW department IS E'@primaryKey id\n@foreignKey (school_id) references school (id)|@fieldName school|@behavior -list -connection\n@behavior -query:resource:list -query:resource:connection -query:resource:single';
COMMENT ON VIEW choice IS E'@primaryKey enrolment_id,rank\n@foreignKey (enrolment_id) references form (id)|@foreignSimpleFieldName preferences|@behavior +list -connection\n@foreignKey (department_id) references department (id)|@fieldName department|@behavior -list -connection\n@behavior -query:resource:list -query:resource:connection -query:resource:single';
COMMENT ON VIEW form IS E'@primaryKey id\n@behavior -query:resource:list -query:resource:connection -query:resource:single';
COMMENT ON VIEW child IS E'@primaryKey id\n@foreignKey (form_id) references form (id)|@fieldName enrolment|@behavior -list -connection';
COMMENT ON VIEW exported IS E'@primaryKey id';
COMMENT ON VIEW own_pupil IS E'@primaryKey id';
COMMENT ON VIEW parent_login IS E'@primaryKey pupil_id,region\n@foreignKey (pupil_id) references own_pupil (id)|@foreignSimpleFieldName parentLogins|@behavior +list -connection\n@behavior -query:resource:list -query:resource:connection -query:resource:single';

GRANT USAGE ON SCHEMA postgraphile_peer TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA postgraphile_peer TO PUBLIC;
