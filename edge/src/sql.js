// Statements of SQLite in one call each: what the runtime makes of them on the way does not cross into the module.
export function run(sql, query, values) {
  sql.exec(query, ...values);
}

// All rows, each an array of its columns.
export function rows(sql, query, values) {
  return [...sql.exec(query, ...values).raw()];
}
