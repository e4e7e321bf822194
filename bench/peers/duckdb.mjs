// The question in DuckDB: entries of four errors by minute, of newline-delimited JSON.
// node duckdb.mjs FILE THREADS; the package @duckdb/node-api is looked for in NODE_PATH.
import { createRequire } from 'node:module'
const require = createRequire(process.env.NODE_PATH + '/')
const { DuckDBInstance } = require('@duckdb/node-api')

const [file, threads] = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
const reader = await connection.runAndReadAll(`
  SELECT error, minute, count(*)::INTEGER AS n FROM (
    SELECT timestamp[1:16] AS minute, unnest(list_filter([
      CASE WHEN regexp_matches(textPayload, 'Container called exit\\(3\\)') THEN 'container-exit-3' END,
      CASE WHEN regexp_matches(textPayload, 'Database connection timeout after [0-9]') THEN 'database-connection-timeout' END,
      CASE WHEN regexp_matches(textPayload, 'No module named ''[A-Za-z0-9_.]+''') THEN 'missing-module' END,
      CASE WHEN regexp_matches(textPayload, 'SERVICE_ID contained whitespace') THEN 'whitespace-in-variable' END
    ], x -> x IS NOT NULL)) AS error
    FROM read_json('${file.replaceAll("'", "''")}', format = 'newline_delimited',
                   columns = {timestamp: 'VARCHAR', textPayload: 'VARCHAR'})
    WHERE textPayload IS NOT NULL)
  GROUP BY ALL ORDER BY ALL`)
for (const [error, minute, n] of reader.getRows()) console.log(error, minute, n)
