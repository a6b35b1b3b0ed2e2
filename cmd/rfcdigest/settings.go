package main

import (
	"errors"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/zonedata"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/letter"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Settings are what all commands share. Each can be given as a flag or in the environment; the flag wins.
type Settings struct {
	Database      string        `default:"sqlite://rfcdigest.db" env:"DIGEST_DATABASE_URL" placeholder:"URL" help:"The database: sqlite://PATH, sqlite:///PATH from the root, or postgres://USER:PASS@HOST:5432/NAME (${default})."`
	Mail          string        `default:"maildir://outbox" env:"DIGEST_MAIL_URL" placeholder:"URL" help:"Where mail goes: smtp://USER:PASS@HOST:587 (with STARTTLS), smtps://HOST:465, maildir://DIR or discard:// (${default})."`
	AppURL        string        `default:"http://localhost:8000" env:"DIGEST_APP_URL" placeholder:"URL" help:"The RFC app's address, for links in mails (${default})."`
	From          string        `default:"Wiggleverse <digest@localhost>" env:"DIGEST_FROM" placeholder:"ADDRESS" help:"The sender (${default})."`
	Name          string        `default:"Wiggleverse" env:"DIGEST_NAME" placeholder:"TEXT" help:"The name at the head of mails (${default})."`
	TickSeconds   int           `default:"3600" env:"DIGEST_TICK_SECONDS" placeholder:"N" help:"Tick length of serve, in seconds (${default})."`
	Enabled       bool          `default:"true" negatable:"" env:"DIGEST_ENABLED" help:"Mail on; with --no-enabled only watches lapse."`
	Connections   int           `default:"4" env:"DIGEST_CONNECTIONS" placeholder:"N" help:"Mail connections used at once, 1 to 64 (${default})."`
	Doubt         int           `default:"0" env:"DIGEST_DOUBT" placeholder:"N" help:"Messages that may be accepted and not yet on record, up to 1000: so many may arrive twice after a crash (${default}: 16, or as many as connections)."`
	SuppressDays  int           `default:"30" env:"DIGEST_SUPPRESS_DAYS" placeholder:"N" help:"Days for which an address is left alone after it was refused on three days in a row (${default})."`
	PruneDays     int           `default:"400" env:"DIGEST_PRUNE_DAYS" placeholder:"N" help:"Days after which serve deletes windows and held e-mail that was sent; 0: never (${default})."`
	WatchDays     int           `default:"90" env:"DIGEST_WATCH_DAYS" placeholder:"N" help:"Days without participation after which a watch lapses (${default})."`
	MaxRFCs       int           `name:"max-rfcs" default:"50" env:"DIGEST_MAX_RFCS" placeholder:"N" help:"RFCs that a digest lists at the most (${default})."`
	Language      string        `default:"en" env:"DIGEST_LANGUAGE" placeholder:"TAG" help:"The language for people who have set none (${default})."`
	Classic       bool          `default:"false" env:"DIGEST_CLASSIC" help:"Select and word digests as the Python scheduler did, in English."`
	RFCPath       string        `name:"rfc-path" default:"/rfc/{slug}" env:"DIGEST_RFC_PATH" placeholder:"PATH" help:"The app's page of an RFC, below --app-url (${default})."`
	PRPath        string        `name:"pr-path" default:"/rfc/{slug}/pr/{pr}" env:"DIGEST_PR_PATH" placeholder:"PATH" help:"The page of a PR; none means that of its RFC (${default})."`
	BranchPath    string        `default:"/rfc/{slug}/branch/{branch}" env:"DIGEST_BRANCH_PATH" placeholder:"PATH" help:"The page of a branch; none means that of its RFC (${default})."`
	InboxPath     string        `default:"/inbox" env:"DIGEST_INBOX_PATH" placeholder:"PATH" help:"The page of a reader's notifications (${default})."`
	SettingsPath  string        `default:"/settings/notifications" env:"DIGEST_SETTINGS_PATH" placeholder:"PATH" help:"The page on which the app has its settings for digests (${default})."`
	Spread        time.Duration `default:"0" env:"DIGEST_SPREAD" placeholder:"TIME" help:"Spread the digests that fall due at once over this time, like 30m, with ticks closer together (${default})."`
	MaxRate       int           `default:"0" env:"DIGEST_MAX_RATE" placeholder:"N" help:"Messages a minute at the most, of all processes on the database (${default}: no limit)."`
	Engine        string        `default:"plain" enum:"plain,river" env:"DIGEST_ENGINE" placeholder:"NAME" help:"How processes share ticks: plain for one process, or river for several on PostgreSQL; migrate then adds its tables (${default})."`
	Listen        string        `env:"DIGEST_LISTEN" placeholder:"ADDR" help:"Where serve answers HTTP, like 127.0.0.1:8095 (nowhere)."`
	PublicURL     string        `env:"DIGEST_PUBLIC_URL" placeholder:"URL" help:"Where recipients reach --listen: the https address in front of /unsubscribe and /preferences (none)."`
	ReturnPath    string        `env:"DIGEST_RETURN_PATH" placeholder:"ADDRESS" help:"Where reports of mail that could not be delivered come back: an address with {token} in it, like digest+{token}@mail.example (none)."`
	Inbound       string        `name:"inbound" env:"DIGEST_INBOUND" placeholder:"URL" help:"Where serve takes mail that came back: lmtp://127.0.0.1:2424, maildir://DIR or imaps://USER:PASS@HOST/INBOX (nowhere)."`
	InboundSecret string        `env:"DIGEST_INBOUND_SECRET" placeholder:"TEXT" help:"Has --listen take mail that came back, too: POST /inbound with Authorization: Bearer TEXT, 32 bytes or more (none)."`
	Secret        string        `env:"DIGEST_SECRET" placeholder:"TEXT" help:"Signs unsubscribe links; 32 bytes or more. Several, separated by commas: the first signs, all verify (none)."`
	Zoneinfo      string        `env:"ZONEINFO" placeholder:"PATH" help:"A folder or zip archive of time zones (the newest of the system's and those that are built in)."`

	RedirectAllTo string `env:"DIGEST_REDIRECT_ALL_TO" placeholder:"ADDRESS" help:"For a copy of an installation: where every mail goes instead, marked with its recipient. Nothing counts as sent (none)."`

	domain  string // of the sender
	secrets [][]byte
	keyring links.Keyring
	style   *core.Style // how digests read and look
	// countReturn counts mail that came back; nil if it is not counted.
	countReturn func(kind string)
	prunes      int  // PruneDays, if ticks are to heed it
	adopt       bool // the database belongs to this installation from now on
}

// check parses and checks the settings. The URLs of database and mail are checked when a command uses them.
func (s *Settings) check() error {
	for _, limit := range []struct {
		flag            string
		value, min, max int
	}{
		{"--tick-seconds", s.TickSeconds, 1, 1 << 30}, {"--connections", s.Connections, 1, 64}, {"--doubt", s.Doubt, 0, 1000},
		{"--watch-days", s.WatchDays, 1, 36500}, {"--suppress-days", s.SuppressDays, 1, 36500}, {"--max-rfcs", s.MaxRFCs, 1, 1 << 30},
		{"--max-rate", s.MaxRate, 0, core.MaxPerMinute}, {"--prune-days", s.PruneDays, 0, 36500},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return usagef("%s %d: want a number from %d to %d", limit.flag, limit.value, limit.min, limit.max)
		}
	}
	if s.PruneDays != 0 && s.PruneDays < leastKept {
		return usagef("--prune-days %d: want 0, for never, or a number from %d", s.PruneDays, leastKept)
	}
	if err := s.schedule().Check(); err != nil {
		return usagef("--spread %s: %w", s.Spread, err)
	}
	if err := s.readSecrets(); err != nil {
		return err
	}
	if err := s.checkInbound(); err != nil {
		return err
	}
	format, err := s.format()
	if err != nil {
		return err
	}
	s.domain = format.Domain()
	if s.RedirectAllTo = strings.TrimSpace(s.RedirectAllTo); s.RedirectAllTo != "" {
		if err := s.checkAddress("--redirect-all-to", s.RedirectAllTo); err != nil {
			return err
		}
	}
	ways, err := s.links()
	if err != nil {
		return err
	}
	s.style, err = s.newStyle(ways)
	return err
}

// newStyle is how digests read and look by the settings.
func (s *Settings) newStyle(ways links.Links) (*core.Style, error) {
	if s.Language != "" && cldr.For(s.Language) == nil {
		return nil, usagef("--language %q: want one of: %s", s.Language, letter.Tags())
	}
	style, err := core.NewStyle(core.Brand{
		Name: s.Name, AppURL: s.AppURL, Paths: s.paths(), Domain: s.domain, MaxRFCs: s.MaxRFCs, Language: s.Language, Classic: s.Classic,
		Links: ways, RedirectTo: s.RedirectAllTo,
	})
	if path := (*letter.PathError)(nil); errors.As(err, &path) {
		return nil, usagef("--%w", path)
	}
	return style, err
}

// paths are where the app has its pages.
func (s *Settings) paths() letter.Paths {
	orNone := func(path string) string {
		if path == "none" {
			return ""
		}
		return path
	}
	return letter.Paths{RFC: s.RFCPath, PR: orNone(s.PRPath), Branch: orNone(s.BranchPath), Inbox: s.InboxPath, Settings: s.SettingsPath}
}

// links are where recipients unsubscribe, and where mail comes back to.
func (s *Settings) links() (links.Links, error) {
	l, err := links.New(s.PublicURL, s.keyring, "")
	if err != nil || s.ReturnPath == "" {
		return l, err
	}
	path, err := links.ParseReturnPath(s.ReturnPath)
	if err != nil {
		return l, usagef("--return-path: %w", err)
	}
	if !s.keyring.CanSign() {
		return l, usagef("--return-path needs a --secret, with which the addresses are signed")
	}
	return l.WithReturnPath(path, s.keyring), nil
}

// readSecrets splits the secrets. They are never in an error.
func (s *Settings) readSecrets() (err error) {
	if s.Secret == "" {
		return nil
	}
	for secret := range strings.SplitSeq(s.Secret, ",") {
		s.secrets = append(s.secrets, []byte(secret))
	}
	if s.keyring, err = links.NewKeyring(s.secrets...); err != nil {
		return usagef("--secret: %w, such as those of: openssl rand -hex 32", err)
	}
	return nil
}

// every is the tick length.
func (s *Settings) every() time.Duration { return time.Duration(s.TickSeconds) * time.Second }

// schedule says how far ticks are apart, and how digests are spread.
func (s *Settings) schedule() core.Schedule {
	return core.Schedule{Tick: s.every(), Spread: s.Spread}
}

// zoneData is where time zones come from.
func (s *Settings) zoneData() ports.ZoneData { return zonesAsked{zonedata.Source{Only: s.Zoneinfo}} }

// zonesAsked is zone data that a flag may have chosen.
type zonesAsked struct{ zonedata.Source }

// Open opens the source; its error names the flag.
func (z zonesAsked) Open() (ports.Zones, error) {
	zones, err := z.Source.Open()
	if err != nil && z.Only != "" {
		err = usagef("--zoneinfo: %w", err)
	}
	return zones, err
}

// parseInstant reads an instant as people type it on a command line (RFC 3339).
func parseInstant(flag, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1971 {
		return time.Time{}, usagef("%s %q: want an instant like 2026-03-29T06:30:00Z", flag, text)
	}
	return t.UTC(), nil
}
