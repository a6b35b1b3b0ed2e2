package inbound

import (
	"bytes"
	"cmp"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
)

// family is one report of testdata/families.txtar.
type family struct {
	name, kind, cause string
	message           []byte
}

var about = links.Return{Kind: links.ReturnDigest, ID: 42, Mark: 7}

func ring(t testing.TB) links.Keyring {
	r, err := links.NewKeyring(bytes.Repeat([]byte("k"), links.MinSecret))
	require.NoError(t, err)
	return r
}

// families are all reports, with an address that has a token.
func families(t testing.TB) []family {
	raw, err := os.ReadFile("testdata/families.txtar")
	require.NoError(t, err)
	path, err := links.ParseReturnPath("digest+{token}@rfc.example")
	require.NoError(t, err)
	var all []family
	for _, f := range txtar.Parse(raw).Files {
		part := strings.SplitN(f.Name, " / ", 3)
		require.Len(t, part, 3, f.Name)
		message := bytes.ReplaceAll(f.Data, []byte("{{to}}"), []byte(path.Address(ring(t).ReturnToken(about))))
		all = append(all, family{name: part[2], kind: part[0], cause: part[1], message: message})
	}
	require.Greater(t, len(all), 40)
	return all
}

func TestEachFamilyIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, f := range families(t) {
		for form, message := range map[string][]byte{"as it is": f.message, "with CRLF": bytes.ReplaceAll(f.message, []byte("\n"), []byte("\r\n"))} {
			mail, err := Read(bytes.NewReader(message), Envelope{})
			require.NoError(t, err)
			v := returned.Judge(mail.Report)
			assert.Equal(t, f.kind, cmp.Or(string(v.Kind), "nothing"), "%s, %s: %+v\n%+v", f.name, form, v, mail.Report)
			assert.Equal(t, f.cause, string(v.Cause), "%s, %s: %+v", f.name, form, v)
			got, ok := ring(t).FindReturn(mail.Addresses...)
			assert.True(t, ok, "%s, %s: %q", f.name, form, mail.Addresses)
			assert.Equal(t, about, got)
			if bytes.Contains(message, []byte("Message-ID: <one@")) {
				assert.Equal(t, "one@rfc.example", mail.MessageID, "%s, %s", f.name, form)
			}
			assert.NotContains(t, mail.Report.Text, "none of this counts", "the mail itself is no part of the report")
		}
	}
}
