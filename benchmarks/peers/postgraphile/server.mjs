// PostGraphile as its documentation has it in production: a pool, prepared statements, settings of the session in the
// transaction, and nothing for developers. Settings: DATABASE_URL (the application's role of Loket) and PORT.

import { createHash } from "node:crypto";
import { createServer } from "node:http";

import pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  min: 10,
  max: 10,
  options: "-c TimeZone=UTC",
});

const SESSION = `
SELECT r.id AS region_id, coalesce(a.school_year_id, y.id) AS school_year_id, a.primary_school_id,
       a.secondary_school_id
  FROM session s
  JOIN account a ON a.id = s.account_id
  LEFT JOIN primary_school p ON p.id = a.primary_school_id
  LEFT JOIN secondary_school v ON v.id = a.secondary_school_id
  LEFT JOIN region r ON r.id = coalesce(a.region_id, p.region_id, v.region_id)
  LEFT JOIN LATERAL (
      SELECT id FROM school_year WHERE starts_on <= (loket_now() AT TIME ZONE 'Europe/Amsterdam')::date
       ORDER BY starts_on DESC LIMIT 1
  ) y ON TRUE
 WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > now() AND a.active`;

async function pgSettingsOf(authorization) {
  const [scheme, token] = (authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) return {};
  const hash = createHash("sha256").update(token).digest("hex");
  const { rows } = await pool.query({ name: "session", text: SESSION, values: [hash] });
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [`loket.${name}`, value ?? ""]));
}

const pgl = postgraphile({
  extends: [PostGraphileAmberPreset],
  // What is reached by an id of the whole graph is in nobody's scope.
  disablePlugins: ["NodePlugin"],
  pgServices: [makePgService({ pool, schemas: ["postgraphile_peer"] })],
  schema: { retryOnInitFail: false },
  grafast: {
    explain: false,
    async context(requestContext) {
      return { pgSettings: await pgSettingsOf(requestContext.node?.req.headers.authorization) };
    },
  },
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
});

const handle = pgl.createServ(grafserv).createHandler();
await pgl.getSchema();
createServer((request, response) =>
  request.url === "/readyz" ? response.end() : handle(request, response),
).listen(Number(process.env.PORT), "127.0.0.1");
