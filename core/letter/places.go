package letter

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Paths are where the app has its pages, below its address. {slug}, {pr} and {branch} stand for what is escaped there.
// An empty PR or Branch means that there is no page of one: then the RFC's is meant.
type Paths struct{ RFC, PR, Branch, Inbox, Settings string }

// KnownPaths are where the RFC app has its pages.
func KnownPaths() Paths {
	return Paths{RFC: "/rfc/{slug}", PR: "/rfc/{slug}/pr/{pr}", Branch: "/rfc/{slug}/branch/{branch}", Inbox: "/inbox", Settings: "/settings/notifications"}
}

// Places are the addresses of the app's pages. They are made by [NewPlaces].
type Places struct {
	base            string
	inbox, settings string
	// query escapes further characters, if a path has a query; else it is nil.
	query *strings.Replacer
	// The paths are cut at their gaps, each behind base.
	rfcPath, prPath, branchPath sentence
}

// NewPlaces checks where the app is. appURL is absolute http or https. An error says what cannot be used.
func NewPlaces(appURL string, paths Paths) (Places, error) {
	base, ok := texts.BaseURL(appURL, "http", "https")
	if !ok {
		return Places{}, fmt.Errorf("app URL %q: want an absolute http or https address, like https://rfc.example", appURL)
	}
	if len(base) > maxAppURL {
		return Places{}, fmt.Errorf("app URL: %d bytes are too many for a mail", len(base))
	}
	p := Places{base: base, inbox: base + paths.Inbox, settings: base + paths.Settings}
	if strings.Contains(paths.RFC+paths.PR+paths.Branch, "?") {
		p.query = strings.NewReplacer("&", "%26", "+", "%2B", "=", "%3D")
	}
	for _, of := range []struct {
		name, path string
		gap        hole
		cut        *sentence
	}{
		{"rfc-path", paths.RFC, slug, &p.rfcPath}, {"pr-path", paths.PR, pr, &p.prPath}, {"branch-path", paths.Branch, branch, &p.branchPath},
		{"inbox-path", paths.Inbox, "", nil}, {"settings-path", paths.Settings, "", nil},
	} {
		if of.path == "" && (of.gap == pr || of.gap == branch) {
			continue
		}
		parts, err := cutSentence(of.path, []hole{slug, of.gap})
		if err != nil || !strings.HasPrefix(of.path, "/") || of.gap != "" && !parts.has(of.gap) || strings.ContainsAny(of.path, " \"<>\\") || texts.Clean(of.path) != of.path {
			return Places{}, &PathError{of.name, of.path, of.gap}
		}
		if of.cut != nil {
			parts[0].text = base + parts[0].text // a path begins with a slash
			*of.cut = parts
		}
	}
	return p, nil
}

// PathError says that a path cannot be used.
type PathError struct {
	// Name is rfc-path, pr-path, branch-path, inbox-path or settings-path.
	Name, Path string
	gap        hole
}

func (e *PathError) Error() string {
	example := "/x"
	if e.gap != "" {
		example += "/{" + string(e.gap) + "}"
	}
	return fmt.Sprintf("%s %q: want a path like %s", e.Name, texts.Clean(e.Path), example)
}

const (
	// maxAppURL and maxSlug are the most that an address of the app and an escaped slug have in a link, in bytes: browsers
	// and mail programs stop somewhere above 2,000 for the whole.
	maxAppURL = 1000
	maxSlug   = 1000
)

// AppURL is the RFC app's address, without a slash at its end.
func (p *Places) AppURL() string { return p.base }

// InboxURL is where all notifications are read.
func (p *Places) InboxURL() string { return p.inbox }

// PreferencesURL is where the cadence is set.
func (p *Places) PreferencesURL() string { return p.settings }

// place is an RFC, or none, in the app. The zero value leads nowhere.
type place struct {
	*Places
	// slug is escaped; empty if the RFC can have no page.
	slug string
	// url is the RFC's page.
	url string
}

// rfc returns the place of an RFC, whose addresses are written with k.
func (p *Places) rfc(name string, k *ink) place {
	at := place{Places: p, slug: p.segment(name)}
	if at.slug != "" {
		at.url = k.write(p.rfcPath, value{slug, at.slug})
	}
	return at
}

// segment escapes a path segment (RFC 3986 §3.3); it is empty if the text can be none. One of dots alone would be a way out
// of the path, however it is written (§5.2.4).
func (p *Places) segment(text string) string {
	if text == "" || text == "." || text == ".." {
		return ""
	}
	escaped := url.PathEscape(text)
	if p.query != nil {
		escaped = p.query.Replace(escaped)
	}
	if len(escaped) <= maxSlug {
		return escaped
	}
	return ""
}

// pr returns the page of a PR.
func (at *place) pr(n int64, k *ink) string {
	if at.slug == "" || at.prPath == nil {
		return at.url
	}
	return k.write(at.prPath, value{slug, at.slug}, value{pr, strconv.FormatInt(n, 10)})
}

// branch returns the page of a branch; empty if that has no name.
func (at *place) branch(name string, k *ink) string {
	if at.Places == nil {
		return ""
	}
	name = at.segment(name)
	switch {
	case name == "":
		return ""
	case at.slug == "" || at.branchPath == nil:
		return at.url
	}
	return k.write(at.branchPath, value{slug, at.slug}, value{branch, name})
}
