package mailfmt

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// addresses draws addresses, texts that are nearly one, and others.
func addresses() *rapid.Generator[string] {
	pieces := rapid.OneOf(
		rapid.StringMatching("[a-zA-Z0-9.-]{1,6}"), rapid.StringMatching("[!-~]{1,3}"), rapid.String(),
		rapid.SampledFrom([]string{"ada", ".", "..", "@", "\"", "\\", "ö", "xn--", "[127.0.0.1]", "{", "_", "=?", "-", "+", strings.Repeat("long", 60)}),
	)
	part := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 4).Draw(t, "pieces"), "")
	})
	return rapid.Custom(func(t *rapid.T) string { return part.Draw(t, "local") + "@" + part.Draw(t, "domain") })
}

func TestPlainMailboxIsReadLikeAnyOther(t *testing.T) {
	t.Parallel()
	plain := 0
	check := func(t require.TestingT, address string) {
		if !texts.UsableAddress(address) {
			return
		}
		want, wantErr := parseUnusualMailbox(address)
		got, err := parseMailbox(address)
		require.Equal(t, wantErr, err, "%q", address)
		require.Equal(t, want, got, "%q", address)
		if at := strings.LastIndexByte(address, '@'); isDotAtom(address[:at]) && isHostName(address[at+1:]) {
			require.NoError(t, err)
			plain++
		}
	}
	for c := range rune(0x180) {
		for _, s := range []string{string(c), "a" + string(c), string(c) + "b", "a" + string(c) + "b"} {
			check(t, s+"@people.example")
			check(t, "ada@"+s)
		}
	}
	require.Equal(t, 4*(62+19)+4*(62+1)+2, plain) // letters, digits and signs anywhere, a dot between
	rapid.Check(t, func(t *rapid.T) { check(t, addresses().Draw(t, "address")) })
}

// A mailbox is written as the standard library does or, if its name is not ASCII, so that that reads the same. No word is too
// long for the line of the field's name.
func TestMailboxIsWrittenForTheStandardLibraryToRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := parseMailbox(addresses().Draw(t, "address"))
		if err != nil {
			return
		}
		name := displayName(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,20}`)).Draw(t, "name"))
		want := (&mail.Address{Name: name, Address: m.literal}).String()
		if isASCII(name) {
			require.Equal(t, want, m.written(name))
			return
		}
		theirs, err := mail.ParseAddress(want)
		require.NoError(t, err)
		ours, err := mail.ParseAddress(m.written(name))
		require.NoError(t, err, m.written(name))
		require.Equal(t, theirs, ours)
		first, _, _ := strings.Cut(m.written(name), " ")
		require.LessOrEqual(t, len(first), maxWord)
	})
}
