package delivered

import (
	"slices"
	"strings"
)

// Result is what the recipient's mail server found by one method, such as dkim=pass.
type Result struct{ Method, Value string }

// Results returns what the recipient's mail server found (RFC 8601) by dkim, spf and dmarc, and its name. It is the
// server of the topmost field: what is below could be the sender's. If there are several results of a method, as
// of several signatures, pass counts.
func (m Mail) Results() (server string, results []Result) {
	for i, field := range m.values("authentication-results") {
		parts := strings.Split(withoutComments(field), ";")
		name := ""
		if words := strings.Fields(parts[0]); len(words) > 0 {
			name = words[0] // a version may follow
		}
		if i == 0 {
			server = name
		}
		if !strings.EqualFold(name, server) {
			continue
		}
		for _, part := range parts[1:] {
			results = noted(results, part)
		}
	}
	return server, results
}

// noted returns results with the one that part says, if it is of a method that matters.
func noted(results []Result, part string) []Result {
	method, rest, _ := strings.Cut(strings.ToLower(part), "=")
	method, _, _ = strings.Cut(method, "/") // its version
	method = strings.TrimSpace(method)
	words := strings.Fields(rest)
	if len(words) == 0 || method != "dkim" && method != "spf" && method != "dmarc" {
		return results
	}
	at := slices.IndexFunc(results, func(r Result) bool { return r.Method == method })
	if at < 0 {
		return append(results, Result{method, words[0]})
	}
	if words[0] == "pass" {
		results[at].Value = "pass"
	}
	return results
}

// withoutComments returns a structured field without its comments, which may nest, and without what is in quotation
// marks: both may have any character in them (RFC 5322 §3.2).
func withoutComments(field string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case c == '\\' && (depth > 0 || quoted):
			i++
		case quoted:
			quoted = c != '"'
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			b.WriteByte(' ')
		case depth > 0:
		case c == '"':
			quoted = true
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
