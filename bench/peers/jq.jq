# The question in jq: the errors of each entry, with the minute; each line of the input is one entry.
select(.textPayload != null)
| .timestamp[0:16] as $minute
| .textPayload
| (if test("Container called exit\\(3\\)") then "container-exit-3" else empty end),
  (if test("Database connection timeout after [0-9]") then "database-connection-timeout" else empty end),
  (if test("No module named '[A-Za-z0-9_.]+'") then "missing-module" else empty end),
  (if test("SERVICE_ID contained whitespace") then "whitespace-in-variable" else empty end)
| "\(.) \($minute)"
