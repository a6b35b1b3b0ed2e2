package core

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/links"
)

func TestBecause(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	seven := 7
	kathmandu := time.FixedZone("Asia/Kathmandu", 5*3600+45*60)
	due := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-25 * time.Hour), Status: Sent}}
	const since = "Due since 2026-03-29 11:00:00: the last window ended 2026-03-28 11:00:00, and a daily digest follows 24 hours after. "
	for name, c := range map[string]struct {
		change func(*Recipient)
		zone   *time.Location
		want   string
	}{
		"cadence":    {func(r *Recipient) { r.Cadence = "month\nly" }, nil, `Gets no digests: the cadence is "month ly", and only daily and weekly have any.`},
		"no address": {func(r *Recipient) { r.Address = "" }, nil, "No digest can go out: there is no e-mail address to send to."},
		"in doubt":   {func(r *Recipient) { r.Latest.Status = Sending }, nil, "The digest of 2026-03-28 11:00:00 is being sent, or waits for its answer; if none is on record when its lease ends, the next tick sends it again. Until then nobody knows what has been told."},
		"not due":    {func(r *Recipient) { r.Cadence = Weekly }, nil, "Not due before 2026-04-04 11:00:00: the last window ended 2026-03-28 11:00:00, and a weekly digest follows 7 days after."},
		"send hour":  {func(r *Recipient) { r.Preferences.SendHour = &seven }, kathmandu, "Due since 2026-03-29 01:15:00 (07:00 Asia/Kathmandu): the last window ended 2026-03-28 11:00:00 (16:45 Asia/Kathmandu), and it follows every day at 07:00 on their clock (Asia/Kathmandu). Nothing in the window is for a digest: it is recorded as empty, without a mail."},
		"weekday": {func(r *Recipient) {
			r.Cadence, r.Preferences.SendHour, r.Preferences.SendWeekday = Weekly, &seven, "Friday"
		}, nil, "Not due before 2026-04-03 07:00:00: the last window ended 2026-03-28 11:00:00, and it follows every Friday at 07:00 on their clock (UTC)."},
		"bad address": {func(r *Recipient) { r.Address = "ada@x\nBcc: eve@x" }, nil, since + `Mail cannot be addressed to "ada@x Bcc: eve@x"; somebody has to mend the address.`},
		"refused": {func(r *Recipient) {
			r.Preferences.SuppressedAddress, r.Preferences.Failures, r.Preferences.SuppressedReason = r.Address, 3, "550 no such\nuser."
		}, nil, since + "The address was refused for good on 3 days in a row, the last time with: 550 no such user. That stays until somebody lifts it. A new address starts clean."},
		"entered": {func(r *Recipient) { r.Preferences.SuppressedAddress = r.Address }, nil, since + "The address was entered as suppressed. That stays until somebody lifts it. A new address starts clean."},
		"quiet":   {func(r *Recipient) { r.Preferences.QuietStart, r.Preferences.QuietEnd = "17:00", "06:30" }, kathmandu, "Due since 2026-03-29 11:00:00 (16:45 Asia/Kathmandu): the last window ended 2026-03-28 11:00:00 (16:45 Asia/Kathmandu), and a daily digest follows 24 hours after. It is 17:45 for them, within their quiet hours (17:00 to 06:30, Asia/Kathmandu); a tick from 2026-03-30 00:45:00 (06:30 Asia/Kathmandu) on takes it."},
		"first":   {func(r *Recipient) { r.Latest = Entry{} }, nil, "Due: no window was recorded that it could follow, so it reaches 30 days back. Nothing in the window is for a digest: it is recorded as empty, without a mail."},
	} {
		r := due
		c.change(&r)
		e := Explain(Snapshot{Now: now, Recipient: r, Zone: c.zone}, nil, testStyle(t))
		assert.Equal(t, c.want, e.Why, name)
	}
	told := Explain(Snapshot{Now: now, Recipient: due, Notifications: []Notification{{ID: 1, Kind: "pr_opened", Slug: "a", CreatedAt: now}}}, nil, testStyle(t))
	assert.Equal(t, since+"There is something to tell: 1 event across 1 RFC.", told.Why)
}

func TestEveryVerdictIsExplained(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	r := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 3, End: now.Add(-24 * time.Hour), Status: Sent}}
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	moved := &Moved{From: []int64{8, 9}, At: ago(2 * time.Hour)}
	const came = " It came from user 8 on 2026-03-29 10:00:00."
	const late = "before the window starts, 2026-03-28 12:00:00 (late arrivals count from 2026-03-28 11:45:00); "
	for name, c := range map[string]struct {
		n       Notification
		verdict Verdict
		why     string
	}{
		"told before":   {Notification{CreatedAt: ago(48 * time.Hour), IncludedAt: At(ago(24 * time.Hour))}, BeforeWindow, "Created 2026-03-27 12:00:00, " + late + "a digest told of it on 2026-03-28 12:00:00."},
		"mailed before": {Notification{CreatedAt: ago(48 * time.Hour), EmailedAt: At(ago(47 * time.Hour))}, BeforeWindow, "Created 2026-03-27 12:00:00, " + late + "mailed on its own on 2026-03-27 13:00:00."},
		"read before":   {Notification{CreatedAt: ago(48 * time.Hour), ReadAt: Stamp{Set: true}}, BeforeWindow, "Created 2026-03-27 12:00:00, " + late + "read in the app at a time that cannot be read."},
		"missed":        {Notification{CreatedAt: ago(48 * time.Hour)}, BeforeWindow, "Created 2026-03-27 12:00:00, " + late + "it is unread, and was for an earlier window to tell."},
		"after":         {Notification{CreatedAt: now.Add(time.Minute)}, AfterWindow, "Created 2026-03-29 12:01:00, after the window's end, 2026-03-29 12:00:00; the window in which that time comes takes it."},
		"shipped":       {Notification{CreatedAt: now, IncludedAt: At(ago(time.Hour))}, AlreadyShipped, "A digest told of it on 2026-03-29 11:00:00."},
		"emailed now":   {Notification{CreatedAt: ago(time.Hour), EmailedAt: At(now)}, AlreadyEmailed, "Mailed on its own in this very tick."},
		"read":          {Notification{CreatedAt: ago(time.Hour), ReadAt: At(ago(time.Minute))}, AlreadyRead, "Read in the app on 2026-03-29 11:59:00."},
		"direct":        {Notification{CreatedAt: now, Payload: `{"category":"personal-direct"}`}, PersonalDirect, "Its category is personal-direct, and those the app mails one by one."},
		"in":            {Notification{CreatedAt: ago(time.Hour)}, Included, "Created 2026-03-29 11:00:00, within the window; not read, not mailed, in no digest yet."},
		"late":          {Notification{CreatedAt: ago(24*time.Hour + time.Minute)}, Included, "Created 2026-03-28 11:59:00, before the window starts, 2026-03-28 12:00:00, but no digest told of it: it arrived late."},
		"unreadable":    {Notification{}, Included, "When it was created cannot be read: better told once than never."},
		"moved":         {Notification{CreatedAt: ago(48 * time.Hour), Moved: moved}, Included, "Created 2026-03-27 12:00:00, before the window starts, 2026-03-28 12:00:00, but no digest told of it." + came},
		"moved, in":     {Notification{CreatedAt: ago(time.Hour), Moved: moved}, Included, "Created 2026-03-29 11:00:00, within the window; not read, not mailed, in no digest yet." + came},
		"moved, told":   {Notification{CreatedAt: ago(48 * time.Hour), IncludedAt: At(ago(time.Hour)), Moved: moved}, AlreadyShipped, "A digest told of it on 2026-03-29 11:00:00." + came},
		"moved, when":   {Notification{Moved: moved}, Included, "When it was created cannot be read: better told once than never." + came},
		"moved, being sent": {Notification{CreatedAt: ago(48 * time.Hour), Moved: &Moved{From: moved.From, At: moved.At, Digest: 12}}, AlreadyShipped,
			"It is in digest 12 of the account that it came from. If that does not arrive, a later digest tells of it." + came},
	} {
		c.n.ID, c.n.Kind = 1, "pr_merged"
		e := Explain(Snapshot{Now: now, Recipient: r, Notifications: []Notification{c.n}}, nil, testStyle(t))
		require.Len(t, e.Reasons, 1, name)
		assert.Equal(t, c.verdict, e.Reasons[0].Verdict, name)
		assert.Equal(t, c.why, e.Reasons[0].Why, name)
		assert.Equal(t, "Someone merged a PR", e.Reasons[0].Event)
		assert.Equal(t, e.Reasons[0], e.ExplainAlone(c.n, testStyle(t)), name)
	}
	for _, v := range Verdicts() {
		assert.NotEqual(t, v == Included, v.rule() != "in the digest", v)
	}
}

func TestTheDigestThatToldIsNamed(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	ago := func(hours int) time.Time { return now.Add(-time.Duration(hours) * time.Hour) }
	r := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 5, End: ago(24), Status: Sent}}
	row := func(id int64, status Status, end, sent int, ids ...int64) LedgerRow {
		return LedgerRow{Status: status, SentAt: ago(sent), Claim: Claim{ID: id, Recipient: 7, Window: Window{End: ago(end)}, Notifications: ids}}
	}
	windows := []LedgerRow{row(6, Sent, 0, 0, 16), row(5, Sent, 24, 20, 15), row(4, Redirected, 30, 30, 14), row(3, Empty, 48, 48), row(2, "", 72, 72, 12), row(1, Sent, 96, -1, 11)}
	for name, c := range map[string]struct {
		n          Notification
		verdict    Verdict
		why, brief string
	}{
		"told before": {Notification{ID: 15, CreatedAt: ago(30), IncludedAt: At(ago(20))}, BeforeWindow,
			"Created 2026-03-28 06:00:00, before the window starts, 2026-03-28 12:00:00 (late arrivals count from 2026-03-28 11:45:00); digest 5 told of it on 2026-03-28 16:00:00.",
			"Before the window starts; digest 5 told of it on 2026-03-28 16:00:00."},
		"told by the scheduler before, which marks nothing": {Notification{ID: 12, CreatedAt: ago(80)}, BeforeWindow, "", "Before the window starts; digest 2 told of it on 2026-03-26 12:00:00."},
		"told, and created late":                            {Notification{ID: 15, CreatedAt: ago(23), IncludedAt: At(ago(20))}, AlreadyShipped, "Digest 5 told of it on 2026-03-28 16:00:00.", ""},
		"its row is gone":                                   {Notification{ID: 1, CreatedAt: ago(80), IncludedAt: At(ago(72))}, BeforeWindow, "", "Before the window starts; a digest told of it on 2026-03-26 12:00:00."},
		"told to another":                                   {Notification{ID: 14, CreatedAt: ago(40)}, BeforeWindow, "", "Before the window starts; it is unread, and was for an earlier window to tell."},
		"nobody knew then":                                  {Notification{ID: 11, CreatedAt: ago(100)}, BeforeWindow, "", "Before the window starts; it is unread, and was for an earlier window to tell."},
		"in the very tick":                                  {Notification{ID: 16, CreatedAt: ago(1), IncludedAt: At(now)}, AlreadyShipped, "A digest told of it in this very tick.", ""},
	} {
		e := Explain(Snapshot{Now: now, Recipient: r, Notifications: []Notification{c.n}}, windows, testStyle(t))
		require.Len(t, e.Reasons, 1, name)
		assert.Equal(t, c.verdict, e.Reasons[0].Verdict, name)
		assert.Equal(t, cmp.Or(c.brief, c.why), e.Reasons[0].Brief, name)
		if c.why != "" {
			assert.Equal(t, c.why, e.Reasons[0].Why, name)
		}
	}
}

func TestWithoutADigestNothingIsInIt(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	for _, c := range []struct {
		r    Recipient
		why  string
		rule string
	}{
		{Recipient{ID: 7, Cadence: Daily}, "It would be in a digest, but none can go out: there is no e-mail address.", "in the digest, if there were one"},
		{Recipient{ID: 7, Cadence: "monthly", Address: "ada@rfc.example"}, "It would be in a digest, but none can go out: the cadence has none.", "in the digest, if there were one"},
		{Recipient{ID: 7, Cadence: Daily, Address: "ada@rfc.example"}, "Created 2026-03-29 12:00:00, within the window; not read, not mailed, in no digest yet.", "in the digest"},
	} {
		e := Explain(Snapshot{Now: now, Recipient: c.r, Notifications: []Notification{{ID: 1, CreatedAt: now}}}, nil, testStyle(t))
		assert.Equal(t, []any{Included, c.why, c.rule}, []any{e.Reasons[0].Verdict, e.Reasons[0].Why, e.Rule(Included)})
		assert.Equal(t, "already read in the app", e.Rule(AlreadyRead))
	}
}

func TestTheLookBackReachesAsFarAsTheWindow(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	r := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: Daily}
	explain := func(latest time.Duration) Explanation {
		r.Latest = Entry{ID: 3, End: now.Add(-latest), Status: Sent}
		return Explain(Snapshot{Now: now, Recipient: r, Notifications: []Notification{
			{ID: 1, CreatedAt: now.Add(-Lookback)}, {ID: 2, CreatedAt: now.Add(-Lookback - time.Second)}, {ID: 3}, {ID: 4, IncludedAt: At(now)},
			{ID: 5, CreatedAt: now.Add(-40*24*time.Hour - LateArrivals)}, {ID: 6, CreatedAt: now.Add(time.Hour)},
			{ID: 7, CreatedAt: now.Add(-40 * 24 * time.Hour), Moved: &Moved{From: []int64{8}, At: now.Add(-Lookback)}},
			{ID: 8, CreatedAt: now.Add(-50 * 24 * time.Hour), Moved: &Moved{From: []int64{8}, At: now.Add(-45 * 24 * time.Hour)}},
		}}, nil, testStyle(t))
	}
	ids := func(e Explanation) (ids []int64) {
		for _, reason := range e.Reasons {
			ids = append(ids, reason.Notification.ID)
		}
		return ids
	}
	assert.Equal(t, []int64{1, 3, 6, 7}, ids(explain(24*time.Hour)))
	assert.Equal(t, []int64{1, 2, 3, 5, 6, 7}, ids(explain(40*24*time.Hour)), "nothing that a digest could tell is left out")
	assert.Equal(t, []VerdictCount{{BeforeWindow, 2}, {AfterWindow, 1}, {AlreadyShipped, 0}, {AlreadyEmailed, 0}, {AlreadyRead, 0}, {PersonalDirect, 0}, {OwnEvent, 0}, {Included, 1}},
		explain(24*time.Hour).Counts)
}

func TestADraftIsTheDigestThatWouldGoOut(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	style := testStyle(t)
	s := Snapshot{Now: now, Recipient: Recipient{ID: 7, Name: "Ada", Address: "ada@rfc.example", Cadence: Daily},
		Notifications: []Notification{{ID: 1, Kind: "pr_opened", Slug: "a", CreatedAt: now}}}
	due := PlanDigest(s, style)
	require.Equal(t, Send, due.Action)
	draft, ok := Draft(s, style)
	assert.True(t, ok)
	assert.Equal(t, due.Message, draft)
	assert.Equal(t, draft, Explain(s, nil, style).Draft)

	s.Recipient.Preferences.SuppressedAddress = s.Recipient.Address
	e := Explain(s, nil, style)
	assert.Equal(t, Defer, e.Plan.Action)
	assert.True(t, e.Drafted)
	assert.Equal(t, draft, e.Draft, "whatever keeps it back")

	s.Recipient.Cadence = Off
	_, ok = Draft(s, style)
	assert.False(t, ok, "no cadence, no digest")
	s.Recipient.Cadence, s.Notifications = Daily, nil
	_, ok = Draft(s, style)
	assert.False(t, ok, "nothing to tell")
}

func TestATestMailCanDoNoHarm(t *testing.T) {
	t.Parallel()
	unsubscribe, err := links.New("https://digest.rfc.example", testRing(t), "leave@rfc.example")
	require.NoError(t, err)
	style, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Links: unsubscribe})
	require.NoError(t, err)
	s := Snapshot{Now: instant(t, "2026-03-29T12:00:00Z"), Recipient: Recipient{ID: 7, Name: "Ada <b>\nLovelace", Address: "ada@rfc.example", Cadence: Daily}}
	s.Notifications = []Notification{{ID: 1, Kind: "pr_opened", Slug: "a", CreatedAt: s.Now}}
	real := PlanDigest(s, style).Message
	m, of := TestMail(s, style, "eve@rfc.example", "1")
	require.Empty(t, of)
	const notice = "This is a test. It is what the digest of Ada <b> Lovelace would be on 2026-03-29 12:00:00 UTC, sent to you instead; nothing was recorded."
	assert.Equal(t, "[Test] "+real.Subject, m.Subject)
	assert.True(t, strings.HasPrefix(m.Text, notice+"\n\n"+real.Text[:strings.Index(real.Text, "# a")]), m.Text)
	assert.Contains(t, m.HTML, strings.ReplaceAll(strings.ReplaceAll(notice, "<", "&lt;"), ">", "&gt;"))
	assert.Equal(t, Address{Mailbox: "eve@rfc.example"}, m.To)
	for _, path := range []string{links.Path, links.PreferencesPath, links.MutePath} {
		assert.Contains(t, real.HTML, path)
		assert.Contains(t, real.Text, path)
		assert.NotContains(t, m.HTML, path)
		assert.NotContains(t, m.Text, path)
	}
	assert.Empty(t, m.UnsubscribeURL+m.UnsubscribeMailbox)
	assert.NotEqual(t, real.ID, m.ID)
	other, _ := TestMail(s, style, "eve@rfc.example", "2")
	assert.NotEqual(t, m.ID, other.ID)
	assert.NotContains(t, real.HTML, "This is a test")
}

func TestATestMailIsASampleIfThereIsNothingToTell(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	s := Snapshot{Now: now, Recipient: Recipient{ID: 7, Name: "Ada", Address: "ada@rfc.example", Cadence: Off}}
	m, of := TestMail(s, testStyle(t), "eve@rfc.example", "1")
	assert.Equal(t, "made-up notifications", of)
	assert.True(t, strings.HasPrefix(m.Text, "This is a test. There is nothing to tell Ada now, so this is a sample of made-up notifications, sent to you instead; nothing was recorded.\n\n"), m.Text)
	assert.Contains(t, m.Text, "A sample RFC")
	assert.Contains(t, m.Subject, "[Test] ")
	for id := range int64(12) {
		s.Notifications = append(s.Notifications, Notification{ID: 100 - id, Kind: "pr_opened", Slug: "rfc" + string(rune('a'+id)), CreatedAt: now.Add(time.Duration(id-10) * time.Hour), ReadAt: At(now)})
	}
	s.Recipient.Cadence = Weekly
	m, of = TestMail(s, testStyle(t), "eve@rfc.example", "1")
	assert.Equal(t, "their newest notifications", of)
	for id := range 12 { // the first is the eleventh, and the last is to come
		assert.Equal(t, 1 <= id && id <= 10, strings.Contains(m.Text, "# rfc"+string(rune('a'+id))+"\n"), id)
	}
}

func TestQuietUntil(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:34:56Z")
	s := Schedule{Tick: time.Minute}
	assert.Equal(t, now, s.quietUntil(Preferences{}, nil, now))
	assert.Equal(t, instant(t, "2026-03-29T13:00:00Z"), s.quietUntil(Preferences{QuietStart: "12:00", QuietEnd: "13:00"}, nil, now))
	assert.Equal(t, instant(t, "2026-03-30T12:00:00Z"), s.quietUntil(Preferences{QuietStart: "12:30", QuietEnd: "12:00"}, nil, now))
}

func TestWhatIsOnItsWayIsToldOf(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	s := Snapshot{Now: now, Recipient: Recipient{ID: 1, Address: "ada@rfc.example", Cadence: Daily, Latest: Entry{ID: 9, End: now.Add(-time.Minute), Status: Sending}},
		Notifications: []Notification{{ID: 1, Recipient: 1, Kind: "pr_opened", CreatedAt: now.Add(-time.Hour)}, {ID: 2, Recipient: 1, Kind: "pr_opened", CreatedAt: now.Add(-time.Hour)}}}
	e := Explain(s, []LedgerRow{{Status: Sending, Claim: Claim{ID: 9, Recipient: 1, Notifications: []int64{1}}}}, testStyle(t))
	assert.Equal(t, "In digest 9, which is being sent, or will be sent again.", e.Reasons[0].Why)
	assert.Contains(t, e.Reasons[1].Why, "it is unread")
	assert.Equal(t, e.Reasons[0], e.ExplainAlone(s.Notifications[0], testStyle(t)))
}

func TestTheTickThatTakesADigestIsOutsideQuietHours(t *testing.T) {
	t.Parallel()
	kathmandu := time.FixedZone("", 5*3600+45*60)
	due := instant(t, "2026-12-07T01:15:00Z") // 7:00
	for name, c := range map[string]struct {
		quiet [2]string
		tick  time.Duration
		want  string
	}{
		"hourly":                {[2]string{"", ""}, 0, "2026-12-07T02:00:00Z"},
		"every quarter":         {[2]string{"", ""}, 15 * time.Minute, "2026-12-07T01:15:00Z"},
		"quiet until nine":      {[2]string{"06:00", "09:00"}, 0, "2026-12-07T04:00:00Z"},
		"quiet until half past": {[2]string{"06:00", "07:30"}, 15 * time.Minute, "2026-12-07T01:45:00Z"},
		"quiet for ever":        {[2]string{"07:00", "06:59"}, 0, "2026-12-07T02:00:00Z"},
	} {
		r := Recipient{Preferences: Preferences{QuietStart: c.quiet[0], QuietEnd: c.quiet[1]}}
		assert.Equal(t, instant(t, c.want), Schedule{Tick: c.tick}.tickFor(r, kathmandu, due), name)
	}
}
