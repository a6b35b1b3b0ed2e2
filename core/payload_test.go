package core

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// payloads are texts near the border between what is ordinary and what is not, and between what is
// JSON and what is not.
var payloads = []string{
	``, ` `, `{}`, ` { } `, `null`, `[]`, `3`, `"category"`, `{`, `}`, `{"category"`, `{"category":`, `{"category":"a"`, `{"category":"a",`, `{"category":"a",}`,
	`{"category":"a"}`, ` {	"category"` + "\n\r" + `: "a" , "summary":"b"} `, `{"category":"a"} x`, `{"category":"a"}{}`, `{,}`, `{"category" "a"}`, `{"category";"a"}`,
	`{"category":"a","category":"b"}`, `{"category":"a","category":7}`, `{"category":"a","category":null}`, `{"category":7,"category":"a"}`,
	`{"Category":"a"}`, `{"category ":"a"}`, `{"\u0063ategory":"a"}`, `{"category":"a","\u0063ategory":"b"}`, `{"category":"\u0061"}`, `{"category":"a\"b"}`,
	`{"summary":"é 😀 李"}`, "{\"summary\":\"a\xffb\"}", "{\"summ\xff\":\"a\"}", "{\"\xff\":1,\"category\":\"a\"}", "{\"summary\":\"\xed\xa0\x80\"}",
	"{\"summary\":\"a\x00b\"}", "{\"summary\":\"a\nb\"}", "{\"summary\":\"a\x7fb\"}", "{\"summary\":\"\uFFFD\"}", "{\"summary\":\"\u2028\"}", "\uFEFF{}",
	`{"n":0}`, `{"n":-0}`, `{"n":-1}`, `{"n":12,"category":"a"}`, `{"n":01}`, `{"n":-}`, `{"n":+1}`, `{"n":1.5,"category":"a"}`, `{"n":1e9}`, `{"n":1.}`, `{"n":.5}`, `{"n":1x}`, `{"n":-01}`,
	`{"n":true}`, `{"n":truex}`, `{"n":tru}`, `{"n":false,"category":"a"}`, `{"n":null}`, `{"n":nul}`, `{"n":NaN}`, `{"category":}`, `{"category":'a'}`, `{category:"a"}`,
	`{"n":[],"category":"a"}`, `{"n":[1,"x",[null,{}]],"category":"a"}`, `{"n":[1,]}`, `{"n":[,]}`, `{"n":[1 2]}`, `{"n":[}`, `{"n":[1}`, `{"n":{"category":"a"}}`, `{"n":{]}`, `{"n":{"a":1]}`,
	strings.Repeat(`{"n":`, 7) + `{}` + strings.Repeat("}", 7), strings.Repeat(`{"n":`, 8) + `{}` + strings.Repeat("}", 8), `{"n":` + strings.Repeat(`[`, 9) + strings.Repeat(`]`, 9) + `}`,
	strings.Repeat(`[`, 10_001), `{"n":` + strings.Repeat(`[`, 10_001) + strings.Repeat(`]`, 10_001) + `}`, "{\"a\":1}\x00", "{\x00}", `{"a":1}//`, `{"a":/**/1}`, "{\v}",
}

func TestAPayloadReadsTheSameEitherWay(t *testing.T) {
	t.Parallel()
	ordinary := 0
	for _, text := range payloads {
		if _, ok := readOrdinary(text); ok {
			ordinary++
		}
		assert.Equal(t, readAny(text), readPayload(text), "%q", text)
	}
	assert.Greater(t, ordinary, 20)
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{`{`, `}`, `[`, `]`, `:`, `,`, `"category"`, `"summary"`, `"x"`, `"\u0063ategory"`, ` `, "\n", `1`, `-`, `0`, `.5`, `e1`, `true`, `null`, `"a":`, `{"n":`, "\xff", `"`, `\`}),
		rapid.SampledFrom(payloads[:70]),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		require.Equal(t, readAny(text), readPayload(text))
		text = `{"category":` + text + `}`
		require.Equal(t, readAny(text), readPayload(text))
	})
}

func FuzzReadPayload(f *testing.F) {
	for _, text := range payloads {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		require.Equal(t, readAny(text), readPayload(text))
	})
}
