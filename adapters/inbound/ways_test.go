package inbound

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// taker keeps what was taken, and refuses what it is told to.
type taker struct {
	mu    sync.Mutex
	taken []returned.Mail
	fails func(returned.Mail) bool
}

var errFull = errors.New("the disk is full")

func (k *taker) take(_ context.Context, mail returned.Mail) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails != nil && k.fails(mail) {
		return errFull
	}
	k.taken = append(k.taken, mail)
	return nil
}

func (k *taker) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.taken)
}

func (k *taker) refuse(fails func(returned.Mail) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fails = fails
}

func always(returned.Mail) bool { return true }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

const vacation = "From: ann@one.example\r\nSubject: Out of office\r\n\r\nUntil Monday.\r\n"

func TestAPipeSaysWhetherTheMessageWasTaken(t *testing.T) {
	t.Parallel()
	k := &taker{}
	big := io.MultiReader(strings.NewReader(vacation), &endless{text: []byte("x\n"), n: 2 * maxRead})
	exit, err := Pipe(t.Context(), big, Envelope{Recipient: "digest+x@rfc.example"}, k.take)
	require.NoError(t, err)
	assert.Equal(t, 0, exit)
	assert.Equal(t, "digest+x@rfc.example", k.taken[0].Addresses[0])
	n, _ := big.Read(make([]byte, 1))
	assert.Zero(t, n, "all of it is read")

	for name, r := range map[string]io.Reader{
		"at once": iotest.ErrReader(io.ErrUnexpectedEOF), "late": io.MultiReader(&endless{text: []byte("x\n"), n: 2 * maxRead}, iotest.ErrReader(io.ErrUnexpectedEOF)),
	} {
		exit, err = Pipe(t.Context(), r, Envelope{}, k.take)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		assert.Equal(t, 75, exit, name)
	}
	assert.Equal(t, 1, k.count(), "what broke off is not taken")
	k.refuse(always)
	exit, err = Pipe(t.Context(), strings.NewReader(vacation), Envelope{}, k.take)
	assert.ErrorIs(t, err, errFull)
	assert.Equal(t, 75, exit)
}

func TestTheEnvelopeIsInTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want Envelope
	}{
		{map[string]string{"ORIGINAL_RECIPIENT": "a@x", "RECIPIENT": "b@x", "SENDER": ""}, Envelope{Recipient: "a@x", HasSender: true}},
		{map[string]string{"RECIPIENT": "b@x", "SENDER": "c@x"}, Envelope{Recipient: "b@x", Sender: "c@x", HasSender: true}},
		{nil, Envelope{}},
	} {
		assert.Equal(t, c.want, EnvelopeOf(func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }))
	}
}

// lmtp serves on a port of the machine until the test ends.
func lmtp(t *testing.T, take Take) (address string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- LMTP{Listener: l, Log: quiet()}.Serve(ctx, take) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-done)
	})
	return l.Addr().String()
}

func client(t *testing.T, address string) *smtp.Client {
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	c := smtp.NewClientLMTP(conn)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// deliver sends one message, and returns what the server says of each recipient.
func deliver(c *smtp.Client, message io.Reader, recipients ...string) (map[string]*smtp.DataResponse, error) {
	if err := c.Mail("", nil); err != nil {
		return nil, err
	}
	for _, to := range recipients {
		if err := c.Rcpt(to, nil); err != nil {
			return nil, err
		}
	}
	w, err := c.Data()
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(w, message); err != nil {
		return nil, err
	}
	return w.CloseWithLMTPResponse()
}

func TestLMTPAcceptsWhatWasTaken(t *testing.T) {
	t.Parallel()
	k := &taker{}
	c := client(t, lmtp(t, k.take))
	said, err := deliver(c, strings.NewReader(vacation), "digest+a@rfc.example", "digest+b@rfc.example")
	require.NoError(t, err)
	assert.Len(t, said, 2)
	require.Len(t, k.taken, 2)
	assert.Equal(t, "digest+a@rfc.example", k.taken[0].Addresses[0])
	assert.Equal(t, "digest+b@rfc.example", k.taken[1].Addresses[0])
	assert.True(t, k.taken[0].Report.NullSender)
	assert.Equal(t, returned.AutoReply, returned.Judge(k.taken[0].Report).Kind)

	k.refuse(func(m returned.Mail) bool { return m.Addresses[0] == "digest+b@rfc.example" })
	_, err = deliver(c, strings.NewReader(vacation), "digest+a@rfc.example", "digest+b@rfc.example")
	var faults smtp.LMTPDataError
	require.ErrorAs(t, err, &faults)
	assert.Len(t, faults, 2, "all come again if one does")
	for _, fault := range faults {
		assert.Equal(t, 451, fault.Code)
	}
	k.refuse(nil)
	_, err = deliver(c, strings.NewReader(vacation), "digest+c@rfc.example")
	assert.NoError(t, err, "the connection goes on")
	_, err = deliver(c, io.MultiReader(strings.NewReader(vacation), &endless{text: []byte("x"), n: 3 * maxRead}), "digest+d@rfc.example")
	assert.NoError(t, err, "one line of 6 MB")
	assert.Equal(t, 5, k.count())
}

// A message that is cut off is not taken: the server still has it, and sends it again.
func TestLMTPTakesNothingThatBreaksOff(t *testing.T) {
	t.Parallel()
	k := &taker{}
	address := lmtp(t, k.take)
	for _, more := range []int64{0, 2 * maxRead} { // also beyond what is read of a message
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<digest+a@rfc.example>\r\nDATA\r\n%s", vacation)
		require.NoError(t, err)
		_, err = io.Copy(conn, &endless{text: []byte("Until Monday.\r\n"), n: more})
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		_, err = io.ReadAll(conn)
		require.NoError(t, err)
	}
	_, err := deliver(client(t, address), strings.NewReader(vacation), "digest+b@rfc.example")
	require.NoError(t, err)
	require.Equal(t, 1, k.count())
	assert.Equal(t, "digest+b@rfc.example", k.taken[0].Addresses[0])
}

var reports = flag.Int("reports", 500, "how many reports are sent by LMTP in one run")

// Many reports, over as many connections as there may be and some more, one after another on each. With more of them,
// memory stays what it was; -v prints it.
func TestLMTPTakesManyAtOnce(t *testing.T) {
	t.Parallel()
	const connections = maxSessions + 4
	half := *reports / connections / 2
	before := manyByLMTP(t, connections, half)
	after := manyByLMTP(t, connections, half)
	t.Logf("%d reports; %d kB in use after half of them, %d kB after all", 2*half*connections, before>>10, after>>10)
	if *reports >= 10_000 {
		assert.Less(t, after, 2*before)
	}
}

// manyByLMTP sends reports, and returns how much memory is in use then.
func manyByLMTP(t *testing.T, connections, each int) (inUse uint64) {
	all := families(t)
	var count atomic.Int64
	address := lmtp(t, func(context.Context, returned.Mail) error { count.Add(1); return nil })
	var senders sync.WaitGroup
	for range connections {
		senders.Go(func() {
			conn, err := net.Dial("tcp", address)
			if !assert.NoError(t, err) {
				return
			}
			c := smtp.NewClientLMTP(conn)
			defer c.Close()
			for i := range each {
				_, err := deliver(c, bytes.NewReader(all[i%len(all)].message), "digest@rfc.example")
				assert.NoError(t, err)
			}
			assert.NoError(t, c.Quit())
		})
	}
	senders.Wait()
	assert.EqualValues(t, connections*each, count.Load())
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func put(t *testing.T, folder, name, message string) {
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "new"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "new", name), []byte(message), 0o600))
}

func files(t *testing.T, folder string) (names []string) {
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAMaildirMovesWhatWasTaken(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, Maildir{Folder: folder}.Make())
		put(t, folder, "2.b", "Delivered-To: b@rfc.example\n"+vacation)
		put(t, folder, "1.a:2,", "Delivered-To: a@rfc.example\n"+vacation)
		put(t, folder, ".hidden", vacation)
		require.NoError(t, os.Mkdir(filepath.Join(folder, "new", "a folder"), 0o700))
		require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(folder, "new", "0.link")))
		ctx, stop := context.WithCancel(t.Context())
		k := &taker{fails: func(m returned.Mail) bool { return m.Addresses[0] == "a@rfc.example" }}
		done := make(chan error)
		go func() { done <- Maildir{Folder: folder, Pause: time.Minute, Log: quiet()}.Serve(ctx, k.take) }()

		synctest.Wait()
		require.Equal(t, 1, k.count(), "one that fails does not stop the others")
		assert.Equal(t, []string{"2.b:2,S"}, files(t, filepath.Join(folder, "cur")))
		k.refuse(nil)
		put(t, folder, "3.c", "Delivered-To: c@rfc.example\n"+vacation)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 3, k.count())
		assert.Equal(t, "a@rfc.example", k.taken[1].Addresses[0], "the oldest first")
		assert.Equal(t, []string{"1.a:2,S", "2.b:2,S", "3.c:2,S"}, files(t, filepath.Join(folder, "cur")))
		assert.Equal(t, []string{".hidden", "0.link", "a folder"}, files(t, filepath.Join(folder, "new")))
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, 3, k.count(), "nothing is taken twice")
		stop()
		assert.NoError(t, <-done)
	})
}

func TestAMaildirThatCannotBeMadeIsSaid(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, nil, 0o600))
	assert.Error(t, Maildir{Folder: name}.Make())
}
