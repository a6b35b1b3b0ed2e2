package smtp

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The result must be the same as the library's, which goes byte by byte.
func TestAppendMessageIsWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SampledFrom([]string{"\r\n", "\r\n", "\n", "\r", ".", "..", "a", "é", " "})).Draw(t, "pieces")
		data := strings.Join(pieces, "")
		if data == "" || strings.Contains(data, "\r\r") {
			t.Skip("it makes an empty line of no message, and of CR CR LF two")
		}
		var want bytes.Buffer
		w := textproto.NewWriter(bufio.NewWriter(&want)).DotWriter()
		_, err := w.Write([]byte(data))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		assert.Equal(t, want.String(), string(appendMessage(nil, []byte(data))))
	})
}

// In any message, only the end looks like the end, also to a server that takes other bytes for a line end.
func TestAppendMessageEndsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		data := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{"\r\n", "\n", "\r", ".", "a"})).Draw(t, "pieces"), "")
		text := "\r\n" + string(appendMessage([]byte("before"), []byte(data)))[len("before"):]
		require.True(t, strings.HasSuffix(text, "\r\n.\r\n"))
		for _, end := range []string{"\n.\r\n", "\n.\n", "\n.\r"} {
			assert.LessOrEqual(t, strings.Count(text, end), 1)
		}
		assert.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"), "no line ends without CR")
	})
}

// The library's own way, to compare its cost.
func BenchmarkAppendMessage(b *testing.B) {
	data := []byte(strings.Repeat("a line of a digest, as long as they are as a rule, in HTML or text\r\n", 180))
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		var text []byte
		for b.Loop() {
			text = appendMessage(text[:0], data)
		}
	})
	b.Run("the library's", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		w := textproto.NewWriter(bufio.NewWriter(io.Discard))
		for b.Loop() {
			dots := w.DotWriter()
			_, _ = dots.Write(data)
			_ = dots.Close()
		}
	})
}
