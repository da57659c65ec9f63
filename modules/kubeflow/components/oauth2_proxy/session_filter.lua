-- What signs a visitor in stays at the gateway: a page of a colleague could use it in their name. Cookies of the pages stay.
-- Programs that make one name of `-` and `_` would take a client's kubeflow_userid for the gateway's kubeflow-userid.
function envoy_on_request(handle)
  local headers = handle:headers()
  for _, name in ipairs({"kubeflow_userid", "kubeflow_groups"}) do
    headers:remove(name)
  end
  if string.sub(headers:get(":path") or "", 1, 8) == "/oauth2/" then
    return
  end
  local kept = {}
  for index = 0, headers:getNumValues("cookie") - 1 do
    for cookie in string.gmatch(headers:getAtIndex("cookie", index), "[^;]+") do
      local text = string.match(cookie, "^%s*(.-)%s*$")
      if text ~= "" and string.sub(text, 1, #"COOKIE") ~= "COOKIE" then
        table.insert(kept, text)
      end
    end
  end
  headers:remove("cookie")
  if #kept > 0 then
    headers:add("cookie", table.concat(kept, "; "))
  end
end
