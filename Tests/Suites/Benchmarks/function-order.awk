# The functions of the file named `program` that a callgrind profile has run, one name a line.
#
# Corresponds to the callgrind profile format: `ob=(id) file`, `fn=(id) name`; a name is spelled at its first use only,
# which may be as a callee (`cob=`, `cfn=`).
function id_of(text) { return substr(text, index(text, "(") + 1, index(text, ")") - index(text, "(") - 1) }
function name_of(text, names,    id, space) {
  id = id_of(text)
  space = index(text, ") ")
  if (space) names[id] = substr(text, space + 2)
  return names[id]
}
/^ob=/ { object = name_of($0, objects) }
/^cob=/ { name_of($0, objects) }
/^cfn=/ { name_of($0, functions) }
/^fn=/ {
  name = name_of($0, functions)
  # A mark of recursion is callgrind's own; what has no name is shown by its address.
  sub(/'[0-9]+$/, "", name)
  if (object ~ ("/" program "$") && name !~ /^0x/) print name
}
