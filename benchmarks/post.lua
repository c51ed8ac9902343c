-- Sends with POST what stands behind "--", with each of the keys after it in turn.
local requests, position = {}, 0

function init(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = args[1]
  for number = 2, #args do
    wrk.headers["X-API-Key"] = args[number]
    requests[#requests + 1] = wrk.format()
  end
  if #requests == 0 then
    requests[1] = wrk.format()
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end
