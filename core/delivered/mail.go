// Package delivered says what of a mail of ours is missing or changed when it has arrived, as its recipient's mail
// program keeps it. It checks no signature: that takes the signer's key, from DNS.
package delivered

import (
	"slices"
	"strings"
	"time"
)

// Field is a field of a header: Name in lower case, Value on one line.
type Field struct{ Name, Value string }

// Mail is a mail that arrived, in plain values.
type Mail struct {
	// Fields are those of the header, from top to bottom.
	Fields []Field
	// Author is the domain of From, in lower case; empty if it cannot be read.
	Author string
	// Made is the instant in Date, and Handed the one in the first Received, when the first server took the mail. Each is
	// zero if the field is not there or cannot be read.
	Made, Handed time.Time
	// Text and HTML are what the parts of these types say; empty if there is none.
	Text, HTML string
	// Links are where the links of HTML lead.
	Links []string
}

// values returns all fields of a name, from top to bottom.
func (m Mail) values(name string) (all []string) {
	for _, f := range m.Fields {
		if f.Name == name {
			all = append(all, f.Value)
		}
	}
	return all
}

// Get returns the topmost field of a name; empty if there is none.
func (m Mail) Get(name string) string {
	if all := m.values(name); len(all) > 0 {
		return strings.TrimSpace(all[0])
	}
	return ""
}

// Listed reports whether the mail belongs to a list, as digests do.
func (m Mail) Listed() bool { return m.Get("list-id") != "" }

// HomeOf returns the domain of the Message-ID, in lower case; empty if it has none.
func (m Mail) HomeOf() string {
	_, domain, _ := strings.Cut(strings.Trim(m.Get("message-id"), "<>"), "@")
	return strings.ToLower(domain)
}

// Automatic reports whether the mail says that a program wrote it (RFC 3834).
func (m Mail) Automatic() bool {
	return strings.HasPrefix(strings.ToLower(m.Get("auto-submitted")), "auto-generated")
}

// oneClick is what List-Unsubscribe-Post has to say (RFC 8058 §3.1).
const oneClick = "list-unsubscribe=one-click"

// Unsubscribing returns where one POST unsubscribes (RFC 8058), and what keeps mail programs from offering that.
func (m Mail) Unsubscribing() (address string, troubles []string) {
	ways, posts := m.values("list-unsubscribe"), m.values("list-unsubscribe-post")
	for _, way := range strings.Split(strings.Join(ways, ","), "<") {
		if way, _, closed := strings.Cut(way, ">"); closed && address == "" && strings.HasPrefix(strings.ToLower(way), "https://") {
			address = way
		}
	}
	switch {
	case len(ways) == 0:
		troubles = append(troubles, "there is no List-Unsubscribe")
	case len(ways) > 1:
		troubles = append(troubles, "there is more than one List-Unsubscribe")
	case address == "":
		troubles = append(troubles, "List-Unsubscribe has no https address")
	case strings.ContainsAny(address, " \t"):
		troubles = append(troubles, "the address in List-Unsubscribe has blanks in it")
	}
	switch {
	case len(posts) == 0:
		troubles = append(troubles, "there is no List-Unsubscribe-Post")
	case len(posts) > 1:
		troubles = append(troubles, "there is more than one List-Unsubscribe-Post")
	case strings.ToLower(strings.TrimSpace(posts[0])) != oneClick:
		troubles = append(troubles, "List-Unsubscribe-Post is not List-Unsubscribe=One-Click")
	}
	return address, troubles
}

// Whole reports whether the text and the HTML still have a link to address, to the letter.
func (m Mail) Whole(address string) (inText, inHTML bool) {
	return strings.Contains(m.Text, address), slices.Contains(m.Links, address)
}

// Late returns how long after its Date the first server took the mail; below zero if it did before. ok is false if one
// of the two is not known.
func (m Mail) Late() (late time.Duration, ok bool) {
	return m.Handed.Sub(m.Made), !m.Made.IsZero() && !m.Handed.IsZero()
}
