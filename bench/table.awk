# Prints the table of a results file: medians over the repeats, ratios, and whether the targets are met.
BEGIN {
  FS = "\t"
  names = "outcrop registry nginx origin"
}
FILENAME == targets {
  if ($0 !~ /^#/) { n++; t_measure[n] = $1; t_metric[n] = $2; t_kind[n] = $3; t_op[n] = $4; t_value[n] = $5 }
  next
}
$1 == "measure" { next }
{
  row = $1 "\t" $2 "\t" $3
  if (!(row in seen)) { seen[row] = 1; rows[++rowCount] = row }
  k = row SUBSEP $5
  values[k, ++count[k]] = $7
}
function median(k,   i, j, v, a, m) {
  m = count[k]
  for (i = 1; i <= m; i++) a[i] = values[k, i] + 0
  for (i = 2; i <= m; i++) { v = a[i]; for (j = i - 1; j > 0 && a[j] > v; j--) a[j + 1] = a[j]; a[j + 1] = v }
  return m % 2 ? a[(m + 1) / 2] : (a[m / 2] + a[m / 2 + 1]) / 2
}
function shown(x) { return x >= 1000 ? sprintf("%.0f", x) : x >= 100 ? sprintf("%.1f", x) : x >= 1 ? sprintf("%.2f", x) : sprintf("%.3f", x) }
function verdict(measure, metric,   i, x, s, ok) {
  s = ""
  for (i = 1; i <= n; i++) {
    if (t_measure[i] != measure || metric !~ t_metric[i]) continue
    if (t_kind[i] == "own") x = m["outcrop"]
    else if (t_kind[i] == "/registry") { if (!("registry" in m)) continue; x = m["outcrop"] / m["registry"] }
    else if (t_kind[i] == "/reference") { if (reference == "") continue; x = m["outcrop"] / m[reference] }
    else { if (reference == "") continue; x = m["outcrop"] - m[reference] }
    ok = t_op[i] == ">=" ? x >= t_value[i] : t_op[i] == "<=" ? x <= t_value[i] : x < t_value[i]
    kind = t_kind[i] == "own" ? "" : t_kind[i] == "/registry" ? "÷registry " : t_kind[i] == "/reference" ? "÷" reference " " : "-" reference " "
    s = s (s == "" ? "" : ", ") kind t_op[i] " " t_value[i] (ok ? " ok" : " MISSED")
  }
  return s
}
END {
  format = "%-10s %-34s %-8s %10s %10s %10s %10s %10s %10s  %s\n"
  # No padding by bytes: every ÷ stands for two.
  printf "%-10s %-34s %-8s %10s %10s %10s %10s %11s %11s  %s\n", "measure", "metric", "unit", "Outcrop", "registry", "nginx", "origin", "÷registry", "÷other", "target"
  for (r = 1; r <= rowCount; r++) {
    split(rows[r], f, "\t")
    delete m
    split(names, all, " ")
    for (i in all) if ((rows[r] SUBSEP all[i]) in count) m[all[i]] = median(rows[r] SUBSEP all[i])
    reference = "nginx" in m ? "nginx" : "origin" in m ? "origin" : ""
    a = "outcrop" in m && "registry" in m && m["registry"] != 0 ? shown(m["outcrop"] / m["registry"]) : ""
    b = "outcrop" in m && reference != "" && m[reference] != 0 ? shown(m["outcrop"] / m[reference]) : ""
    printf format, f[1], f[2], f[3], cell("outcrop"), cell("registry"), cell("nginx"), cell("origin"), a, b, "outcrop" in m ? verdict(f[1], f[2]) : ""
  }
}
function cell(server) { return server in m ? shown(m[server]) : "-" }
