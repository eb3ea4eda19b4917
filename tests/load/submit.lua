-- What `cargo xtask bench submit` posts: real inquiries, each with its own submission id and its own person.
-- wrk calls setup and done once, init for each thread, request for each request.

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  origin, run, count = args[1], args[2], 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "text/plain;charset=UTF-8"
  wrk.headers["Origin"] = origin
end

function request()
  count = count + 1
  local id = string.format("%s-%04x-4000-8000-%012x", run, number, count)
  return wrk.format(nil, nil, nil, string.format(
    '{"submission_id":"%s","values":{"name":"Ada Example","email":"ada.%s.%d.%d@company%d.example.com",'
      .. '"message":"We are forty people and would like to compare the team plan with the company plan. Who can help us?"},'
      .. '"page":{"url":"%s/pricing/","title":"Pricing","referrer":""},"signals":[]}',
    id, run, number, count, count % 500, origin))
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('load-result {"rps":%.1f,"p99_ms":%.2f,"answered":%d,"failed":%d,"not_2xx":%d}\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000, summary.requests, failed, errors.status))
end
