package inbound

import (
	"io"
	"strings"

	"github.com/emersion/go-message"
)

// visit is told of a part that has no parts in it: its media type, within how many multiparts it is, and what it says.
type visit func(kind string, depth int, body io.Reader)

// walk visits the parts of a message, in their order.
func walk(header message.Header, body io.Reader, v visit) {
	// An encoding or charset that is not known leaves a body as it was, here and below: ASCII in it can be read.
	entity, _ := message.New(header, body)
	w := walker{visit: v}
	w.part(entity, 0)
}

// walker counts the parts that it comes through.
type walker struct {
	visit visit
	parts int
}

func (w *walker) part(entity *message.Entity, depth int) {
	if w.parts++; w.parts > maxParts {
		return
	}
	kind, _, _ := entity.Header.ContentType()
	if strings.HasPrefix(kind, "multipart/") {
		w.multipart(entity, depth)
		return
	}
	w.visit(kind, depth, entity.Body)
}

func (w *walker) multipart(entity *message.Entity, depth int) {
	if depth >= maxDepth {
		return
	}
	parts := entity.MultipartReader()
	if parts == nil {
		return
	}
	for w.parts < maxParts {
		part, err := parts.NextPart()
		if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
			return
		}
		w.part(part, depth+1)
	}
}
