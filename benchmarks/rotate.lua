-- Asks with each of the keys that stand behind "--" in turn.
local keys, position = {}, 0

function init(args)
  for _, key in ipairs(args) do
    wrk.headers["X-API-Key"] = key
    keys[#keys + 1] = wrk.format()
  end
end

function request()
  position = position % #keys + 1
  return keys[position]
end
