package sqlstore

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// The types below are what columns hold. They take any value; none of them ever fails a row. As values
// of a statement, what is empty or zero is null.

// text is a column's content as text; null is empty.
type text string

// Scan implements [sql.Scanner].
func (t *text) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*t = ""
	case string:
		*t = text(v)
	case []byte:
		*t = text(v)
	default:
		*t = text(fmt.Sprint(v))
	}
	return nil
}

// Value implements [driver.Valuer].
func (t text) Value() (driver.Value, error) {
	if plain := Plain(string(t)); plain != "" {
		return plain, nil
	}
	return nil, nil
}

// is reports whether a column that was read holds s, or did before s was made fit for a statement.
func (t text) is(s string) bool { return Plain(string(t)) == Plain(s) }

// number is a column's content if it is an integer.
type number struct {
	value int64
	// ok is false for null and for anything else that is no integer; value is then 0.
	ok bool
}

// Scan implements [sql.Scanner].
func (n *number) Scan(value any) error {
	*n = number{}
	var digits string
	switch v := value.(type) {
	case nil:
		return nil
	case int64:
		*n = number{v, true}
		return nil
	case string:
		digits = v
	case []byte:
		digits = string(v)
	}
	if parsed, err := strconv.ParseInt(digits, 10, 64); err == nil {
		*n = number{parsed, true}
	}
	return nil
}

// Value implements [driver.Valuer].
func (n number) Value() (driver.Value, error) {
	if !n.ok {
		return nil, nil
	}
	return n.value, nil
}

// setting is a number that somebody has entered. If what is there is none, it is kept as text.
type setting struct {
	number
	odd text
}

// Scan implements [sql.Scanner].
func (s *setting) Scan(value any) error {
	*s = setting{}
	_ = s.number.Scan(value)
	if s.ok {
		return nil
	}
	return s.odd.Scan(value)
}

// Value implements [driver.Valuer].
func (s setting) Value() (driver.Value, error) {
	if s.ok {
		return s.number.Value()
	}
	return s.odd.Value()
}

// integer returns n as a column holds it, also 0.
func integer[N int | int64](n N) number { return number{int64(n), true} }

// nonzero returns n as a column holds it that has null for 0.
func nonzero[N int | int64](n N) number { return number{int64(n), n != 0} }

// stamp is a time column's content, in the text form of [Dialect.StampText].
type stamp struct{ core.Stamp }

// Scan implements [sql.Scanner].
func (s *stamp) Scan(value any) error {
	switch at := value.(type) {
	case nil: // as most are
		s.Stamp = core.Stamp{}
		return nil
	case time.Time: // of a column of ours in PostgreSQL
		s.Stamp = core.At(at.UTC())
		return nil
	}
	var content text
	_ = content.Scan(value)
	s.Stamp = core.Stamp{Set: !texts.IsUnset(string(content))}
	if t, ok := texts.ParseTimestamp(string(content)); ok {
		s.At = t
	}
	return nil
}

// Value implements [driver.Valuer].
func (s stamp) Value() (driver.Value, error) {
	if s.At.IsZero() {
		return nil, nil
	}
	return texts.Timestamp(s.At), nil
}

// stampOf returns t as a time column holds it.
func stampOf(t time.Time) stamp { return stamp{core.Stamp{Set: !t.IsZero(), At: t}} }

// idList is a JSON array of IDs; anything else, and an empty one, is nil.
type idList []int64

// Scan implements [sql.Scanner].
func (l *idList) Scan(value any) error {
	var content text
	_ = content.Scan(value)
	var ids []int64
	if json.Unmarshal([]byte(content), &ids) != nil || len(ids) == 0 {
		*l = nil
		return nil
	}
	slices.Sort(ids)
	*l = slices.Compact(ids)
	return nil
}

// Value implements [driver.Valuer].
func (l idList) Value() (driver.Value, error) { return l.json(), nil }

// json has the blanks that Python's json.dumps puts in.
func (l idList) json() string {
	out := append(make([]byte, 0, 2+8*len(l)), '[')
	for i, id := range l {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = strconv.AppendInt(out, id, 10)
	}
	return string(append(out, ']'))
}

// enteredIDs is a list of IDs that the app has entered. If what is there is none, it is kept as text.
type enteredIDs struct {
	idList
	odd text
}

// Scan implements [sql.Scanner].
func (l *enteredIDs) Scan(value any) error {
	_ = l.odd.Scan(value)
	_ = l.idList.Scan(value)
	if json.Unmarshal([]byte(l.odd), new([]int64)) == nil {
		l.odd = ""
	}
	return nil
}

// Value implements [driver.Valuer].
func (l enteredIDs) Value() (driver.Value, error) {
	if l.odd != "" {
		return l.odd.Value()
	}
	return l.idList.Value()
}

// listed returns ids for [Dialect.List], each once.
func listed(ids []int64) idList {
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// paired returns n pairs for [Dialect.Pairs]. Unlike encoding/json it keeps their order, in which the
// rows then come.
func paired(n int, pair func(i int) (int64, string)) string {
	out := append(make([]byte, 0, 2+32*n), '{')
	for i := range n {
		number, s := pair(i)
		if i > 0 {
			out = append(out, ',')
		}
		out = append(strconv.AppendInt(append(out, '"'), number, 10), `":`...)
		out = gjson.AppendJSONString(out, Plain(s))
	}
	return string(append(out, '}'))
}

// Plain returns s as a statement can carry it: without NUL bytes, and with invalid UTF-8 replaced.
func Plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// asText returns the SQL of a column's content as text: no driver then takes it for something else.
func asText(column string) string { return "CAST(" + column + " AS TEXT)" }
