package term

import (
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writes are the messages of the lines that were written, those of one call behind one another.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(lines []byte) (int, error) {
	var said []string
	for line := range strings.Lines(string(lines)) {
		var r struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			return 0, err
		}
		said = append(said, r.Msg)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, strings.Join(said, " "))
	return len(lines), nil
}

func (w *writes) written() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.all...)
}

func TestLinesThatFollowCloselyAreWrittenTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &writes{}
		log, flush := NewBusyLog(w, slog.LevelInfo)
		log.Info("one")
		log.Info("two")
		assert.Empty(t, w.written())
		time.Sleep(gatherTime)
		synctest.Wait()
		require.Equal(t, []string{"one two"}, w.written())

		log.Info("three")
		log.With("recipient", 1).WithGroup("more").Warn("four")
		require.Equal(t, []string{"one two", "three four"}, w.written())
		log.Debug("five")
		log.Info("six")
		flush()
		require.Equal(t, []string{"one two", "three four", "six"}, w.written())
		flush()
		time.Sleep(2 * gatherTime)
		synctest.Wait()
		require.Len(t, w.written(), 3)
	})
}

func TestManyLinesDoNotWait(t *testing.T) {
	t.Parallel()
	w := &writes{}
	log, flush := NewBusyLog(w, slog.LevelInfo)
	var all []string
	for i := range 3000 {
		all = append(all, strings.Repeat("x", i%40+1))
		log.Info(all[i])
	}
	assert.Greater(t, len(w.written()), 1)
	flush()
	assert.Equal(t, strings.Join(all, " "), strings.Join(w.written(), " "))
}
