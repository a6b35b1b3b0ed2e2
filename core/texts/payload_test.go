package texts

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// payloads are texts near the borders of what is JSON, and of what is read without encoding/json.
var payloads = []string{
	``, ` `, `{}`, ` { } `, `null`, `[]`, `3`, `"category"`, `{`, `}`, `{"category"`, `{"category":`, `{"category":"a"`, `{"category":"a",`, `{"category":"a",}`,
	`{"category":"a"}`, ` {	"category"` + "\n\r" + `: "a" , "summary":"b"} `, `{"category":"a"} x`, `{"category":"a"}{}`, `{,}`, `{"category" "a"}`, `{"category";"a"}`,
	`{"category":"a","category":"b"}`, `{"category":"a","category":7}`, `{"category":"a","category":null}`, `{"category":7,"category":"a"}`,
	`{"Category":"a"}`, `{"category ":"a"}`, `{"\u0063ategory":"a"}`, `{"category":"a","\u0063ategory":"b"}`, `{"category":"\u0061"}`, `{"category":"a\"b"}`,
	`{"summary":"\ud83d\ude00"}`, `{"summary":"\ud83dx"}`, `{"summary":"\ud83d\u0041"}`, `{"summary":"\ude00\ud83d"}`, `{"\ud83d\u0041":1,"category":"\u00e9"}`, `{"summary":"\x"}`, `{"summary":"\u12g4"}`,
	`{"summary":"é 😀 李"}`, "{\"summary\":\"a\xffb\"}", "{\"summ\xff\":\"a\"}", "{\"\xff\":1,\"category\":\"a\"}", "{\"summary\":\"\xed\xa0\x80\"}",
	"{\"summary\":\"a\x00b\"}", "{\"summary\":\"a\nb\"}", "{\"summary\":\"a\x7fb\"}", "{\"summary\":\"\uFFFD\"}", "{\"summary\":\"\u2028\"}", "\uFEFF{}",
	`{"n":0}`, `{"n":-0}`, `{"n":-1}`, `{"n":12,"category":"a"}`, `{"n":01}`, `{"n":-}`, `{"n":+1}`, `{"n":1.5,"category":"a"}`, `{"n":1e9}`, `{"n":1.}`, `{"n":.5}`, `{"n":1x}`, `{"n":-01}`,
	`{"n":true}`, `{"n":truex}`, `{"n":tru}`, `{"n":false,"category":"a"}`, `{"n":null}`, `{"n":nul}`, `{"n":NaN}`, `{"category":}`, `{"category":'a'}`, `{category:"a"}`,
	`{"n":[],"category":"a"}`, `{"n":[1,"x",[null,{}]],"category":"a"}`, `{"n":[1,]}`, `{"n":[,]}`, `{"n":[1 2]}`, `{"n":[}`, `{"n":[1}`, `{"n":{"category":"a"}}`, `{"n":{]}`, `{"n":{"a":1]}`,
	strings.Repeat(`{"n":`, 7) + `{}` + strings.Repeat("}", 7), strings.Repeat(`{"n":`, 8) + `{}` + strings.Repeat("}", 8), `{"n":` + strings.Repeat(`[`, 9) + strings.Repeat(`]`, 9) + `}`,
	strings.Repeat(`[`, 10_001), `{"n":` + strings.Repeat(`[`, 10_001) + strings.Repeat(`]`, 10_001) + `}`,
	`{"n":` + strings.Repeat(`[`, 9_999) + strings.Repeat(`]`, 9_999) + `}`, `{"n":` + strings.Repeat(`[`, 9_990) + strings.Repeat(`]`, 9_990) + `}`, "{\"a\":1}\x00", "{\x00}", `{"a":1}//`, `{"a":/**/1}`, "{\v}",
}

// decodePayload is ReadPayload by encoding/json alone.
func decodePayload(text string) Payload {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil || members == nil {
		return Payload{Broken: true}
	}
	member := func(name string) (s string) {
		if raw := members[name]; strings.HasPrefix(string(raw), `"`) {
			_ = json.Unmarshal(raw, &s)
		}
		return s
	}
	return Payload{Category: member("category"), Summary: member("summary")}
}

// known returns what is read of each payload.
func known(p Payload) Payload {
	return Payload{Category: p.Category, Summary: p.Summary, Broken: p.Broken}
}

func TestTheTextsOfAPayload(t *testing.T) {
	t.Parallel()
	texts := func(payload string) (all []string) {
		ReadPayload(payload).Texts(func(name, text string) bool {
			all = append(all, name+"="+text)
			return name != "last"
		})
		return all
	}
	assert.Equal(t, []string{"state=a\nb", "n=1", "urgent=true", "last="}, texts(`{"state": "a\nb", "n": 1, "urgent": true, "no": false, "deep": {"state": "x"}, "last": "", "more": "x"}`))
	assert.Equal(t, []string{"category=a", "summary=b"}, texts(`{"summary": "b", "category": "a"}`))
	assert.Equal(t, []string{"summary=b"}, texts(`{"category": 7, "summary": "b"}`))
	for _, empty := range []string{"", "{}", "[]", "{", "7"} {
		assert.Empty(t, texts(empty), empty)
	}
}

func TestAPayloadReadsAsEncodingJSONReadsIt(t *testing.T) {
	t.Parallel()
	for _, text := range payloads {
		assert.Equal(t, decodePayload(text), known(ReadPayload(text)), "%q", text)
	}
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{`{`, `}`, `[`, `]`, `:`, `,`, `"category"`, `"summary"`, `"x"`, `"\u0063ategory"`, ` `, "\n", `1`, `-`, `0`, `.5`, `e1`, `true`, `null`, `"a":`, `{"n":`, "\xff", `"`, `\`}),
		rapid.SampledFrom(payloads[:77]),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		require.Equal(t, decodePayload(text), known(ReadPayload(text)))
		text = `{"category":` + text + `}`
		require.Equal(t, decodePayload(text), known(ReadPayload(text)))
	})
}

func FuzzReadPayload(f *testing.F) {
	for _, text := range payloads {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, decodePayload(text), known(ReadPayload(text)))
	})
}

func TestReadPayload(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Payload{
		``:                                  {Broken: true},
		`{}`:                                {},
		` { } `:                             {},
		`null`:                              {Broken: true},
		`[]`:                                {Broken: true},
		`[{"category": "x"}]`:               {Broken: true},
		`3`:                                 {Broken: true},
		`"personal-direct"`:                 {Broken: true},
		`not json {`:                        {Broken: true},
		`{"category": "x"`:                  {Broken: true},
		`{"category": "x"} y`:               {Broken: true},
		`{"category": "personal-direct"}`:   {Category: "personal-direct"},
		`{"Category": "personal-direct"}`:   {},
		`{"category": ["personal-direct"]}`: {},
		`{"deep": {"category": "personal-direct"}}`:  {},
		`{"category": "a", "category": "b"}`:         {Category: "b"},
		`{"category": "b", "category": 7}`:           {},
		`{"summary": "Ada \u00e9 \ud83d\ude00 did"}`: {Summary: "Ada é 😀 did"},
		`{"summary": null}`:                          {},
		`{"summary": 3, "category": "watched"}`:      {Category: "watched"},
		`{"summary": "a\nb"}`:                        {Summary: "a\nb"},
	} {
		assert.Equal(t, want, known(ReadPayload(text)), text)
	}
}
