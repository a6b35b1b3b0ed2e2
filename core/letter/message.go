package letter

// Message names a sentence of a catalog, or a word. The zero value names none.
type Message int

// The messages.
const (
	_ Message = iota
	// SubjectNeeds counts what waits for the reader, and names the RFC that it is about first.
	SubjectNeeds
	// Updates counts events, and RFCs counts RFCs; InRFCs joins them.
	Updates
	RFCs
	InRFCs
	// HeadingDay, HeadingWeek and HeadingOther name the digest.
	HeadingDay
	HeadingWeek
	HeadingOther
	// FromTo is the time that the digest is of; LastDays that of a first one, and SinceDay that after a pause.
	FromTo
	LastDays
	SinceDay
	// Unread says that all of it is unread in the inbox.
	Unread
	// NeedsYou is the heading over what waits for the reader.
	NeedsYou
	// More says how many lines, RFCs or older events are left out.
	More
	MoreRFCs
	Older
	// Others counts people at the end of a list of names, and MoreItems PRs or branches at the end of theirs.
	Others
	MoreItems
	// By says who did several things, and Listed who did several things that are listed before.
	By
	Listed
	Someone
	// PR names a pull request, Branch a branch; APR and ABranch if the name is missing.
	PR
	APR
	Branch
	ABranch
	// NoRFC is the title over events that belong to no RFC.
	NoRFC
	OpenInbox
	OpenRFC
	Open
	Mute
	Preferences
	WhenDigests
	Unsubscribe
	WhyDay
	WhyWeek
	WhyOther
	// KindOne and KindMany are for kinds that no sentence is known for.
	KindOne
	KindMany
	AskReview
	AskChanges
	AskMention
	AskQuestion
	AskAssigned
	messages
)

// spec says what a catalog must have for a message.
type spec struct {
	name string
	// counted says that there is a sentence for each plural form.
	counted bool
	// holes are what the sentences must name; a sentence for one form may leave out the number.
	holes []hole
}

// specs are the messages of a catalog, beside those of kinds.
var specs = [messages]spec{
	SubjectNeeds: {"subject_needs", true, []hole{number, titles}},
	Updates:      {"updates", true, []hole{number}},
	RFCs:         {"rfcs", true, []hole{number}},
	InRFCs:       {"in_rfcs", false, []hole{updates, rfcs}},
	HeadingDay:   {"heading_day", false, nil},
	HeadingWeek:  {"heading_week", false, nil},
	HeadingOther: {"heading_other", false, nil},
	FromTo:       {"from_to", false, []hole{start, end}},
	LastDays:     {"last_days", true, []hole{number}},
	SinceDay:     {"since_day", false, []hole{day}},
	Unread:       {"unread", false, nil},
	NeedsYou:     {"needs_you", true, []hole{number}},
	More:         {"more", true, []hole{number}},
	MoreRFCs:     {"more_rfcs", true, []hole{number}},
	Older:        {"older", true, []hole{number}},
	Others:       {"others", true, []hole{number}},
	MoreItems:    {"more_items", true, []hole{number}},
	By:           {"by", false, []hole{what, actors}},
	Listed:       {"listed", false, []hole{what, actors}},
	Someone:      {"someone", false, nil},
	PR:           {"pr", false, []hole{number}},
	APR:          {"a_pr", false, nil},
	Branch:       {"branch", false, []hole{name}},
	ABranch:      {"a_branch", false, nil},
	NoRFC:        {"no_rfc", false, nil},
	OpenInbox:    {"open_inbox", false, nil},
	OpenRFC:      {"open_rfc", false, nil},
	Open:         {"open", false, nil},
	Mute:         {"mute", false, nil},
	Preferences:  {"preferences", false, nil},
	WhenDigests:  {"when_digests", false, nil},
	Unsubscribe:  {"unsubscribe", false, nil},
	WhyDay:       {"why_day", false, nil},
	WhyWeek:      {"why_week", false, nil},
	WhyOther:     {"why_other", false, nil},
	KindOne:      {"kind_one", false, []hole{actor, kind}},
	KindMany:     {"kind_many", true, []hole{number, kind}},
	AskReview:    {"ask_review", false, []hole{actor}},
	AskChanges:   {"ask_changes", false, []hole{actor}},
	AskMention:   {"ask_mention", false, []hole{actor}},
	AskQuestion:  {"ask_question", false, []hole{actor}},
	AskAssigned:  {"ask_assigned", false, []hole{actor}},
}

// hole is a gap in a sentence, by its name in catalogs.
type hole string

const (
	number   hole = "n"
	actor    hole = "actor"
	actors   hole = "actors"
	pr       hole = "pr"
	prs      hole = "prs"
	branch   hole = "branch"
	ref      hole = "ref"
	branches hole = "branches"
	kind     hole = "kind"
	what     hole = "what"
	name     hole = "name"
	titles   hole = "titles"
	updates  hole = "updates"
	rfcs     hole = "rfcs"
	start    hole = "start"
	end      hole = "end"
	day      hole = "day"
	slug     hole = "slug"
)
